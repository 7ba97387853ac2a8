"""A street that is asked for over a real broker, with the settings and the life of this process."""

from gw_spaceheat.apps.neighbourhood.by_messages import ByMessages
from gw_spaceheat.apps.neighbourhood.live import Live, run_live
from gw_spaceheat.apps.neighbourhood.request import StreetRequest
from gw_spaceheat.apps.process import start_life, start_log
from gw_spaceheat.apps.settings import read_settings
from gw_spaceheat.core.market.scheduler import rule_of
from gw_spaceheat.core.market.street import Street


def run_over_broker(street: Street, request: StreetRequest, seed: int) -> ByMessages:
    """Let a street run; see `run_live`."""
    settings = read_settings()
    life = start_life(start_log(settings.log_level))
    live = Live(
        folder=request.folder,
        url=request.live_url or "",
        settings=settings,
        speed=request.speed,
        days=request.days,
        choose=request.choose,
        prices_usd_per_kwh=request.prices_usd_per_kwh,
        houses=request.houses,
    )
    return run_live(street, rule_of(request.algorithm), live, life, seed)
