"""Streets for tests: made by hand, or by chance."""

import numpy as np

from gw_spaceheat.core.market.energy import Energy, Forecast
from gw_spaceheat.core.market.street import BaseLoad, Job, Producer, Street

HOUR_S = 3600.0
DAY_S = 86_400.0


def steady(watts: float, hours: float) -> Energy:
    """A load or a roof that does the same all the time."""
    return Energy(np.array([0.0, hours * HOUR_S]), np.array([0.0, watts * hours]))


def job(
    name: str, earliest_h: float, latest_h: float, watts: float = 1000.0, hours: float = 1.0, registered_h: float = 0.0
) -> Job:
    return Job(
        id=name,
        registered_s=registered_h * HOUR_S,
        earliest_s=earliest_h * HOUR_S,
        latest_s=latest_h * HOUR_S,
        load=steady(watts, hours),
    )


def sun(powers_w: list[float], issued_h: float = 0.0, from_h: float = 0.0) -> Forecast:
    """So many W in each hour from an hour on."""
    times_s = (from_h + np.arange(len(powers_w) + 1)) * HOUR_S
    return Forecast(issued_h * HOUR_S, Energy(times_s, np.concatenate([[0.0], np.cumsum(powers_w)])))


def street(jobs: list[Job], roofs: list[list[float]], days: int = 1) -> Street:
    producers = tuple(Producer(id=f"roof{number}", forecasts=(sun(powers),)) for number, powers in enumerate(roofs))
    return Street(name="test", days=days, jobs=tuple(sorted(jobs, key=lambda each: each.registered_s)), producers=producers)


def by_chance(seed: int, jobs: int = 12, roofs: int = 2) -> Street:
    """Jobs within a day, and sun at noon."""
    chance = np.random.default_rng(seed)
    made = []
    for number in range(jobs):
        registered = float(chance.uniform(0.0, 10.0))
        earliest = registered + float(chance.uniform(0.0, 2.0))
        latest = earliest + float(chance.uniform(0.0, 8.0))
        made.append(
            job(f"j{number}", earliest, latest, float(chance.uniform(200, 3000)), float(chance.uniform(0.1, 3)), registered)
        )
    bell = np.maximum(np.sin((np.arange(24) - 6.0) / 12.0 * np.pi), 0.0)
    return street(made, [(bell * chance.uniform(500, 4000)).tolist() for _ in range(roofs)])


def base(house: str, powers_w: list[float], expected_w: list[float] | None = None) -> BaseLoad:
    """So many W in each hour; and what is expected of it."""
    return BaseLoad(house=house, load=sun(powers_w).energy, expected=None if expected_w is None else sun(expected_w).energy)
