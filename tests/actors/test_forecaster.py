"""A source that fails is told once and asked again ever more seldom; what is not new is not told."""

from collections.abc import Callable

from gw_spaceheat.actors.forecaster import Answer, Forecaster
from gw_spaceheat.core.events import Event, Note, PricesHeard, Started, Stopping
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS, Moment

NOW = Moment(1000, 1_515_387_600_000)
HEARD = PricesHeard(NOW.wall_ms, HOUR_MS, (0.1,), NOW.wall_ms, "SYNTHETIC")
EVERY_MS = 15 * MINUTE_MS


def woken(actor: Forecaster) -> tuple[int, list[Event]]:
    """When it is woken next, minutes after NOW, and what it then says."""
    due_ms = actor.deadline()
    assert due_ms is not None
    return (due_ms - NOW.mono_ms) // MINUTE_MS, list(actor.wake(NOW.later(due_ms - NOW.mono_ms)))


def started(source: Callable[[Moment], Answer]) -> Forecaster:
    actor = Forecaster(source, "prices of x.csv", EVERY_MS)
    assert actor.deadline() is None
    actor.handle(Started(), NOW)
    return actor


def test_what_is_new_is_told_once() -> None:
    actor = started(lambda _now: Answer(HEARD))
    assert woken(actor) == (0, [HEARD])
    assert woken(actor) == (15, [])
    actor.handle(Stopping(), NOW)
    assert actor.deadline() is None


def test_a_source_that_is_lost_and_comes_back() -> None:
    lost = [True]

    def source(_now: Moment) -> Answer:
        if lost[0]:
            raise OSError("no such file")
        return Answer(HEARD)

    actor = started(source)
    times, told = zip(*(woken(actor) for _ in range(8)), strict=True)
    assert times == (0, 1, 3, 7, 15, 31, 63, 123)
    assert [len(each) for each in told] == [1, 0, 0, 0, 0, 0, 0, 0]
    assert "no such file" in told[0][0].text
    lost[0] = False
    _, back = woken(actor)
    assert isinstance(back[0], Note)
    assert "there again" in back[0].text
    assert back[1] == HEARD


def test_what_was_kept_is_used_and_told() -> None:
    actor = started(lambda _now: Answer(HEARD, "server is gone"))
    _, told = woken(actor)
    assert [type(each) for each in told] == [Note, PricesHeard]
    assert woken(actor) == (1, [])
