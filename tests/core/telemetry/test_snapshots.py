"""Snapshots: on request, then every 30 s within five minutes, never else."""

from gw_spaceheat.core.telemetry.snapshots import SnapshotSchedule
from gw_spaceheat.vocabulary.moment import Moment


def due_seconds(asks: list[int], until: int) -> list[int]:
    schedule = SnapshotSchedule()
    due = []
    for second in range(until):
        now = Moment(second * 1000, 0)
        if second in asks:
            schedule.ask(now)
        if schedule.due(now):
            due.append(second)
    return due


def test_nobody_asked() -> None:
    assert due_seconds([], 1000) == []


def test_ten_follow_a_request() -> None:
    assert due_seconds([100], 1000) == list(range(130, 401, 30))


def test_a_second_request_prolongs() -> None:
    assert due_seconds([0, 290], 1000) == [*range(30, 271, 30), *range(320, 591, 30)]


def test_a_late_pass_does_not_burst() -> None:
    schedule = SnapshotSchedule()
    schedule.ask(Moment(0, 0))
    late = Moment(200_000, 0)
    assert [schedule.due(late), schedule.due(late)] == [True, False]
