"""What a household uses through its days: what is always on, a refrigerator, appliances, hot water, and light and small things.

Each part is a function of the seed and of local time alone, so that any stretch can be made again. The mean over a year is
the annual consumption that is asked for: appliances run as often as belongs to it, and what they leave follows the standard
profile.

The season of households by VDEW 1999, *Repräsentative VDEW-Lastprofile* (dynamisation of profile H0); the hours of the day
are a table of ours of the usual shape, for workdays, Saturdays and Sundays.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.plant.chance_series import uniforms
from gw_spaceheat.plant.draws import draws_of_day
from gw_spaceheat.vocabulary.chance import uniform

Values = NDArray[np.float64]
Times = NDArray[np.int64]

DAY_S, HOUR_S = 86_400, 3600
EPOCH_WEEKDAY = 3
"""1970-01-01 was a Thursday; Monday is 0."""
WORKDAY = (60, 52, 48, 47, 48, 60, 92, 112, 105, 98, 96, 104, 118, 108, 98, 94, 98, 116, 146, 164, 158, 138, 112, 82)
SATURDAY = (72, 60, 54, 50, 48, 52, 64, 88, 118, 132, 130, 134, 142, 128, 114, 108, 112, 128, 152, 160, 144, 126, 112, 92)
SUNDAY = (78, 66, 58, 52, 50, 50, 54, 68, 94, 118, 134, 152, 164, 136, 112, 104, 106, 118, 142, 150, 140, 124, 104, 82)
REFRIGERATOR_W, REFRIGERATOR_ON_S, REFRIGERATOR_CYCLE_S = 80.0, 900, 2700
USUAL_KWH = 3500.0
"""The annual consumption at which appliances run as often as their table says [kWh]."""
BASE_SHARE = 0.22
WATER_J_PER_L = 35.0 * 4186.0
"""Heat of a litre of hot water: 35 K [J]."""
MOST_STARTS = 16

_PHASE, _STARTS, _HOUR = 0x4D01, 0x4D02, 0x4D03


class Appliance(NamedTuple):
    """Something that is switched on now and then: power [W], how long [s], how often in a usual household [1/d]."""

    name: str
    power_w: float
    on_s: int
    per_day: float


APPLIANCES = (
    Appliance("kettle", 2000.0, 150, 3.5),
    Appliance("hob", 1600.0, 1200, 1.1),
    Appliance("oven", 2200.0, 1500, 0.35),
    Appliance("dishwasher", 1900.0, 1500, 0.6),
    Appliance("washing machine", 1800.0, 1200, 0.45),
    Appliance("tumble dryer", 2000.0, 2700, 0.15),
    Appliance("television", 110.0, 9000, 1.2),
    Appliance("vacuum cleaner", 800.0, 900, 0.3),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """Who uses electricity.

    Attributes:
        annual_kwh: Electricity of a year without hot water [kWh].
        hot_water_l: Hot water that electricity heats [l/d]; 0 where something else does.
        hot_water_w: Power of the element that heats it [W].
        smooth: The standard profile alone: what many households together use, in place of one that switches.
    """

    annual_kwh: float = USUAL_KWH
    hot_water_l: float = 0.0
    hot_water_w: float = 2000.0
    smooth: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError, naming the figure, for one that cannot be."""
        checks = (
            ("annual_kwh", 0.0 <= self.annual_kwh <= 1e6, "0 to 1,000,000"),
            ("hot_water_l", 0.0 <= self.hot_water_l <= 10_000.0, "0 to 10,000"),
            ("hot_water_w", self.hot_water_w > 0.0, "above 0"),
        )
        for name, holds, allowed in checks:
            if not holds:
                raise ValueError(f"{name} of a household is {getattr(self, name)}; {allowed} is allowed")


def load_w(household: Household, seed: int, local_s: Times) -> Values:
    """Power of a household at some moments [W].

    Args:
        household: Who it is.
        seed: A non-negative integer; another one for each household.
        local_s: Local wall time as seconds from 1970-01-01 00:00 there [s]. In the hour that a clock is set back it comes
            twice, and what runs then runs twice.
    """
    profile_w = household.annual_kwh * 1e3 / 8760.0 * standard_profile(local_s)
    total = profile_w if household.smooth else _switching_w(household, seed, local_s, profile_w)
    if household.hot_water_l > 0.0:
        total = total + _hot_water_w(household, seed, local_s)
    return total


def standard_profile(local_s: Times) -> Values:
    """The power of many households at some moments by its mean over a year [-]."""
    day, second = np.divmod(local_s, DAY_S)
    weekday = (day + EPOCH_WEEKDAY) % 7
    kind = np.where(weekday < 5, 0, weekday - 4)
    hour = second / HOUR_S - 0.5  # a table's figure stands for the middle of its hour
    before = np.floor(hour).astype(np.int64)
    into = hour - before
    here, there = _SHAPES[kind, before % 24], _SHAPES[kind, (before + 1) % 24]
    found: Values = (here + (there - here) * into) * _season(day)
    return found


def _season(day: Times) -> Values:
    """By VDEW 1999, by its mean over a year: 1.2 about New Year, 0.8 in summer [-]; years of equal length are exact enough."""
    t = day % 365.2425
    found: Values = (-3.92e-10 * t**4 + 3.2e-7 * t**3 - 7.02e-5 * t**2 + 2.1e-3 * t + 1.24) / _SEASON_MEAN
    return found


def _switching_w(household: Household, seed: int, local_s: Times, profile_w: Values) -> Values:
    """A household whose things go on and off, and whose mean is that of the profile [W]."""
    scale = household.annual_kwh / USUAL_KWH
    base_w = BASE_SHARE * household.annual_kwh * 1e3 / 8760.0
    phase = int(uniform(seed, _PHASE, 0) * REFRIGERATOR_CYCLE_S)
    # a second cycle of another length makes its pauses uneven
    cool = (local_s + phase + 300.0 * np.sin(local_s / 7000.0)) % REFRIGERATOR_CYCLE_S < REFRIGERATOR_ON_S
    duty = REFRIGERATOR_ON_S / REFRIGERATOR_CYCLE_S
    mean_w = base_w + REFRIGERATOR_W * duty * scale + _appliances_mean_w() * scale
    left = max(1.0 - mean_w / max(household.annual_kwh * 1e3 / 8760.0, 1e-9), 0.0)
    total = base_w + np.where(cool, REFRIGERATOR_W * scale, 0.0) + left * profile_w
    for start_s, end_s, power_w in _runs(seed, scale, local_s):
        total[(local_s >= start_s) & (local_s < end_s)] += power_w
    return total


def _appliances_mean_w() -> float:
    return sum(one.power_w * one.on_s * one.per_day for one in APPLIANCES) / DAY_S


def _runs(seed: int, scale: float, local_s: Times) -> list[tuple[int, int, float]]:
    """Whatever is switched on in the days of these moments, as (start, end, power), local [s, s, W]."""
    if not local_s.size:
        return []
    runs = []
    for day in range(int(local_s.min()) // DAY_S - 1, int(local_s.max()) // DAY_S + 1):
        weekday = (day + EPOCH_WEEKDAY) % 7
        shape = _CUMULATED[0 if weekday < 5 else weekday - 4]
        for index, one in enumerate(APPLIANCES):
            counter = (day * len(APPLIANCES) + index) & 0x07FFFFFF
            often = int(one.per_day * scale + uniform(seed, _STARTS, counter))
            chances = uniforms(seed, _HOUR, counter * MOST_STARTS + np.arange(min(often, MOST_STARTS)))
            for hour in np.interp(chances, shape, np.arange(25.0)):
                start_s = day * DAY_S + int(hour * HOUR_S)
                runs.append((start_s, start_s + one.on_s, one.power_w))
    return runs


def _hot_water_w(household: Household, seed: int, local_s: Times) -> Values:
    """Power of the element that makes up for each draw [W]."""
    power = np.zeros(local_s.shape)
    if not local_s.size:
        return power
    for day in range(int(local_s.min()) // DAY_S - 1, int(local_s.max()) // DAY_S + 1):
        draws = draws_of_day(seed, day, household.hot_water_l)
        drawn_ms = sum(end - start for start, end in draws)
        free_s = 0.0
        for start_ms, end_ms in draws:
            litres = household.hot_water_l * (end_ms - start_ms) / drawn_ms
            start_s = max(day * DAY_S + start_ms / 1000.0, free_s)
            free_s = start_s + litres * WATER_J_PER_L / household.hot_water_w
            power[(local_s >= start_s) & (local_s < free_s)] += household.hot_water_w
    return power


def _shapes() -> Values:
    """The tables by their mean over a week [-]."""
    raw = np.array([WORKDAY, SATURDAY, SUNDAY], dtype=np.float64)
    week = (5.0 * raw[0].mean() + raw[1].mean() + raw[2].mean()) / 7.0
    found: Values = raw / week
    return found


_YEAR = np.arange(365.0)
_SEASON_MEAN = float((-3.92e-10 * _YEAR**4 + 3.2e-7 * _YEAR**3 - 7.02e-5 * _YEAR**2 + 2.1e-3 * _YEAR + 1.24).mean())
_SHAPES = _shapes()
_CUMULATED = np.concatenate([np.zeros((3, 1)), np.cumsum(_SHAPES, axis=1)], axis=1) / _SHAPES.sum(axis=1, keepdims=True)
