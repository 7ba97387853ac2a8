"""What was missed is asked for, after a while, and ever more seldom."""

from itertools import pairwise

from gw_spaceheat.core.ear_missed import TAIL_TRIES, Missed, MissedOptions, Request, state_name
from gw_spaceheat.core.events import Keep
from gw_spaceheat.core.numbers import HeardNumbers
from gw_spaceheat.messages.codec import HIGHEST_SEQUENCE
from gw_spaceheat.vocabulary.moment import HOUR_MS, Moment
from tests.core.test_numbers import given_up, thinned
from tests.heard import HOUSE, MIDNIGHT_MS, power

AGE_MS, SETTLE_MS = 30_000, 2000
TAIL = HIGHEST_SEQUENCE


def at(mono_ms: int) -> Moment:
    return Moment(mono_ms, MIDNIGHT_MS + mono_ms)


def ranges(request: Request) -> list[tuple[int, int]]:
    return [(wanted.first, wanted.last) for wanted in request.message.range_list]


class Tried:
    """A house's stream, seen by an Ear whose link came up at 0 and that has asked for the tail already."""

    def __init__(self, *known: tuple[int, int], options: MissedOptions | None = None) -> None:
        self.missed = Missed([HeardNumbers(HOUSE, "abc", known)] if known else [], options)
        self.missed.link(at(0), up=True)
        self.now_ms = 0

    def hear(self, *sequences: int, stream: str = "abc") -> None:
        for sequence in sequences:
            self.missed.heard(HOUSE, stream, sequence, power(1), at(self.now_ms))

    def fetch(self, *sequences: int) -> list[bool]:
        return [self.missed.fetched(HOUSE, "abc", sequence, power(1), at(self.now_ms)) for sequence in sequences]

    def asked_until(self, mono_ms: int) -> list[tuple[int, list[tuple[int, int]]]]:
        """When it asked for what, while it was woken as it wished."""
        asked = []
        while (due_ms := self.missed.deadline()) is not None and due_ms <= mono_ms:
            self.now_ms = max(self.now_ms, due_ms)
            asked += [(self.now_ms, ranges(request)) for request in self.missed.wake(at(self.now_ms))]
        self.now_ms = mono_ms
        return asked


def test_nothing_is_asked_for_while_nothing_is_missing() -> None:
    tried = Tried()
    tried.hear(1, 2, 3)
    assert tried.missed.deadline() is None
    assert tried.asked_until(HOUR_MS) == []


def test_a_hole_is_asked_for_when_it_has_lasted_and_ever_more_seldom() -> None:
    tried = Tried()
    tried.hear(1, 5, 6)
    asked = tried.asked_until(10 * HOUR_MS)
    assert {tuple(wanted) for _, wanted in asked} == {((2, 4),)}
    times = [time_ms for time_ms, _ in asked]
    assert times[:4] == [AGE_MS, 2 * AGE_MS, 4 * AGE_MS, 8 * AGE_MS]
    assert max(after - before for before, after in pairwise(times)) == HOUR_MS


def test_a_hole_that_closes_by_itself_is_not_asked_for() -> None:
    tried = Tried()
    tried.hear(1, 3)
    tried.asked_until(AGE_MS - 1)
    tried.hear(2)
    assert tried.asked_until(HOUR_MS) == []
    assert tried.missed.deadline() is None


def test_a_young_hole_waits_while_an_old_one_is_asked_for() -> None:
    tried = Tried()
    tried.hear(1, 3)
    tried.asked_until(AGE_MS - 1)
    tried.hear(5)
    assert tried.asked_until(2 * AGE_MS) == [(AGE_MS, [(2, 2)]), (2 * AGE_MS - 1, [(2, 2), (4, 4)])]


def test_what_was_replaced_or_given_up_is_no_hole() -> None:
    tried = Tried()
    tried.missed.heard(HOUSE, "abc", 8, thinned(1, 2, 3), at(0))
    tried.missed.heard(HOUSE, "abc", 9, given_up(4, 7), at(0))
    assert tried.asked_until(HOUR_MS) == []


def test_a_stream_that_is_new_has_a_beginning() -> None:
    tried = Tried()
    tried.hear(4)
    assert tried.asked_until(AGE_MS) == [(AGE_MS, [(1, 3)])]


def test_after_the_link_came_up_what_came_meanwhile_is_asked_for() -> None:
    tried = Tried((1, 4), (6, 7))
    assert tried.asked_until(SETTLE_MS) == [(SETTLE_MS, [(5, 5), (8, TAIL)])]
    assert tried.fetch(8, 9, 9, 5) == [True, True, False, True]
    assert tried.asked_until(2 * SETTLE_MS) == [(2 * SETTLE_MS, [(10, TAIL)])]  # was that all?
    tried.hear(12)
    assert tried.asked_until(2 * SETTLE_MS + AGE_MS) == [(2 * SETTLE_MS + AGE_MS, [(10, 11)])]
    tried.fetch(10, 11)
    assert tried.asked_until(HOUR_MS) == []


def test_a_stream_that_says_nothing_more_is_let_go_of() -> None:
    tried = Tried((1, 7))
    assert len(tried.asked_until(24 * HOUR_MS)) == TAIL_TRIES
    assert tried.missed.deadline() is None
    tried.missed.link(at(24 * HOUR_MS), up=True)
    assert tried.asked_until(24 * HOUR_MS + SETTLE_MS) == [(24 * HOUR_MS + SETTLE_MS, [(8, TAIL)])]


def test_nobody_is_asked_while_the_link_is_down() -> None:
    tried = Tried((1, 7), (9, 9))
    tried.missed.link(at(1), up=False)
    assert tried.missed.deadline() is None
    assert tried.missed.wake(at(HOUR_MS)) == []
    tried.missed.link(at(HOUR_MS), up=True)
    assert tried.asked_until(HOUR_MS + SETTLE_MS) == [(HOUR_MS + SETTLE_MS, [(8, 8), (10, TAIL)])]


def test_the_end_of_all_numbers_has_no_tail() -> None:
    tried = Tried((1, HIGHEST_SEQUENCE))
    assert tried.asked_until(HOUR_MS) == []


def test_more_holes_than_one_request_holds_are_asked_for_in_turn() -> None:
    tried = Tried()
    tried.hear(*range(2, 302, 2))
    asked = [wanted for _, wanted in tried.asked_until(7 * AGE_MS)]
    assert [len(wanted) for wanted in asked] == [99, 51, 99]
    assert asked[0][0] == (1, 1)
    assert asked[1][0] == (199, 199)
    assert asked[2] == asked[0]


def test_many_streams_are_asked_for_one_after_another() -> None:
    known = [HeardNumbers(f"h{number}", "abc", ((1, 1),)) for number in range(45)]
    missed = Missed(known)
    missed.link(at(0), up=True)
    counts = []
    now_ms = SETTLE_MS
    while len(counts) < 3:
        now_ms = max(now_ms, missed.deadline() or 0)
        counts.append((now_ms, len(missed.wake(at(now_ms)))))
    assert counts == [(2000, 20), (3000, 20), (4000, 5)]


def test_the_first_request_says_how_much_is_missing() -> None:
    tried = Tried()
    tried.hear(1, 5, 9)
    (first,) = tried.missed.wake(at(AGE_MS))
    (second,) = tried.missed.wake(at(2 * AGE_MS))
    assert (first.message.house, first.message.stream, first.numbers, first.again) == (HOUSE, "abc", 6, False)
    assert second.again


def test_what_is_to_be_kept_is_told_once() -> None:
    tried = Tried()
    tried.hear(1, 2, 4)
    tried.hear(4)
    assert tried.missed.changed() == [Keep(state_name(HOUSE, "abc"), HeardNumbers(HOUSE, "abc", ((1, 2), (4, 4))))]
    assert tried.missed.changed() == []
    tried.hear(4)
    assert tried.missed.changed() == []
    tried.fetch(3)
    assert tried.missed.changed() == [Keep(state_name(HOUSE, "abc"), HeardNumbers(HOUSE, "abc", ((1, 4),)))]


def test_of_the_streams_of_a_house_the_newest_are_known() -> None:
    tried = Tried(options=MissedOptions(most_streams=2))
    tried.hear(1, 5, stream="a")
    tried.hear(1, stream="b")
    tried.hear(6, stream="a")
    tried.hear(1, stream="c")
    kept = {keep.name: keep.state for keep in tried.missed.changed()}
    assert kept[state_name(HOUSE, "b")] == HeardNumbers(HOUSE, "b", ())
    assert tried.asked_until(AGE_MS) == [(AGE_MS, [(2, 4)])]
    tried.hear(1, stream="d")
    assert tried.asked_until(HOUR_MS) == []  # nobody waits for a stream that is forgotten
    assert tried.fetch(9) == [False]  # nor takes what is of a stream that was never known
