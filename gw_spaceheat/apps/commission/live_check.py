"""Is what a house file says there: every device is opened, read once, and asked who it is."""

from gw_spaceheat.apps.commission.reading import identity_of, site_of
from gw_spaceheat.apps.devices import device_nodes
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.house.model import House
from gw_spaceheat.views.devices_text import Answered


def check_live(house: House) -> tuple[Answered, ...]:
    """Ask every device of a house, one after the other; nothing is switched."""
    site = site_of(house)
    answers = []
    for alias in device_nodes(house):
        component = house.components[house.nodes[alias].component]
        problem, serial = "", ""
        try:
            serial = identity_of(house, alias, site) or ""
        except DeviceError as error:
            problem = str(error)
        answers.append(Answered(house.alias, alias, component.id, component.make_model, problem, serial))
    return tuple(answers)
