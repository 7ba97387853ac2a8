"""Ages in few words."""

import pytest

from gw_spaceheat.views.ages import age_text


@pytest.mark.parametrize(
    ("age_ms", "text"),
    [
        (-5, "now"),
        (1999, "now"),
        (2000, "2 s"),
        (119_999, "119 s"),
        (120_000, "2 min"),
        (7_200_000, "2 h"),
        (172_800_000, "2 d"),
    ],
)
def test_ages(age_ms: int, text: str) -> None:
    assert age_text(age_ms) == text
