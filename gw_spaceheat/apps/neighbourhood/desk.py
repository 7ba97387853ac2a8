"""What somebody at a page of the neighbourhood works with."""

from dataclasses import dataclass
from pathlib import Path

from gw_spaceheat.apps.neighbourhood.drafts import Drafts
from gw_spaceheat.apps.neighbourhood.kept_results import KeptResults
from gw_spaceheat.apps.neighbourhood.street_runs import StreetRuns
from gw_spaceheat.apps.neighbourhood.streets import Streets


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One for a server; every thread uses it.

    Attributes:
        streets: Those that are kept.
        drafts: Those that are being made.
        results: What came of runs.
        runs: What runs.
    """

    streets: Streets
    drafts: Drafts
    results: KeptResults
    runs: StreetRuns


def desk(folder: Path, houses: Path) -> Desk:
    """A desk with the folders `streets`, `street-drafts` and `street-results` of this one.

    Args:
        folder: Where they lie.
        houses: House file, or a folder of such, with the models of heated houses.
    """
    streets, results = Streets(folder / "streets"), KeptResults(folder / "street-results")
    return Desk(
        streets=streets, drafts=Drafts(folder / "street-drafts"), results=results, runs=StreetRuns(streets, results, houses)
    )
