"""The AtomicTNode's process: the machine, its uplink, and whoever wants to see what it knows."""

from collections.abc import Callable, Sequence

from gw_spaceheat.apps.connections import mqtt_settings, on_wire, session_link
from gw_spaceheat.apps.process import Life, fresh_seed
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.atn import AtomicTNode
from gw_spaceheat.core.atn_view import AtnView
from gw_spaceheat.core.events import Event, Note, Send
from gw_spaceheat.core.link.session import SessionSettings
from gw_spaceheat.core.scada import ATN, UPLINK
from gw_spaceheat.house.model import House
from gw_spaceheat.runtime.clock import Clock
from gw_spaceheat.runtime.host import Hosted
from gw_spaceheat.runtime.threaded import Options, ThreadedRuntime
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import Moment

NODE = "atn"
CONSOLE = "console"
LATE_MS = 15_000
STOP_ORDER = ((NODE,), (CONSOLE,), (UPLINK,))


class Console:
    """Shows the views that the AtomicTNode gives."""

    def __init__(self, show: Callable[[AtnView], None]) -> None:
        """Remember who draws them; called in the console's own thread."""
        self._show = show

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:  # noqa: ARG002 - a view has its own time
        """Have a view drawn."""
        if isinstance(event, AtnView):
            self._show(event)
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:  # noqa: ARG002 - it asks for no time
        """Nothing falls due here."""
        return ()

    def deadline(self) -> int | None:
        """Never."""
        return None


def atn_runtime(
    house: House, url: str, settings: Settings, clock: Clock, life: Life, show: Callable[[AtnView], None]
) -> ThreadedRuntime:
    """Everything of a house's AtomicTNode, not yet started.

    `StatusAsked`, `SnapshotAsked` and `DispatchAsked` are posted to `NODE`; views come back through show. Raises BadUrl.
    """
    seed = fresh_seed()
    topics = (f"gw/{on_wire(house.scada_alias)}/to/{ATN}/#",)
    transport = mqtt_settings(settings, url, on_wire(house.alias), topics)
    session = SessionSettings(link=UPLINK, alias=house.alias, peer="s")
    post: Callable[[Event], None] = lambda event: runtime.post(UPLINK, event)  # noqa: E731 - the runtime is made below
    hosted = [
        Hosted(NODE, AtomicTNode(house, IdSource(seed)), critical=True),
        Hosted(CONSOLE, Console(show)),
        Hosted(UPLINK, session_link(transport, session, post, clock, int.from_bytes(seed[:3])), late_after_ms=LATE_MS),
    ]
    runtime = ThreadedRuntime(clock, _route, hosted, life.observers, Options())
    return runtime


def _route(source: str, event: Event) -> tuple[str, ...]:
    if isinstance(event, Note):
        return ()
    if isinstance(event, AtnView):
        return (CONSOLE,)
    if isinstance(event, Send):
        return (UPLINK,)
    return (NODE,) if source == UPLINK else ()
