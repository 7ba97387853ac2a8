"""The panels of a street's houses: alike, and each a little different by its name."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256

import numpy as np

from gw_spaceheat.plant.pv.clouds import Clouds
from gw_spaceheat.plant.pv.day import Place
from gw_spaceheat.plant.pv.field import Field
from gw_spaceheat.plant.pv.production import METRES_PER_DEG, Site
from gw_spaceheat.plant.pv.snow import AirYear
from gw_spaceheat.plant.pv.table import ProductionTable
from gw_spaceheat.stores.turbidity_map import turbidity_map
from gw_spaceheat.vocabulary.chance import uniform

SPREAD_M = 1500.0
TILT_DEG, AZIMUTH_DEG, PEAK_SHARE = 8.0, 40.0, 0.3
ORIGINAL_MOST_W = 4000
MID_MONTHS = np.array([30.4375 * month + 15.0 for month in range(12)])
_EAST, _NORTH, _TILT, _AZIMUTH, _PEAK, _ORIGINAL = range(0x5B01, 0x5B07)
Production = Callable[[str, int], float]
"""Power of a house's panels [W] at a moment [us, UTC]."""


WATERVILLE = Place(44.6, -69.8, 60.0)
USUAL_FIELD = Field(peak_w=4000.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelsRequest:
    """What a person asks for.

    Attributes:
        place: The middle of the neighbourhood.
        field: The usual field of panels; houses differ from it by up to 8 degrees of tilt, 40 of azimuth, and 30 % of power.
        cloudiness: From 0 to 1.
        snow: Share of the days of frost on which snow falls [0-1].
        seed: Of clouds, snow and differences.
        alike: All houses at the place, with that field.
    """

    place: Place = WATERVILLE
    field: Field = USUAL_FIELD
    cloudiness: float = 0.45
    snow: float = 0.25
    seed: int = 1
    alike: bool = False


def production_of(request: PanelsRequest) -> Production:
    """What tells the power of any house's panels."""
    return ProductionTable(sites_of(request)).power_w


def sites_of(request: PanelsRequest) -> Callable[[str], Site]:
    """What tells the panels of any house, and their sky."""
    place = request.place
    months = turbidity_map().at(place.latitude_deg, place.longitude_deg, MID_MONTHS)
    air = AirYear(mean_c=max(27.0 - 0.42 * abs(place.latitude_deg), -10.0), south=place.latitude_deg < 0.0)
    clouds = Clouds(seed=request.seed, cloudiness=request.cloudiness)
    usual = Site(place, (request.field,), tuple(float(one) for one in months), clouds, place, air, snow=request.snow)

    @cache
    def site_of(house: str) -> Site:
        return usual if request.alike else _differing(usual, request.seed, house)

    return site_of


def original_production(seed: int) -> Production:
    """The panels of 2021: any whole power from 0 to 4000 W at each reading, also by night."""

    def power_w(house: str, taken_us: int) -> float:
        counter = (taken_us // 1000 ^ _number(house)) & 0x7FFFFFFF
        return int(uniform(seed, _ORIGINAL, counter) * (ORIGINAL_MOST_W + 1))

    return power_w


def _differing(usual: Site, seed: int, house: str) -> Site:
    number = _number(house)

    def within(stream: int, most: float) -> float:
        return (2.0 * uniform(seed, stream, number) - 1.0) * most

    (field,) = usual.fields
    latitude = usual.place.latitude_deg + within(_NORTH, SPREAD_M) / METRES_PER_DEG
    longitude = usual.place.longitude_deg + within(_EAST, SPREAD_M) / METRES_PER_DEG
    own = replace(
        field,
        tilt_deg=min(max(field.tilt_deg + within(_TILT, TILT_DEG), 0.0), 90.0),
        azimuth_deg=(field.azimuth_deg + within(_AZIMUTH, AZIMUTH_DEG)) % 360.0,
        peak_w=field.peak_w * (1.0 + within(_PEAK, PEAK_SHARE)),
    )
    return usual._replace(place=Place(latitude, longitude, usual.place.altitude_m), fields=(own,))


def _number(house: str) -> int:
    return int.from_bytes(sha256(house.encode()).digest()[:4]) & 0x7FFFFFFF
