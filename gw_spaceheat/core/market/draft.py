"""A street as somebody makes it by hand: houses with their devices and jobs, changed step by step.

A draft is a value: each step gives another draft, or says why it cannot be. Times are Unix times [s]; `street` counts them
from the first event on, as a `Street` does. A consumer has a profile, which all its jobs have, but for those that came with
one of their own.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import NamedTuple, TypeVar

import numpy as np

from gw_spaceheat.core.market.energy import Energy, Forecast
from gw_spaceheat.core.market.street import BaseLoad, Battery, HeatedHouse, Job, Producer, Street, house_of

MOST_HOUSES, MOST_DEVICES, MOST_JOBS, MOST_FORECASTS = 1_000, 60, 10_000, 1_500
MOST_DAYS = 366
LONGEST_NAME = 60
YEAR_2000_S, YEAR_2100_S = 946_684_800.0, 4_102_444_800.0
_DAY_S = 86_400
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,19}")
_SECOND = re.compile(r"^[^\[\]]*\[[^\[\]]+\]:\[?([^\[\]:#]+)")


class DraftError(ValueError):
    """A step that cannot be; the text says why, and what is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Consumer:
    """A device that takes energy.

    Attributes:
        id: Unique within its house.
        name: What its people call it.
        template: The original's number of its kind; kept, and not looked at.
        load: What a run takes, from its start on; None as long as nobody has said.
    """

    id: str
    name: str = ""
    template: str = ""
    load: Energy | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roof:
    """A device that gives energy.

    Attributes:
        id: Unique within its house.
        name: What its people call it.
        template: The original's number of its kind; kept, and not looked at.
        forecasts: What it is said to give, in the order in which that was said.
        measured: What it gave in the end; None where nobody measured.
        producer: Its name within the street; empty for the usual one.
    """

    id: str
    name: str = ""
    template: str = ""
    forecasts: tuple[Forecast, ...] = ()
    measured: Energy | None = None
    producer: str = ""


Device = Consumer | Roof
Part = TypeVar("Part", "DraftHouse", Device)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DraftJob:
    """A run of a consumer.

    Attributes:
        id: Unique within the street.
        device: Its consumer.
        registered_s: When it is handed in.
        earliest_s: Earliest start.
        latest_s: Latest start.
        load: What it takes, where that is not what its consumer says.
    """

    id: str
    device: str
    registered_s: float
    earliest_s: float
    latest_s: float
    load: Energy | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DraftHouse:
    """A house.

    Attributes:
        id: Unique within the street.
        devices: What takes or gives energy, in the order of their ids.
        jobs: Runs of its consumers.
        base: What it takes and nobody can move, in Unix times.
        battery: Its battery; None for none.
        heated: Its heat source, its store and the heat that it needs from the street's first event on; None where it is not
            heated by the street.
    """

    id: str
    devices: tuple[Device, ...] = ()
    jobs: tuple[DraftJob, ...] = ()
    base: tuple[BaseLoad, ...] = ()
    battery: Battery | None = None
    heated: HeatedHouse | None = None

    @property
    def consumers(self) -> tuple[Consumer, ...]:
        """Devices that take."""
        return tuple(device for device in self.devices if isinstance(device, Consumer))

    @property
    def roofs(self) -> tuple[Roof, ...]:
        """Devices that give."""
        return tuple(device for device in self.devices if isinstance(device, Roof))

    def device(self, identifier: str) -> Device | None:
        """The device of this id; None if there is none."""
        return next((device for device in self.devices if device.id == identifier), None)


class AskedJob(NamedTuple):
    """A job that is wanted, and where it was written."""

    house: str
    device: str
    registered_s: float
    earliest_s: float
    latest_s: float
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draft:
    """A street that is being made.

    Attributes:
        name: Its name.
        days: For how many days the sun counts; None for as long as jobs may start.
        houses: In the order of their ids.
        origin_s: Unix time of the first event of the street that it was made from; None if it was made from none.
        order: Jobs of that street, in its order.
        outdoor_c: Outdoor temperature of each hour from that first event on, where houses are heated [degC].
    """

    name: str = ""
    days: int | None = None
    houses: tuple[DraftHouse, ...] = ()
    origin_s: int | None = None
    order: tuple[str, ...] = field(default=(), repr=False)
    outdoor_c: tuple[float, ...] = field(default=(), repr=False)

    @property
    def jobs(self) -> tuple[DraftJob, ...]:
        """Jobs of all houses."""
        return tuple(job for house in self.houses for job in house.jobs)

    def house(self, identifier: str) -> DraftHouse:
        """The house of this id.

        Raises:
            DraftError: There is none.
        """
        found = next((house for house in self.houses if house.id == identifier), None)
        if found is None:
            raise DraftError(f"There is no house {identifier[:40]!r}.")
        return found

    def called(self, name: str) -> "Draft":
        """The same under another name."""
        return replace(self, name=_name(name))

    def lasting(self, days: int | None) -> "Draft":
        """The sun counts for so many days; None for as long as jobs may start."""
        if days is not None and not 1 <= days <= MOST_DAYS:
            raise DraftError(f"{days} days: 1 to {MOST_DAYS} are wanted, or none for as long as jobs may start.")
        return replace(self, days=days)

    def with_house(self, identifier: str) -> "Draft":
        """With another house."""
        _check_id(identifier, "A house")
        if any(house.id == identifier for house in self.houses):
            raise DraftError(f"House {identifier} is there already.")
        if len(self.houses) >= MOST_HOUSES:
            raise DraftError(f"There are {MOST_HOUSES} houses already.")
        return replace(self, houses=_ordered((*self.houses, DraftHouse(id=identifier))))

    def without_house(self, identifier: str) -> "Draft":
        """Without a house, its devices and its jobs."""
        self.house(identifier)
        return replace(self, houses=tuple(house for house in self.houses if house.id != identifier))

    def with_device(self, house: str, device: Device) -> "Draft":
        """With a device, or with another one of the same id in its place: its jobs stay.

        A consumer without a profile, and a roof without forecasts, keep those that were there.
        """
        device = replace(device, name=_name(device.name), template=_name(device.template))
        _check_energies(device)
        of = self.house(house)
        old = of.device(device.id)
        if old is None:
            _check_id(device.id, "A device")
            if len(of.devices) >= MOST_DEVICES:
                raise DraftError(f"House {house} has {MOST_DEVICES} devices already.")
            return self._changed(replace(of, devices=_ordered((*of.devices, device))))
        new = _in_place_of(device, old, house)
        return self._changed(replace(of, devices=tuple(new if each is old else each for each in of.devices)))

    def without_device(self, house: str, identifier: str) -> "Draft":
        """Without a device and its jobs."""
        of = self.house(house)
        if of.device(identifier) is None:
            raise DraftError(f"House {house} has no device {identifier[:40]!r}.")
        devices = tuple(device for device in of.devices if device.id != identifier)
        return self._changed(replace(of, devices=devices, jobs=tuple(job for job in of.jobs if job.device != identifier)))

    def with_battery(self, battery: Battery) -> "Draft":
        """With a battery in its house, in place of what it had."""
        return self._changed(replace(self.house(battery.house), battery=battery))

    def without_battery(self, house: str) -> "Draft":
        """Without a house's battery."""
        of = self.house(house)
        if of.battery is None:
            raise DraftError(f"House {house} has no battery.")
        return self._changed(replace(of, battery=None))

    def with_base(self, house: str, load: Energy) -> "Draft":
        """With a load that nobody can move, in Unix times, in place of what the house had."""
        of = self.house(house)
        _check_rising(load, "the base load")
        _check_century(load, "The base load")
        return self._changed(replace(of, base=(BaseLoad(house=house, load=load),)))

    def without_base(self, house: str) -> "Draft":
        """Without the base load of a house."""
        of = self.house(house)
        if not of.base:
            raise DraftError(f"House {house} has no base load.")
        return self._changed(replace(of, base=()))

    def with_heat(self, heated: HeatedHouse, outdoor_c: tuple[float, ...]) -> "Draft":
        """With a house that is heated by the street, in place of how it was, and the street's outdoor temperature [degC].

        From now on the street begins with what is its first event now, from which heat counts.
        """
        changed = self._changed(replace(self.house(heated.house), heated=heated))
        return replace(changed, outdoor_c=outdoor_c, origin_s=self.begins_s)

    def without_heat(self, house: str) -> "Draft":
        """The house is not heated by the street any more; after the last one, nothing is known of outdoor temperatures."""
        of = self.house(house)
        if of.heated is None:
            raise DraftError(f"House {house} is not heated by the street.")
        changed = self._changed(replace(of, heated=None))
        return changed if any(each.heated for each in changed.houses) else replace(changed, outdoor_c=())

    def with_job(self, asked: AskedJob) -> "Draft":
        """With another job."""
        return self._with_jobs([asked])

    def with_jobs(self, asked: Iterable[AskedJob]) -> tuple["Draft", tuple[str, ...]]:
        """With those of many jobs that can be; the second is why the others cannot, each with where it was written."""
        good, warnings = list[AskedJob](), list[str]()
        for job in asked:
            try:
                self._check_job(job)
            except DraftError as error:
                warnings.append(f"{job.where}: {error} It is left out." if job.where else str(error))
            else:
                good.append(job)
        return self._with_jobs(good), tuple(warnings)

    def without_job(self, house: str, identifier: str) -> "Draft":
        """Without a job."""
        of = self.house(house)
        if all(job.id != identifier for job in of.jobs):
            raise DraftError(f"House {house} has no job {identifier[:60]!r}.")
        return self._changed(replace(of, jobs=tuple(job for job in of.jobs if job.id != identifier)))

    def troubles(self) -> tuple[str, ...]:
        """Why it is no street yet; nothing if it is one."""
        found = [
            f"House {house.id}, {told(consumer)}: it has jobs and no profile; bring one."
            for house in self.houses
            for consumer in house.consumers
            if consumer.load is None and any(job.device == consumer.id and job.load is None for job in house.jobs)
        ]
        return tuple(found)

    def street(self) -> Street:
        """The street that it is.

        Raises:
            DraftError: It is none yet.
        """
        troubles = self.troubles()
        if troubles:
            raise DraftError(" ".join(troubles[:3]))
        epoch_s = self.begins_s
        heated = tuple(house.heated for house in self.houses if house.heated is not None)
        if heated and self.origin_s is not None and epoch_s < self.origin_s:
            early_s = self.origin_s - epoch_s
            raise DraftError(f"An event comes {early_s} s before the street's first, from which its heat counts.")
        jobs = tuple(_job(house, job, epoch_s) for house in self.houses for job in house.jobs)
        producers = tuple(_producer(house, roof, epoch_s) for house in self.houses for roof in house.roofs if _is_known(roof))
        order = {name: place for place, name in enumerate(self.order)}
        ordered = tuple(sorted(jobs, key=lambda job: (job.registered_s, order.get(job.id, len(order)))))
        try:
            return Street(
                name=self.name,
                days=self.counted_days,
                jobs=ordered,
                producers=producers,
                epoch_s=epoch_s,
                base=tuple(_base_from(base, -epoch_s) for house in self.houses for base in house.base),
                batteries=tuple(house.battery for house in self.houses if house.battery is not None),
                heated=heated,
                outdoor_c=self.outdoor_c if heated else (),
            )
        except ValueError as error:
            raise DraftError(f"It is no street: {error}.") from None

    @property
    def begins_s(self) -> int:
        """Unix time of its first event; that of the street it was made from, if nothing comes before; 0 if nothing comes."""
        times = [time_s for job in self.jobs for time_s in (job.registered_s, job.earliest_s)]
        times += [forecast.issued_s for house in self.houses for roof in house.roofs for forecast in roof.forecasts]
        if self.origin_s is not None:
            times.append(float(self.origin_s))
        if not times:
            times = [float(base.load.times_s[0]) for house in self.houses for base in house.base]
        return int(min(times, default=0.0))

    @property
    def counted_days(self) -> int:
        """For how many days the sun counts."""
        if self.days is not None:
            return self.days
        return _days_until(max((job.latest_s for job in self.jobs), default=0.0) - self.begins_s)

    def _changed(self, house: DraftHouse) -> "Draft":
        return replace(self, houses=tuple(house if each.id == house.id else each for each in self.houses))

    def _check_job(self, asked: AskedJob) -> None:
        house = self.house(asked.house)
        device = house.device(asked.device)
        if not isinstance(device, Consumer):
            raise DraftError(f"House {asked.house} has no consumer {asked.device[:40]!r}.")
        for time_s in (asked.registered_s, asked.earliest_s, asked.latest_s):
            if not YEAR_2000_S <= time_s < YEAR_2100_S:
                raise DraftError(f"{time_s:.0f} s is no time of this century.")
        if asked.latest_s < asked.earliest_s:
            raise DraftError("The latest start comes before the earliest.")
        if asked.registered_s > asked.latest_s:
            raise DraftError("It is handed in after its latest start.")

    def _with_jobs(self, asked: Sequence[AskedJob]) -> "Draft":
        jobs = self.jobs
        if len(jobs) + len(asked) > MOST_JOBS:
            raise DraftError(f"There would be {len(jobs) + len(asked)} jobs; {MOST_JOBS} are the most.")
        for job in asked:
            self._check_job(job)
        taken = {job.id for job in jobs}
        more: dict[str, list[DraftJob]] = {}
        for job in asked:
            name = next(name for number in count(1) if (name := f"[{job.house}]:[{job.device}]:[{number}]") not in taken)
            taken.add(name)
            made = DraftJob(
                id=name,
                device=job.device,
                registered_s=job.registered_s,
                earliest_s=job.earliest_s,
                latest_s=job.latest_s,
            )
            more.setdefault(job.house, []).append(made)
        return replace(self, houses=tuple(replace(house, jobs=(*house.jobs, *more.get(house.id, ()))) for house in self.houses))


def told(device: Device) -> str:
    """What a device is called where people read of it."""
    return f"{device.name} ({device.id})" if device.name else f"device {device.id}"


def draft_of(street: Street, described: Iterable[DraftHouse] = ()) -> Draft:
    """A draft of a street.

    Args:
        street: The street.
        described: What is known besides of its houses and devices: those without jobs, and names.
    """
    houses: dict[str, DraftHouse] = {house.id: house for house in described}
    devices: dict[str, dict[str, Device]] = {
        house.id: {device.id: device for device in house.devices} for house in houses.values()
    }
    jobs: dict[str, list[DraftJob]] = {}
    for producer in street.producers:
        of = devices.setdefault(house_of(producer.id), {})
        identifier = _place_of_roof(device_of(producer.id), of)
        known = of.get(identifier)
        of[identifier] = Roof(
            id=identifier,
            name="" if known is None else known.name,
            template="" if known is None else known.template,
            forecasts=tuple(
                Forecast(each.issued_s + street.epoch_s, _moved(each.energy, street.epoch_s)) for each in producer.forecasts
            ),
            measured=None if producer.measured is None else _moved(producer.measured, street.epoch_s),
            producer=producer.id,
        )
    for job in street.jobs:
        house = house_of(job.id)
        of = devices.setdefault(house, {})
        identifier = _place_of_consumer(device_of(job.id), of)
        consumer = of.setdefault(identifier, Consumer(id=identifier, load=job.load))
        if isinstance(consumer, Consumer) and consumer.load is None:
            consumer = of[identifier] = replace(consumer, load=job.load)
        own = isinstance(consumer, Consumer) and consumer.load is not None and not _same(consumer.load, job.load)
        jobs.setdefault(house, []).append(
            DraftJob(
                id=job.id,
                device=identifier,
                registered_s=job.registered_s + street.epoch_s,
                earliest_s=job.earliest_s + street.epoch_s,
                latest_s=job.latest_s + street.epoch_s,
                load=job.load if own else None,
            )
        )
    base: dict[str, list[BaseLoad]] = {}
    for each in street.base:
        base.setdefault(each.house, []).append(_base_from(each, street.epoch_s))
    batteries = {battery.house: battery for battery in street.batteries}
    heated = {each.house: each for each in street.heated}
    for house in (*base, *batteries, *heated):
        devices.setdefault(house, {})
    made = _ordered(
        DraftHouse(
            id=name,
            devices=_ordered(of.values()),
            jobs=tuple(jobs.get(name, ())),
            base=tuple(base.get(name, ())),
            battery=batteries.get(name),
            heated=heated.get(name),
        )
        for name, of in devices.items()
    )
    days = None if street.days == _days(street.jobs) else street.days
    order = tuple(job.id for job in street.jobs)
    return Draft(name=street.name, days=days, houses=made, origin_s=street.epoch_s, order=order, outdoor_c=street.outdoor_c)


def device_of(name: str) -> str:
    """The device of a job or producer: 219 of `[57]:[219]:[3]`, dryer of `[1]:dryer`; else the name itself."""
    found = _SECOND.match(name)
    return name if found is None else found.group(1)


def _place_of_roof(name: str, devices: Mapping[str, Device]) -> str:
    """An id for a producer of this name: its own, unless another producer or a consumer has it."""
    return next(each for each in _names(name) if _is_open(devices.get(each)))


def _is_open(device: Device | None) -> bool:
    return device is None or (isinstance(device, Roof) and not device.producer)


def _place_of_consumer(name: str, devices: Mapping[str, Device]) -> str:
    """An id for the consumer of this name: its own, unless a producer has it."""
    return next(each for each in _names(name) if not isinstance(devices.get(each), Roof))


def _names(name: str) -> Iterable[str]:
    """A name, and those that are taken where it is taken."""
    return (name if number == 1 else f"{name}#{number}" for number in count(1))


def _is_known(roof: Roof) -> bool:
    return bool(roof.forecasts) or roof.measured is not None


def _moved(energy: Energy, by_s: float) -> Energy:
    return Energy(energy.times_s + by_s, energy.wh)


def _base_from(base: BaseLoad, by_s: float) -> BaseLoad:
    """The same load, its times counted from elsewhere."""
    expected = None if base.expected is None else _moved(base.expected, by_s)
    return replace(base, load=_moved(base.load, by_s), expected=expected)


def _same(one: Energy, other: Energy) -> bool:
    return one is other or (np.array_equal(one.times_s, other.times_s) and np.array_equal(one.wh, other.wh))


def _days(jobs: Sequence[Job]) -> int:
    return _days_until(max((job.latest_s for job in jobs), default=0.0))


def _days_until(last_s: float) -> int:
    return max(int(last_s // _DAY_S) + 1, 1)


def _job(house: DraftHouse, job: DraftJob, epoch_s: int) -> Job:
    consumer = house.device(job.device)
    load = job.load or (consumer.load if isinstance(consumer, Consumer) else None)
    if load is None:
        raise DraftError(f"Job {job.id} has no profile.")
    times = (job.registered_s - epoch_s, job.earliest_s - epoch_s, job.latest_s - epoch_s)
    return Job(id=job.id, registered_s=times[0], earliest_s=times[1], latest_s=times[2], load=load)


def _producer(house: DraftHouse, roof: Roof, epoch_s: int) -> Producer:
    return Producer(
        id=roof.producer or f"pv_producer[{house.id}]:[{roof.id}]",
        forecasts=tuple(Forecast(each.issued_s - epoch_s, _moved(each.energy, -epoch_s)) for each in roof.forecasts),
        measured=None if roof.measured is None else _moved(roof.measured, -epoch_s),
    )


def _in_place_of(device: Device, old: Device, house: str) -> Device:
    """The device with what it does not say of the one whose place it takes."""
    if isinstance(device, Consumer) and isinstance(old, Consumer):
        return replace(device, load=device.load or old.load)
    if isinstance(device, Roof) and isinstance(old, Roof):
        return replace(
            device,
            forecasts=device.forecasts or old.forecasts,
            measured=device.measured or old.measured,
            producer=old.producer,
        )
    raise DraftError(f"House {house} has a device {device.id} of the other kind; remove that one first, or give another id.")


def _check_id(identifier: str, what: str) -> None:
    if _ID.fullmatch(identifier) is None:
        raise DraftError(f"{what} has an id of 1 to 20 letters, digits, dots, dashes or _, not {identifier[:40]!r}.")


def _check_energies(device: Device) -> None:
    if isinstance(device, Consumer):
        if device.load is not None:
            _check_rising(device.load, "its profile")
            if device.load.times_s[0] != 0.0:
                raise DraftError(f"{told(device)}: its profile must begin at 0 s, not at {device.load.times_s[0]:.0f} s.")
        return
    if len(device.forecasts) > MOST_FORECASTS:
        raise DraftError(f"{told(device)}: {len(device.forecasts)} forecasts; {MOST_FORECASTS} are the most.")
    for number, forecast in enumerate(device.forecasts, 1):
        _check_rising(forecast.energy, f"forecast {number}")
        _check_century(forecast.energy, f"Forecast {number}")


def _check_rising(energy: Energy, what: str) -> None:
    falls = np.flatnonzero(np.diff(energy.wh) < 0.0)
    if len(falls):
        raise DraftError(
            f"The energy of {what} falls at {energy.times_s[falls[0] + 1]:.0f} s; it is cumulative, so it can only rise."
        )
    if energy.wh[0] < 0.0:
        raise DraftError(f"The energy of {what} begins below zero.")


def _check_century(energy: Energy, what: str) -> None:
    if not YEAR_2000_S <= energy.times_s[0] <= energy.times_s[-1] < YEAR_2100_S:
        raise DraftError(f"{what} has times that are not of this century; Unix seconds are wanted.")


def _name(text: str) -> str:
    """A name of printable letters, without spaces around it."""
    name = "".join(letter for letter in text if letter.isprintable()).strip()
    if len(name) > LONGEST_NAME:
        raise DraftError(f"A name may have {LONGEST_NAME} letters; {name[:20]!r} and on has {len(name)}.")
    return name


def _ordered(parts: Iterable[Part]) -> tuple[Part, ...]:
    """By their ids, numbers as numbers."""
    return tuple(sorted(parts, key=lambda part: (not part.id.isdecimal(), int(part.id) if part.id.isdecimal() else 0, part.id)))
