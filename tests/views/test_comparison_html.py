"""Runs side by side: their figures, and nothing of a file unescaped."""

import pytest

from gw_spaceheat.views.comparison_html import comparison_html, progress_html


def test_side_by_side() -> None:
    run = {"cost_usd_end_adjusted": 12.345, "on_peak_share": 0.25, "comfort": {"kelvin_hours_below": 1.25}}
    text = comparison_html(
        "ab", {"house": "<x>", "days": 2, "start": "2018-01-08T00:00", "compare": {"<tou>": run, "planned": {}}}
    )
    assert all(word in text for word in ("12.35 USD", "25 %", "1.2 K h", "&lt;tou&gt;", "&lt;x&gt;", "/simulations/ab.json"))
    assert "<tou>" not in text


@pytest.mark.parametrize(
    ("costs", "told"),
    [
        ({"hysteresis": 40.0, "planned": 30.0}, "25.0 %"),
        ({"hysteresis": 40.0, "planned": 44.0}, "-10.0 %"),
        ({"hysteresis": 0.0, "planned": 30.0}, "-"),
        ({"hysteresis": None, "planned": 30.0}, "-"),
    ],
)
def test_what_is_saved_against_the_first(costs: dict[str, float | None], told: str) -> None:
    runs = {name: {"cost_usd_end_adjusted": cost} for name, cost in costs.items()}
    text = comparison_html("ab", {"compare": runs})
    assert f'Saved against hysteresis</th><td class="number"></td><td class="number">{told}</td>' in text
    assert "Saved" not in comparison_html("ab", {"compare": {"hysteresis": {}}})


@pytest.mark.parametrize(
    ("done", "hours", "ended", "told"),
    [
        (12, 48, "", 'value="25.0"'),
        (0, 0, "", 'value="0.0"'),
        (48, 48, "done", "Done."),
        (1, 2, "no <plant>", "No &lt;plant&gt;"),
    ],
)
def test_progress(done: int, hours: int, ended: str, told: str) -> None:
    assert told in progress_html(done, hours, ended, "hours")
