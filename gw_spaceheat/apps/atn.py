"""The AtomicTNode's process: the machine, its uplink, and whoever wants to see what it knows."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from gw_spaceheat.actors.archive_keeper import ArchiveKeeper
from gw_spaceheat.apps.archive import recall
from gw_spaceheat.apps.connections import mqtt_settings, on_wire, session_link
from gw_spaceheat.apps.contracts import ContractSide
from gw_spaceheat.apps.forecasts import HEARD
from gw_spaceheat.apps.planner import PLANNER, planner
from gw_spaceheat.apps.process import Life, fresh_seed
from gw_spaceheat.apps.settings import MESSAGES, Settings
from gw_spaceheat.core.atn import AtnOptions, AtomicTNode
from gw_spaceheat.core.atn_view import AtnView, ContractView
from gw_spaceheat.core.contract.atn_side import AtnSide
from gw_spaceheat.core.contract.log import NO_ENTRIES
from gw_spaceheat.core.contract.party import NO_KEYS
from gw_spaceheat.core.contract.state import AtnMemory
from gw_spaceheat.core.events import (
    Archive,
    BidMade,
    Event,
    FollowSchedule,
    Level,
    LinkAsked,
    LinkChanged,
    LinkFigures,
    Note,
    PricesHeard,
    Received,
    Retell,
    Send,
    SlotWanted,
    Switched,
    WeatherHeard,
)
from gw_spaceheat.core.heating import PLANNED, heating_machine
from gw_spaceheat.core.link.session import SessionSettings
from gw_spaceheat.core.machine import Machine
from gw_spaceheat.core.mirror import Mirror
from gw_spaceheat.core.scada import ATN, UPLINK
from gw_spaceheat.core.trading import Trader
from gw_spaceheat.house.model import House
from gw_spaceheat.messages.energy_instruction import EnergyInstruction
from gw_spaceheat.messages.latest_price import LatestPrice
from gw_spaceheat.messages.weather_forecast import WeatherForecast
from gw_spaceheat.runtime.clock import Clock
from gw_spaceheat.runtime.host import Hosted, Route
from gw_spaceheat.runtime.threaded import Options, ThreadedRuntime
from gw_spaceheat.stores.message_journal import MessageJournal
from gw_spaceheat.vocabulary.ids import DigitSource, IdSource
from gw_spaceheat.vocabulary.moment import Moment

NODE = "atn"
CONSOLE = "console"
ARCHIVE = "archive"
TRADER = "trader"
LATE_MS = 15_000
ARCHIVE_LATE_MS = 30_000
FORECAST_WORDS = ("latest-price", "weather-forecast")
"""What may be told by others than the house, where forecasts come by messages."""
STOP_ORDER = ((NODE,), (ARCHIVE,), (CONSOLE,), (UPLINK,))


class Console:
    """Shows the views that the AtomicTNode gives."""

    def __init__(self, show: Callable[[AtnView | ContractView], None]) -> None:
        """Remember who draws them; called in the console's own thread."""
        self._show = show

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:  # noqa: ARG002 - a view has its own time
        """Have a view drawn."""
        if isinstance(event, AtnView | ContractView):
            self._show(event)
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:  # noqa: ARG002 - it asks for no time
        """Nothing falls due here."""
        return ()

    def deadline(self) -> int | None:
        """Never."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class AtnPlan:
    """What an AtomicTNode does of its own accord.

    Attributes:
        standing_w: It keeps a standing contract for so much average power [W]; None for none.
        mirrors: While it commands, it does what the house's own strategy would.
        plans: While it commands, it goes by a plan.
        market: If it plans: alias of the market in which it bids, under a contract for each slot, for what was bought.
    """

    standing_w: int | None = None
    mirrors: bool = False
    plans: bool = False
    market: str | None = None


def atn_runtime(
    house: House,
    url: str,
    settings: Settings,
    clock: Clock,
    life: Life,
    show: Callable[[AtnView | ContractView], None],
    archive: MessageJournal,
    contract: ContractSide[AtnMemory] | None = None,
    plan: AtnPlan | None = None,
) -> ThreadedRuntime:
    """Everything of a house's AtomicTNode, not yet started.

    `StatusAsked`, `ContractAsked`, `SnapshotAsked`, `DispatchAsked` and what concerns contracts are posted to `NODE`; views
    come back through show.

    Args:
        house: The house.
        url: Broker.
        settings: The process's settings.
        clock: Its clock.
        life: Gets notes and deaths.
        show: Draws views, in a thread of its own.
        archive: Where it keeps what it acknowledges, open; nobody else uses it until the runtime has stopped.
        contract: Where it keeps its side of the contracts, open, and its keys; None to keep nothing and sign nothing.
        plan: What it does of its own accord; None for nothing.

    Raises:
        BadUrl: The URL cannot be understood.
        CannotPlanError: It is to plan, and the house cannot be planned for.
    """
    plan = plan or AtnPlan()
    seed = fresh_seed()

    def make() -> Machine:
        new_id = IdSource(fresh_seed())
        side = AtnSide(
            house,
            new_id,
            DigitSource(new_id),
            memory=None if contract is None else contract.memory(),
            head=NO_ENTRIES if contract is None else contract.head(),
            keys=NO_KEYS if contract is None else contract.keys,
        )
        mirror = None
        if plan.plans or plan.mirrors:
            mirror = Mirror(house, heating_machine(house, PLANNED if plan.plans else None))
        machine = AtomicTNode(house, side, new_id, AtnOptions(standing_w=plan.standing_w, archives=True), mirror)
        try:
            recall(machine, archive.path, clock.now().wall_ms)
        except OSError as error:
            text = f"what was acknowledged before is not known: {error}; it is taken anew if it comes again"
            life.observers.on_note(clock.now(), ARCHIVE, Note(Level.ERROR, text))
        return machine if contract is None else contract.durable(machine)

    topics: tuple[str, ...] = (f"gw/{on_wire(house.scada_alias)}/to/{ATN}/#", f"gw/+/to/{on_wire(house.alias)}/gws-resend")
    if plan.plans and MESSAGES in (settings.prices, settings.weather):
        topics = (*topics, *(f"gw/+/to/{on_wire(house.alias)}/{word}" for word in FORECAST_WORDS))
    if plan.plans and plan.market is not None:
        topics = (*topics, f"gw/{on_wire(plan.market)}/to/{on_wire(house.alias)}/energy-instruction")
    transport = mqtt_settings(settings, url, on_wire(house.alias), topics)
    session = SessionSettings(link=UPLINK, alias=house.alias, peer="s")
    post: Callable[[Event], None] = lambda event: runtime.post(UPLINK, event)  # noqa: E731 - the runtime is made below
    hosted = [
        Hosted(NODE, make(), critical=True, factory=make),
        Hosted(ARCHIVE, ArchiveKeeper(archive, house.alias), late_after_ms=ARCHIVE_LATE_MS, critical=True),
        Hosted(CONSOLE, Console(show)),
        Hosted(UPLINK, session_link(transport, session, post, clock, int.from_bytes(seed[:3])), late_after_ms=LATE_MS),
    ]
    if plan.plans:
        hosted += planner(house, settings, UPLINK, house.alias, bids=plan.market is not None)
        if plan.market is not None:
            hosted.append(Hosted(TRADER, Trader(house, plan.market, UPLINK, IdSource(fresh_seed()))))
    runtime = ThreadedRuntime(
        clock, route({one.name for one in hosted}), hosted, life.observers, Options(look_every_s=life.look_every_s)
    )
    return runtime


def route(hosted: Collection[str]) -> Route:
    """Who gets what in this process, where so much is hosted."""
    to_planner = tuple(name for name in (PLANNER, HEARD) if name in hosted)
    to_trader = (TRADER,) if TRADER in hosted else ()

    def chosen(source: str, event: Event) -> tuple[str, ...]:
        if isinstance(event, Switched | PricesHeard | WeatherHeard):
            return to_planner[:1]
        if isinstance(event, BidMade):
            return to_trader
        if isinstance(event, SlotWanted):
            return (NODE,)
        if isinstance(event, LinkChanged):
            return (NODE, *to_trader)
        if isinstance(event, Received):
            if isinstance(event.message, EnergyInstruction):
                return to_trader
            return to_planner if isinstance(event.message, LatestPrice | WeatherForecast) else (NODE, *to_planner[:1])
        return _route(source, event)

    return chosen


def _route(source: str, event: Event) -> tuple[str, ...]:
    if isinstance(event, FollowSchedule):
        return (NODE,)
    if isinstance(event, Note | LinkFigures):
        return ()
    if isinstance(event, AtnView | ContractView):
        return (CONSOLE,)
    if isinstance(event, Send | LinkAsked):
        return (UPLINK,)
    if isinstance(event, Archive | Retell):
        return (ARCHIVE,)
    return (NODE,) if source == UPLINK else ()
