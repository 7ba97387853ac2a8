"""A street of meters from what a person asks for."""

import csv
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from gw_spaceheat.plant.local_time import LocalTime
from gw_spaceheat.plant.meter.faults import parse_fault
from gw_spaceheat.plant.meter.fleet import (
    ORIGINAL_HOUSES,
    ORIGINAL_INTERVAL_MS,
    Fleet,
    Load,
    Street,
    household_load,
    original_load,
    recorded_load,
)
from gw_spaceheat.plant.meter.household import Household
from gw_spaceheat.plant.meter.reading import ReadingRefused, check_house

MOST_HOUSES = 10_000
DEFAULT_ZONE = "America/New_York"


class BadStreetError(Exception):
    """What was asked for cannot be; the text says why."""


class Profile(StrEnum):
    """Whose meters."""

    HOUSEHOLD = "household"
    """Households with appliances."""
    STANDARD = "standard"
    """Households that all follow the standard profile."""
    ORIGINAL = "original"
    """HOUSE_A, HOUSE_B and HOUSE_C of 2021: any power from 0 to 9000 W every 10 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetRequest:
    """What a person asks for; see `plant/meter` for what it means.

    Attributes:
        profile: Whose meters.
        houses: How many; None for three.
        names: Their names in place of a number.
        interval_s: Time between two readings of a meter [s].
        jitter_s: A reading is late by up to this [s].
        annual_kwh: Electricity of a household in a year [kWh].
        hot_water_l: Hot water that electricity heats [l/d].
        recorded: A recording (CSV: `time`, `load_w`) in place of households.
        resolution_w: Of power [W].
        resolution_wh: Of registers [Wh].
        faults: What goes wrong, in words.
        seed: Of all that is left to chance.
        zone: Where they live.
    """

    profile: Profile = Profile.HOUSEHOLD
    houses: int | None = None
    names: tuple[str, ...] = ()
    interval_s: float = 10.0
    jitter_s: float = 0.0
    annual_kwh: float = 3500.0
    hot_water_l: float = 0.0
    recorded: Path | None = None
    resolution_w: int = 1
    resolution_wh: int = 1
    faults: tuple[str, ...] = field(default=())
    seed: int = 1
    zone: str = DEFAULT_ZONE

    @property
    def fingerprint(self) -> str:
        """Another one for another street."""
        return sha256(repr(self).encode()).hexdigest()[:16]


def fleet_of(request: StreetRequest) -> Fleet:
    """The meters.

    Raises:
        BadStreetError: They cannot be.
        BadFault: A fault is out of form.
        OSError: The recording cannot be read.
    """
    houses = house_names(request)
    is_original = request.profile is Profile.ORIGINAL
    try:
        street = Street(
            houses=houses,
            load=_load(request, houses),
            interval_ms=ORIGINAL_INTERVAL_MS if is_original else round(request.interval_s * 1000),
            jitter_ms=round(request.jitter_s * 1000),
            resolution_w=request.resolution_w,
            resolution_wh=request.resolution_wh,
            counts=not is_original,
            seed=request.seed,
            faults=tuple(parse_fault(text) for text in request.faults),
        )
    except (ValueError, ReadingRefused) as error:
        raise BadStreetError(str(error)) from error
    strangers = sorted({fault.house for fault in street.faults} - set(houses))
    if strangers:
        raise BadStreetError(f"a fault is of {strangers[0]}, and there is no such house; houses are {', '.join(houses[:5])}...")
    return Fleet(street, LocalTime(zone_of(request.zone)))


def zone_of(name: str) -> ZoneInfo:
    """A time zone.

    Raises:
        BadStreetError: There is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadStreetError(f"there is no time zone {name!r}; names are such as America/New_York or UTC") from error


def house_names(request: StreetRequest) -> tuple[str, ...]:
    """The names of the houses.

    Raises:
        BadStreetError: A name cannot be, or there are too many.
    """
    for name in request.names:
        try:
            check_house(name)
        except ReadingRefused as refused:
            raise BadStreetError(str(refused)) from refused
    if request.profile is Profile.ORIGINAL:
        return request.names or ORIGINAL_HOUSES
    if request.names:
        return request.names
    count = 3 if request.houses is None else request.houses
    if not 1 <= count <= MOST_HOUSES:
        raise BadStreetError(f"{count} houses; 1 to {MOST_HOUSES} are allowed")
    return tuple(f"house-{number:03d}" for number in range(1, count + 1))


def _load(request: StreetRequest, houses: tuple[str, ...]) -> Load:
    if request.profile is Profile.ORIGINAL:
        return original_load(request.seed, houses)
    if request.recorded is not None:
        return _recorded(request.recorded)
    household = Household(
        annual_kwh=request.annual_kwh, hot_water_l=request.hot_water_l, smooth=request.profile is Profile.STANDARD
    )
    return household_load(request.seed, household, houses)


def _recorded(path: Path) -> Load:
    """A recording: local times at equal distances, and watts."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        if rows.fieldnames is None or not {"time", "load_w"} <= set(rows.fieldnames):
            raise BadStreetError(f"{path}: columns time (local, ISO 8601) and load_w [W] are needed")
        try:
            table = [(np.datetime64(row["time"], "s"), float(row["load_w"])) for row in rows]
        except (ValueError, TypeError) as error:
            raise BadStreetError(f"{path}: line {rows.line_num}: {error}") from error
    seconds = np.array([int(moment.astype(np.int64)) for moment, _ in table], dtype=np.int64)
    watts = np.array([power for _, power in table])
    steps = np.unique(np.diff(seconds))
    if len(steps) != 1 or steps[0] <= 0 or not np.isfinite(watts).all():
        raise BadStreetError(f"{path}: two or more rows at equal distances in time, with a power each, are needed")
    return recorded_load(watts, int(steps[0]), int(seconds[0]))
