"""The watch over a peer, as times: what falls due when."""

import pytest

from gw_spaceheat.core.link.peer_watch import PeerWatch, Seen

SILENCE, ANSWER = 60_000, 5_000


def watch() -> PeerWatch:
    return PeerWatch(SILENCE, ANSWER)


def test_nothing_falls_due_before_it_has_begun_and_while_it_rests() -> None:
    watched = watch()
    assert (watched.due_mono_ms, watched.look(10**9)) == (None, Seen.NOTHING)
    watched.asked("q", 0)
    watched.rest()
    assert (watched.due_mono_ms, watched.look(10**9)) == (None, Seen.NOTHING)
    assert not watched.answered("q"), "an answer to a question of an earlier connection"


def test_each_message_moves_the_end_of_the_silence_on() -> None:
    watched = watch()
    for at in (0, 59_999, 100_000):
        watched.heard(at)
        assert watched.due_mono_ms == at + SILENCE
        assert watched.look(at + SILENCE - 1) is Seen.NOTHING
    assert watched.look(160_000) is Seen.SILENCE


@pytest.mark.parametrize(
    ("heard_at", "looks"),
    [
        ((), [(14_999, Seen.NOTHING), (15_000, Seen.NO_ANSWER), (69_999, Seen.NOTHING), (70_000, Seen.SILENCE)]),
        ((12_000,), [(15_000, Seen.NOTHING), (69_999, Seen.NOTHING), (70_000, Seen.NO_ANSWER), (70_001, Seen.SILENCE)]),
    ],
    ids=["nothing is heard", "something else is heard"],
)
def test_a_question_that_is_not_answered(heard_at: tuple[int, ...], looks: list[tuple[int, Seen]]) -> None:
    watched = watch()
    watched.asked("q", 10_000)
    for at in heard_at:
        watched.heard(at)
    assert [(at, watched.look(at)) for at, _ in looks] == looks


def test_a_look_that_comes_very_late_finds_no_answer() -> None:
    watched = watch()
    watched.asked("q", 0)
    watched.heard(1_000)
    assert watched.look(10**9) is Seen.NO_ANSWER
    assert watched.look(10**9) is Seen.SILENCE


def test_an_answer_is_one_to_the_question() -> None:
    watched = watch()
    watched.asked("q", 0)
    assert not watched.answered("another")
    assert not watched.answered("")
    assert watched.answered("q")
    assert not watched.answered("q"), "said twice"
    watched.heard(40)
    assert watched.due_mono_ms == 40 + SILENCE


def test_a_peer_may_be_asked_early_when_the_last_question_is_old_and_answered() -> None:
    watched = watch()
    assert watched.may_ask(0)
    watched.asked("q", 0)
    assert not watched.may_ask(70_000), "an answer is waited for"
    watched.answered("q")
    assert [watched.may_ask(at) for at in (59_999, 60_000)] == [False, True]


def test_where_nobody_is_watched_a_question_has_an_answer_and_nothing_falls_due() -> None:
    watched = PeerWatch(None, ANSWER)
    watched.asked("q", 0)
    watched.heard(10)
    assert (watched.due_mono_ms, watched.look(10**9), watched.may_ask(10**9)) == (None, Seen.NOTHING, False)
    assert watched.answered("q")
