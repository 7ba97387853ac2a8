"""What a side makes of what it hears."""

import msgspec
import pytest

from gw_spaceheat.core.contract.life import Side
from gw_spaceheat.core.contract.state import VoiceMemory
from gw_spaceheat.core.contract.voice import REMEMBERED_MESSAGES, Hearing, Voice
from gw_spaceheat.messages.gws_contract import GwsContract
from gw_spaceheat.messages.signing import sign
from gw_spaceheat.vocabulary.moment import Moment
from tests.core.contract.keys import OURS, THEIRS
from tests.core.contract.test_offers import SCADA, contract
from tests.messages.samples import EXAMPLES

ATN = "d1.test.house"
NOW = Moment(5_000, 1_700_000_000_000)
NOTHING = VoiceMemory()
SECOND = NOW.wall_ms // 1000


def voice(memory: VoiceMemory = NOTHING) -> Voice:
    return Voice(Side.SCADA, SCADA, ATN, lambda: 7, OURS.sign, THEIRS.verify, memory)


def heard(number: int = 50, heartbeat: dict[str, object] | None = None, **changes: object) -> GwsContract:
    """A message of the AtomicTNode."""
    told = {"FromNode": "ltn", "Contract": msgspec.to_builtins(contract(0)), "Status": "Active", "MyDigit": 4}
    fields = EXAMPLES["gws.contract"] | {
        "FromGNodeAlias": ATN,
        "Heartbeat": {"TypeName": "slow.contract.heartbeat", "MessageCreatedMs": NOW.wall_ms, **told, **(heartbeat or {})},
        "HeartbeatNumber": number,
        "HeardNumber": None,
        "AttestationSays": None,
        **changes,
    }
    return sign(msgspec.convert(fields, GwsContract), THEIRS.sign)


def test_numbers_rise_and_are_at_least_the_second() -> None:
    speaker = voice(VoiceMemory(number=SECOND + 5))
    assert [speaker.numbered(NOW)[0] for _ in range(2)] == [SECOND + 6, SECOND + 7]
    assert voice().numbered(NOW)[0] == SECOND


def test_it_remembers_when_it_said_what() -> None:
    speaker = voice()
    for number in range(REMEMBERED_MESSAGES + 5):
        speaker.numbered(NOW.later(number))
    assert len(speaker.sent_mono_ms) == REMEMBERED_MESSAGES
    assert speaker.sent_mono_ms[SECOND + 5] == NOW.mono_ms + 5


@pytest.mark.parametrize(
    ("message", "hearing"),
    [
        (heard(), Hearing.Good),
        (heard(HeardNumber=SECOND, heartbeat={"YourLastDigit": 7}), Hearing.Good),
        (heard(HeardNumber=SECOND - 9, heartbeat={"YourLastDigit": 1}), Hearing.Good),  # of an earlier process
        (heard(number=49), Hearing.Old),
        (heard(HeardNumber=SECOND, heartbeat={"YourLastDigit": 8}), Hearing.WrongDigit),
        (heard(HeardNumber=SECOND), Hearing.WrongDigit),
        (heard(FromGNodeAlias="d1.test.other"), Hearing.Stranger),
        (heard(heartbeat={"FromNode": "s"}), Hearing.Stranger),
        (heard(heartbeat={"Contract": msgspec.to_builtins(contract(0, scada="d1.test.other.ta.scada"))}), Hearing.Stranger),
        (msgspec.structs.replace(heard(), signature=""), Hearing.Unsigned),
        (msgspec.structs.replace(heard(), fencing_token=99), Hearing.Unsigned),
    ],
)
def test_hearing(message: GwsContract, hearing: Hearing) -> None:
    speaker = voice(VoiceMemory(heard=49))
    speaker.numbered(NOW)
    judged, why = speaker.judge(message)
    assert judged is hearing
    assert bool(why) is (hearing not in (Hearing.Good, Hearing.Old))


def test_what_it_names_tells_since_when_the_other_side_is_known_to_be_alive() -> None:
    speaker = voice()
    number, _ = speaker.numbered(NOW)
    assert speaker.hear(heard(HeardNumber=number, heartbeat={"YourLastDigit": 7})) == NOW.mono_ms
    assert speaker.memory == VoiceMemory(number, 7, 50, 4)
    assert speaker.hear(heard(51)) is None


def test_after_a_restart_the_last_digit_is_known_and_its_time_is_not() -> None:
    speaker = voice(VoiceMemory(number=90, digit=3))
    assert speaker.judge(heard(HeardNumber=90, heartbeat={"YourLastDigit": 4}))[0] is Hearing.WrongDigit
    assert speaker.hear(heard(HeardNumber=90, heartbeat={"YourLastDigit": 3})) is None
