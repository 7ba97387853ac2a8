"""Shares of a run's time by part of the package."""

import pytest

from gw_spaceheat.apps.bench.shares import ELSEWHERE, part_of, shares
from gw_spaceheat.vocabulary.ids import IdSource


@pytest.mark.parametrize(
    ("file", "part"),
    [
        ("/home/pi/gw_spaceheat/gw_spaceheat/core/heating/local.py", "core/heating"),
        ("/x/gw_spaceheat/core/heating/strategies/tou.py", "core/heating"),
        ("/x/gw_spaceheat/core/scada.py", "core/scada"),
        ("/usr/lib/python3.11/heapq.py", ELSEWHERE),
        ("~", ELSEWHERE),
    ],
)
def test_a_function_belongs_to_the_folder_of_its_file(file: str, part: str) -> None:
    assert part_of((file, 1, "f")) == part


def test_what_is_built_in_counts_for_its_caller_and_shares_add_up() -> None:
    new_id = IdSource(b"seed")
    found = shares(lambda: [new_id() for _ in range(2_000)])
    assert max(found, key=lambda part: found[part]) == "vocabulary/ids"
    assert sum(found.values()) == pytest.approx(1.0, abs=0.01)
