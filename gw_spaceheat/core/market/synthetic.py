"""SYNTHETIC streets: jobs of households and sun on their roofs, drawn from a seed. Plausible; nobody's data."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gw_spaceheat.core.market.energy import HOUR_S, Energy, Forecast, Values
from gw_spaceheat.core.market.street import Job, Producer, Street
from gw_spaceheat.vocabulary.chance import bell, uniform

EPOCH_S = 1_460_246_400
"""2016-04-10 00:00 UTC, a day in spring [s]."""
MINUTE_S = 60.0
DAY_MIN = 1_440
HOUR_MIN = 60

PROFILES: dict[str, tuple[tuple[int, float], ...]] = {
    "dishwasher": ((5, 60), (20, 1900), (35, 90), (15, 1900), (25, 40)),
    "washing": ((6, 80), (16, 2000), (50, 160), (15, 350), (8, 500)),
    "dryer": ((55, 2300), (15, 900), (5, 150)),
    "car_short": ((90, 3600), (15, 1800)),
    "car_long": ((180, 3600), (20, 1800), (20, 700)),
    "heater": ((60, 1500),),
    "boiler": ((75, 2000),),
    "laptop": ((40, 65), (40, 45), (20, 20)),
}
"""What devices that can wait take, as stretches of (minutes, W)."""
STANDING_WH = (80.0, 350.0)
"""What a device that cannot wait takes in its hour, least and most [Wh]."""
STANDING_PER_DAY = 3
WAITING_PER_DAY = (2, 4)
STANDING_WINDOW_S = 20.0
ROOF_W = (1_950.0, 4_700.0)
"""What a roof gives at noon under a clear sky, least and most [W]."""
NOON_MIN, LIGHT_MIN = 745.0, 440.0
"""When the sun is highest, and for how long before and after there is any [min]."""
ISSUES_PER_DAY, HORIZON_H = 4, 22
"""A roof's forecasts, and how far each reaches [h]."""
LEVEL_ERROR, HOUR_ERROR = 0.05, 0.004
"""Standard deviation of a forecast's error: of all of it, and more with each hour ahead [0-1]."""

_WAITING, _STANDING, _SKY, _ROOF, _ERROR = range(1, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetKind:
    """What street is wanted.

    Attributes:
        houses: How many.
        roofs: How many of them have panels.
        days: For how long.
        seed: What is drawn.
        epoch_s: Unix time at which its first day begins [s].
    """

    houses: int
    roofs: int
    days: int = 1
    seed: int = 1
    epoch_s: int = EPOCH_S

    def __post_init__(self) -> None:
        """Raise ValueError where no street can be that."""
        if self.houses < 1 or self.days < 1 or not 0 <= self.roofs <= self.houses:
            raise ValueError(
                f"a street of {self.houses} houses, {self.roofs} roofs and {self.days} days: there must be a house and a day, "
                "and no more roofs than houses"
            )


Roof = Callable[[int], Energy]
"""What the roof of a house of this number gives, by the minute, from the street's first day to two days after its last."""


def make_street(kind: StreetKind, name: str = "synthetic", roof: Roof | None = None) -> Street:
    """Draw a street; the same kind gives the same street.

    Args:
        kind: What street is wanted.
        name: Its name.
        roof: What roofs really give, from which forecasts are drawn; None to draw that too.
    """
    given = roof or (lambda house: _given(kind, house))
    jobs = [job for house in range(1, kind.houses + 1) for job in _jobs(kind, house)]
    return Street(
        name=name,
        days=kind.days,
        jobs=tuple(sorted(jobs, key=lambda job: (job.registered_s, job.id))),
        producers=tuple(_roof(kind, house, given(house)) for house in range(1, kind.roofs + 1)),
        epoch_s=kind.epoch_s,
    )


def _jobs(kind: StreetKind, house: int) -> list[Job]:
    loads = {name: _load(stretches) for name, stretches in PROFILES.items()}
    names = sorted(PROFILES)
    jobs: list[Job] = []
    draw = _Draw(kind.seed, _WAITING, house)
    for day in range(kind.days):
        for _ in range(draw.whole(*WAITING_PER_DAY)):
            registered = day * DAY_MIN + draw.whole(6 * HOUR_MIN, 11 * HOUR_MIN)
            device = draw.whole(0, len(names) - 1)
            earliest = registered + (0, 0, 30, 60)[draw.whole(0, 3)]
            latest = min(earliest + draw.whole(60, 480), day * DAY_MIN + 18 * HOUR_MIN)
            jobs.append(
                Job(
                    id=f"[{house}]:[{11 + device}]:[{len(jobs) + 1}]",
                    registered_s=registered * MINUTE_S,
                    earliest_s=earliest * MINUTE_S,
                    latest_s=latest * MINUTE_S,
                    load=loads[names[device]],
                )
            )
        for _ in range(STANDING_PER_DAY):
            at_s = (day * DAY_MIN + draw.whole(5 * HOUR_MIN, 21 * HOUR_MIN)) * MINUTE_S
            load = Energy(np.array([0.0, HOUR_S]), np.array([0.0, float(draw.whole(*(int(wh) for wh in STANDING_WH)))]))
            name = f"[{house}]:[1]:[{len(jobs) + 1}]"
            jobs.append(Job(id=name, registered_s=at_s, earliest_s=at_s, latest_s=at_s + STANDING_WINDOW_S, load=load))
    return jobs


class _Draw:
    """Numbers in turn."""

    def __init__(self, seed: int, stream: int, house: int) -> None:
        self._seed, self._stream, self._counter = seed, stream * 65_536 + house, 0

    def whole(self, least: int, most: int) -> int:
        """A whole number, both ends included."""
        self._counter += 1
        return least + int(uniform(self._seed, self._stream, self._counter) * (most - least + 1))


def _load(stretches: tuple[tuple[int, float], ...]) -> Energy:
    watts = np.concatenate([np.full(minutes, power) for minutes, power in stretches])
    return Energy(_evenly(len(watts), MINUTE_S), np.concatenate([[0.0], np.cumsum(watts / 60.0)]))


def _roof(kind: StreetKind, house: int, measured: Energy) -> Producer:
    hourly_wh = np.diff(measured.wh[::HOUR_MIN])
    forecasts = []
    for issue in range(kind.days * ISSUES_PER_DAY):
        first_h = issue * 24 // ISSUES_PER_DAY
        level = bell(kind.seed, _ERROR * 65_536 + house, issue) * LEVEL_ERROR
        counter = (issue + 1) * 64
        errors = np.array(
            [
                level + bell(kind.seed, _ERROR * 65_536 + house, counter + hour) * HOUR_ERROR * hour
                for hour in range(HORIZON_H + 1)
            ]
        )
        before = np.concatenate([[0.0], hourly_wh])[first_h : first_h + HORIZON_H + 1]
        wh = np.cumsum(before * np.maximum(1.0 + errors, 0.0))
        times_s = first_h * HOUR_S + _evenly(HORIZON_H, HOUR_S)
        forecasts.append(Forecast(first_h * HOUR_S, Energy(times_s, wh)))
    whole = Energy(measured.times_s[: kind.days * DAY_MIN + 1], measured.wh[: kind.days * DAY_MIN + 1])
    return Producer(id=f"pv_producer[{house}]:[{200 + house}]", forecasts=tuple(forecasts), measured=whole)


def _given(kind: StreetKind, house: int) -> Energy:
    """What a roof really gives by the minute, two days longer than is asked, for forecasts reach beyond the end."""
    days = kind.days + 2
    minutes = np.arange(days * DAY_MIN)
    stream = _ROOF * 65_536 + house
    most_w = ROOF_W[0] + uniform(kind.seed, stream, 0) * (ROOF_W[1] - ROOF_W[0])
    noon_min = NOON_MIN + (uniform(kind.seed, stream, 1) - 0.5) * 100.0
    away = (minutes % DAY_MIN - noon_min) / LIGHT_MIN
    clear: Values = np.where(np.abs(away) < 1.0, np.cos(np.clip(away, -1.0, 1.0) * np.pi / 2.0), 0.0)
    sky = np.array([0.45 + 0.55 * uniform(kind.seed, _SKY * 65_536, day) for day in range(days)])
    hours = days * 24 + 1
    clouds = np.clip([1.0 + 0.12 * bell(kind.seed, stream, 2 + hour) for hour in range(hours)], 0.5, 1.15)
    watts = (
        most_w * np.maximum(clear, 0.0) ** 1.4 * sky[minutes // DAY_MIN] * np.interp(minutes / 60.0, np.arange(hours), clouds)
    )
    times_s = _evenly(days * DAY_MIN, MINUTE_S)
    return Energy(times_s, np.concatenate([[0.0], np.cumsum(watts / 60.0)]))


def _evenly(steps: int, step_s: float) -> Values:
    """Times from 0 on, both ends included [s]."""
    return np.arange(steps + 1, dtype=np.float64) * step_s
