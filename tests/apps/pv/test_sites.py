import pytest

from gw_spaceheat.apps.pv.sites import PanelsRequest, original_production, production_of

NOON_US = 1_782_060_000_000_000
"""16:40 UTC on 2026-06-21."""


def test_houses_differ_a_little_and_always_in_the_same_way() -> None:
    one, again = production_of(PanelsRequest(cloudiness=0.0)), production_of(PanelsRequest(cloudiness=0.0))
    powers = [one(f"h{number}", NOON_US) for number in range(20)]
    assert powers == [again(f"h{number}", NOON_US) for number in range(20)]
    assert len(set(powers)) == 20
    assert 2300 < min(powers) < max(powers) < 5000


def test_alike_they_are_the_same() -> None:
    power = production_of(PanelsRequest(cloudiness=0.0, alike=True))
    assert power("a", NOON_US) == power("b", NOON_US) == pytest.approx(3600, abs=150)
    assert power("a", NOON_US + 12 * 3_600_000_000) == 0


def test_the_panels_of_2021() -> None:
    power = original_production(1)
    some = [power("HOUSE_A", NOON_US + number * 10_000_000) for number in range(5000)]
    assert min(some) >= 0
    assert 3950 < max(some) <= 4000
    assert sum(some) / 5000 == pytest.approx(2000, rel=0.05)
    assert some[:100] != [power("HOUSE_B", NOON_US + number * 10_000_000) for number in range(100)]
