"""A draft of a street as bytes, whole as it is: what is no street yet too. MessagePack, so nothing in it is executed.

A series is two strings of float64, lowest byte first: times, and cumulative Wh.
"""

import msgspec
import numpy as np

from gw_spaceheat.core.market.draft import Consumer, Device, Draft, DraftHouse, DraftJob, Roof
from gw_spaceheat.core.market.energy import Energy, Forecast, Values
from gw_spaceheat.core.market.street import BaseLoad, Battery, HeatedHouse
from gw_spaceheat.stores.street_folder import StreetFileError

FORMAT = "gws.draft.1"
NUMBERS = np.dtype("<f8")
Series = tuple[bytes, bytes]


class _Consumer(msgspec.Struct, tag="consumer"):
    id: str
    name: str
    template: str
    load: Series | None


class _Roof(msgspec.Struct, tag="producer"):
    id: str
    name: str
    template: str
    forecasts: list[tuple[float, Series]]
    measured: Series | None
    producer: str


class _Job(msgspec.Struct):
    id: str
    device: str
    registered_s: float
    earliest_s: float
    latest_s: float
    load: Series | None


class _Heated(msgspec.Struct):
    model: str
    need: Series
    levels: int
    stored_share: float


class _House(msgspec.Struct):
    id: str
    devices: list[_Consumer | _Roof]
    jobs: list[_Job]
    base: list[tuple[Series, Series | None]]
    battery: Battery | None
    heated: _Heated | None


class _Draft(msgspec.Struct):
    format: str
    name: str
    days: int | None
    houses: list[_House]
    origin_s: int | None
    order: tuple[str, ...]
    outdoor_c: tuple[float, ...]


def draft_bytes(draft: Draft) -> bytes:
    """The draft."""
    said = _Draft(
        format=FORMAT,
        name=draft.name,
        days=draft.days,
        houses=[_house(house) for house in draft.houses],
        origin_s=draft.origin_s,
        order=draft.order,
        outdoor_c=draft.outdoor_c,
    )
    return msgspec.msgpack.encode(said)


def draft_from(data: bytes) -> Draft:
    """The draft that was written.

    Raises:
        StreetFileError: It cannot be understood.
    """
    try:
        said = msgspec.msgpack.decode(data, type=_Draft)
    except msgspec.MsgspecError as error:
        raise StreetFileError(f"the draft: {error}") from None
    if said.format != FORMAT:
        raise StreetFileError(f"the draft has the format {said.format[:40]!r}; {FORMAT} is wanted")
    try:
        return Draft(
            name=said.name,
            days=said.days,
            houses=tuple(_house_from(house) for house in said.houses),
            origin_s=said.origin_s,
            order=said.order,
            outdoor_c=said.outdoor_c,
        )
    except ValueError as error:
        raise StreetFileError(f"the draft: {error}") from None


def _house(house: DraftHouse) -> _House:
    heated = house.heated
    return _House(
        id=house.id,
        devices=[_device(device) for device in house.devices],
        jobs=[
            _Job(job.id, job.device, job.registered_s, job.earliest_s, job.latest_s, _series_or_none(job.load))
            for job in house.jobs
        ],
        base=[(_series(base.load), _series_or_none(base.expected)) for base in house.base],
        battery=house.battery,
        heated=None if heated is None else _Heated(heated.model, _series(heated.need), heated.levels, heated.stored_share),
    )


def _device(device: Device) -> _Consumer | _Roof:
    if isinstance(device, Consumer):
        return _Consumer(device.id, device.name, device.template, _series_or_none(device.load))
    forecasts = [(each.issued_s, _series(each.energy)) for each in device.forecasts]
    return _Roof(device.id, device.name, device.template, forecasts, _series_or_none(device.measured), device.producer)


def _house_from(said: _House) -> DraftHouse:
    heated = said.heated
    return DraftHouse(
        id=said.id,
        devices=tuple(_device_from(device) for device in said.devices),
        jobs=tuple(
            DraftJob(
                id=job.id,
                device=job.device,
                registered_s=job.registered_s,
                earliest_s=job.earliest_s,
                latest_s=job.latest_s,
                load=_energy_or_none(job.load),
            )
            for job in said.jobs
        ),
        base=tuple(
            BaseLoad(house=said.id, load=_energy(load), expected=_energy_or_none(expected)) for load, expected in said.base
        ),
        battery=said.battery,
        heated=None
        if heated is None
        else HeatedHouse(
            house=said.id,
            model=heated.model,
            need=_energy(heated.need),
            levels=heated.levels,
            stored_share=heated.stored_share,
        ),
    )


def _device_from(said: _Consumer | _Roof) -> Device:
    if isinstance(said, _Consumer):
        return Consumer(id=said.id, name=said.name, template=said.template, load=_energy_or_none(said.load))
    return Roof(
        id=said.id,
        name=said.name,
        template=said.template,
        forecasts=tuple(Forecast(issued_s, _energy(series)) for issued_s, series in said.forecasts),
        measured=_energy_or_none(said.measured),
        producer=said.producer,
    )


def _series(energy: Energy) -> Series:
    return energy.times_s.astype(NUMBERS).tobytes(), energy.wh.astype(NUMBERS).tobytes()


def _series_or_none(energy: Energy | None) -> Series | None:
    return None if energy is None else _series(energy)


def _energy(series: Series) -> Energy:
    times_s, wh = (_numbers(data) for data in series)
    if len(times_s) != len(wh) or len(wh) < 2 or not (np.diff(times_s) > 0.0).all():
        raise ValueError("a series must have two rising times at least, each with its Wh")
    return Energy(times_s, wh)


def _energy_or_none(series: Series | None) -> Energy | None:
    return None if series is None else _energy(series)


def _numbers(data: bytes) -> Values:
    values = np.frombuffer(data, dtype=NUMBERS).astype(np.float64)
    if not np.isfinite(values).all():
        raise ValueError("an amount or time is no number")
    return values
