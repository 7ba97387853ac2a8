"""The AtomicTNode's side: what it offers, and when it commands."""

import msgspec
import pytest

from gw_spaceheat.core.contract.atn_side import AtnSide
from gw_spaceheat.core.contract.life import Life, Side
from gw_spaceheat.core.contract.state import AtnMemory
from gw_spaceheat.core.events import (
    Event,
    LinkChanged,
    ModeChanged,
    Note,
    Received,
    Send,
    SlotWanted,
    StandingReleased,
    StandingWanted,
    Started,
    Stopping,
)
from gw_spaceheat.messages.base import given
from gw_spaceheat.messages.gws_command import GwsCommand
from gw_spaceheat.messages.gws_contract import GwsContract
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS, SECOND_MS
from tests.faults.two_sides import TEN_O_CLOCK_MS, TwoSides, close_relay

SCADA, ATN = Side.SCADA, Side.ATOMIC_T_NODE
TEN_S = TEN_O_CLOCK_MS // 1000


def alone() -> TwoSides:
    """An AtomicTNode whose link is up and whom nobody hears."""
    sides = TwoSides()
    sides.ends[SCADA].dead = True
    sides.start()
    return sides


def offers(sides: TwoSides) -> list[tuple[int, int, bool, str]]:
    """Start after ten [s], duration [min], standing, life."""
    return [
        (pact.contract.start_s - TEN_S, pact.contract.duration_minutes, pact.standing, pact.life.value)
        for pact in sides.atn.pacts
    ]


@pytest.mark.parametrize(
    ("now_s", "start_s", "fault"),
    [
        (0, 0, ""),
        (10, 0, ""),
        (11, 0, "began 11 s ago"),
        (0, 3600, ""),
        (0, 300, "no full hour"),
    ],
)
def test_a_contract_for_a_slot(now_s: int, start_s: int, fault: str) -> None:
    sides = alone()
    sides.run(now_s * SECOND_MS)
    sides.give(ATN, SlotWanted(TEN_S + start_s, 4500))
    assert offers(sides) == ([] if fault else [(start_s, 60, False, "Offered")])
    assert fault in sides.ends[ATN].notes[-1]


def test_one_that_overlaps_is_not_offered() -> None:
    sides = alone()
    for _ in range(2):
        sides.give(ATN, SlotWanted(TEN_S, 4500))
    assert len(offers(sides)) == 1
    assert "overlap" in sides.ends[ATN].notes[-1]


def test_an_offer_is_sent_again_until_it_is_answered_and_then_given_up() -> None:
    sides = alone()
    sent: list[tuple[int, int]] = []
    sides.fate = lambda _side, message: (
        (sent.append((sides.now_ms, message.heartbeat.message_created_ms)) if isinstance(message, GwsContract) else None) or ()
    )
    sides.give(ATN, SlotWanted(TEN_S, 4500))
    sides.run(5 * MINUTE_MS - 1)
    times = [at_ms for at_ms, _ in sent]
    assert times[:5] == [0, 5_000, 15_000, 35_000, 75_000]
    assert {created_ms for _, created_ms in sent} == {TEN_O_CLOCK_MS}, "it was still made when it was made"
    sides.run(5 * MINUTE_MS)
    assert offers(sides)[0][3] == Life.Ending


def test_a_standing_contract_begins_at_the_next_five_minutes_and_is_renewed() -> None:
    sides = TwoSides()
    sides.start()
    sides.run(7 * MINUTE_MS)
    sides.give(ATN, StandingWanted(4500))
    sides.run(2 * HOUR_MS - 6 * MINUTE_MS)
    assert offers(sides) == [(600, 50, True, "CompletedSuccess"), (3600, 60, True, "Active")]
    sides.run(2 * HOUR_MS - 4 * MINUTE_MS)
    assert offers(sides)[-1] == (7200, 60, True, "Accepted")
    sides.give(ATN, StandingReleased())
    sides.run(4 * HOUR_MS)
    assert [life for *_, life in offers(sides)] == ["CompletedSuccess"] * 3


def test_a_standing_contract_that_is_not_answered_is_offered_every_five_minutes_at_most() -> None:
    sides = alone()
    sides.give(ATN, StandingWanted(4500))
    sides.run(HOUR_MS)
    starts = [start_s for start_s, *_ in offers(sides)]
    assert len(starts) <= 13
    assert starts == sorted(set(starts))


def test_nothing_is_offered_while_the_link_is_down() -> None:
    sides = alone()
    sides.link(ATN, up=False)
    sides.give(ATN, StandingWanted(4500))
    sides.run(HOUR_MS)
    assert offers(sides) == []
    sides.link(ATN, up=True)
    assert len(offers(sides)) == 1


@pytest.mark.parametrize(
    ("happens", "fault"),
    [
        (lambda sides: None, ""),
        (lambda sides: sides.link(ATN, up=False), "no link"),
        (lambda sides: setattr(sides, "fate", lambda _side, _message: ()), "not been heard"),
        (lambda sides: sides.run(HOUR_MS + 1), "no contract"),
    ],
)
def test_when_it_may_command(happens: object, fault: str) -> None:
    sides = TwoSides()
    sides.start()
    sides.give(ATN, SlotWanted(TEN_S, 4500))
    sides.run(MINUTE_MS)
    happens(sides)  # type: ignore[operator]
    sides.run(sides.now_ms + 2 * MINUTE_MS)
    now = sides.now(ATN)
    assert fault in sides.atn.command_fault(now)
    effects = sides.atn.command(close_relay(sides.ids, now), now)
    sent = [effect.message for effect in effects if isinstance(effect, Send) and isinstance(effect.message, GwsCommand)]
    notes = [effect for effect in effects if isinstance(effect, Note)]
    assert (len(sent), len(notes)) == ((0, 1) if fault else (1, 0))


def test_commands_are_numbered_over_contracts_and_restarts() -> None:
    sides = TwoSides()
    sides.start()
    sides.give(ATN, StandingWanted(4500))
    sides.command_every(10 * MINUTE_MS, 2 * HOUR_MS)
    sides.at(35 * MINUTE_MS, lambda: sides.kill(ATN))
    sides.at(36 * MINUTE_MS, lambda: sides.revive(ATN))
    sides.run(2 * HOUR_MS - MINUTE_MS)
    assert [obey.sequence for _, obey in sides.obeyed] == list(range(1, len(sides.obeyed) + 1))
    assert len(sides.obeyed) >= 10


def test_the_mode_that_the_scada_tells_is_told_on() -> None:
    sides = TwoSides()
    sides.start()
    sides.give(ATN, StandingWanted(4500))
    sides.run(MINUTE_MS)
    assert [(remote, cause) for _, remote, cause in sides.ends[ATN].modes] == [(True, "all is well")]
    assert sides.atn.token == sides.scada.token


def test_a_contract_that_it_does_not_know_is_disowned() -> None:
    sides = TwoSides()
    sides.start()
    sides.give(ATN, StandingWanted(4500))
    sides.run(MINUTE_MS)
    sides.ends[ATN].machine = AtnSide(sides.house, sides.ids, lambda: 3)
    sides.give(ATN, Started())
    sides.link(ATN, up=True)
    sides.run(5 * MINUTE_MS)
    assert not sides.scada.remote
    assert set(sides.outcomes(SCADA).values()) == set(sides.outcomes(ATN).values()) == {"TerminatedByLtn"}


def test_what_it_keeps_can_be_written_and_read() -> None:
    sides = TwoSides()
    sides.start()
    sides.give(ATN, StandingWanted(4500))
    sides.run(MINUTE_MS)
    memory = sides.ends[ATN].memory
    assert msgspec.json.decode(msgspec.json.encode(memory), type=AtnMemory) == memory


@pytest.mark.parametrize("event", [Stopping(), LinkChanged("local", up=True, reason="")])
def test_what_is_not_its_business_changes_nothing(event: Event) -> None:
    sides = alone()
    before = sides.atn.pacts
    assert list(sides.atn.handle(event, sides.now(ATN))) == []
    assert sides.atn.pacts == before


def test_a_stranger_is_not_listened_to() -> None:
    sides = TwoSides()
    heard: list[GwsContract] = []
    sides.fate = lambda side, message: (heard.append(message) if isinstance(message, GwsContract) else None) or (20,)
    sides.start()
    sides.give(ATN, StandingWanted(4500))
    sides.run(MINUTE_MS)
    last = next(message for message in reversed(heard) if given(message.attestation_says) is not None)
    before = sides.atn.mode
    forged = msgspec.structs.replace(last, heartbeat_number=2**40, mode="LocalControl")
    sides.give(ATN, Received("uplink", "d1.test.stranger", "", ack_required=False, message=forged, arrived_ms=0))
    assert sides.atn.mode == before
    assert ModeChanged not in map(type, sides.atn.handle(Stopping(), sides.now(ATN)))
