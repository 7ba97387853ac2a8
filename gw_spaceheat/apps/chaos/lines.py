"""The lines of a town's processes to their broker, each through a proxy that can do what networks do."""

from collections.abc import Mapping
from contextlib import ExitStack
from enum import StrEnum
from types import TracebackType

from gw_spaceheat.apps.chaos.proxy import Proxy
from gw_spaceheat.apps.chaos.town import Part

LINED = (Part.SCADA, Part.ATN, Part.EAR)
"""Who has a line to the broker."""


class Trouble(StrEnum):
    """What becomes of a line."""

    DELAY = "delayed"
    CUT = "cut"
    SWALLOW = "swallowed"
    """Its connections stay open, and nothing arrives any more; new ones are good."""
    BLACK_HOLE = "black hole"
    """The same with new ones, until it is healed; those that were made meanwhile stay dead."""
    REFUSE = "refused"


class Lines:
    """One proxy for each process; a context manager."""

    def __init__(self, broker_port: int) -> None:
        """Remember; the broker must keep its port when it is started again."""
        self._proxies = {part: Proxy(broker_port) for part in LINED}
        self._open = ExitStack()

    def urls(self) -> Mapping[Part, str]:
        """Where each finds the broker, once they are open."""
        return {part: f"mqtt://127.0.0.1:{proxy.port}" for part, proxy in self._proxies.items()}

    def trouble(self, part: Part, trouble: Trouble, delay_s: float) -> None:
        """Trouble a line; delay_s is by how much later everything arrives [s], where it is delayed."""
        proxy = self._proxies[part]
        match trouble:
            case Trouble.DELAY:
                proxy.delay(delay_s)
            case Trouble.CUT:
                proxy.cut()
            case Trouble.SWALLOW:
                proxy.swallow()
            case Trouble.BLACK_HOLE:
                proxy.swallow(new_ones=True)
            case Trouble.REFUSE:
                proxy.refuse()

    def heal(self, part: Part) -> None:
        """New connections are good; one that has lost something stays dead, until its process finds that out."""
        self._proxies[part].heal()

    def __enter__(self) -> "Lines":
        """Itself, open."""
        for proxy in self._proxies.values():
            self._open.enter_context(proxy)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Every connection is reset."""
        self._open.close()
