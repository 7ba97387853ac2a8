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
