"""The process of a stand-in market: the clearing, what it hears of prices, and its link to the bidders."""

from collections.abc import Callable
from dataclasses import dataclass

from gw_spaceheat.apps.connections import listening_link, mqtt_settings, on_wire
from gw_spaceheat.apps.forecasts import PRICES, forecasters
from gw_spaceheat.apps.process import Life, fresh_seed
from gw_spaceheat.apps.settings import MESSAGES, Settings
from gw_spaceheat.core.clearing import HOURLY, Clearing
from gw_spaceheat.core.events import Event, LinkFigures, Note, Send
from gw_spaceheat.core.scada import UPLINK
from gw_spaceheat.runtime.clock import Clock
from gw_spaceheat.runtime.host import Hosted
from gw_spaceheat.runtime.threaded import Options, ThreadedRuntime
from gw_spaceheat.vocabulary.ids import IdSource

MARKET = "market"
LATE_MS = 15_000
STOP_ORDER = ((MARKET,), (PRICES,), (UPLINK,))


class NoPrices(ValueError):
    """A market cannot clear without prices of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketPlace:
    """Which market.

    Attributes:
        alias: Its alias; bidders send to it under this name.
        kind: Type of its slots.
        timezone: IANA name.
        utc_offset_h: Local standard time minus UTC [h], for price files in local time.
    """

    alias: str = "d1.isone.market"
    kind: str = HOURLY
    timezone: str = "America/New_York"
    utc_offset_h: float = -5.0


def market_runtime(place: MarketPlace, url: str, settings: Settings, clock: Clock, life: Life) -> ThreadedRuntime:
    """Everything of a market, not yet started.

    Raises:
        BadUrl: The URL cannot be understood.
        NoPrices: The settings name no source of prices, or other markets' messages.
        Malformed: The alias or the type makes no slots.
        ZoneInfoNotFoundError: There is no such time zone.
    """
    if settings.prices is None or settings.prices == MESSAGES:
        raise NoPrices("GWS_PRICES must name a file, a page or synthetic: a market clears at prices of its own")
    seed = fresh_seed()
    clearing = Clearing(place.alias, IdSource(fresh_seed()), place.timezone, UPLINK, place.kind)
    transport = mqtt_settings(settings, url, on_wire(place.alias), (f"gw/+/to/{on_wire(place.alias)}/bid",))
    post: Callable[[Event], None] = lambda event: runtime.post(UPLINK, event)  # noqa: E731 - the runtime is made below
    link = listening_link(transport, UPLINK, place.alias, post, clock, int.from_bytes(seed[:3]))
    prices = [each for each in forecasters(settings, place.utc_offset_h) if each.name == PRICES]
    hosted = [
        Hosted(MARKET, clearing, critical=True),
        *prices,
        Hosted(UPLINK, link, late_after_ms=LATE_MS),
    ]
    runtime = ThreadedRuntime(clock, _route, hosted, life.observers, Options(look_every_s=life.look_every_s))
    return runtime


def run_market(place: MarketPlace, url: str, settings: Settings, clock: Clock, life: Life, seconds: float | None = None) -> int:
    """Clear slots until a signal comes (or for some seconds), and give the exit code; raises as `market_runtime`."""
    return life.live(market_runtime(place, url, settings, clock, life), STOP_ORDER, seconds)


def _route(source: str, event: Event) -> tuple[str, ...]:
    if isinstance(event, Note | LinkFigures):
        return ()
    if isinstance(event, Send):
        return (UPLINK,)
    return (MARKET,) if source in {UPLINK, PRICES} else ()
