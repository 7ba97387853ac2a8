"""Builds local heating for a house, and checks what its file says about it."""

from zoneinfo import ZoneInfoNotFoundError

from gw_spaceheat.core.heating.hot_water import MACHINE as HOT_WATER_MACHINE
from gw_spaceheat.core.heating.hot_water import Charge
from gw_spaceheat.core.heating.hydraulics import MACHINE, Path
from gw_spaceheat.core.heating.local import MODE_MACHINE, LocalHeating, Mode
from gw_spaceheat.core.heating.local_clock import LocalClock, LocalTime, local_time_in
from gw_spaceheat.core.heating.parameters import SharedParameters, problems, read
from gw_spaceheat.core.heating.strategy import find_strategy, strategy_names
from gw_spaceheat.house.model import House, MinimumTimes

PLANNED = "planned"
"""The strategy that goes by schedules, which somebody has to make."""
STATES = {MACHINE: Path, MODE_MACHINE: Mode, HOT_WATER_MACHINE: Charge}
"""Machine name, as `StateChanged` says it: the enumeration of its states."""


def heating_machine(house: House, strategy: str | None = None, local_time: LocalTime | None = None) -> LocalHeating:
    """Local heating of a house.

    Args:
        house: The house.
        strategy: Name of a strategy in place of the one in the house's file; parameters that it does not know are left out.
        local_time: Local time for a Unix time [ms]; the house's zone if None.

    Raises:
        ValueError: The strategy or one of its parameters is unknown or out of bounds; the text names what is allowed.
    """
    found = find_strategy(strategy or house.heating.strategy)
    parameters = _parameters(house, strategy)
    clock = LocalClock(local_time or local_time_in(house.timezone))
    return LocalHeating(house, found.strategy(parameters, house), parameters, clock)


def minimum_times(house: House, strategy: str | None = None) -> dict[str, MinimumTimes]:
    """What the house's heat source must be spared, by the strategy's parameters; by its alias, empty if there is none.

    Raises:
        ValueError: As of `heating_machine`.
    """
    if not house.heating.heat_source:
        return {}
    parameters = _parameters(house, strategy)
    times = MinimumTimes(
        on_s=parameters.minimum_on_s, off_s=parameters.minimum_off_s, starts_per_hour=round(parameters.starts_per_hour)
    )
    return {house.heating.heat_source: times}


def _parameters(house: House, strategy: str | None) -> SharedParameters:
    heating = house.heating
    given = heating.parameters
    found = find_strategy(strategy or heating.strategy)
    if strategy is not None and strategy != heating.strategy:
        given = {name: value for name, value in given.items() if name in found.parameters.__dataclass_fields__}
    return read(found.parameters, given)


def check_parameters(house: House) -> tuple[str, ...]:
    """What is wrong with a house's heating, in a line each: strategy, parameters, sensors or actuators that do not fit."""
    heating = house.heating
    texts = []
    if heating.strategy not in strategy_names():
        texts.append(f"strategy {heating.strategy} is unknown; known are {', '.join(strategy_names())}")
    else:
        texts += problems(find_strategy(heating.strategy).parameters, heating.parameters)
    if not heating.buffer and not heating.store:
        texts.append("buffer has no channels, and store has none either; heating needs the temperatures of a tank")
    if not heating.heat_source and not heating.boost:
        texts.append("heat_source is empty, and boost is too; one of them must heat")
    circulators = [zone.circulator for zone in heating.zones]
    texts += [
        f"circulator {each} serves two zones; give it to one"
        for each in sorted({c for c in circulators if circulators.count(c) > 1})
    ]
    try:
        local_time_in(house.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        texts.append(f"timezone {house.timezone} is unknown; use an IANA name such as America/New_York")
    return tuple(texts)
