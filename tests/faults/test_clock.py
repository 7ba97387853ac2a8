"""A house through boots, kills and steps of its clock: every reading once, each with its true time, no slot left out."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from gw_spaceheat.actors.slot_keeper import SlotKeeper
from gw_spaceheat.core.events import ClockStepped, Event, Readings, Send, Started, Stopping
from gw_spaceheat.core.telemetry.clock_label import ClockKnown
from gw_spaceheat.core.telemetry.completeness_memory import CompletenessMemory
from gw_spaceheat.core.timekeeper import Dating, Seen, Sync, Timekeeper
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.stores.dating import DatingFile
from gw_spaceheat.stores.slot_readings import NEVER_REPORTED, Reported, SlotReadings
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS
from gw_spaceheat.vocabulary.slots import REPORT_SLOT_MS
from tests.core.bench import Bench

TRUE_START_MS = 1_800_000_000_000
SLEWED_MS = 2_000


class World:
    """The true time, the hands of the system's clock, and what was reported."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.chance = random.Random(seed)
        self.folder = folder
        self.true_ms = TRUE_START_MS
        self.booted_ms = TRUE_START_MS
        self.boot = 0
        self.off_ms = 0
        self.sync = Sync.CONFIRMED
        self.taken: dict[int, int] = {}
        """When each reading was truly taken, by its value."""
        self.reported: dict[int, list[int]] = {}
        """The labels under which each reading was reported."""
        self.slots: list[int] = []
        self.counted: CompletenessMemory | None = None

    @property
    def seen(self) -> Seen:
        return Seen(self.true_ms - self.booted_ms, self.true_ms + self.off_ms, self.sync)

    def power_cut(self, for_ms: int, begins_with_ms: int) -> None:
        """A new boot, whose clock shows begins_with_ms until a time service has set it."""
        self.true_ms += for_ms
        self.booted_ms = self.true_ms
        self.boot += 1
        self.off_ms = begins_with_ms - self.true_ms
        self.sync = Sync.AWAITED

    def hear(self, effects: Sequence[Event]) -> None:
        for effect in effects:
            if isinstance(effect, Send) and effect.link == "uplink" and isinstance(effect.message, ReportEvent):
                report = effect.message.report
                self.slots.append(report.slot_start_unix_s * SECOND_MS)
                for part in report.channel_reading_list:
                    if part.channel_name == "a-tank-temp0":
                        for value, label_ms in zip(part.value_list, part.scada_read_time_unix_ms_list, strict=True):
                            self.reported.setdefault(value // 1000, []).append(label_ms)


class Process:
    """A SCADA with the keeper of its open slot; whoever drops it has killed it."""

    def __init__(self, world: World) -> None:
        self.world = world
        counted = world.counted
        self.file = DatingFile(world.folder / "clock.json")
        store = SlotReadings(world.folder / "slots")
        reported = NEVER_REPORTED if counted is None else Reported(counted.to_s, counted.alive_ms)
        store.open(reported, self.file.read())
        boot = f"boot-{world.boot}"
        self.timekeeper = Timekeeper(boot, world.seen, self.file.read(), store.newest_ms())
        self.dating: Dating = self.timekeeper.dating
        self.file.write(self.dating)
        store.undated_from(self.dating.undated_ms if self.dating.awaits else None)
        self.keeper = SlotKeeper(store)
        mono_ms = world.seen.mono_ms
        self.bench = Bench(
            mono_ms=mono_ms,
            wall_ms=mono_ms + self.dating.apart_ms,
            counted=counted,
            unreported=store.unreported(),
            clock=ClockKnown(boot, self.timekeeper.synchronised, self.dating.awaits),
        )
        self.tell(Started())

    def tell(self, event: Event) -> None:
        """Mail to all, the keeper first."""
        self.keeper.handle(event, self.bench.now)
        self.hear(self.bench.tell(event))

    def hear(self, effects: Sequence[Event]) -> None:
        for effect in effects:
            if isinstance(effect, Send) and effect.link == "uplink":
                self.keeper.handle(effect, self.bench.now)
        self.world.hear(effects)
        self.world.counted = self.bench.counted

    def minute(self) -> None:
        """A reading, a look at the clock, and a minute that passes."""
        world = self.world
        value = len(world.taken)
        world.taken[value] = world.true_ms
        self.tell(Readings("a.tank.temp0", self.bench.now.wall_ms, ("a-tank-temp0",), (float(value),)))
        world.true_ms += MINUTE_MS
        self.hear(self.bench.leap(world.seen.mono_ms / SECOND_MS))
        for event in self.timekeeper.look(world.seen):
            before, self.dating = self.dating, self.timekeeper.dating
            self.bench.step(self.dating.apart_ms - before.apart_ms)
            if isinstance(event, ClockStepped):
                self.file.write(self.dating)
                self.tell(event)
        self.bench.step(self.timekeeper.dating.apart_ms - self.dating.apart_ms)
        self.dating = self.timekeeper.dating


def random_step_ms(chance: random.Random) -> int:
    """From a second to ten years, either way."""
    return chance.choice((-1, 1)) * round(10 ** chance.uniform(3, 11.5))


def verdict(world: World) -> None:
    """Nothing lost, nothing doubled, nothing misdated; slots aligned, and none left out while it ran."""
    assert {value: len(labels) for value, labels in world.reported.items()} == dict.fromkeys(world.taken, 1)
    wrong = {
        value: (labels[0] - world.taken[value]) / SECOND_MS
        for value, labels in world.reported.items()
        if abs(labels[0] - world.taken[value]) > SLEWED_MS
    }
    assert wrong == {}
    assert all(start_ms % REPORT_SLOT_MS == 0 for start_ms in world.slots)
    lived = {taken_ms // REPORT_SLOT_MS * REPORT_SLOT_MS for taken_ms in world.taken.values()}
    assert lived <= set(world.slots)


@pytest.mark.parametrize("seed", range(4))
def test_a_thousand_steps_of_the_wall_clock(seed: int, tmp_path: Path) -> None:
    """None stands for ten minutes; now and then the process is killed."""
    world = World(seed, tmp_path)
    process = Process(world)
    for _ in range(250):
        world.sync, world.off_ms = Sync.AWAITED, random_step_ms(world.chance)
        if abs(world.off_ms) <= 10 * SECOND_MS:
            world.off_ms = 0  # a few seconds, again and again, are like a clock that is a little off
        for _ in range(world.chance.randrange(1, 9)):
            process.minute()
        if world.chance.random() < 0.05:
            process = Process(world)
    world.sync, world.off_ms = Sync.CONFIRMED, 0
    for _ in range(10):
        process.minute()
    process.tell(Stopping())
    verdict(world)
    assert len(world.slots) == len(set(world.slots)), f"a slot was doubled, seed {seed}"


@pytest.mark.parametrize("seed", range(8))
def test_boots_without_a_time_service_that_comes_late(seed: int, tmp_path: Path) -> None:
    """1970, the hour before, the time at which it was saved, ten years ahead; killed while the clock is awaited."""
    world = World(seed, tmp_path)
    process = Process(world)
    for _ in range(12):
        for _ in range(world.chance.randrange(5, 90)):
            process.minute()
        saved_ms = world.true_ms - world.chance.randrange(HOUR_MS)
        begins_ms = world.chance.choice((0, saved_ms, world.true_ms + 10 * 365 * DAY_MS))
        world.power_cut(world.chance.randrange(MINUTE_MS, 10 * HOUR_MS), begins_ms)
        process = Process(world)
        for _ in range(world.chance.randrange(1, 200)):
            process.minute()
            if world.chance.random() < 0.02:
                process = Process(world)
        world.sync, world.off_ms = Sync.CONFIRMED, 0
    for _ in range(10):
        process.minute()
    process.tell(Stopping())
    verdict(world)
