"""What a person at the house is told."""

from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from gw_spaceheat.messages.gws_human_answer import GwsHumanAnswer
from gw_spaceheat.views.human_text import answer_data, answer_lines

MAINE = ZoneInfo("America/New_York")
AT_MS = 1_515_387_600_000
BARE = GwsHumanAnswer(from_g_node_alias="a.ta.scada", trigger_id="t", verdict="Done", reason="", answer_unix_ms=AT_MS)
LOCAL = replace(BARE, lease_by="local", fencing_token=5, lease_cause="no contract is active")
HUMAN = replace(BARE, lease_by="human", fencing_token=7, lease_cause="taken by anna", lease_until_unix_ms=AT_MS + 3_600_000)


@pytest.mark.parametrize(
    ("answer", "unit", "lines"),
    [
        (BARE, "", ["Done"]),
        (LOCAL, "", ["Done", "local has the house (token 5): no contract is active"]),
        (HUMAN, "", ["Done", "human has the house until 2018-01-08 01:00:00 EST (token 7): taken by anna"]),
        (replace(BARE, read_back=0.0), "", ["Done, it reads 0"]),
        (replace(BARE, read_back=45.5), "degC", ["Done, it reads 45.5 degC"]),
        (replace(BARE, verdict="Refused", reason="take it first"), "", ["Refused: take it first"]),
        (replace(BARE, verdict="DeviceFailed", reason="stuck", read_back=1.0), "", ["DeviceFailed, it reads 1: stuck"]),
    ],
)
def test_lines(answer: GwsHumanAnswer, unit: str, lines: list[str]) -> None:
    assert list(answer_lines(answer, unit, MAINE)) == lines


def test_data() -> None:
    told = answer_data(HUMAN)
    assert (told["lease_by"], told["fencing_token"], told["lease_until_unix_ms"]) == ("human", 7, AT_MS + 3_600_000)
    assert (told["read_back"], answer_data(BARE)["lease_by"]) == (None, None)
