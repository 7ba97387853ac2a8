"""Local heating: strategies found by name, and what they share.

`heating_machine(house)` builds the machine; it answers `Latest` with `Wish`es, `StateChanged` and `Note`s.
`check_parameters(house)` says what is wrong with a house's heating before anything is built.
"""

from gw_spaceheat.core.heating.registry import PLANNED, STATES, check_parameters, heating_machine, minimum_times
from gw_spaceheat.core.heating.strategy import strategy_names

__all__ = ["PLANNED", "STATES", "check_parameters", "heating_machine", "minimum_times", "strategy_names"]
