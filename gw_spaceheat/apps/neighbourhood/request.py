"""What a person asks for who lets a street run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gw_spaceheat.apps.neighbourhood.wire import WireFaults


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetRequest:
    """What a person asks for.

    Attributes:
        folder: The street.
        algorithm: Name of the scheduler.
        seed: For what is left to chance.
        runs: How often, each with the next seed.
        processes: How many of them at a time; None for one per core.
        days: How many days the sun counts for; None for what the folder says.
        bound: Tell the bound too.
        messages: Let consumers, producers and a manager agree by messages, over such a wire; None to decide for the street.
        choose: How roofs are chosen where it goes by messages.
        prices_usd_per_kwh: What roofs want where the cheapest are chosen, by their names; others want the local price.
        live_url: The broker over which houses agree in processes of their own; None for none.
        speed: How many times faster than life time passes there.
        results: Folder that is made for the results; None for none.
        houses: House file, or folder of them, with the models of houses that are heated; None for the settings'.
    """

    folder: Path
    algorithm: str = "lst"
    seed: int = 1
    runs: int = 1
    processes: int | None = 1
    days: int | None = None
    bound: bool = False
    messages: WireFaults | None = None
    choose: str = "pro_rata"
    prices_usd_per_kwh: Mapping[str, float] = field(default_factory=dict)
    live_url: str | None = None
    speed: float = 1.0
    results: Path | None = None
    houses: Path | None = None
