import numpy as np
import pytest

from gw_spaceheat.plant.meter.faults import BadFault, FaultKind, MeterFault, during, parse_fault, skew_ms

AT_MS = 1_782_036_000_000
"""2026-06-21T10:00Z."""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("HOUSE_A:dropout:2026-06-21T10:00:600", MeterFault("HOUSE_A", FaultKind.DROPOUT, AT_MS, AT_MS + 600_000)),
        ("h:stuck:2026-06-21T10:00:00:1.5", MeterFault("h", FaultKind.STUCK, AT_MS, AT_MS + 1500)),
        ("h:inverted:2026-06-21T12:00:00+02:00:60", MeterFault("h", FaultKind.INVERTED, AT_MS, AT_MS + 60_000)),
        ("h:skew:2026-06-21T10:00:60:-2.5", MeterFault("h", FaultKind.SKEW, AT_MS, AT_MS + 60_000, -2500)),
    ],
)
def test_words(text: str, fault: MeterFault) -> None:
    assert parse_fault(text) == fault


@pytest.mark.parametrize(
    "text",
    ["", "h", "h:dropout", "h:nonsense:2026-06-21T10:00:60", ":dropout:2026-06-21:60", "h:reboot:2026-06-21:0", "h:skew:x"],
)
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(BadFault, match="HOUSE:KIND:START:SECONDS"):
        parse_fault(text)


def test_when() -> None:
    faults = [MeterFault("h", FaultKind.SKEW, 10, 20, 7), MeterFault("h", FaultKind.STUCK, 0, 5)]
    moments = np.array([0, 5, 10, 19, 20])
    assert during(faults, FaultKind.STUCK, moments).tolist() == [True, False, False, False, False]
    assert skew_ms(faults, moments).tolist() == [0, 0, 7, 7, 0]
