"""Has Numba compile all that simulations will ask of it, once, so that no simulation waits for that; it keeps what it made."""

from datetime import datetime
from pathlib import Path

from gw_spaceheat.apps.houses import find_house, known_houses
from gw_spaceheat.core.planner.figures import can_be_planned
from gw_spaceheat.house.model import House
from gw_spaceheat.vocabulary.compiling import numba_is_here
from gw_spaceheat.vocabulary.contract_plan import ContractPlan

START = datetime(2018, 1, 1)  # noqa: DTZ001 - local standard time


def compile_kernels(houses: Path) -> bool:
    """Run what is compiled as it is met: a house's physics and plans for a day, and jobs of a street that look for a start.

    Args:
        houses: File or folder of houses; the first that can be simulated and planned for is taken, for what is compiled is the
            same for all.

    Returns:
        Whether all of it is compiled now: Numba is installed, and there is such a house.

    Raises:
        HouseFileError: A file holds no house, or one that does not fit the form.
        OSError: A file cannot be read.
    """
    house = _house(houses)
    if house is None or not numba_is_here():
        return False
    from gw_spaceheat.apps.simulation_run import SimulationRequest, run  # noqa: PLC0415 - half of the package
    from gw_spaceheat.core.market.looks import MANY_JOBS, looks_for  # noqa: PLC0415 - NumPy

    run(SimulationRequest(house=house, start=START, days=1, contract=ContractPlan.PLANNED, compiled=True))
    looks_for(MANY_JOBS)
    return True


def _house(houses: Path) -> House | None:
    for alias in known_houses(houses):
        house = find_house(houses, alias)
        if house.plant is not None and can_be_planned(house):
            return house
    return None
