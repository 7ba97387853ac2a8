"""Strangers talk nonsense to a running SCADA, AtomicTNode and Ear: nobody falls, nobody grows, and nothing good is lost."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gw_spaceheat.apps.archive import ARCHIVE_FILE, ARCHIVE_FOLDER
from gw_spaceheat.apps.bench.usage import Usage, usage
from gw_spaceheat.apps.chaos.audit import Audit, audit
from gw_spaceheat.apps.chaos.lines import LINED
from gw_spaceheat.apps.chaos.town import Part, Town, TownPlan
from gw_spaceheat.apps.site_keys import make_key, trust_key
from gw_spaceheat.links.broker import BrokerKind
from gw_spaceheat.messages.codec import encode
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.stores import ed25519, query
from gw_spaceheat.stores.faults import StoreError
from gw_spaceheat.stores.keys import KeyFolder
from gw_spaceheat.stores.message_journal import reading_journal
from tests.faults.hostile import Shot, Stranger, shots
from tests.heard import HOUSE, MIDNIGHT_MS, SCADA, report_event, uuid
from tests.links.conftest import require_mosquitto
from tests.scenarios.scene import HOUSES, OAK, START_MS

SPEED = 60.0
START_S = round(START_MS / 1000)
SLOT_S = 300
DAY_S = 86_400
TOGETHER = 200
"""After so many, and what good there is among them, all that was said is waited for."""
GROWTH_MB = 20.0
"""So much more memory than after the first tenth may a process have in the end [MB]."""
KINDS = 24
"""Of no more kinds can there be lines in a log, one a minute each."""
PATIENCE_S = 90.0
LOOK_EVERY_S = 0.1


class Besieged:
    """A town with keys, what its processes have of the machine, and what is stored."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._archive = town.data_folder / ARCHIVE_FOLDER / OAK / ARCHIVE_FILE
        self._stranger = Stranger(town.broker().port)
        self.good = 0

    def usage(self) -> dict[Part, Usage]:
        return {part: usage(self.town.pid(part)) for part in LINED}

    def look(self) -> Audit:
        try:
            return audit(self._archive, self.town.ear_folder, OAK, ())
        except (StoreError, OSError):
            return Audit(0, 0, 0, 0, 0, ())

    def slots(self) -> list[int]:
        """Slots of this day of which the AtomicTNode has the report: what strangers say in the house's name is about others."""
        with reading_journal(self._archive) as rows:
            reports = [] if rows is None else [row.message() for row in rows.of_types((ReportEvent.type_name(),), 0)]
        starts_s = [message.report.slot_start_unix_s for message in reports if isinstance(message, ReportEvent)]
        return sorted((start_s - START_S) // SLOT_S for start_s in starts_s if START_S <= start_s < START_S + DAY_S)

    def wait_for_slots(self, more: int) -> None:
        """Until so many more reports of the house are committed, and all of them are with the Ear."""
        wanted = len(self.slots()) + more
        wait_until(lambda: len(self.slots()) >= wanted and self.look().lost == 0, lambda: (self.slots(), self.look()))

    def say(self, hostile: list[Shot]) -> None:
        """All of it, and now and then something good of another house; then wait until the Ear has dealt with it."""
        for start in range(0, len(hostile), TOGETHER):
            for shot in hostile[start : start + TOGETHER]:
                self._stranger.say(shot)
            self._stranger.wait_for_the_broker()
            self.say_something_good()

    def say_something_good(self) -> None:
        self.good += 1
        message = report_event(self.good, {"a": [(MIDNIGHT_MS + 1000 * self.good, self.good)]})
        topic, payload = encode(message, src=SCADA, dst="a", message_id=uuid(self.good))
        self._stranger.say(Shot(topic.encode(), payload))
        assert self._stranger.wait_for_the_broker()
        wait_until(lambda: self.good in self.good_ones(), self.good_ones)

    def good_ones(self) -> list[int]:
        try:
            return [round(row.value) for row in query.export(self.town.ear_folder, HOUSE, MIDNIGHT_MS, MIDNIGHT_MS + 10**8)]
        except StoreError:
            return []

    def lines(self) -> dict[Part, int]:
        return {part: len(self.town.log(part).read_bytes().splitlines()) for part in LINED}


def wait_until(holds: Callable[[], bool], what: Callable[[], object]) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < until_s, what()
        time.sleep(LOOK_EVERY_S)


@pytest.fixture
def besieged(tmp_path: Path) -> Iterator[Besieged]:
    require_mosquitto()
    plan = TownPlan(house=OAK, houses=HOUSES, folder=tmp_path, speed=SPEED, broker=BrokerKind.MOSQUITTO)
    with Town(plan) as town:
        keys = town.data_folder / "keys"  # of both sides, who run in one folder here
        make_key(keys)
        for alias in (OAK, f"{OAK}.ta.scada"):
            trust_key(keys, alias, ed25519.public_of(KeyFolder(keys).secret() or b""))
        for part in Part:
            town.start(part)
        yield Besieged(town)


def stands(besieged: Besieged, number: int, seed: int) -> None:
    hostile = shots(OAK, number, seed)
    besieged.wait_for_slots(1)
    besieged.say(hostile[: number // 10])
    first, lines_before, began_s = besieged.usage(), besieged.lines(), time.monotonic()
    besieged.say(hostile[number // 10 :])
    minutes = (time.monotonic() - began_s) * SPEED / 60 + 1
    lines_after, last = besieged.lines(), besieged.usage()
    besieged.wait_for_slots(2)
    found, slots = besieged.look(), besieged.slots()
    assert besieged.town.ended() == []
    assert besieged.town.tracebacks() == []
    for part in LINED:
        assert last[part].threads == first[part].threads, part
        assert last[part].rss_mb - first[part].rss_mb < GROWTH_MB, (part, first[part], last[part])
        assert abs(last[part].descriptors - first[part].descriptors) < 10, part
        assert lines_after[part] - lines_before[part] <= KINDS * minutes, part
    assert (found.lost, found.doubled) == (0, 0)
    assert slots == list(range(slots[0], slots[-1] + 1))
    assert besieged.good_ones() == list(range(1, besieged.good + 1))
    assert besieged.town.stop() == dict.fromkeys((Part.SCADA, Part.ATN, Part.EAR), 0)
    for part in LINED:
        log = besieged.town.log(part).read_text(encoding="utf-8", errors="replace")
        assert len(set(re.findall(r"refused \(([a-z-]+)\)", log))) > 2, f"{part} has heard little of it"
        assert "starts again" not in log, part
        assert all(len(line) < 1_000 for line in log.splitlines()), part


def test_nobody_is_harmed_by_what_strangers_say(besieged: Besieged) -> None:
    stands(besieged, 1_000, 1)


@pytest.mark.slow
def test_nobody_is_harmed_by_ten_thousand_things_that_strangers_say(besieged: Besieged) -> None:
    stands(besieged, 10_000, 2)
