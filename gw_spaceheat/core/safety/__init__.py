"""Freeze protection and over-temperature cut-out: above every other authority, and ignorant of them.

`safety_machine(house)` builds the machine; it answers `Latest` with a `Wish` for every actuator that it overrides and a
`Release` when it gives one back.
"""

from gw_spaceheat.core.safety.guards import Danger
from gw_spaceheat.core.safety.limits import SafetyLimits
from gw_spaceheat.core.safety.machine import MACHINE, Safety
from gw_spaceheat.house.model import House

STATES = {MACHINE: Danger}
"""Machine name, as `StateChanged` says it: the enumeration of its states."""

__all__ = ["STATES", "Safety", "SafetyLimits", "safety_machine"]


def safety_machine(house: House, limits: SafetyLimits | None = None) -> Safety:
    """Safety of a house, with other than the usual limits if given."""
    return Safety(house, limits or SafetyLimits())
