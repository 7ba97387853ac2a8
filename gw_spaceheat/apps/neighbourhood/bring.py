"""Files that somebody brings to a draft: the original's XML, profiles and forecasts as CSV."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from gw_spaceheat.core.market.draft import AskedJob, Consumer, Device, Draft, DraftError, Roof
from gw_spaceheat.core.market.energy import Energy, Forecast
from gw_spaceheat.stores.street_folder import StreetFileError, energy_from
from gw_spaceheat.stores.street_xml import devices_from, has_jobs, jobs_from

MOST_FILES = 200
LARGEST_BYTES = 8_000_000
MOST_PREDICTIONS = 4
"""So many forecasts of a roof may be brought at once."""


class File(NamedTuple):
    """A file under the name that it had."""

    name: str
    data: bytes


class Brought(NamedTuple):
    """A draft with what was brought, and what was odd about it."""

    draft: Draft
    told: str
    warnings: tuple[str, ...]


def bring(draft: Draft, files: Sequence[File]) -> Brought:
    """A draft with what stands in files, in whichever order they come.

    XML is houses and devices, or jobs; `121.csv` the profile of the consumers 121, `30_122_1.csv` a forecast of roof 122 of
    house 30. What is there already is changed; its jobs stay.

    Raises:
        DraftError: Something cannot be; nothing was taken.
        StreetFileError: A file cannot be understood; the text names it and the line.
    """
    if not files or len(files) > MOST_FILES:
        raise DraftError(f"Choose 1 to {MOST_FILES} files.")
    for file in files:
        if len(file.data) > LARGEST_BYTES:
            raise DraftError(f"{file.name} has {len(file.data) / 1e6:.1f} MB; {LARGEST_BYTES // 1_000_000} are the most.")
    xml = [file for file in files if file.name.lower().endswith(".xml")]
    csv = [file for file in files if file.name.lower().endswith(".csv")]
    other = [file.name for file in files if file not in xml and file not in csv]
    if other:
        raise DraftError(f"{other[0][:60]} is neither XML nor CSV.")
    warnings: list[str] = []
    jobs = [file for file in xml if has_jobs(file.data, file.name)]
    before = draft
    for file in xml:
        if file not in jobs:
            draft = _with_devices(draft, file)
    forecasts: dict[tuple[str, str], list[Forecast]] = {}
    for file in sorted(csv):
        draft = _with_energy(draft, file, forecasts, warnings)
    for (house, device), known in forecasts.items():
        roof = draft.house(house).device(device)
        if isinstance(roof, Roof):
            draft = draft.with_device(house, replace(roof, forecasts=_in_order(known)))
    taken = len(csv) - len(warnings)
    for file in jobs:
        draft, odd = _with_jobs(draft, file)
        warnings += odd
    counts = (
        (len(draft.houses) - len(before.houses), "houses"),
        (_devices(draft) - _devices(before), "devices"),
        (taken, "profiles and forecasts"),
        (len(draft.jobs) - len(before.jobs), "jobs"),
    )
    told = ", ".join(f"{name} {count}" for count, name in counts if count) or "nothing new"
    return Brought(draft, f"Brought: {told}.", tuple(warnings))


def profile(file: File) -> Energy:
    """A consumer's profile; raises StreetFileError."""
    return energy_from(_words(file), file.name)


def predictions(files: Sequence[File]) -> tuple[Forecast, ...]:
    """A roof's forecasts, each made at its first time.

    Raises:
        DraftError: There are too many.
        StreetFileError: One cannot be understood.
    """
    if len(files) > MOST_PREDICTIONS:
        raise DraftError(f"{len(files)} forecasts; {MOST_PREDICTIONS} at once are the most.")
    return _in_order([_forecast(file) for file in files])


def _with_devices(draft: Draft, file: File) -> Draft:
    for said in devices_from(file.data, file.name):
        if all(house.id != said.house for house in draft.houses):
            draft = draft.with_house(said.house)
        kind: type[Device] = Roof if said.is_producer else Consumer
        draft = draft.with_device(said.house, kind(id=said.id, name=said.name, template=said.template))
    return draft


def _with_energy(draft: Draft, file: File, forecasts: dict[tuple[str, str], list[Forecast]], warnings: list[str]) -> Draft:
    stem = Path(file.name).stem
    found = [(house.id, device) for house in draft.houses for device in house.consumers if device.id == stem]
    for house, consumer in found:
        draft = draft.with_device(house, replace(consumer, load=profile(file)))
    house, _, rest = stem.partition("_")
    identifier = rest.rpartition("_")[0]
    if (house, identifier) in {(each.id, roof.id) for each in draft.houses for roof in each.roofs}:
        forecasts.setdefault((house, identifier), []).append(_forecast(file))
    elif not found:
        warnings.append(f"{file.name}: there is no consumer {stem[:40]}, and no roof that it names; it is left out")
    return draft


def _with_jobs(draft: Draft, file: File) -> tuple[Draft, list[str]]:
    consumers = {(house.id, consumer.id) for house in draft.houses for consumer in house.consumers}
    written, odd = jobs_from(file.data, consumers, file.name)
    asked = [AskedJob(job.house, job.device, job.registered_s, job.earliest_s, job.latest_s, job.where) for job in written]
    draft, refused = draft.with_jobs(asked)
    return draft, [*odd, *refused]


def _forecast(file: File) -> Forecast:
    energy = energy_from(_words(file), file.name)
    return Forecast(float(energy.times_s[0]), energy)


def _in_order(forecasts: Sequence[Forecast]) -> tuple[Forecast, ...]:
    return tuple(sorted(forecasts, key=lambda each: each.issued_s))


def _words(file: File) -> str:
    try:
        return file.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise StreetFileError(f"{file.name} is no text in UTF-8") from None


def _devices(draft: Draft) -> int:
    return sum(len(house.devices) for house in draft.houses)
