"""Results for tests: streets that were run by the command's own code."""

from pathlib import Path

from gw_spaceheat.apps.neighbourhood.convert import new_street
from gw_spaceheat.apps.neighbourhood.request import StreetRequest
from gw_spaceheat.apps.neighbourhood.run import run_street
from gw_spaceheat.apps.neighbourhood.simulated import Additions
from gw_spaceheat.core.market.synthetic import StreetKind

HOUSES_FILE = Path(__file__).parents[3] / "input_data" / "houses.json"


def make_result(
    folder: Path, name: str, algorithm: str = "lst", runs: int = 1, seed: int = 2, days: int = 1, heated: int = 0
) -> Path:
    """A folder of results in `street-results`."""
    street = folder / f"street of {name}"
    new_street(StreetKind(houses=3, roofs=2, days=days, seed=seed), street, additions=Additions(heated=heated))
    target = folder / "street-results" / name
    run_street(StreetRequest(folder=street, algorithm=algorithm, runs=runs, results=target, bound=True, houses=HOUSES_FILE))
    return target
