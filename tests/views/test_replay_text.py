"""A replay in words."""

from gw_spaceheat.views.replay_text import replay_lines

EQUAL = {
    "record": "a.s.record", "causes": 12, "machines": 1, "skipped": 0, "torn": [], "equal": True, "differences": 0,
    "first_difference": None,
}  # fmt: skip
DIFFERENCE = {
    "at": "a.s.record:7", "wall_ms": 1_515_387_600_000, "cause": "Readings", "expected": "[]", "got": '[{"type":"Wish"}]',
}  # fmt: skip


def test_equal() -> None:
    assert list(replay_lines(EQUAL)) == ["a.s.record: 12 causes through 1 fresh machine(s)", "equal effects"]


def test_a_difference_and_all_that_was_passed_over() -> None:
    told = EQUAL | {"skipped": 3, "torn": ["a.s.record:5"], "equal": False, "differences": 2, "first_difference": DIFFERENCE}
    assert list(replay_lines(told)) == [
        "a.s.record: 12 causes through 1 fresh machine(s)",
        "3 calls at the beginning were skipped: the machine they belong to began before the record",
        "a.s.record:5: unfinished line (the process was killed); passed over",
        "2 calls had other effects; the first at a.s.record:7:",
        "  2018-01-08 05:00:00 UTC, Readings",
        "  recorded: []",
        '  now:      [{"type":"Wish"}]',
    ]
