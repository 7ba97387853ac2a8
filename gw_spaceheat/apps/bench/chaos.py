"""SCADA, AtomicTNode, Ear and broker are killed at random moments while readings flow: what is lost, what is doubled."""

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from gw_spaceheat.apps.archive import ARCHIVE_FILE, ARCHIVE_FOLDER
from gw_spaceheat.apps.chaos.acknowledgements import Acknowledgements
from gw_spaceheat.apps.chaos.audit import Audit, audit
from gw_spaceheat.apps.chaos.storm import blows, storm
from gw_spaceheat.apps.chaos.town import Part, Town, TownPlan
from gw_spaceheat.apps.houses import house_to_start
from gw_spaceheat.links.broker import BrokerKind
from gw_spaceheat.stores.faults import StoreError

HOUSE = "hw1.isone.me.millinocket.oak"
SPEED = 60.0
FIRST_REPORT_WITHIN_S = 60.0
WHOLE_WITHIN_S = 120.0
LOOK_EVERY_S = 0.5


def measure(
    houses: Path, rounds: int = 200, seed: int = 1, broker: BrokerKind | None = None, speed: float = SPEED
) -> dict[str, object]:
    """Let so many rounds pass, wait until the Ear has fetched what it missed, and compare.

    Args:
        houses: The house file.
        rounds: How many times something is killed.
        seed: Draws what, when and for how long; the moments themselves are not the same twice, because real processes run.
        broker: Which broker; None for mosquitto where it is installed.
        speed: How much faster than life.

    Returns:
        `acknowledged_lost` and `doubled` count readings (and acknowledged messages that are nowhere), `readings` those of all
        committed reports; `settled_s` is how long after the last round nothing was missing any more.
    """
    house, _ = house_to_start(houses, HOUSE)
    began_s = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="gws-chaos-") as folder, ExitStack() as stack:
        town = stack.enter_context(
            Town(TownPlan(house=house.alias, houses=houses.resolve(), folder=Path(folder), speed=speed, broker=broker))
        )
        for part in Part:
            town.start(part)
        heard = stack.enter_context(Acknowledgements(town.broker(), house.alias))
        archive = town.data_folder / ARCHIVE_FOLDER / house.alias / ARCHIVE_FILE

        def look() -> Audit:
            return audit(archive, town.ear_folder, house.alias, heard.heard)

        _until(lambda: _look_early(look).reports > 0, FIRST_REPORT_WITHIN_S)
        deaths = storm(town, blows(seed, rounds), time.sleep)
        stormed_s = time.perf_counter()
        before = _look_early(look).reports
        _until(lambda: (found := _look_early(look)).lost == 0 and found.reports > before, WHOLE_WITHIN_S)
        settled_s = time.perf_counter() - stormed_s
        ended = town.ended()
        codes = town.stop()
        last = look()
    return {
        "acknowledged_lost": last.lost,
        "doubled": last.doubled,
        "readings": last.readings,
        "rounds": rounds,
        "reports": last.reports,
        "acknowledgements_heard": len(heard.heard),
        "lost": list(last.named),
        "deaths": {part.value: deaths[part] for part in Part},
        "ended_by_themselves": [part.value for part in ended],
        "exit_codes": {part.value: code for part, code in codes.items()},
        "broker": town.broker().kind.value,
        "seed": seed,
        "settled_s": round(settled_s, 1),
        "wall_s": round(time.perf_counter() - began_s, 1),
    }


def _look_early(look: Callable[[], Audit]) -> Audit:
    """What is found, where perhaps there is nothing yet."""
    try:
        return look()
    except (StoreError, OSError):
        return Audit(0, 0, 0, 0, ())


def _until(holds: Callable[[], bool], within_s: float) -> bool:
    """Wait until something holds, but not for ever; whether it does."""
    ends_s = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > ends_s:
            return False
        time.sleep(LOOK_EVERY_S)
    return True
