"""A strategy's numbers: each declared once, with default, bounds, unit and meaning, and read from the house file by name."""

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, TypeVar


def parameter(default: float, minimum: float, maximum: float, unit: str, meaning: str) -> Any:
    """A dataclass field that is a number within bounds; unit and meaning are for the docs and for error texts."""
    return field(default=default, metadata={"minimum": minimum, "maximum": maximum, "unit": unit, "meaning": meaning})


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedParameters:
    """What every strategy has in common. Levels in K are above the required supply temperature, those in degC stand alone."""

    # the source
    on_below_k: float = parameter(
        4.0, 0.5, 20.0, "K", "the source starts when the reserve (upper store, else lower part of the buffer) is below"
    )
    off_above_k: float = parameter(
        9.0, 1.0, 30.0, "K", "the source stops when the bottom of the store (else the lower part of the buffer) is above"
    )
    even_k: float = parameter(
        1.0, 0.2, 5.0, "K", "a store this even from top to bottom, and hot enough, is full too: the source gives no more"
    )
    most_k: float = parameter(
        25.0,
        10.0,
        50.0,
        "K",
        "the source stops when the buffer's top is above, however cold the rest is (elements that sit high)",
    )
    source_maximum_c: float = parameter(
        70.0, 30.0, 95.0, "degC", "hottest supply the source can make; 3 K below it a store is full, whatever off_above_k says"
    )
    minimum_on_s: float = parameter(600.0, 0.0, 7200.0, "s", "the source runs at least this long")
    minimum_off_s: float = parameter(
        300.0, 0.0, 7200.0, "s", "the source rests at least this long, also after the process started"
    )
    starts_per_hour: float = parameter(4.0, 1.0, 30.0, "1/h", "the source starts at most so often in any hour")
    start_up_s: float = parameter(720.0, 0.0, 3600.0, "s", "from start until the source gives useful heat")
    valve_lead_s: float = parameter(15.0, 0.0, 300.0, "s", "the store valve moves this long before the source starts")
    supply_offset_k: float = parameter(11.0, 1.0, 30.0, "K", "supply temperature asked of a source that can be set")
    charge_supply_c: float = parameter(
        0.0, 0.0, 80.0, "degC", "supply asked of a settable source while it charges the store, at least (a melting store)"
    )
    # store and buffer
    usable_k: float = parameter(4.0, 0.5, 20.0, "K", "the store can feed the buffer when its top is above")
    spent_k: float = parameter(3.0, 0.0, 20.0, "K", "the store is spent when its top is below; less than usable_k")
    draw_gap_k: float = parameter(
        5.0,
        0.5,
        20.0,
        "K",
        "the store pump starts when the buffer's middle is below what is required, and this far below the store's top",
    )
    filled_gap_k: float = parameter(3.0, 0.2, 20.0, "K", "it stops when the middle is as near as this; less than draw_gap_k")
    spill_k: float = parameter(5.0, 1.0, 20.0, "K", "source heat goes to the store again when the buffer's lower part is above")
    chill_k: float = parameter(
        0.8, 0.1, 10.0, "K", "a buffer top that falls so fast in a minute gets cold water: the source defrosts"
    )
    chill_rest_s: float = parameter(300.0, 0.0, 1800.0, "s", "for so long then neither source nor store feeds the buffer")
    frost_from_c: float = parameter(-10.0, -30.0, 5.0, "degC", "outdoor temperatures in which the source may defrost: from")
    frost_to_c: float = parameter(8.0, -5.0, 20.0, "degC", "to")
    # boost
    boost_top_k: float = parameter(3.0, 0.0, 20.0, "K", "boost is needed when the buffer's top is below")
    boost_middle_k: float = parameter(
        2.0, -10.0, 20.0, "K", "boost is needed when the buffer's middle is below and the store cannot help"
    )
    boost_off_k: float = parameter(5.0, 0.5, 30.0, "K", "boost is released when the buffer's top and middle are above")
    boost_stage_s: float = parameter(
        90.0, 10.0, 1800.0, "s", "a further element is switched on after so long, if it got no warmer"
    )
    boost_release_s: float = parameter(300.0, 10.0, 1800.0, "s", "a further element is switched off after so long")
    boost_margin_k: float = parameter(
        5.0, 0.0, 40.0, "K", "no element heats when any buffer sensor is within this of the house's maximum_tank_c"
    )
    # zones
    zone_below_k: float = parameter(0.1, 0.0, 3.0, "K", "a zone calls when it is this far below its set-point")
    zone_above_k: float = parameter(0.3, 0.0, 3.0, "K", "and is satisfied this far above")
    circulator_overrun_s: float = parameter(
        120.0, 0.0, 1800.0, "s", "a circulator runs on for this long after its zone is satisfied"
    )
    # hot water
    hot_water_below_k: float = parameter(
        5.0, 1.0, 20.0, "K", "hot water is charged when the top of its tank is this far below its set-point"
    )
    hot_water_lift_k: float = parameter(7.0, 2.0, 20.0, "K", "supply asked of a settable source above the hot-water target")
    hot_water_limit_s: float = parameter(
        2700.0, 300.0, 14400.0, "s", "hot water has the source for at most so long; then heating for as long"
    )
    legionella_hold_s: float = parameter(
        600.0, 0.0, 7200.0, "s", "the weekly cycle ends when the whole tank was hot for so long"
    )
    legionella_limit_s: float = parameter(14400.0, 3600.0, 43200.0, "s", "the weekly cycle is given up after so long")
    # without sensors
    outdoor_memory_s: float = parameter(7200.0, 0.0, 86400.0, "s", "a lost outdoor temperature is believed for so long")
    climate_offset_k: float = parameter(0.0, -30.0, 30.0, "K", "added to the outdoor temperature by month and hour")
    patience_s: float = parameter(120.0, 0.0, 900.0, "s", "after the start, sensors may take so long to come")
    silence_s: float = parameter(
        600.0, 60.0, 7200.0, "s", "when no readings at all came for so long, every sensor counts as missing"
    )
    duty_period_s: float = parameter(3600.0, 600.0, 14400.0, "s", "period of the heating schedule")
    duty_none_c: float = parameter(17.0, 5.0, 30.0, "degC", "outdoor temperature at which the schedule gives no heat")
    duty_full_c: float = parameter(
        -25.0, -50.0, 0.0, "degC", "outdoor temperature at which the schedule lets the source run all the time"
    )
    boost_duty_from_c: float = parameter(
        -10.0, -40.0, 10.0, "degC", "below this outdoors the schedule uses boost beside the source"
    )
    zone_duty: float = parameter(
        0.35, 0.05, 1.0, "", "part of the schedule's period in which a zone without a temperature calls at duty_full_c"
    )
    boost_duty: float = parameter(0.5, 0.0, 0.8, "", "boost is on for at most this part of the schedule's period")


P = TypeVar("P", bound=SharedParameters)


def read(kind: type[P], given: Mapping[str, float]) -> P:
    """The parameters as a house gives them, the rest by default.

    Raises:
        ValueError: One is unknown or out of bounds; the text names it and what is allowed.
    """
    texts = problems(kind, given)
    if texts:
        raise ValueError("; ".join(texts))
    return kind(**{name: float(value) for name, value in given.items()})


def problems(kind: type[SharedParameters], given: Mapping[str, float]) -> list[str]:
    """What is wrong with the given parameters, in a line each; empty if nothing is."""
    known: dict[str, Field[Any]] = {each.name: each for each in fields(kind)}
    texts = []
    for name, value in given.items():
        if name not in known:
            texts.append(f"parameter {name} is unknown; known are {', '.join(sorted(known))}")
            continue
        limits = known[name].metadata
        if not limits["minimum"] <= value <= limits["maximum"]:
            allowed = f"{limits['minimum']:g} to {limits['maximum']:g} {limits['unit']}".rstrip()
            texts.append(f"parameter {name} is {value:g}; allowed is {allowed} ({limits['meaning']})")
    if not texts:
        texts += _contradictions(kind(**given))
    return texts


_PAIRS = (
    ("on_below_k", "off_above_k"),
    ("spent_k", "usable_k"),
    ("filled_gap_k", "draw_gap_k"),
    ("boost_top_k", "boost_off_k"),
    ("boost_middle_k", "boost_off_k"),
    ("frost_from_c", "frost_to_c"),
    ("duty_full_c", "duty_none_c"),
    ("duty_full_c", "boost_duty_from_c"),
)


def _contradictions(values: SharedParameters) -> list[str]:
    """Pairs of which the first must be less than the second."""
    return [
        f"parameter {low} is {getattr(values, low):g} and must be less than {high}, which is {getattr(values, high):g}"
        for low, high in _PAIRS
        if not getattr(values, low) < getattr(values, high)
    ]


def describe(kind: type[SharedParameters]) -> str:
    """A Markdown table of all parameters, for the docs."""
    lines = ["| parameter | default | allowed | unit | meaning |", "|---|---|---|---|---|"]
    for each in fields(kind):
        about = each.metadata
        allowed = f"{about['minimum']:g} to {about['maximum']:g}"
        lines.append(f"| `{each.name}` | {each.default:g} | {allowed} | {about['unit']} | {about['meaning']} |")
    return "\n".join(lines)
