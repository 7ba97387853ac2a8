"""Weather, heat demand and prices from a formula and a seed, for whoever has no files. Nothing measured is in them.

The weather of an hour depends on the seed and on the hour alone: two runs that begin on different days of a year see the same
hours. (Demand and prices look some hours back and ahead within the run, so their first and last hours may differ a little.)
Irregularity is value noise: independent bell numbers at knots in time, a smooth curve between them, several spacings added up.

Targets are published climate normals (NWS Millinocket, Maine, 15 January, 1991-2020: maximum 24 degF, minimum 6 degF, mean
15 degF; record -32 degF) and the order of magnitude of New England's wholesale prices in January (50 to 150 USD/MWh).
A seed is not used blindly: variants of it are tried in turn until the January that it makes passes `january_problems`.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from gw_spaceheat.plant.demand import DemandSeries
from gw_spaceheat.plant.prices import Market, PriceSeries
from gw_spaceheat.plant.series import Span
from gw_spaceheat.plant.sun import sun_at
from gw_spaceheat.plant.weather import WeatherSeries
from gw_spaceheat.vocabulary.chance import bell, uniform

_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001  local standard time, as all hours here; knots are counted from here
_HOUR = timedelta(hours=1)
_DAYS = 365.25
_SMOOTHED_DEVIATION = 0.862
"""Standard deviation of a smoothstep between independent knots of deviation 1: the root of the mean of (1-s)^2 + s^2, 0.743."""
_VARIANTS = 64

# One stream of numbers per cause, so that one more draw here changes nothing there.
_SLOW, _MIDDLE, _FAST, _CLOUD, _CLOUD_FAST, _FUEL, _SPREAD, _SPIKE, _SPIKE_SIZE, _GLUT, _OCCUPANCY = range(1, 12)


@dataclass(frozen=True, slots=True)
class Climate:
    """Normals of a place.

    Attributes:
        name: For labels.
        latitude_deg: North positive [deg].
        longitude_deg: East positive [deg].
        utc_offset_h: Local standard time minus UTC [h].
        january_mean_c: Mean of the middle of January [degC].
        january_maximum_c: Mean daily maximum then [degC].
        january_minimum_c: Mean daily minimum then [degC].
        record_c: Coldest and hottest that can pass for true in January [degC].
        annual_half_swing_k: Half the difference between the warmest and the coldest day of the mean year [K].
        irregular_k: Standard deviation of the weather around its mean in winter [K].
    """

    name: str
    latitude_deg: float
    longitude_deg: float
    utc_offset_h: float
    january_mean_c: float
    january_maximum_c: float
    january_minimum_c: float
    record_c: tuple[float, float]
    annual_half_swing_k: float
    irregular_k: float


MILLINOCKET = Climate(
    name="Millinocket, Maine",
    latitude_deg=45.66,
    longitude_deg=-68.71,
    utc_offset_h=-5.0,
    january_mean_c=-9.4,
    january_maximum_c=-4.4,
    january_minimum_c=-14.4,
    record_c=(-35.6, 12.0),
    annual_half_swing_k=14.7,
    irregular_k=6.0,
)


@dataclass(frozen=True, slots=True)
class HeatNeed:
    """A house as its heat demand: what it loses, what the sun and its people give, and a set-back at night.

    Attributes:
        loss_w_per_k: Heat loss by conduction and air [W/K].
        balance_c: Outdoor temperature at which a dull day needs no heat [degC].
        solar_m2: Effective window [m2 of the horizontal's irradiance].
        memory_h: Hours over which walls even out the outdoor temperature [h].
    """

    loss_w_per_k: float = 260.0
    balance_c: float = 17.0
    solar_m2: float = 3.0
    memory_h: int = 6


@dataclass(frozen=True, slots=True)
class _Air:
    """One hour of weather, not rounded: temperature [degC], cloud [0 clear to 1 overcast]."""

    outdoor_c: float
    cloud: float


def generate_weather(climate: Climate, span: Span, seed: int) -> WeatherSeries:
    """Weather of a span: an annual wave, a daily wave that cloud flattens, and irregular weather in which warm air is cloudy.

    Irradiance: clear sky of Haurwitz (1945), cloud by Kasten and Czeplak (1980), beam and diffuse by Erbs
    and others (1982). The span's offset should be the climate's.

    Args:
        climate: Normals of the place.
        span: Which hours; any year after 2000.
        seed: A non-negative integer.

    Raises:
        ValueError: No variant of the seed passes the checks (not known to happen).
    """
    variant = _accepted_variant(climate, span.start_local.year, seed)
    hours = [span.stamp(hour) for hour in range(span.hours + 1)]
    air = [_air(climate, variant, moment) for moment in hours]
    sky = [_irradiance(climate, moment + _HOUR / 2, at.cloud) for moment, at in zip(hours, air, strict=True)]
    return WeatherSeries(
        span=span,
        outdoor_c=tuple(round(at.outdoor_c, 2) for at in air),
        diffuse_horizontal_w_m2=tuple(round(diffuse, 1) for diffuse, _ in sky),
        direct_normal_w_m2=tuple(round(direct, 1) for _, direct in sky),
        source=f"SYNTHETIC weather of {climate.name}, seed {seed}",
    )


def generate_demand(weather: WeatherSeries, need: HeatNeed, seed: int) -> DemandSeries:
    """Heat demand of a house in some weather: loss by evened-out outdoor temperature, habit of the hour, chance, less sun.

    Args:
        weather: The weather.
        need: What the house loses and gains.
        seed: A non-negative integer.
    """
    demand = []
    for hour in range(weather.span.hours + 1):
        moment = weather.span.stamp(hour)
        before = weather.outdoor_c[max(0, hour - need.memory_h + 1) : hour + 1]
        need_w = need.loss_w_per_k * (need.balance_c - sum(before) / len(before))
        sun_w = need.solar_m2 * (weather.diffuse_horizontal_w_m2[hour] + 0.4 * weather.direct_normal_w_m2[hour])
        habit = _habit(moment.hour) * (1.0 + 0.05 * bell(seed, _OCCUPANCY, _hours_since_epoch(moment)))
        demand.append(round(max(need_w * habit - sun_w, 0.0), 1))
    return DemandSeries(span=weather.span, heating_w=tuple(demand), source=f"SYNTHETIC heat demand, seed {seed}")


def generate_prices(weather: WeatherSeries, market: Market, seed: int) -> PriceSeries:
    """Energy prices in some weather: a slow fuel level, dearer in a cold snap, two daily peaks, in real time spikes and gluts.

    Args:
        weather: The weather; its day's mean temperature makes the cold-snap factor.
        market: Day-ahead is smooth; real-time is day-ahead times chance.
        seed: A non-negative integer.
    """
    prices = []
    for hour in range(weather.span.hours + 1):
        moment = weather.span.stamp(hour)
        window = weather.outdoor_c[max(0, hour - 12) : hour + 13]
        cold_k = max(0.0, -6.0 - sum(window) / len(window))
        usd_per_mwh = 62.0 * math.exp(0.25 * _noise(seed, _FUEL, moment, 96) + 0.045 * cold_k) * _price_shape(moment)
        if market is Market.REAL_TIME:
            usd_per_mwh = _in_real_time(usd_per_mwh, seed, _hours_since_epoch(moment))
        prices.append(round(usd_per_mwh / 1000.0, 5))
    return PriceSeries(
        span=weather.span, usd_per_kwh=tuple(prices), market=market, source=f"SYNTHETIC {market} prices, seed {seed}"
    )


def january_problems(climate: Climate, outdoor_c: tuple[float, ...]) -> list[str]:
    """What keeps a January (744 hours from midnight of the first) from passing for one of this climate; empty if nothing does.

    Args:
        climate: Normals of the place.
        outdoor_c: Outdoor temperature of each hour [degC].
    """
    days = [outdoor_c[day * 24 : day * 24 + 24] for day in range(31)]
    figures = (
        ("mean", sum(outdoor_c) / len(outdoor_c), climate.january_mean_c, 1.5),
        ("mean daily maximum", sum(map(max, days)) / 31, climate.january_maximum_c, 2.0),
        ("mean daily minimum", sum(map(min, days)) / 31, climate.january_minimum_c, 2.0),
    )
    problems = [
        f"{name} {value:.1f} degC, wanted {wanted:.1f} +- {tolerance:.1f}"
        for name, value, wanted, tolerance in figures
        if abs(value - wanted) > tolerance
    ]
    low, high = climate.record_c
    if min(outdoor_c) < low or max(outdoor_c) > high:
        problems.append(f"{min(outdoor_c):.1f} to {max(outdoor_c):.1f} degC, wanted within {low:.1f} to {high:.1f}")
    return problems


def _accepted_variant(climate: Climate, year: int, seed: int) -> int:
    """The first variant of a seed whose January of that year passes the checks."""
    first = datetime(year, 1, 1)  # noqa: DTZ001  local standard time
    problems: list[str] = []
    for attempt in range(_VARIANTS):
        variant = (seed + attempt * 1_000_003) & 0x7FFFFFFF
        problems = january_problems(
            climate, tuple(_air(climate, variant, first + hour * _HOUR).outdoor_c for hour in range(744))
        )
        if not problems:
            return variant
    raise ValueError(f"seed {seed} makes no January of {climate.name} in {_VARIANTS} attempts: {'; '.join(problems)}")


def _air(climate: Climate, seed: int, moment: datetime) -> _Air:
    """Temperature and cloud of a moment."""
    day_of_year = moment.timetuple().tm_yday + moment.hour / 24.0
    season = math.cos(2.0 * math.pi * (day_of_year - 20.0) / _DAYS)  # 1 in the coldest days, -1 in the hottest
    mean_c = climate.january_mean_c + climate.annual_half_swing_k * (1.0 - season)
    irregular = (
        0.6 * _noise(seed, _SLOW, moment, 120)
        + 0.65 * _noise(seed, _MIDDLE, moment, 60)
        + 0.35 * _noise(seed, _FAST, moment, 24)
    )
    irregular_k = climate.irregular_k * (0.75 + 0.25 * season) * irregular
    cloudiness = 1.1 * _noise(seed, _CLOUD, moment, 18) + 0.5 * _noise(seed, _CLOUD_FAST, moment, 5)
    cloud = 1.0 / (1.0 + math.exp(-(1.3 * cloudiness + 0.09 * irregular_k)))
    half_day_k = 0.5 * (climate.january_maximum_c - climate.january_minimum_c) * (1.05 - 0.55 * cloud)
    daily_k = half_day_k * math.cos(2.0 * math.pi * (moment.hour - 14.5) / 24.0)
    return _Air(mean_c + irregular_k + daily_k - 1.2 * (0.5 - cloud), cloud)


def _irradiance(climate: Climate, moment: datetime, cloud: float) -> tuple[float, float]:
    """Diffuse horizontal and direct normal irradiance [W/m2] under a cloud cover of 0 to 1."""
    cos_zenith = sun_at(moment, climate.latitude_deg, climate.longitude_deg, climate.utc_offset_h).cos_zenith
    if cos_zenith < 0.02:  # the sun is less than 1.2 degrees high: the formulas end, and so does its warmth
        return 0.0, 0.0
    clear = 1098.0 * cos_zenith * math.exp(-0.057 / cos_zenith)
    horizontal = clear * (1.0 - 0.75 * cloud**3.4)
    clearness = horizontal / (1367.0 * cos_zenith)
    diffuse = horizontal * _diffuse_share(clearness)
    return diffuse, (horizontal - diffuse) / cos_zenith


def _diffuse_share(clearness: float) -> float:
    """Diffuse part of the horizontal irradiance by clearness index (Erbs, Klein, Duffie 1982) [-]."""
    if clearness <= 0.22:
        return 1.0 - 0.09 * clearness
    if clearness <= 0.80:
        return 0.9511 - 0.1604 * clearness + 4.388 * clearness**2 - 16.638 * clearness**3 + 12.336 * clearness**4
    return 0.165


def _habit(hour: int) -> float:
    """Heat wanted at an hour of the day by its mean: less at night, more when the house warms up again [-]."""
    if hour < 5 or hour >= 22:
        return 0.9
    return 1.25 if hour < 8 else 1.0


def _price_shape(moment: datetime) -> float:
    """Price of an hour by the mean of its day: a morning and a larger evening peak, lower at weekends [-]."""
    hour = moment.hour
    shape = 0.78 + 0.28 * _hump(hour, 7.8, 1.9) + 0.52 * _hump(hour, 17.8, 2.2) - 0.12 * _hump(hour, 3.0, 2.5)
    return shape * (1.04 if moment.weekday() < 5 else 0.9)


def _hump(hour: float, middle_h: float, width_h: float) -> float:
    return math.exp(-(((hour - middle_h) / width_h) ** 2))


def _in_real_time(usd_per_mwh: float, seed: int, hour: int) -> float:
    """What becomes of a day-ahead price within the day [USD/MWh]: a spread, seldom a spike, more seldom a glut."""
    if uniform(seed, _GLUT, hour) < 0.004:
        return -20.0 + 30.0 * uniform(seed, _SPIKE_SIZE, hour)
    price = usd_per_mwh * math.exp(0.16 * bell(seed, _SPREAD, hour) - 0.02)
    if uniform(seed, _SPIKE, hour) < 0.012:
        price *= 1.8 + 2.2 * uniform(seed, _SPIKE_SIZE, hour)
    return price


def _hours_since_epoch(moment: datetime) -> int:
    return (moment - _EPOCH) // _HOUR & 0x7FFFFFFF


def _noise(seed: int, stream: int, moment: datetime, spacing_h: int) -> float:
    """Smooth noise of mean 0 and standard deviation 1 with knots every spacing_h."""
    knot, into = divmod((moment - _EPOCH) // _HOUR, spacing_h)
    t = into / spacing_h
    smooth = t * t * (3.0 - 2.0 * t)
    left = bell(seed, stream, knot & 0x0FFFFFFF)
    right = bell(seed, stream, (knot + 1) & 0x0FFFFFFF)
    return (left + (right - left) * smooth) / _SMOOTHED_DEVIATION
