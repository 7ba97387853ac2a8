"""SCADA, AtomicTNode, Ear and broker are killed, and their lines troubled, while readings flow: what is lost or doubled."""

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from gw_spaceheat.apps.archive import ARCHIVE_FILE, ARCHIVE_FOLDER
from gw_spaceheat.apps.chaos.acknowledgements import Acknowledgements
from gw_spaceheat.apps.chaos.audit import Audit, audit
from gw_spaceheat.apps.chaos.lines import LINED, Lines, Trouble
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
    houses: Path,
    rounds: int = 200,
    seed: int = 1,
    broker: BrokerKind | None = None,
    speed: float = SPEED,
    *,
    proxy: bool = True,
    tell: Callable[[str], None] = lambda _: None,
) -> dict[str, object]:
    """Let so many rounds pass, wait until the Ear has fetched what it missed, and compare.

    Args:
        houses: The house file.
        rounds: How many times something is killed, or a line troubled.
        seed: Draws what, when and for how long; the moments themselves are not the same twice, because real processes run.
        broker: Which broker; None for mosquitto where it is installed.
        speed: How much faster than life.
        proxy: Each process has a line to the broker that delays, cuts, swallows and refuses; without it, they are only killed.
        tell: Is told of each round before it happens.

    Returns:
        `acknowledged_lost` and `doubled` count readings (and acknowledged messages that are nowhere), `readings` those of all
        committed reports; `slots_missing` are slots between the first report and the last of which there is none, which happens
        where the SCADA was dead for a whole slot; `settled_s` is how long after the last round nothing was missing any more.
    """
    house, _ = house_to_start(houses, HOUSE)
    began_s = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="gws-chaos-") as folder, ExitStack() as stack:
        town = stack.enter_context(
            Town(TownPlan(house=house.alias, houses=houses.resolve(), folder=Path(folder), speed=speed, broker=broker))
        )
        town.start(Part.BROKER)
        lines = stack.enter_context(Lines(town.broker().port))
        if proxy:
            town.send_over(lines.urls())
        for part in LINED:
            town.start(part)
        heard = stack.enter_context(Acknowledgements(town.broker(), house.alias))
        archive = town.data_folder / ARCHIVE_FOLDER / house.alias / ARCHIVE_FILE

        def look() -> Audit:
            return audit(archive, town.ear_folder, house.alias, heard.heard)

        _until(lambda: _look_early(look).reports > 0, FIRST_REPORT_WITHIN_S)
        drawn = blows(seed, rounds, with_lines=proxy)
        toll = storm(town, lines, drawn, time.sleep, lambda blow: tell(str(blow)))
        stormed_s = time.perf_counter()
        before = _look_early(look).reports
        _until(lambda: _is_whole(_look_early(look), before), WHOLE_WITHIN_S)
        settled_s = time.perf_counter() - stormed_s
        ended = town.ended()
        codes = town.stop()
        last = look()
        tracebacks = town.tracebacks()
    return {
        "acknowledged_lost": last.lost,
        "doubled": last.doubled,
        "readings": last.readings,
        "rounds": rounds,
        "reports": last.reports,
        "slots_missing": last.slots_missing,
        "acknowledgements_heard": len(heard.heard),
        "lost": list(last.named),
        "deaths": {part.value: toll.deaths[part] for part in Part},
        "troubles": {trouble.value: toll.troubles[trouble] for trouble in Trouble} if proxy else {},
        "tracebacks": tracebacks,
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
        return Audit(0, 0, 0, 0, 0, ())


def _is_whole(found: Audit, before: int) -> bool:
    """Nothing is missing, and there are more reports than before."""
    return found.lost == 0 and found.slots_missing == 0 and found.reports > before


def _until(holds: Callable[[], bool], within_s: float) -> bool:
    """Wait until something holds, but not for ever; whether it does."""
    ends_s = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > ends_s:
            return False
        time.sleep(LOOK_EVERY_S)
    return True
