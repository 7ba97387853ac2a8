"""A street as two XML files of the original: who has which device, and what jobs there are.

    neighborhood.xml          neighborhood / house / user / device: id, name, template, type (consumer or producer)
    jobs.xml                  neighborhood / house / user / device: id, est, lst, creation_time, profile
    loads/<device>.csv        what a device takes; `profile` is not looked at, as the original does not
    predictions/<house>_<device>_<number>.csv

A job that cannot be is left out, with a warning that names file and line; what cannot be read is an error that does. Types of
documents and entities are refused, for with them a short file can become an endless one.
"""

from collections.abc import Container
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from gw_spaceheat.core.market.energy import Energy, Forecast
from gw_spaceheat.core.market.street import Job, Producer, Street
from gw_spaceheat.stores.street_folder import LOADS, PREDICTIONS, ReadStreet, StreetFileError, days_of, read_energy

DEVICES, JOBS = "neighborhood.xml", "jobs.xml"
YEAR_2000_S, YEAR_2100_S = 946_684_800, 4_102_444_800
MOST_BYTES = 20_000_000


@dataclass(slots=True)
class _Node:
    name: str
    line: int
    attributes: dict[str, str]
    text: str = ""
    children: list["_Node"] = field(default_factory=list)

    def all(self, name: str) -> list["_Node"]:
        return [child for child in self.children if child.name == name]


@dataclass(frozen=True, slots=True)
class Device:
    """A device of a house.

    Attributes:
        house: Its house.
        id: Its number.
        is_producer: It is a roof.
        name: What its people call it.
        template: The number of its kind.
    """

    house: str
    id: str
    is_producer: bool
    name: str = ""
    template: str = ""


@dataclass(frozen=True, slots=True)
class XmlJob:
    """A job as it is written, its times in Unix seconds.

    Attributes:
        house: Its house.
        device: Its device.
        registered_s, earliest_s, latest_s: When it is handed in, and may start at the earliest and latest.
        where: File and line.
    """

    house: str
    device: str
    registered_s: float
    earliest_s: float
    latest_s: float
    where: str


def is_xml(folder: Path) -> bool:
    """Whether a folder has a street in this form."""
    return (folder / DEVICES).is_file()


def read_xml(folder: Path, days: int | None = None) -> ReadStreet:
    """Read a folder.

    Args:
        folder: The folder.
        days: How many days the sun counts for; None for as long as jobs may start.

    Raises:
        StreetFileError: A file is missing or cannot be understood.
        OSError: A file cannot be read.
    """
    warnings: list[str] = []
    devices = devices_from(_bytes(folder / DEVICES))
    forecasts = {device: _forecasts(folder, device, warnings) for device in devices if device.is_producer}
    jobs = _jobs(folder, devices, warnings) if (folder / JOBS).is_file() else []
    times = [job.registered_s for job in jobs]
    times += [forecast.issued_s for known in forecasts.values() for forecast in known]
    epoch_s = min(times, default=0.0)
    shifted = tuple(sorted((_job_from(job, epoch_s) for job in jobs), key=lambda job: job.registered_s))
    producers = tuple(
        Producer(
            id=f"pv_producer[{device.house}]:[{device.id}]",
            forecasts=tuple(
                Forecast(each.issued_s - epoch_s, Energy(each.energy.times_s - epoch_s, each.energy.wh)) for each in known
            ),
        )
        for device, known in forecasts.items()
    )
    street = Street(
        name=folder.name,
        days=days_of(folder, shifted) if days is None else days,
        jobs=shifted,
        producers=producers,
        epoch_s=round(epoch_s),
    )
    return ReadStreet(street, tuple(warnings))


def devices_from(raw: bytes, file: str = DEVICES) -> list[Device]:
    """The devices of all houses; raises StreetFileError, naming the line, where they cannot be understood."""
    found: dict[tuple[str, str], Device] = {}
    for house in _parsed(raw, file).all("house"):
        for node in (device for user in house.all("user") for device in user.all("device")):
            kind, identifier = _word(node, "type", file), _word(node, "id", file)
            if kind not in ("consumer", "producer"):
                raise StreetFileError(f"{file}, line {node.line}: type is consumer or producer, not {kind!r}")
            words = (_text(node, "name"), _text(node, "template"))
            device = Device(_house(house, file), identifier, kind == "producer", *words)
            if (device.house, device.id) in found:
                raise StreetFileError(f"{file}, line {node.line}: house {device.house} has two devices {identifier}")
            found[device.house, device.id] = device
    return list(found.values())


def jobs_from(raw: bytes, consumers: Container[tuple[str, str]], file: str = JOBS) -> tuple[list[XmlJob], list[str]]:
    """The jobs that can be, and why others cannot; raises StreetFileError, naming the line, where it is no XML of this kind.

    Args:
        raw: What stands in the file.
        consumers: House and device of all that may have jobs.
        file: What the file is called.
    """
    jobs: list[XmlJob] = []
    warnings: list[str] = []
    for house in _parsed(raw, file).all("house"):
        for node in (device for user in house.all("user") for device in user.all("device")):
            where, of = f"{file}, line {node.line}", (_house(house, file), _word(node, "id", file))
            if of not in consumers:
                warnings.append(f"{where}: house {of[0]} has no consumer {of[1]}; the job is left out")
                continue
            registered_s, earliest_s, latest_s = (_stamp(node, name, file) for name in ("creation_time", "est", "lst"))
            if earliest_s is None or latest_s is None or latest_s < earliest_s:
                warnings.append(f"{where}: est and lst are no times from one to the other; the job is left out")
                continue
            if registered_s is None:
                warnings.append(f"{where}: creation_time is no time of this century; est is taken")
                registered_s = earliest_s
            jobs.append(XmlJob(*of, registered_s, earliest_s, latest_s, where))
    return jobs, warnings


def has_jobs(raw: bytes, file: str) -> bool:
    """Whether a file of this kind tells of jobs and not of devices; raises StreetFileError as the others do."""
    nodes = [node for house in _parsed(raw, file).all("house") for user in house.all("user") for node in user.all("device")]
    return any(node.all("est") for node in nodes)


def _jobs(folder: Path, devices: list[Device], warnings: list[str]) -> list[Job]:
    consumers = {(device.house, device.id) for device in devices if not device.is_producer}
    loads: dict[str, Energy] = {}
    jobs: list[Job] = []
    written, odd = jobs_from(_bytes(folder / JOBS), consumers)
    warnings += odd
    for each in written:
        path = folder / LOADS / f"{each.device}.csv"
        if Path(each.device).name != each.device or not path.is_file():
            raise StreetFileError(f"{each.where}: {LOADS} has no file {each.device}.csv")
        loads.setdefault(each.device, read_energy(path, first_s=0.0))
        name = f"[{each.house}]:[{each.device}]:[{len(jobs) + 1}]"
        times = {"registered_s": each.registered_s, "earliest_s": each.earliest_s, "latest_s": each.latest_s}
        jobs.append(Job(id=name, load=loads[each.device], **times))
    return jobs


def _forecasts(folder: Path, device: Device, warnings: list[str]) -> list[Forecast]:
    found = []
    for path in sorted((folder / PREDICTIONS).glob("*.csv")):
        house, _, rest = path.stem.partition("_")
        number, _, place = rest.partition("_")
        if (house, number) == (device.house, device.id) and place.isdecimal():
            energy = read_energy(path)
            found.append(Forecast(float(energy.times_s[0]), energy))
    if not found:
        warnings.append(f"{PREDICTIONS}: nothing is forecast for producer {device.id} of house {device.house}")
    return sorted(found, key=lambda forecast: forecast.issued_s)


def _job_from(job: Job, epoch_s: float) -> Job:
    return Job(
        id=job.id,
        registered_s=job.registered_s - epoch_s,
        earliest_s=job.earliest_s - epoch_s,
        latest_s=job.latest_s - epoch_s,
        load=job.load,
    )


def _house(node: _Node, file: str) -> str:
    house = node.attributes.get("id", "").strip()
    if not house:
        raise StreetFileError(f"{file}, line {node.line}: this house has no id")
    return house


def _word(node: _Node, name: str, file: str) -> str:
    found = node.all(name)
    if len(found) != 1 or not found[0].text.strip():
        raise StreetFileError(f"{file}, line {node.line}: this device has {len(found)} {name}; one with a value is wanted")
    return found[0].text.strip()


def _text(node: _Node, name: str) -> str:
    """What a part says that need not be there."""
    return " ".join(part.text.strip() for part in node.all(name))


def _stamp(node: _Node, name: str, file: str) -> float | None:
    """A time [s]; None where it is none of this century."""
    word = _word(node, name, file)
    return float(word) if word.isdecimal() and YEAR_2000_S <= int(word) < YEAR_2100_S else None


def _bytes(path: Path) -> bytes:
    """What stands in a file that is not too large."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise StreetFileError(f"{path.name} has {size} bytes; {MOST_BYTES} are too many for a street already")
    return path.read_bytes()


def _parsed(raw: bytes, file: str) -> _Node:
    """The root; raises StreetFileError, naming the line, where it is no XML of this kind."""
    top = _Node("", 0, {})
    open_nodes = [top]
    parser = expat.ParserCreate()

    def begin(name: str, attributes: dict[str, str]) -> None:
        node = _Node(name, parser.CurrentLineNumber, attributes)
        open_nodes[-1].children.append(node)
        open_nodes.append(node)

    def end(_name: str) -> None:
        open_nodes.pop()

    def text(words: str) -> None:
        open_nodes[-1].text += words

    def refuse(*_: object) -> None:
        raise StreetFileError(f"{file}, line {parser.CurrentLineNumber}: types of documents are not accepted")

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, end, text
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(raw, True)  # noqa: FBT003 - so expat has it
    except expat.ExpatError as error:
        raise StreetFileError(f"{file}, line {error.lineno}: {expat.ErrorString(error.code)}") from None
    (root,) = top.children
    if root.name != "neighborhood":
        raise StreetFileError(f"{file}, line {root.line}: neighborhood is wanted, not {root.name}")
    return root
