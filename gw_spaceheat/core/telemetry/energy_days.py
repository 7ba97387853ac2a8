"""What a house took and gave, day by day, from its readings: electricity, heat, coefficient of performance, cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from gw_spaceheat.core.telemetry.energy import NOTHING, Energies, Held, Meter, Numbers, heat_w
from gw_spaceheat.house.delivery import Delivery
from gw_spaceheat.house.heat_meters import HeatMeter, electricity, rooms_meter, source_meter, source_power
from gw_spaceheat.house.model import House
from gw_spaceheat.vocabulary.moment import HOUR_MS, SECOND_MS

LEAST_OF_COP_KWH = 0.5
"""Of less electricity no coefficient of performance is told: a pump in stand-by has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyDay:
    """A day of a house, local time.

    What is not metered, or of which nothing is known in the whole day, is None. Everything else goes for the known part of it.

    Attributes:
        day: The date.
        from_ms: Its beginning, UTC [ms].
        to_ms: Its end, UTC [ms]; a day has 23 or 25 hours when the clocks change.
        electricity_kwh: What heating took.
        known: Share of the day over which that is known [0-1].
        source_kwh: What the heat pump or boiler took of it.
        heat_kwh: What the heat pump or boiler gave.
        cop: Heat given by electricity taken, over the time in which both are known.
        rooms_kwh: Heat that went to the rooms.
        outdoor_c: Mean outdoor temperature.
        delivery_usd: What delivery cost.
        energy_usd: What energy cost, of hours with a known price.
        priced: Share of the electricity of which the energy's price is known [0-1].
    """

    day: date
    from_ms: int
    to_ms: int
    electricity_kwh: float | None
    known: float
    source_kwh: float | None
    heat_kwh: float | None
    cop: float | None
    rooms_kwh: float | None
    outdoor_c: float | None
    delivery_usd: float | None
    energy_usd: float | None
    priced: float

    @property
    def tells(self) -> bool:
        """Whether anything is known of the day."""
        return any(
            each is not None for each in (self.electricity_kwh, self.source_kwh, self.heat_kwh, self.rooms_kwh, self.outdoor_c)
        )


def channels_of(house: House) -> tuple[str, ...]:
    """Names of all channels from which the days of a house are made."""
    meters = [meter for meter in (source_meter(house), rooms_meter(house)) if meter is not None]
    metered = [name for meter in meters for name in meter.channels]
    names = [*electricity(house), source_power(house), house.heating.outdoor, *metered]
    return tuple(dict.fromkeys(name for name in names if name))


def span_of(house: House, first: date, last: date) -> tuple[int, int]:
    """When the first of these days begins and the last one ends in the house's zone, UTC [ms]."""
    zone = ZoneInfo(house.timezone)
    return _midnight_ms(first, zone), _midnight_ms(last + timedelta(days=1), zone)


def energy_days(house: House, kept: Mapping[str, Held], energy_usd_per_kwh: Held, first: date, last: date) -> list[EnergyDay]:
    """The days from `first` to `last`, both included, by local time.

    Args:
        house: The house.
        kept: What is known of its channels, by name.
        energy_usd_per_kwh: What energy cost, without delivery.
        first: First day.
        last: Last day, not before the first.
    """
    zone = ZoneInfo(house.timezone)
    days = [first + timedelta(days=number) for number in range((last - first).days + 2)]
    midnights = [_midnight_ms(day, zone) for day in days]
    edges = sorted({*range(midnights[0], midnights[-1], HOUR_MS), *midnights})
    hours = Hours(house, kept, energy_usd_per_kwh, edges)
    places = [int(place) for place in np.searchsorted(edges, midnights)]
    spans = zip(midnights[:-1], midnights[1:], places[:-1], places[1:], strict=True)
    return [hours.day(day, (begin, end), slice(*place)) for day, (begin, end, *place) in zip(days, spans, strict=False)]


class Hours:
    """What hours that follow each other took and gave.

    Attributes:
        edges_ms: Where each hour begins, and, last, where the last one ends, UTC [ms].
        electricity: What heating took.
        source: What the heat pump or boiler took of it.
        heat: What the heat pump or boiler gave.
        taken: What it took while both are known.
        given: What it gave meanwhile.
        rooms: Heat that went to the rooms.
        outdoor_c: Mean outdoor temperature; NaN where it is not known.
        delivery_usd_per_kwh: What delivery cost.
        energy_usd_per_kwh: What energy cost; NaN where that is not known.
    """

    def __init__(self, house: House, kept: Mapping[str, Held], energy_usd_per_kwh: Held, edges: Sequence[int]) -> None:
        """Add up what is known of a house's channels over hours, each from one of the edges to the next, UTC [ms]."""
        parts = electricity(house)
        meter = Meter(edges, [*kept.values(), energy_usd_per_kwh])

        def over_time(name: str) -> Numbers:
            return meter.over_time(kept.get(name, NOTHING))

        def heat(of: HeatMeter | None) -> Numbers:
            return over_time("") if of is None else heat_w(*(over_time(name) for name in of.channels))

        power_w = sum((over_time(name) for name in parts[1:]), over_time(parts[0])) if parts else over_time("")
        source_w, heat_given_w = over_time(source_power(house)), heat(source_meter(house))
        both = ~np.isnan(source_w) & ~np.isnan(heat_given_w)
        self.edges_ms = np.asarray(edges)
        self.electricity = meter.energies(power_w)
        self.source, self.heat = meter.energies(source_w), meter.energies(heat_given_w)
        self.taken = meter.energies(np.where(both, source_w, np.nan))
        self.given = meter.energies(np.where(both, heat_given_w, np.nan))
        self.rooms = meter.energies(heat(rooms_meter(house)))
        self.outdoor_c = meter.means(over_time(house.heating.outdoor))
        delivery = Delivery(house.tariff, house.timezone)
        self.delivery_usd_per_kwh = np.array([delivery.usd_per_kwh(at_ms) for at_ms in edges[:-1]])
        self.energy_usd_per_kwh = meter.means(meter.over_time(energy_usd_per_kwh))

    def day(self, day: date, span: tuple[int, int], hours: slice) -> EnergyDay:
        """One day of these hours."""
        lengths = np.diff(self.edges_ms)[hours]
        kwh = self.electricity.kwh[hours]
        energy_usd_per_kwh = self.energy_usd_per_kwh[hours]
        electricity_kwh, taken_kwh = _sum(self.electricity, hours), _sum(self.taken, hours)
        given_kwh = _sum(self.given, hours)
        is_priced = ~np.isnan(energy_usd_per_kwh)
        priced_kwh = float(kwh[is_priced].sum())
        outdoor = self.outdoor_c[hours]
        return EnergyDay(
            day=day,
            from_ms=span[0],
            to_ms=span[1],
            electricity_kwh=electricity_kwh,
            known=float((self.electricity.known[hours] * lengths).sum() / lengths.sum()),
            source_kwh=_sum(self.source, hours),
            heat_kwh=_sum(self.heat, hours),
            cop=None if taken_kwh is None or given_kwh is None or taken_kwh < LEAST_OF_COP_KWH else given_kwh / taken_kwh,
            rooms_kwh=_sum(self.rooms, hours),
            outdoor_c=None if np.isnan(outdoor).all() else float(np.nanmean(outdoor)),
            delivery_usd=None if electricity_kwh is None else float((kwh * self.delivery_usd_per_kwh[hours]).sum()),
            energy_usd=float((kwh * energy_usd_per_kwh)[is_priced].sum()) if priced_kwh > 0.0 else None,
            priced=priced_kwh / electricity_kwh if electricity_kwh else float(is_priced.mean()),
        )


def _sum(energies: Energies, hours: slice) -> float | None:
    return float(energies.kwh[hours].sum()) if energies.known[hours].any() else None


def _midnight_ms(day: date, zone: ZoneInfo) -> int:
    return round(datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC).timestamp() * SECOND_MS)
