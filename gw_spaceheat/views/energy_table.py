"""What a house took and gave each day, as text: a table for a person, JSON for programmes."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from gw_spaceheat.core.telemetry.energy_days import EnergyDay
from gw_spaceheat.views.readings_table import utc_text

HEADS = ("day", "outdoors", "electricity", "source", "heat", "COP", "to rooms", "delivery", "energy", "known")
UNITS = ("", "degC", "kWh", "kWh", "kWh", "", "kWh", "USD", "USD", "%")
_WIDTHS = (10, 9, 12, 8, 8, 6, 9, 9, 8, 6)
_DECIMALS = 4


def cells(day: EnergyDay) -> tuple[str, ...]:
    """What a table says of a day, one text for each of `HEADS`; a dash where nothing is known."""
    energy = _text(day.energy_usd, 2)
    return (
        day.day.isoformat(),
        _text(day.outdoor_c, 1),
        _text(day.electricity_kwh, 1),
        _text(day.source_kwh, 1),
        _text(day.heat_kwh, 1),
        _text(day.cop, 2),
        _text(day.rooms_kwh, 1),
        _text(day.delivery_usd, 2),
        f"{energy}*" if day.energy_usd is not None and day.priced < 1.0 else energy,
        f"{100 * day.known:.0f}",
    )


def energy_text(days: Sequence[EnergyDay]) -> Iterator[str]:
    """A header and a line for each day."""
    yield _line(HEADS)
    yield _line(UNITS)
    for day in days:
        yield _line(cells(day))
    if any(day.energy_usd is not None and day.priced < 1.0 for day in days):
        yield "* not of all hours: of some the market's price is not known"


def energy_json(days: Sequence[EnergyDay]) -> Iterator[str]:
    """A JSON object per line and day; null where something is not metered or nothing is known."""
    for day in days:
        told = {name: round(value, _DECIMALS) if isinstance(value, float) else value for name, value in asdict(day).items()}
        yield json.dumps({**told, "day": day.day.isoformat(), "from_utc": utc_text(day.from_ms), "to_utc": utc_text(day.to_ms)})


def _line(texts: Sequence[str]) -> str:
    first, *others = (f"{text:>{width}}" for text, width in zip(texts, _WIDTHS, strict=True))
    return "".join((f"{first.strip():{_WIDTHS[0]}}", *others)).rstrip()


def _text(value: float | None, decimals: int) -> str:
    return "-" if value is None else f"{value:.{decimals}f}"
