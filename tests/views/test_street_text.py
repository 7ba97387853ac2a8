"""What came of a street, in words: days beside their bounds."""

from typing import Any

from gw_spaceheat.views.street_text import comparison_lines, street_lines

FIGURES = {
    "street": "s",
    "warnings": [],
    "jobs": 2,
    "jobs_ended": 2,
    "sun_kwh": 10.0,
    "demand_kwh": 4.0,
    "peak_import_kw": 1.0,
    "cost_usd": 1.0,
    "unshared_usd": 2.0,
    "scheduling_cpu_s": 0.1,
}


def told(algorithm: str, bound_kwh: float, *days: tuple[float, float]) -> dict[str, Any]:
    by_day = [
        {"begins_unix_s": number * 86_400, "local_kwh": local, "bound_kwh": bound, "gap_kwh": bound - local}
        for number, (local, bound) in enumerate(days)
    ]
    local_kwh = sum(local for local, _ in days)
    return FIGURES | {"algorithm": algorithm, "local_kwh": local_kwh, "bound_kwh": bound_kwh, "by_day": by_day}


def test_each_day_beside_its_bound_and_why_they_are_more_than_the_whole() -> None:
    text = "\n".join(street_lines(told("lst", 3.5, (1.5, 2.0), (2.0, 2.0))))
    assert "No schedule could use more than 3.5 kWh: this is 100.0% of that." in text
    assert "day from 1970-01-01 00:00 UTC: 1.5 of at most 2.0 kWh (75.0%)" in text
    assert "The days' bounds add up to 4.0 kWh" in text
    assert "add up" not in "\n".join(street_lines(told("lst", 4.0, (1.5, 2.0), (2.0, 2.0))))


def test_a_single_day_is_the_whole_and_a_day_without_sun_is_no_loss() -> None:
    assert "day from" not in "\n".join(street_lines(told("lst", 2.0, (1.5, 2.0))))
    assert "0.0 of at most 0.0 kWh (100.0%)" in "\n".join(street_lines(told("lst", 2.0, (1.5, 2.0), (0.0, 0.0))))


def test_of_very_many_days_the_first_are_told() -> None:
    lines = street_lines(told("lst", 40.0, *[(1.0, 1.0)] * 40))
    assert sum("day from" in line for line in lines) == 31
    assert "  and 9 days more" in lines


def test_schedulers_side_by_side_by_day() -> None:
    lines = comparison_lines([told("asap", 4.0, (1.0, 2.0), (0.0, 2.0)), told("lst", 4.0, (2.0, 2.0), (1.5, 2.0))])
    assert "no schedule could use more than 4.0 kWh" in lines
    assert [line.split() for line in lines[-3:]] == [
        ["of", "each", "day's", "bound", "asap", "lst"],
        ["1970-01-01", "00:00", "50.0%", "100.0%"],
        ["1970-01-02", "00:00", "0.0%", "75.0%"],
    ]


def test_where_heat_is_made_at_other_times_each_has_its_bound() -> None:
    lines = comparison_lines([told("asap", 4.0, (1.0, 2.0), (0.0, 2.0)), told("lst", 4.5, (2.0, 2.0), (1.5, 2.5))])
    assert "no schedule could use more than 4.0 or 4.5 kWh" in lines
