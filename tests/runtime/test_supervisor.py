from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gw_spaceheat.core.events import Stuck
from gw_spaceheat.runtime.supervisor import HUNG_FOR_S, BackOff, BackOffLimits, Condition, Supervisor

RESTING = Condition(
    name="a.tank.temp0",
    late_after_ms=2_000,
    critical=False,
    alive=True,
    down_s=None,
    call_s=None,
    overdue_s=None,
    waiting=0,
    rests=1,
)


class Ward:
    """A supervisor and all that it told."""

    def __init__(self) -> None:
        self.told: list[Stuck] = []
        self.dead: list[str] = []
        self.supervisor = Supervisor(self.told.append, lambda name, _reason: self.dead.append(name))

    def backs(self) -> list[bool]:
        return [stuck.back for stuck in self.told]


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        (RESTING, None),
        (replace(RESTING, call_s=2.0), None),
        (replace(RESTING, call_s=2.1), "in one call for 2.1 s (promised within 2 s)"),
        (replace(RESTING, overdue_s=-3_600.0), None),
        (replace(RESTING, overdue_s=2.0), None),
        (replace(RESTING, overdue_s=2.5), "past its deadline for 2.5 s (promised within 2 s)"),
        (replace(RESTING, down_s=2.0), None),
        (replace(RESTING, down_s=9.0), "down in spite of restarts for 9.0 s (promised within 2 s)"),
        (replace(RESTING, alive=False), "its thread has ended; restart the process"),
        (replace(RESTING, waiting=1), None),
    ],
)
def test_promises(condition: Condition, reason: str | None) -> None:
    ward = Ward()
    ward.supervisor.look(condition, 100.0)
    assert ward.supervisor.trouble(condition.name) == reason
    assert ward.told == ([] if reason is None else [Stuck(condition.name, reason, back=False)])


def test_trouble_is_told_once_and_its_end_once() -> None:
    ward = Ward()
    for at_s, condition in enumerate([replace(RESTING, call_s=3.0), replace(RESTING, call_s=4.0), RESTING, RESTING]):
        ward.supervisor.look(condition, float(at_s))
    assert ward.backs() == [False, True]


def test_a_failure_known_already_is_not_told_again_by_the_watch_and_ends_with_the_restart() -> None:
    ward = Ward()
    ward.supervisor.lost(RESTING.name, "ValueError: 7")
    ward.supervisor.look(replace(RESTING, down_s=1.0), 1.0)
    ward.supervisor.look(replace(RESTING, down_s=5.0), 5.0)
    assert ward.backs() == [False]
    ward.supervisor.back(RESTING.name)
    ward.supervisor.look(RESTING, 6.0)
    assert ward.backs() == [False, True]


def test_mail_is_unserved_only_when_it_waits_through_one_and_the_same_rest() -> None:
    ward = Ward()
    looks = [
        (0.0, replace(RESTING, waiting=1, rests=7)),  # it came just now
        (3.0, replace(RESTING, waiting=1, rests=8)),  # other mail in another rest
        (5.0, replace(RESTING, waiting=1, rests=8)),
    ]
    for at_s, condition in looks:
        ward.supervisor.look(condition, at_s)
    assert ward.told == []
    ward.supervisor.look(replace(RESTING, waiting=1, rests=8), 5.1)
    assert [stuck.reason for stuck in ward.told] == ["deaf to its mail for 2.1 s (promised within 2 s)"]


@pytest.mark.parametrize("critical", [True, False])
def test_a_critical_thing_is_declared_dead_once(critical: bool) -> None:
    ward = Ward()
    for call_s in (1.0, 3.0, 4.0):
        ward.supervisor.look(replace(RESTING, critical=critical, call_s=call_s), call_s)
    assert ward.dead == ([RESTING.name] if critical else [])


@given(
    st.integers(0, 2**31 - 1),
    st.integers(0, 100),
    st.lists(st.floats(0.0, 299.0), min_size=1, max_size=60),
)
def test_back_off_doubles_within_its_bounds(seed: int, stream: int, gaps_s: list[float]) -> None:
    back_off = BackOff(BackOffLimits(), seed, stream)
    now_s = 0.0
    for failure, gap_s in enumerate(gaps_s, start=1):
        now_s += gap_s
        step_s = min(2.0**failure, 60.0)
        assert step_s / 2 <= back_off.next_s(now_s) < step_s


def test_back_off_begins_anew_after_a_quiet_time() -> None:
    back_off = BackOff(BackOffLimits(first_s=1.0, longest_s=60.0, quiet_s=300.0), seed=1, stream=0)
    waits_s = [back_off.next_s(now_s) for now_s in (0.0, 10.0, 20.0, 320.0)]
    assert [1 <= waits_s[0] < 2, 2 <= waits_s[1] < 4, 4 <= waits_s[2] < 8, 1 <= waits_s[3] < 2] == [True] * 4


def test_many_do_not_come_back_at_once() -> None:
    waits_s = {BackOff(BackOffLimits(), seed=5, stream=stream).next_s(0.0) for stream in range(30)}
    assert len(waits_s) == 30


# what hangs ------------------------------------------------------------------------------------------------

HANGS = replace(RESTING, call_s=3.0)
GONE = replace(RESTING, alive=False)
DOWN = replace(RESTING, down_s=1e6)
DEAF = replace(RESTING, overdue_s=1e6)


@pytest.mark.parametrize(
    ("looks", "dead"),
    [
        ([(0.0, HANGS), (HUNG_FOR_S - 1, HANGS)], []),
        ([(0.0, HANGS), (HUNG_FOR_S, HANGS), (HUNG_FOR_S + 1, HANGS)], [RESTING.name]),
        ([(0.0, GONE), (HUNG_FOR_S, GONE)], [RESTING.name]),
        ([(0.0, HANGS), (HUNG_FOR_S / 2, RESTING), (HUNG_FOR_S, HANGS), (1.4 * HUNG_FOR_S, HANGS)], []),
        ([(0.0, DOWN), (2 * HUNG_FOR_S, DOWN)], []),  # a new process would do what its restarts do already
        ([(0.0, DEAF), (2 * HUNG_FOR_S, DEAF)], []),
    ],
)
def test_what_is_not_critical_ends_the_process_only_when_its_thread_is_beyond_help(
    looks: list[tuple[float, Condition]], dead: list[str]
) -> None:
    ward = Ward()
    for now_s, condition in looks:
        ward.supervisor.look(condition, now_s)
    assert ward.dead == dead
