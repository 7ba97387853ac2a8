"""The gate: what is obeyed, and on which ground everything else is refused."""

from collections import Counter

import pytest
from msgspec import UNSET

from gw_spaceheat.core.contract.gate import Authorized, Gate, Ground, Refuse, Repeat
from gw_spaceheat.core.events import Obey
from gw_spaceheat.messages.gws_command import GwsCommand
from gw_spaceheat.messages.gws_command_answer import GwsCommandAnswer
from gw_spaceheat.vocabulary.moment import Moment
from tests.core.contract.commands import (
    AUTHORIZED,
    CONTRACT,
    HOUSE,
    NOW,
    OTHER_ID,
    SPOILER,
    TAKEN,
    bad_commands,
    command,
    output_dispatch,
    relay_event,
)
from tests.core.contract.houses import OUTPUT, RELAY
from tests.core.contract.keys import THEIRS

ALLOWED_AGE_MS = 90_000
GATE = Gate(HOUSE, ALLOWED_AGE_MS, THEIRS.verify)
UNSIGNED = Gate(HOUSE, ALLOWED_AGE_MS)
ANSWER = GwsCommandAnswer(
    from_g_node_alias=HOUSE.scada_alias,
    trigger_id=OTHER_ID,
    sequence=16,
    node=RELAY,
    value=1.0,
    verdict="Done",
    reason="",
    answer_unix_ms=NOW.wall_ms,
)


def ground(given: GwsCommand, authorized: Authorized = AUTHORIZED, now: Moment = NOW, gate: Gate = GATE) -> Ground | None:
    judged = gate.judge(given, authorized, now)
    assert not isinstance(judged, Refuse) or judged.reason
    return judged.ground if isinstance(judged, Refuse) else None


@pytest.mark.parametrize(
    ("given", "node", "value"),
    [
        (command(), RELAY, 1.0),
        (command(event=relay_event("OpenRelay")), RELAY, 0.0),
        (command(event=UNSET, dispatch=output_dispatch(45)), OUTPUT, 45.0),
        (command(heard_heartbeat=101), RELAY, 1.0),  # just young enough
        (command(sequence=99), RELAY, 1.0),  # those between were lost
    ],
)
def test_what_is_good_is_obeyed(given: GwsCommand, node: str, value: float) -> None:
    judged = GATE.judge(given, AUTHORIZED, NOW)
    assert judged == Obey(node, value, CONTRACT, given.sequence, 5, NOW.mono_ms + 60_000)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (command(signed=False), Ground.Unsigned),
        (command(from_g_node_alias="d1.test.other"), Ground.WrongHouse),
        (command(to_g_node_alias="d1.test.other.ta.scada"), Ground.WrongHouse),
        (command(contract_id=OTHER_ID), Ground.NoContract),
        (command(fencing_token=4), Ground.StaleToken),
        (command(fencing_token=6), Ground.StaleToken),
        (command(sequence=16), Ground.OldSequence),  # its number was used for another
        (command(sequence=3), Ground.OldSequence),
        (command(heard_heartbeat=100), Ground.TooOld),
        (command(heard_heartbeat=103), Ground.TooOld),
        (command(event=relay_event(node="a-elt9-relay")), Ground.UnknownActuator),
        (command(event=relay_event(node="a-m")), Ground.UnknownActuator),
        (command(event=relay_event(node="a-hp-lwt")), Ground.UnknownActuator),
        (command(event=relay_event("HalfOpenRelay")), Ground.UnknownActuator),
        (command(event=UNSET, dispatch=output_dispatch(1, "a-elt1-relay")), Ground.UnknownActuator),
        (command(event=UNSET, dispatch=output_dispatch(1, "a-m")), Ground.UnknownActuator),
        (command(event=UNSET, dispatch=output_dispatch(71)), Ground.OutOfRange),
        (command(event=UNSET, dispatch=output_dispatch(24)), Ground.OutOfRange),
    ],
)
def test_grounds_of_refusal(given: GwsCommand, why: Ground) -> None:
    assert ground(given) is why


@pytest.mark.parametrize(
    ("authorized", "why"),
    [
        (AUTHORIZED._replace(contract_id="", remote=False), Ground.NoContract),
        (AUTHORIZED._replace(remote=False, why_not="the link was down"), Ground.NotRemote),
        (AUTHORIZED._replace(token=6), Ground.StaleToken),
        (AUTHORIZED._replace(sent_mono_ms={}), Ground.TooOld),  # after a restart, until something was said
    ],
)
def test_the_moment_decides_too(authorized: Authorized, why: Ground) -> None:
    assert ground(command(), authorized) is why


def test_age_is_counted_on_the_monotonic_clock_alone() -> None:
    fresh = Moment(NOW.mono_ms, NOW.wall_ms + 10**9)
    assert ground(command(), now=fresh) is None
    assert ground(command(), now=Moment(NOW.mono_ms + 61_000, NOW.wall_ms)) is Ground.TooOld


@pytest.mark.parametrize("answer", [None, ANSWER])
def test_a_repeat_is_a_no_op_with_the_earlier_answer(answer: GwsCommandAnswer | None) -> None:
    taken = (TAKEN.__class__(16, OTHER_ID, RELAY, 1.0, answer),)
    again = command(sequence=16, event=relay_event(trigger=OTHER_ID))
    for remote in (True, False):  # even if it may not be given any more
        judged = GATE.judge(again, AUTHORIZED._replace(taken=taken, remote=remote), NOW)
        assert isinstance(judged, Repeat)
        assert judged.answer is answer


def test_without_keys_everything_but_the_signature_counts() -> None:
    assert ground(command(signed=False), gate=UNSIGNED) is None
    assert ground(command(signed=False, fencing_token=4), gate=UNSIGNED) is Ground.StaleToken


@pytest.mark.parametrize(
    ("gate", "authorized", "why"),
    [
        (UNSIGNED, AUTHORIZED, Ground.Bare),
        (Gate(HOUSE, ALLOWED_AGE_MS, THEIRS.verify, allow_bare=True), AUTHORIZED, Ground.Bare),  # not once there are keys
        (Gate(HOUSE, ALLOWED_AGE_MS, allow_bare=True), AUTHORIZED, None),
        (Gate(HOUSE, ALLOWED_AGE_MS, allow_bare=True), AUTHORIZED._replace(remote=False), Ground.NotRemote),
        (Gate(HOUSE, ALLOWED_AGE_MS, allow_bare=True), AUTHORIZED._replace(remote=False, contract_id=""), Ground.NoContract),
    ],
)
def test_a_bare_command_is_obeyed_only_where_the_house_says_so(gate: Gate, authorized: Authorized, why: Ground | None) -> None:
    judged = gate.judge_bare(relay_event(), authorized, NOW)
    assert (judged.ground if isinstance(judged, Refuse) else None) is why
    out_of_range = gate.judge_bare(output_dispatch(99), authorized, NOW)
    assert isinstance(out_of_range, Refuse)


@pytest.mark.parametrize("name", sorted(SPOILER.kinds()))
def test_every_way_of_spoiling_a_command_is_found(name: str) -> None:
    assert name in {kind for kind, _ in bad_commands(500, 1)}


def test_of_ten_thousand_bad_commands_none_is_obeyed() -> None:
    became = Counter((name, type(GATE.judge(given, AUTHORIZED, NOW)).__name__) for name, given in bad_commands(10_000, 7))
    assert {kind for _, kind in became} == {"Refuse"}, became
    assert len(became) == len(SPOILER.kinds())
