"""What somebody at the page of the net balance has chosen and written, checked."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from gw_spaceheat.apps.netbalance.experiment import FLAT, PEAK, SELL, VALLEY, Experiment
from gw_spaceheat.apps.netbalance.recordings import CannotKeepError, Recordings
from gw_spaceheat.apps.netbalance.shown import Wanted, experiment_of
from gw_spaceheat.core.netbalance.algorithm import algorithm_module, setting_names
from gw_spaceheat.web.site import Site

ZONE = ZoneInfo("Europe/Madrid")
FOLDER = "recordings"
PRICES = tuple(PEAK if 10 <= hour < 14 or 18 <= hour < 22 else FLAT if hour >= 8 else VALLEY for hour in range(24))
Inputs = Mapping[str, Any]
"""What the browser says, by the names of the page's `STATE`."""


def experiment_asked(site: Site, asked: Inputs) -> Experiment:
    prices, sell = price_data(asked["prices"])
    edges = asked["range"] if isinstance(asked["range"], list) and len(asked["range"]) == 2 else (None, None)
    from_s, to_s = (float(edge) if isinstance(edge, int | float) else None for edge in edges)
    return experiment_of(
        Wanted(
            trace=recordings_of(site).trace(texts(asked["files"]), number_of(asked["base"], "Constant base")),
            from_s=from_s,
            to_s=to_s,
            factor=number_of(asked["factor"], "Sun, times") or 0.0,
            loads_w=tuple(number_of(part, "Loads") or 0.0 for part in str(asked["loads"]).split(",")),
            period_min=int(asked["period"]) if str(asked["period"]).isdecimal() else -1,
            prices=tuple(prices),
            sell=sell,
        )
    )


def settings_asked(asked: Inputs) -> dict[str, str]:
    """The settings that are another than the usual ones."""
    usual = algorithm_module(str(asked["algorithm"])).Settings()
    given = {}
    for name, value in zip(asked["names"], asked["values"], strict=True):
        key, text = str(name["name"]), str(value).strip()
        if key in setting_names(str(asked["algorithm"])) and text != setting_text(getattr(usual, key)):
            given[key] = text.replace(" ", "")
    return given


def levels_asked(asked: Inputs, key: str) -> list[str]:
    for name, value in zip(asked["names"], asked["values"], strict=True):
        if name["name"] == key:
            return [part for part in str(value).split(",") if part.strip()]
    return []


def recordings_of(site: Site) -> Recordings:
    return Recordings(site.jobs.series.parent / FOLDER)


def price_text(prices: Sequence[float], sell: float) -> str:
    return ", ".join(f"{price:g}" for price in (*prices, sell))


def price_data(data: Any) -> tuple[list[float], float]:
    """24 prices and the selling price; the usual ones if it is nonsense."""
    try:
        numbers = [float(part) for part in data]
    except (TypeError, ValueError):
        numbers = []
    if len(numbers) != 25 or not all(-10.0 <= number <= 100.0 for number in numbers):
        return [*PRICES], SELL
    return numbers[:24], numbers[24]


def number_of(value: Any, what: str) -> float | None:
    """A number that somebody has written; None for nothing; raises ValueError."""
    text = str(value if value is not None else "").strip()
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        raise CannotKeepError(f"{what}: {text[:40]!r} is no number") from None
    if not 0.0 <= number <= 1e6:
        raise CannotKeepError(f"{what}: {number:g} is out of range (0 to 1000000)")
    return number


def texts(values: Any) -> tuple[str, ...]:
    return tuple(str(value) for value in values) if isinstance(values, list) else ()


def seconds_of(edge: Any) -> float | None:
    """A local time as plotly tells it, UTC [s]."""
    try:
        moment = datetime.fromisoformat(str(edge))
        return moment.replace(tzinfo=ZONE).astimezone(UTC).timestamp()
    except (ValueError, OverflowError):
        return None


def setting_text(value: Any) -> str:
    return (
        ", ".join(f"{part:g}" for part in value)
        if isinstance(value, tuple)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )
