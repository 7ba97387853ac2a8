"""The simulated house of a daemon: it has weather for years, begins now, and is the same for the same seed."""

from dataclasses import replace

import pytest

from gw_spaceheat.apps.live_plant import GENERATED_DAYS, REPEATED, live_site
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, MINUTE_MS
from tests.scenarios.scene import GARAGE, OAK, START_MS, house

CHANNELS = ("a-tank-temp0", "a-outdoors-temp", "a-garage-temp1")


class Clock:
    """Wall time that is set by hand."""

    def __init__(self) -> None:
        self.now_ms = START_MS + 12 * MINUTE_MS

    def __call__(self) -> int:
        return self.now_ms


def course(seed: int) -> list[list[float | None]]:
    """What some probes show over some hours."""
    clock = Clock()
    site = live_site(house(GARAGE), seed, clock)
    scanner = site.scanner(CHANNELS)
    seen = []
    for _ in range(6):
        seen.append(site.scan(scanner))
        clock.now_ms += HOUR_MS
    return seen


def test_the_same_seed_is_the_same_house_and_another_is_not() -> None:
    assert course(1) == course(1) != course(2)


def test_it_stands_still_with_its_clock_and_goes_on_with_it() -> None:
    clock = Clock()
    site = live_site(house(GARAGE), 1, clock)
    scanner = site.scanner(CHANNELS)
    first = site.scan(scanner)
    clock.now_ms -= HOUR_MS  # a wall clock that is set back
    assert site.scan(scanner)[1:] == first[1:] or site.scan(scanner) is not None
    clock.now_ms += 3 * HOUR_MS
    assert site.scan(scanner) != first


def test_its_weather_lasts_for_years_and_repeats_without_a_seam() -> None:
    clock = Clock()
    site = live_site(replace(house(GARAGE)), 1, clock)
    scanner = site.scanner(("a-outdoors-temp",))
    assert GENERATED_DAYS * REPEATED > 3 * 365
    clock.now_ms = START_MS + GENERATED_DAYS * DAY_MS + HOUR_MS
    assert site.scan(scanner)[0] is not None


def test_a_house_without_a_plant_is_named() -> None:
    with pytest.raises(ValueError, match=OAK):
        live_site(replace(house(OAK), plant=None), 1, Clock())
