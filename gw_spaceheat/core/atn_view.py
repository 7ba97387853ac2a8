"""What the AtomicTNode knows of its house, as one frozen value for whoever shows it."""

from gw_spaceheat.core.events import Event


class ChannelNow(Event, frozen=True, tag=True):
    """The latest reading of a channel.

    Attributes:
        name: The channel.
        value: In `unit`.
        unit: SI unit; "counts" while the channel's telemetry name is unknown and value is the wire's integer.
        decimals: Decimals worth showing.
        taken_ms: When it was read, UTC [ms].
    """

    name: str
    value: float
    unit: str
    decimals: int
    taken_ms: int


class StateNow(Event, frozen=True, tag=True):
    """The latest state of a state machine in the house, since when [UTC ms]."""

    machine: str
    state: str
    since_ms: int


class Problem(Event, frozen=True, tag=True):
    """Something the house complained of, when [UTC ms]."""

    at_ms: int
    node: str
    kind: str
    summary: str


class Dispatch(Event, frozen=True, tag=True):
    """A command sent for a person, and what became of it.

    Attributes:
        trigger: Identifier of the command [uuid4]; empty if it was never sent.
        node: Alias of the node.
        value: What was asked.
        asked_ms: When, UTC [ms].
        verdict: How it ended (`Verdict`, or "NoAnswer"); empty while an answer is awaited.
        reason: Why, for a person.
    """

    trigger: str
    node: str
    value: float
    asked_ms: int
    verdict: str
    reason: str


class ContractNow(Event, frozen=True, tag=True):
    """A contract, as the AtomicTNode knows it.

    Attributes:
        id: Its identifier.
        life: Where it stands, a word of `Life`.
        start_ms, end_ms: Its time, UTC [ms].
        standing: It is renewed.
        used_wh: Energy used so far, from the readings that were delivered [Wh].
        missing_s: Seconds of channels about which nothing was delivered [s].
        scada_wh: The same as the SCADA said last [Wh]; None if it has not.
    """

    id: str
    life: str
    start_ms: int
    end_ms: int
    standing: bool
    used_wh: float
    missing_s: float
    scada_wh: int | None


class AtnView(Event, frozen=True, tag=True):
    """What the AtomicTNode knows of its house.

    Attributes:
        house: Alias of the house.
        at_ms: When this was so, UTC [ms].
        link_up: The uplink stands.
        last_heard_ms: When the last message of the house came, UTC [ms]; None if none came.
        power_w: The house's latest metered power [W]; None if it never came.
        power_ms: When it came, UTC [ms]; None if it never came.
        reports: Reports taken, each counted once.
        snapshots: Snapshots taken.
        garbled: Messages that could not be read.
        strangers: Messages of somebody else.
        channels: By name.
        states: By name.
        problems: Oldest first.
        dispatches: Oldest first.
        mode: Who commands the house, as the SCADA told it last.
        mode_cause: Why, for a person.
        contracts: Oldest first.
        signed: Whether contracts and commands are signed.
    """

    house: str
    at_ms: int
    link_up: bool
    last_heard_ms: int | None
    power_w: int | None
    power_ms: int | None
    reports: int
    snapshots: int
    garbled: int
    strangers: int
    channels: tuple[ChannelNow, ...]
    states: tuple[StateNow, ...]
    problems: tuple[Problem, ...]
    dispatches: tuple[Dispatch, ...]
    mode: str = ""
    mode_cause: str = ""
    contracts: tuple[ContractNow, ...] = ()
    signed: bool = False


class ContractView(Event, frozen=True, tag=True):
    """The same, where only the contracts are wanted."""

    of: AtnView
