"""Text of what the AtomicTNode knows."""

import msgspec
import pytest

from gw_spaceheat.core.atn_view import AtnView, ChannelNow, ContractNow, Dispatch, Problem, StateNow
from gw_spaceheat.views.snapshot_table import age_text, contract_lines, status_lines
from tests.heard import HOUSE, MIDNIGHT_MS

NOTHING = AtnView(
    house=HOUSE, at_ms=MIDNIGHT_MS, link_up=False, last_heard_ms=None, power_w=None, power_ms=None, reports=0, snapshots=0,
    garbled=0, strangers=0, channels=(), states=(), problems=(), dispatches=(),
)  # fmt: skip


@pytest.mark.parametrize(
    ("age_ms", "text"),
    [
        (-5_000, "the future"),
        (-500, "0 s"),
        (0, "0 s"),
        (119_000, "119 s"),
        (120_000, "2 min"),
        (7_200_000, "2.0 h"),
        (172_800_000, "2.0 d"),
    ],
)
def test_an_age_has_the_unit_that_suits_it(age_ms: int, text: str) -> None:
    assert age_text(age_ms) == text


def test_a_node_that_knows_nothing_says_so() -> None:
    assert list(status_lines(NOTHING)) == [
        "d1.test.house: link DOWN, nothing heard yet",
        "power: not told yet; 0 reports, 0 snapshots, 0 unreadable messages",
        "mode: not told yet: ; NOTHING IS SIGNED (gws keys init on both sides)",
        "no readings yet",
    ]


def test_the_contract_is_shown_with_both_accounts() -> None:
    contract = ContractNow("12345678-rest", "Active", MIDNIGHT_MS, MIDNIGHT_MS + 3_600_000, True, 812.4, 30.0, 811)
    view = msgspec.structs.replace(NOTHING, mode="RemoteControl", mode_cause="all is well", contracts=(contract,), signed=True)
    assert list(contract_lines(view)) == [
        "mode: RemoteControl: all is well",
        "standing contract 12345678 2018-01-08 00:00-01:00 UTC: Active, 812 Wh by the readings, 811 Wh by the SCADA, "
        "30 s of readings missing",
    ]


def test_everything_that_is_known_is_shown() -> None:
    view = msgspec.structs.replace(
        NOTHING,
        link_up=True,
        last_heard_ms=MIDNIGHT_MS - 3_000,
        power_w=4321,
        power_ms=MIDNIGHT_MS - 60_000,
        channels=(
            ChannelNow("tank", 51.256, "degC", 2, MIDNIGHT_MS - 30_000),
            ChannelNow("old-one", 7.0, "counts", 0, MIDNIGHT_MS - 3_600_000),
        ),
        states=(StateNow("auto.h", "Heating", MIDNIGHT_MS - 120_000),),
        problems=tuple(Problem(MIDNIGHT_MS - 1000, "a-m", "Warning", f"problem {number}") for number in range(7)),
        dispatches=(
            Dispatch("x", "a.relay", 1.0, MIDNIGHT_MS - 2000, "", ""),
            Dispatch("", "a.relay", 0.5, MIDNIGHT_MS - 9000, "Refused", "a relay: 0 or 1"),
        ),
    )
    lines = [line for line in status_lines(view) if not line.startswith("mode: ")]
    assert lines[0] == "d1.test.house: link up, last heard 3 s ago"
    assert lines[1].startswith("power: 4321 W, told 60 s ago")
    assert lines[2].split() == ["tank", "51.26", "degC", "30", "s"]
    assert lines[3].split() == ["old-one", "7", "counts", "60", "min", "OLD"]
    assert lines[4] == "auto.h: Heating for 2 min"
    assert [line.split(": ")[1] for line in lines[5:10]] == [f"problem {number}" for number in range(2, 7)]
    assert lines[10] == "dispatch 2 s ago, a.relay = 1: waiting for the answer"
    assert lines[11] == "dispatch 9 s ago, a.relay = 0.5: Refused: a relay: 0 or 1"
