"""Devices as text: what is supported, what was found, what one shows, how an exercise went."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listed:
    """One make and model.

    Attributes:
        make_model: As house files name it.
        title: What it is.
        kind: What it does for us; several with commas.
        bus: How it is reached.
        identifies: It says which one of its kind it is, so that another in its place is noticed.
        tried_on_hardware: Somebody has run the driver with the real device.
    """

    make_model: str
    title: str
    kind: str
    bus: str
    identifies: bool
    tried_on_hardware: bool


@dataclass(frozen=True, slots=True)
class Found:
    """One thing on a bus: where, and what it may be."""

    where: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """What is on one kind of bus.

    Attributes:
        bus: Its name.
        found: What is there.
        missing: Why it could not be looked at, and what to do; empty if it could.
    """

    bus: str
    found: tuple[Found, ...] = ()
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What one channel shows: its value [unit], or None for missing."""

    channel: str
    value: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done, and what was seen.

    Attributes:
        what: `before`, `switched`, or `back`.
        commanded: The value; None where nothing was commanded.
        read_back: What the relay says; None if it cannot say.
        power_w: What the meter shows [W]; None without a meter, or if it shows nothing.
    """

    what: str
    commanded: float | None
    read_back: float | None
    power_w: float | None


@dataclass(frozen=True, slots=True)
class Exercise:
    """How it went: the steps, and what is wrong, a sentence each."""

    node: str
    steps: tuple[Step, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """How one device of a house answered.

    Attributes:
        house: Alias of the house.
        node: Alias of the node that acts for it.
        component: Its name in the house file.
        make_model: What it should be.
        problem: What is wrong and what to do; empty if it is as the file says.
        serial: The serial number that it answered with; empty if it has none.
    """

    house: str
    node: str
    component: str
    make_model: str
    problem: str
    serial: str


def list_text(devices: Iterable[Listed]) -> str:
    """A line for each make and model, and how many have been tried."""
    rows = list(devices)
    width = max(len(row.make_model) for row in rows)
    lines = [
        f"{row.make_model:<{width}}  {row.bus:<10}  {'identified' if row.identifies else '-':<10}  "
        f"{'tried' if row.tried_on_hardware else 'untried':<7}  {row.title}"
        for row in rows
    ]
    tried = sum(row.tried_on_hardware for row in rows)
    return "\n".join([*lines, f"{len(rows)} makes and models, {tried} of them tried on hardware"])


def scan_text(looked: Iterable[Looked]) -> str:
    """A paragraph for each bus."""
    paragraphs = []
    for one in looked:
        lines = [f"  {found.where}  {found.what}".rstrip() for found in one.found]
        body = lines or [f"  {one.missing or 'nothing there'}"]
        paragraphs.append("\n".join([one.bus, *body]))
    return "\n".join(paragraphs)


def scan_line(shown: Iterable[Shown]) -> str:
    """One scan of a device on one line."""
    parts = [f"{one.channel} {'missing' if one.value is None else f'{one.value:g} {one.unit}'.strip()}" for one in shown]
    return "   ".join(parts)


def exercise_text(done: Exercise) -> str:
    """What was done and seen, a line each, and what is wrong."""
    lines = []
    for step in done.steps:
        told = "looked" if step.commanded is None else f"set to {step.commanded:g}"
        reads = "cannot say" if step.read_back is None else f"{step.read_back:g}"
        power = "" if step.power_w is None else f", meter {step.power_w:.0f} W"
        lines.append(f"{step.what:<9} {told:<9} reads {reads}{power}")
    return "\n".join([*lines, *([f"PROBLEM: {problem}" for problem in done.problems] or ["all as it should be"])])


def live_text(answers: Iterable[Answered]) -> str:
    """A line for each device."""
    lines = []
    for answer in answers:
        serial = f", serial number {answer.serial}" if answer.serial else ""
        lines.append(f"{answer.node} ({answer.make_model}): {answer.problem or f'answers{serial}'}")
    return "\n".join(lines)
