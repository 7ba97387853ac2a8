"""Runs as tables."""

from gw_spaceheat.views.netbalance_table import run_text, runs_text

ROW = {
    "algorithm": "ours",
    "gain": 0.5,
    "perfect_gain": 0.625,
    "share_of_perfect_gain": 0.8,
    "commutations_per_day": 12.0,
    "perfect_commutations_per_day_for_same_gain": None,
    "use_of_usable": 0.9,
    "energies_wh": {"surplus": 100.0, "debt": 50.0},
    "bills": {"netted": 0.1, "gross": 0.2},
    "days": 1.0,
    "partial_periods": 2,
    "hours_on": [1.0],
}


def test_the_bound_stands_last() -> None:
    lines = list(runs_text([ROW], ["a name that is long"]))
    assert [line.split()[0] for line in lines[1:]] == ["a", "foresight"]
    assert "80.0%" in lines[1]
    assert "0.6250" in lines[2]
    assert len(list(runs_text([], []))) == 1


def test_one_run() -> None:
    assert "2 periods partial" in "\n".join(run_text(ROW))
