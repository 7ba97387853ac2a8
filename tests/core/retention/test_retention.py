"""Four weeks without a peer, in seconds: what is kept how long, and that every number is accounted for."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.core.events import Event, Level, Note, Send, Urgency
from gw_spaceheat.core.link.outbox import Entry, MemoryOutbox
from gw_spaceheat.core.retention.retention import (
    JOIN_MS,
    LOOK_MS,
    MOST_STEPS,
    PAUSE_MS,
    SETTLE_MS,
    Retention,
    RetentionOptions,
)
from gw_spaceheat.messages.glitch import Glitch
from gw_spaceheat.messages.gws_given_up import GwsGivenUp
from gw_spaceheat.messages.gws_thinned_report import GwsThinnedReport
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, MINUTE_MS, Moment
from gw_spaceheat.vocabulary.tier import Tier
from tests.core.retention.samples import SCADA, SLOT_S, START_S, held, report

SLOT_MS = SLOT_S * 1000
DAY_SLOTS = DAY_MS // SLOT_MS
RELAY = "hp-relay"
START = Moment(5_000, START_S * 1000)
BOTH = (Urgency.EVENT, Urgency.HELD)


class Cut(Exception):
    """The process is killed."""


class Outbox(MemoryOutbox):
    """Counts its replacements, and can be killed before one of them.

    Attributes:
        replaced: How often something was replaced.
        cut_at: The replacement that is never begun.
        last: The highest number that was given.
    """

    def __init__(self, most_entries: int = 10**6) -> None:
        super().__init__(most_entries)
        self.replaced = 0
        self.cut_at = -1
        self.last = 0

    def put(self, send: Send, now_ms: int) -> Sequence[Send]:
        lost = super().put(send, now_ms)
        entry = self.find(send.message_id)
        assert entry is not None
        self.last = entry.sequence
        return lost

    def replace(self, sequences: Sequence[int], send: Send | None, now_ms: int) -> None:
        self.replaced += 1
        if self.replaced == self.cut_at:
            raise Cut
        super().replace(sequences, send, now_ms)

    def all(self) -> Iterator[Entry]:
        entry = self.after(0)
        while entry is not None:
            yield entry
            entry = self.after(entry.sequence)


class House:
    """Makes a report every five minutes, which nobody takes, and has its outbox looked after."""

    def __init__(self, options: RetentionOptions | None = None) -> None:
        self.outbox = Outbox()
        self.options = options or RetentionOptions()
        self.now = START
        self.slot = 0
        self.notes: list[Note] = []
        self.passing: Collection[Urgency] = ()
        self.starts = 0
        self.begin()

    def begin(self) -> None:
        self.starts += 1
        new_id = IdSource(f"retention {self.starts}".encode())
        self.retention = Retention(self.outbox, SCADA, new_id, (RELAY,), self.options)

    def report(self) -> None:
        series = [(second, 1000 + self.slot % 50 + second) for second in range(0, SLOT_S, 30)]
        made = report({"tank1-depth1": series, RELAY: [(7, self.slot % 2)]}, self.slot)
        self.outbox.put(held(made), self.now.wall_ms)
        self.slot += 1

    def live(self, slots: int) -> None:
        """Let slots pass; each is reported at its end."""
        for _ in range(slots):
            self.until(self.now.later(SLOT_MS))
            self.report()

    def until(self, end: Moment) -> None:
        while (due_ms := self.retention.deadline()) is not None and due_ms <= end.mono_ms:
            self.now = self.now.later(max(due_ms - self.now.mono_ms, 0))
            self.notes += told(self.retention.wake(self.now, self.passing))
        self.now = end

    def settle(self) -> None:
        """Let it be looked at until nothing is left to be done."""
        self.until(self.now.later(2 * SETTLE_MS))

    def ages_days(self, tier: Tier) -> tuple[float, float]:
        """Of the newest and the oldest of a tier, by the beginning of what it is about."""
        ages = [(self.now.wall_ms - each.filed.about_ms) / DAY_MS for each in self.outbox.all() if each.filed.tier is tier]
        return min(ages), max(ages)


def told(effects: Sequence[Event]) -> list[Note]:
    notes = [effect for effect in effects if isinstance(effect, Note)]
    assert len(notes) == len(effects)
    return notes


def numbers(outbox: Outbox) -> Counter[str]:
    """How every number that was ever given is accounted for; none may be missing."""
    there, replaced, given_up = set[int](), set[int](), set[int]()
    for entry in outbox.all():
        there.add(entry.sequence)
        message = entry.send.message
        if isinstance(message, GwsThinnedReport):
            replaced.update(message.replaces)
        elif isinstance(message, GwsGivenUp):
            given_up.update(range(message.first_sequence, message.last_sequence + 1))
    everything = set(range(1, outbox.last + 1))
    assert there | replaced | given_up >= everything
    assert not there & replaced
    return Counter(there=len(there), replaced=len(replaced), given_up=len(everything - there - replaced))


def readings_by_slot(outbox: Outbox) -> Counter[int]:
    """How many readings of the tank are accounted for, by report slot or, where they were joined, by quarter of an hour."""
    found: Counter[int] = Counter()
    for entry in outbox.all():
        message = entry.send.message
        if isinstance(message, ReportEvent):
            found[message.report.slot_start_unix_s] += len(message.report.channel_reading_list[0].value_list)
        elif isinstance(message, GwsThinnedReport):
            found[message.slot_start_unix_s] += sum(message.channel_list[0].count_list)
    return found


@pytest.fixture(scope="module")
def after_forty_days() -> House:
    house = House()
    house.live(40 * DAY_SLOTS)
    return house


def test_tiers_hold_in_days(after_forty_days: House) -> None:
    house = after_forty_days
    slack = 0.011  # two slots and a quarter of an hour
    newest, oldest = house.ages_days(Tier.WHOLE)
    assert 0 < newest < slack
    assert oldest == pytest.approx(1, abs=slack)
    newest, oldest = house.ages_days(Tier.MINUTE)
    assert newest == pytest.approx(1, abs=slack)
    assert oldest == pytest.approx(7, abs=slack)
    newest, oldest = house.ages_days(Tier.QUARTER)
    assert newest == pytest.approx(7, abs=2 * slack)
    assert 28 - slack < oldest < 28 + JOIN_MS / DAY_MS + slack


def test_tiers_hold_in_messages_and_bytes(after_forty_days: House) -> None:
    house = after_forty_days
    count = Counter(entry.filed.tier for entry in house.outbox.all())
    assert count[Tier.WHOLE] == pytest.approx(DAY_SLOTS, abs=2)
    assert count[Tier.MINUTE] == pytest.approx(6 * DAY_SLOTS, abs=4)
    assert count[Tier.QUARTER] == pytest.approx(21.125 * DAY_SLOTS / 3, abs=30)
    assert count[Tier.EVENT] < 3 * 4 * 13  # nothing but what tells of losses: four times a day, at most three runs each
    assert house.outbox.size_bytes < 5_000_000
    everything = 40 * DAY_SLOTS * 950
    assert house.outbox.size_bytes < everything / 2


def test_every_number_is_accounted_for(after_forty_days: House) -> None:
    house = after_forty_days
    count = numbers(house.outbox)
    assert count["there"] == len(house.outbox)
    assert count["replaced"] == pytest.approx(6 * DAY_SLOTS + 21.125 * DAY_SLOTS * 2, abs=100)
    assert count["given_up"] > 10 * DAY_SLOTS


def test_nothing_within_the_four_weeks_is_forgotten(after_forty_days: House) -> None:
    house = after_forty_days
    found = readings_by_slot(house.outbox)
    limit_s = house.now.wall_ms // 1000 - 28 * 86_400
    week_s = house.now.wall_ms // 1000 - 7 * 86_400
    for start_s in range(START_S + 86_400 * 12 - START_S % 900, START_S + house.slot * SLOT_S, 900):
        if start_s < limit_s:
            continue
        slots = [found[start_s + after_s] for after_s in (0, 300, 600)]
        assert slots == ([30, 0, 0] if start_s < week_s - 1800 else slots)
        assert sum(slots) == 30 or start_s + 900 > START_S + house.slot * SLOT_S


def test_losses_are_told_once_in_the_log_and_together_on_the_wire(after_forty_days: House) -> None:
    house = after_forty_days
    assert [note.level for note in house.notes] == [Level.WARNING]
    assert "older than 28 days" in house.notes[0].text
    messages = [entry.send.message for entry in house.outbox.all() if isinstance(entry.send.message, GwsGivenUp)]
    assert len(messages) <= 12 * 4 * 3  # of twelve days, four times a day, at most three runs of numbers
    for message in messages:
        message.check()
        assert message.src == SCADA
        assert message.because == "older than 28 days"
        assert message.to_unix_ms - message.from_unix_ms <= JOIN_MS + HOUR_MS
    assert min(message.from_unix_ms for message in messages) == START.wall_ms
    assert all(
        entry.send.urgency is Urgency.EVENT for entry in house.outbox.all() if isinstance(entry.send.message, GwsGivenUp)
    )


def test_what_is_given_up_is_told_for_as_long_as_anything_is_kept() -> None:
    house = House(RetentionOptions(whole_ms=HOUR_MS, minute_ms=2 * HOUR_MS, most_ms=4 * HOUR_MS))
    house.live(2 * DAY_SLOTS)  # so that what told of losses is too old itself
    count = numbers(house.outbox)
    assert count["given_up"] > DAY_SLOTS
    assert len(house.outbox) < 150


def test_problems_stay_whole_for_four_weeks() -> None:
    house = House()
    glitch = Glitch(from_g_node_alias=SCADA, node="hp", type="Warning", summary="x", details="", created_ms=START.wall_ms)
    house.outbox.put(Send("uplink", "a", glitch, Urgency.HELD, "glitch"), START.wall_ms)
    house.until(START.later(28 * DAY_MS))
    entry = house.outbox.find("glitch")
    assert entry is not None
    assert entry.send.message == glitch
    house.until(START.later(28 * DAY_MS + JOIN_MS + LOOK_MS))
    assert house.outbox.find("glitch") is None
    assert numbers(house.outbox) == {"there": 1, "replaced": 0, "given_up": 1}


def test_what_is_on_its_way_is_left_alone() -> None:
    house = House()
    house.live(3)
    house.passing = BOTH
    house.until(START.later(60 * DAY_MS))
    assert house.outbox.replaced == 0
    house.passing = (Urgency.EVENT,)  # the gate has shut again
    house.settle()
    assert [entry.filed.tier for entry in house.outbox.all()] == [Tier.EVENT]


def test_an_event_on_its_way_is_left_alone_while_reports_grow_old() -> None:
    house = House()
    house.live(3)
    glitch = Glitch(from_g_node_alias=SCADA, node="hp", type="Warning", summary="x", details="", created_ms=START.wall_ms)
    house.outbox.put(Send("uplink", "a", glitch, Urgency.EVENT, "glitch"), START.wall_ms)
    house.passing = (Urgency.EVENT,)
    house.until(START.later(29 * DAY_MS))
    assert house.outbox.find("glitch") is not None
    assert [type(entry.send.message) for entry in house.outbox.all()] == [Glitch, GwsGivenUp]


def test_tells_what_happened_when_things_move_again() -> None:
    house = House()
    house.live(2 * DAY_SLOTS)
    house.passing = BOTH
    house.until(house.now.later(2 * LOOK_MS))
    assert [(note.level, "were thinned" in note.text) for note in house.notes] == [(Level.INFO, True)]


def test_a_quarter_waits_for_its_last_slot_and_takes_what_there_is() -> None:
    house = House()
    house.live(1)  # the second of its three reports was lost, the third is made twice: before and after a restart
    house.slot = 2
    house.now = house.now.later(SLOT_MS)
    house.live(1)
    house.slot = 2
    house.report()
    house.until(Moment(START.mono_ms, START.wall_ms).later(7 * DAY_MS + 890_000))
    assert [entry.filed.tier for entry in house.outbox.all()] == [Tier.MINUTE] * 3
    house.until(house.now.later(LOOK_MS + MINUTE_MS))
    (entry,) = house.outbox.all()
    message = entry.send.message
    assert isinstance(message, GwsThinnedReport)
    assert (message.slot_start_unix_s, message.slot_duration_s, message.bin_s) == (START_S, 900, 900)
    assert message.channel_list[0].count_list == [30]
    assert message.replaces == [1, 2, 3, 4, 5, 6]
    assert entry.send.urgency is Urgency.HELD


def test_a_long_backlog_holds_up_nobody() -> None:
    """After months without power, or with a new release: a few replacements, then a pause."""
    house = House()
    for _ in range(2_000):
        house.report()
    house.now = START.later(20 * DAY_MS)
    house.retention.wake(house.now)
    house.now = house.now.later(SETTLE_MS)
    before = len(house.outbox)
    while len(house.outbox) > before / 2.9:
        replaced = house.outbox.replaced
        house.retention.wake(house.now)
        assert house.outbox.replaced - replaced <= MOST_STEPS
        assert house.retention.deadline() == house.now.mono_ms + PAUSE_MS
        house.now = house.now.later(PAUSE_MS)
    assert {entry.filed.tier for entry in house.outbox.all()} <= {Tier.WHOLE, Tier.QUARTER}
    numbers(house.outbox)


def test_too_many_bytes_cost_the_oldest() -> None:
    house = House(RetentionOptions(most_bytes=1_000_000))
    house.live(8 * DAY_SLOTS)
    house.settle()
    assert 900_000 < house.outbox.size_bytes <= 1_000_000
    kept = [entry.filed.about_ms for entry in house.outbox.all() if entry.filed.tier is not Tier.EVENT]
    lost = [entry.send.message for entry in house.outbox.all() if isinstance(entry.send.message, GwsGivenUp)]
    assert lost
    assert all(message.because == "more than 1 MB" for message in lost)
    assert max(message.to_unix_ms for message in lost) == min(kept)
    assert numbers(house.outbox)["given_up"]
    assert [note.level for note in house.notes] == [Level.WARNING]


def test_a_clock_that_is_wrong_for_a_moment_costs_nothing() -> None:
    house = House()
    house.live(10)
    house.now = Moment(house.now.mono_ms, house.now.wall_ms + 400 * DAY_MS)
    house.until(house.now.later(SETTLE_MS - MINUTE_MS))
    house.now = Moment(house.now.mono_ms, house.now.wall_ms - 400 * DAY_MS)
    house.settle()
    assert house.outbox.replaced == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"whole_ms": 0},
        {"whole_ms": 8 * DAY_MS},
        {"minute_ms": 29 * DAY_MS},
        {"most_bytes": 499_999},
    ],
)
def test_limits_must_make_sense(changes: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be"):
        RetentionOptions(**changes)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 60), max_size=6), st.integers(100, 400))
def test_a_process_may_be_killed_at_any_moment(cuts: list[int], slots: int) -> None:
    """With limits of hours in place of days: whatever happens, every number is accounted for and no reading counted twice."""
    house = House(RetentionOptions(whole_ms=HOUR_MS, minute_ms=2 * HOUR_MS, most_ms=4 * HOUR_MS))
    for cut_at in cuts:
        house.outbox.cut_at = house.outbox.replaced + cut_at
        try:
            house.live(slots)
        except Cut:
            house.begin()
            numbers(house.outbox)
    house.outbox.cut_at = -1
    house.live(DAY_SLOTS // 8)
    numbers(house.outbox)
    for start_s, count in readings_by_slot(house.outbox).items():
        assert count in ((10, 20, 30) if start_s % 900 == 0 else (10,))
