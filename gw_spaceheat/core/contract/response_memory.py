"""What is remembered of responses and meters over a restart."""

import msgspec


class LoadMemory(msgspec.Struct, frozen=True, gc=False):
    """What is remembered of one load over a restart.

    Attributes:
        node: Alias of the actuator.
        switched_ms: When it was last switched and could be judged, UTC [ms].
        seen_ms: When its step was last seen, UTC [ms].
        failed_ms: When it last failed to respond, UTC [ms]; None since it was seen again, or was forgiven.
    """

    node: str
    switched_ms: int | None = None
    seen_ms: int | None = None
    failed_ms: int | None = None


class MeterMemory(msgspec.Struct, frozen=True, gc=False):
    """What a meter said of itself last.

    Attributes:
        component: Which meter.
        serial: The serial number that it said.
        said_ms: When, UTC [ms].
    """

    component: str
    serial: str
    said_ms: int


class ResponseMemory(msgspec.Struct, frozen=True, gc=False):
    """What is remembered of all loads and meters over a restart.

    Attributes:
        loads: One for each load that was ever switched.
        shares: The last responses, each as a part of the stated time, oldest first.
        meters: One for each meter that ever said its serial number.
    """

    loads: tuple[LoadMemory, ...] = ()
    shares: tuple[float, ...] = ()
    meters: tuple[MeterMemory, ...] = ()


NOTHING_KNOWN = ResponseMemory()
