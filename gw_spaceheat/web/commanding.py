"""An operator asks the own house from the browser: what `gws take`, `set` and `release` ask too."""

from zoneinfo import ZoneInfo

from gw_spaceheat.actors.human_door import Request
from gw_spaceheat.apps.human import CannotAskError, NoLocalBrokerError, NoScadaError, ask_house
from gw_spaceheat.house.actuators import actuator_named, unit_of
from gw_spaceheat.house.model import House
from gw_spaceheat.links.mqtt_settings import BadUrl
from gw_spaceheat.messages.gws_human_set import GwsHumanSet
from gw_spaceheat.views.human_text import answer_lines
from gw_spaceheat.web.site import Site


def ask(site: Site, house: House, request: Request) -> list[str]:
    """Ask the house, and give its answer in lines; raises CannotAskError if there is none."""
    if site.local_url is None or house.alias != site.own_house:
        raise CannotAskError("This house cannot be commanded from here: only the one whose own broker is here.")
    try:
        answer = ask_house(request, site.local_url, site.settings)
    except (NoLocalBrokerError, NoScadaError, BadUrl) as error:
        raise CannotAskError(str(error)) from error
    unit = unit_of(house, actuator_named(house, request.node)) if isinstance(request, GwsHumanSet) else ""
    return list(answer_lines(answer, unit, ZoneInfo(house.timezone)))
