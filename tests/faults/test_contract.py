"""Two sides of a contract over a wire that loses, doubles, delays and reorders; links break and processes are killed."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.core.contract.lease import Holder
from gw_spaceheat.core.contract.life import OPEN, Life, Side
from gw_spaceheat.core.contract.log import verify
from gw_spaceheat.core.contract.mode import ModeState
from gw_spaceheat.core.events import (
    ClockStepped,
    ContractQuit,
    Event,
    HumanReleases,
    HumanTakes,
    ModeWished,
    SafetyActs,
    SlotWanted,
    StandingReleased,
    StandingWanted,
)
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.gws_command import GwsCommand
from gw_spaceheat.vocabulary.chance import uniform
from gw_spaceheat.vocabulary.moment import MINUTE_MS, SECOND_MS
from tests.faults.two_sides import DELAY_MS, HOUR, TEN_O_CLOCK_MS, Fate, TwoSides

SCADA, ATN = Side.SCADA, Side.ATOMIC_T_NODE


def bad_wire(sides: TwoSides, seed: int, loss: float, until_ms: int) -> Fate:
    """Loses, doubles, delays and so reorders messages until then."""
    counted = iter(range(10**9))

    def fate(_side: Side, _message: Message) -> list[int]:
        number = next(counted)
        if sides.now_ms >= until_ms:
            return [DELAY_MS]
        if uniform(seed, 1, number) < loss:
            return []
        times = 2 if uniform(seed, 2, number) < 0.1 else 1
        slow = uniform(seed, 3, number) < 0.2
        return [DELAY_MS + int(uniform(seed, 4 + time, number) * (150_000 if slow else 2_000)) for time in range(times)]

    return fate


def happenings(sides: TwoSides) -> dict[str, Callable[[], None]]:
    def cut(side: Side, ms: int) -> None:
        if not sides.ends[side].dead:
            sides.link(side, up=False)
        sides.at(sides.now_ms + ms, lambda: sides.ends[side].dead or sides.link(side, up=True))

    def kill(side: Side, ms: int) -> None:
        if not sides.ends[side].dead:
            sides.kill(side)
            sides.at(sides.now_ms + ms, lambda: sides.revive(side))

    def safety(ms: int) -> None:
        sides.give(SCADA, SafetyActs(acts=True, reason="a pipe is cold"))
        sides.at(sides.now_ms + ms, lambda: sides.give(SCADA, SafetyActs(acts=False, reason="")))

    def set_clock(side: Side, by_ms: int) -> None:
        sides.ends[side].clock_ahead_ms += by_ms
        sides.give(side, ClockStepped(by_ms))

    def crash(side: Side, after: int) -> None:
        sides.crash_after[side] = after

    return {
        **{f"crash {side.name} after effect {n}": lambda side=side, n=n: crash(side, n) for side in Side for n in range(6)},  # type: ignore[misc]
        "set the SCADA's clock forward": lambda: set_clock(SCADA, 400_000),
        "set the SCADA's clock back": lambda: set_clock(SCADA, -400_000),
        "set the AtomicTNode's clock back": lambda: set_clock(ATN, -100_000),
        "cut the SCADA's link": lambda: cut(SCADA, 400_000),
        "cut the AtomicTNode's link": lambda: cut(ATN, 700_000),
        "cut a link for a moment": lambda: cut(SCADA, 20_000),
        "kill the SCADA": lambda: kill(SCADA, 30_000),
        "kill the SCADA for long": lambda: kill(SCADA, 4_000_000),
        "kill the AtomicTNode": lambda: kill(ATN, 100_000),
        "kill the AtomicTNode for long": lambda: kill(ATN, 4_000_000),
        "a person takes": lambda: sides.give(SCADA, HumanTakes("someone", 900_000)),
        "a person releases": lambda: sides.give(SCADA, HumanReleases("someone")),
        "safety acts": lambda: safety(200_000),
        "the AtomicTNode wants local control": lambda: sides.give(ATN, ModeWished(local=True)),
        "the AtomicTNode commands again": lambda: sides.give(ATN, ModeWished(local=False)),
        "the SCADA quits": lambda: sides.give(SCADA, ContractQuit("the house is cold")),
        "the AtomicTNode quits": lambda: sides.give(ATN, ContractQuit("no more money")),
    }


HAPPENINGS = sorted(happenings(TwoSides()))


MOST_MESSAGES = 6_000
"""More than either side has to say in the longest scene."""


class Watched(TwoSides):
    """Looks after every step at what must hold at any moment."""

    def take(self, side: Side, effects: Sequence[Event]) -> None:
        super().take(side, effects)
        if not self.ends[SCADA].dead:
            self.look()

    def look(self) -> None:
        scada = self.scada
        assert self.posted < MOST_MESSAGES, "they go on answering each other"
        if scada.remote:
            silent_ms = self.now_ms - self.ends[SCADA].heard_ms
            assert silent_ms <= self.options.contact_ms, f"RemoteControl {silent_ms} ms after the last heartbeat"
            assert scada.active is not None
        assert (scada.holder is Holder.Remote) == (scada.mode is ModeState.RemoteControl)
        for end in self.ends.values():
            assert len([pact for pact in end.machine.pacts if pact.life is Life.Active]) <= 1
            assert len([pact for pact in end.machine.pacts if pact.life in OPEN]) <= 2


def tokens_rise(sides: TwoSides) -> bool:
    tokens = [lease.token for _, lease in sides.leases]
    return tokens == sorted(set(tokens))


def agree(sides: TwoSides) -> None:
    """All contracts are over; both sides say the same of each, and both logs hold."""
    scada, atn = sides.outcomes(SCADA), sides.outcomes(ATN)
    for contract_id in scada.keys() & atn.keys():
        assert scada[contract_id] == atn[contract_id]
    for side in Side:
        lives = set(sides.outcomes(side).values())
        assert not lives & {Life.Ending.value, Life.NoContract.value}
        found = verify(line.encode() for line in sides.ends[side].lines)
        assert found.faults == ()
        assert found.head == sides.ends[side].machine.log_head


class Scene(NamedTuple):
    """What happens in a run.

    Attributes:
        seed: Decides what the wire does.
        loss: Part of the messages that are lost.
        script: What happens when [ms].
        ahead_ms: The AtomicTNode's clock against the SCADA's.
        slots: Contracts for slots; else a standing one.
    """

    seed: int
    loss: float
    script: list[tuple[int, str]]
    ahead_ms: int
    slots: bool


LOSSES, AHEAD_MS = (0.0, 0.1, 0.4, 0.8), (0, -4_000, 3_000)


def scene_of(seed: int) -> Scene:
    """A scene that follows from its seed alone."""

    def pick(stream: int, number: int, count: int) -> int:
        return int(uniform(seed, stream, number) * count)

    script = [(pick(101, n, 3 * HOUR), HAPPENINGS[pick(102, n, len(HAPPENINGS))]) for n in range(pick(100, 0, 9))]
    return Scene(seed, LOSSES[pick(103, 0, 4)], script, AHEAD_MS[seed % 3], seed % 2 == 0)


def play(scene: Scene) -> None:
    """Four bad hours, then an hour and twenty minutes of peace; raises AssertionError where something does not hold."""
    sides = Watched()
    sides.ends[ATN].clock_ahead_ms = scene.ahead_ms
    sides.fate = bad_wire(sides, scene.seed, scene.loss, 4 * HOUR)
    sides.start()
    if scene.slots:
        for hour in range(1, 4):
            start_s = (TEN_O_CLOCK_MS + hour * HOUR) // 1000
            sides.at(hour * HOUR - 240_000, lambda start_s=start_s: sides.give(ATN, SlotWanted(start_s, 3000)))  # type: ignore[misc]
    else:
        sides.give(ATN, StandingWanted(3000))
        for at_ms in (4 * HOUR, 4 * HOUR + 10 * MINUTE_MS):  # it may be dead at the first
            sides.at(at_ms, lambda: sides.give(ATN, StandingReleased()))
    sides.command_every(45 * SECOND_MS, 4 * HOUR)
    what = happenings(sides)
    for at_ms, name in scene.script:
        sides.at(at_ms, what[name])
    sides.run(4 * HOUR)
    for side in Side:
        sides.crash_after.pop(side, None)
        if not sides.ends[side].dead:
            sides.link(side, up=True)
    sides.run(5 * HOUR + 20 * MINUTE_MS)
    agree(sides)
    assert tokens_rise(sides)
    assert sides.scada.holder is not Holder.Remote


@settings(max_examples=100, deadline=None)
@given(
    seed=st.integers(0, 2**31 - 1),
    loss=st.sampled_from(LOSSES),
    script=st.lists(st.tuples(st.integers(0, 3 * HOUR), st.sampled_from(HAPPENINGS)), max_size=8),
    ahead_ms=st.sampled_from(AHEAD_MS),
    slots=st.booleans(),
)
def test_whatever_happens(seed: int, loss: float, script: list[tuple[int, str]], ahead_ms: int, slots: bool) -> None:
    play(Scene(seed, loss, script, ahead_ms, slots))


@pytest.mark.parametrize("seed", [*range(40), 121, 381, 748, 1019, 8031, 10677])
def test_a_seed(seed: int) -> None:
    play(scene_of(seed))


def standing(fate: Fate | None = None) -> TwoSides:
    sides = Watched()
    if fate is not None:
        sides.fate = fate
    sides.start()
    sides.give(ATN, StandingWanted(3000))
    return sides


def test_contracts_hand_over_without_a_gap() -> None:
    sides = standing()
    sides.command_every(10 * SECOND_MS, 5 * HOUR)
    sides.run(5 * HOUR)
    assert [(lease.token, lease.by.value) for _, lease in sides.leases] == [(2, "remote")]
    assert list(sides.outcomes(SCADA).values())[:4] == ["CompletedSuccess"] * 4
    times = [at_ms for at_ms, _ in sides.obeyed]
    assert max(later - earlier for earlier, later in pairwise(times)) <= 20 * SECOND_MS


@pytest.mark.parametrize("cut_ms", [HOUR + offset * 7_919 for offset in range(50)])
def test_silence_leads_to_local_control_in_time(cut_ms: int) -> None:
    went_ms, cause, sides = cut_off(cut_ms)
    assert "nothing heard" in cause
    assert sides.ends[SCADA].modes[-1] == (went_ms, False, cause)


@pytest.mark.slow
def test_silence_leads_to_local_control_in_time_a_thousand_times() -> None:
    for seed in range(1000):
        went_ms, cause, _ = cut_off(HOUR + int(uniform(seed, 0, 0) * HOUR))
        at_its_end = went_ms % HOUR == 0 and cause == "no contract is active"
        assert "nothing heard" in cause or at_its_end, f"seed {seed}"


def cut_off(cut_ms: int) -> tuple[int, str, TwoSides]:
    """Under a standing contract the AtomicTNode falls silent after so long [ms]: when and why control is local, in time."""
    sides = standing()
    sides.run(cut_ms)
    assert sides.scada.remote
    sides.fate = lambda side, _message: () if side is ATN else (DELAY_MS,)
    sides.run(cut_ms + 10 * MINUTE_MS)
    assert not sides.scada.remote
    went_ms, cause = next((at_ms, why) for at_ms, remote, why in sides.ends[SCADA].modes if at_ms >= cut_ms and not remote)
    assert went_ms - sides.ends[SCADA].heard_ms <= sides.options.contact_ms
    return went_ms, cause, sides


def test_without_a_contract_control_is_local_at_once() -> None:
    sides = TwoSides()
    sides.start()
    start_s = (TEN_O_CLOCK_MS + HOUR) // 1000
    sides.run(HOUR - 5 * MINUTE_MS)
    sides.give(ATN, SlotWanted(start_s, 3000))
    sides.run(HOUR + 30 * MINUTE_MS)
    assert sides.scada.remote
    sides.run(2 * HOUR)
    assert not sides.scada.remote
    assert sides.ends[SCADA].modes[-1][0] == 2 * HOUR


def test_a_command_that_is_late_on_the_wire_is_not_obeyed() -> None:
    sides = standing()
    sides.run(HOUR)
    sides.fate = lambda _side, message: (100_000,) if isinstance(message, GwsCommand) else (DELAY_MS,)
    sides.command()
    sides.run(HOUR + 5 * MINUTE_MS)
    assert sides.obeyed == []


@pytest.mark.parametrize("side", [SCADA, ATN])
def test_a_restart_within_a_contract_brings_back_the_same(side: Side) -> None:
    sides = standing()
    sides.command_every(10 * SECOND_MS, HOUR)
    sides.run(HOUR // 2)
    before = (sides.scada.active, sides.scada.mode, sides.scada.token, sides.atn.token)
    obeyed = len(sides.obeyed)
    sides.kill(side)
    sides.run(HOUR // 2 + 3 * SECOND_MS)
    sides.revive(side)
    assert before[0] is not None
    assert sides.scada.active is not None
    assert (sides.scada.active.id, sides.scada.mode, sides.scada.token) == (before[0].id, before[1], before[2])
    sides.run(HOUR - 2 * MINUTE_MS)
    assert sides.scada.token == before[2], "the lease did not change hands"
    assert len(sides.obeyed) > obeyed + 100
    sides.give(ATN, StandingReleased())
    sides.run(2 * HOUR + 10 * MINUTE_MS)
    agree(sides)


def test_a_contract_that_ended_while_nobody_looked_has_an_unknown_outcome() -> None:
    sides = standing()
    sides.run(HOUR // 2)
    sides.give(ATN, StandingReleased())
    sides.kill(SCADA)
    sides.run(HOUR + 2 * MINUTE_MS)
    sides.revive(SCADA)
    sides.run(HOUR + 10 * MINUTE_MS)
    agree(sides)
    assert set(sides.outcomes(SCADA).values()) == {"CompletedUnknownOutcome"}


def test_both_quit_at_once_and_agree_that_both_did() -> None:
    sides = standing()
    sides.run(HOUR // 2)
    sides.give(ATN, StandingReleased())
    sides.give(ATN, ContractQuit("prices"))
    sides.give(SCADA, ContractQuit("cold"))
    sides.run(HOUR // 2 + MINUTE_MS)
    agree(sides)
    assert set(sides.outcomes(ATN).values()) == {"TerminatedMutually"}


@pytest.mark.parametrize(("side", "result"), [(SCADA, "TerminatedByScada"), (ATN, "TerminatedByLtn")])
def test_one_quits(side: Side, result: str) -> None:
    sides = standing()
    sides.run(HOUR // 2)
    sides.give(ATN, StandingReleased())
    sides.give(side, ContractQuit("reasons"))
    sides.run(HOUR // 2 + MINUTE_MS)
    agree(sides)
    assert set(sides.outcomes(ATN).values()) == {result}
    assert not sides.scada.remote
