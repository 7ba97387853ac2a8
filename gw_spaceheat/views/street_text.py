"""What came of a street's schedule, as a person reads it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

COLD_K_H = 0.05
"""Less than this is not worth a word [K h]."""
MOST_ROOFS = 20
MOST_DAYS = 31
COUNTED_TWICE_KWH = 0.05
"""Less than this is not worth a word [kWh]."""
COLUMNS = ("", "local kWh", "of the sun", "of the jobs", "peak import kW", "USD", "CPU s")


def street_lines(told: Mapping[str, Any]) -> list[str]:
    """One run in sentences."""
    lines = [*(f"warning: {text}" for text in told["warnings"])]
    who = "they and base load" if told.get("base_kwh") else "they"
    lines.append(
        f"{told['street']}, {told['algorithm']}: {told['jobs_ended']:.0f} of {told['jobs']:.0f} jobs ended; {who} used "
        f"{told['local_kwh']:.1f} kWh of the street's {told['sun_kwh']:.1f} kWh of sun, {_share(told, 'demand_kwh')} of their "
        f"{told['demand_kwh']:.1f} kWh."
    )
    if "bound_kwh" in told:
        share = told["local_kwh"] / told["bound_kwh"] if told["bound_kwh"] else 1.0
        lines.append(f"No schedule could use more than {told['bound_kwh']:.1f} kWh: this is {share:.1%} of that.")
        lines += _day_lines(told)
    if told.get("charged_kwh"):
        lines.append(
            f"Batteries took {told['charged_kwh']:.1f} kWh and gave {told['discharged_kwh']:.1f} kWh; "
            f"{told['battery_loss_kwh']:.1f} kWh were lost, {told['battery_end_kwh']:.1f} kWh are left in them."
        )
    if "heat_kwh" in told:
        lines += _heat_lines(told)
    lines.append(
        f"Import at most {told['peak_import_kw']:.1f} kW over a quarter of an hour. {told['cost_usd']:.2f} USD; "
        f"{told['unshared_usd']:.2f} USD if nobody shared."
    )
    if "messages_sent" in told:
        faults = (
            f" ({told['messages_lost']:.0f} lost, {told['messages_doubled']:.0f} doubled)" if "messages_lost" in told else ""
        )
        lines.append(
            f"{told['messages_sent']:.0f} messages{faults}, "
            f"{told['messages_offers']:.0f} offers; {told['messages_settled']:.0f} jobs settled."
        )
        given = ", ".join(f"{roof['producer']} {roof['given_kwh']:.1f}" for roof in told["roofs"][:MOST_ROOFS])
        more = len(told["roofs"]) - MOST_ROOFS
        lines.append(f"Roofs gave, chosen {told['choose']} [kWh]: {given}{f', and {more} more' if more > 0 else ''}.")
    return lines


def day_text(day: Mapping[str, Any]) -> str:
    """When a street's day begins, UTC."""
    return f"{datetime.fromtimestamp(day['begins_unix_s'], UTC):%Y-%m-%d %H:%M}"


def of_bound(day: Mapping[str, Any]) -> float:
    """What was used of what could be used at most [0-1]; all of it where nothing could."""
    return float(day["local_kwh"] / day["bound_kwh"]) if day["bound_kwh"] else 1.0


def _day_lines(told: Mapping[str, Any]) -> list[str]:
    """Each day beside its bound, and why these may be more than the bound of all together."""
    days = told.get("by_day", ())
    if len(days) < 2:  # a single day is the whole
        return []
    lines = [
        f"  day from {day_text(day)} UTC: {day['local_kwh']:.1f} of at most {day['bound_kwh']:.1f} kWh ({of_bound(day):.1%})"
        for day in days[:MOST_DAYS]
    ]
    lines += [f"  and {len(days) - MOST_DAYS} days more"] * (len(days) > MOST_DAYS)
    total_kwh = sum(day["bound_kwh"] for day in days)
    if total_kwh > told["bound_kwh"] + COUNTED_TWICE_KWH:
        lines.append(
            f"  The days' bounds add up to {total_kwh:.1f} kWh: what could be used on either of two days counts for both."
        )
    return lines


def several_lines(told: Mapping[str, Any]) -> list[str]:
    """Several streets: each in sentences, then all of them."""
    lines = [line for street in told["streets"] for line in (*street_lines(street), *_dealt_lines(street))]
    total = told["total"]
    lines.append(
        f"{len(told['streets'])} streets together: they used {total['local_kwh']:.1f} kWh of their {total['sun_kwh']:.1f} kWh "
        f"of sun themselves, {_share(total, 'demand_kwh')} of {total['demand_kwh']:.1f} kWh; import at most "
        f"{total['peak_import_kw']:.1f} kW over a quarter of an hour; {total['cost_usd']:.2f} USD."
    )
    if told["between_usd_per_kwh"] is None:
        return [*lines, "They give each other nothing."]
    return [*lines, f"They gave each other {total['exchanged_kwh']:.1f} kWh at {told['between_usd_per_kwh']:.2f} USD/kWh."]


def _dealt_lines(street: Mapping[str, Any]) -> list[str]:
    if "got_kwh" not in street:
        return []
    return [
        f"It got {street['got_kwh']:.1f} kWh from other streets and gave them {street['given_kwh']:.1f} kWh; its USD know that."
    ]


def _heat_lines(told: Mapping[str, Any]) -> list[str]:
    """Heat beside houses that see no sun."""
    lines = [
        f"{'Heat' if name == 'heat' else 'Planned by the price of the grid alone it'} took {told[f'{name}_kwh']:.1f} kWh, "
        f"{_part(told[f'{name}_local_kwh'], told[f'{name}_kwh'])} of them local sun, and costs the street "
        f"{told[f'{name}_cost_usd']:.2f} USD."
        for name in ("heat", "heat_blind")
    ]
    cold = told["heat_cold_k_h"]
    return [*lines, f"Water was too cold by {cold:.1f} K h."] if cold > COLD_K_H else lines


def imported_lines(told: Mapping[str, Any], folder: str) -> list[str]:
    """A line for each run that was imported."""
    lines = [
        f"run {number}: {run['jobs']} jobs, {run['jobs_from_grid']} from the grid; of {run['demand_kwh']:.1f} kWh it says "
        f"{run['claimed_kwh']:.1f} kWh were from producers, who could give {run['deliverable_kwh']:.1f}; shared by all, its "
        f"starts use {run['local_kwh']:.1f} kWh of {run['sun_kwh']:.1f} kWh of sun."
        for number, run in enumerate(told["runs"], 1)
    ]
    return [*lines, f"{folder}: {len(lines)} runs of {told['source']}"]


def comparison_lines(told: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each scheduler."""
    rows = [COLUMNS]
    rows += [
        (
            str(one["algorithm"]),
            f"{one['local_kwh']:.1f}",
            _share(one, "sun_kwh"),
            _share(one, "demand_kwh"),
            f"{one['peak_import_kw']:.1f}",
            f"{one['cost_usd']:.2f}",
            f"{one['scheduling_cpu_s']:.2f}",
        )
        for one in told
    ]
    return [*_aligned(rows), *_bound_lines(told)]


def _bound_lines(told: Sequence[Mapping[str, Any]]) -> list[str]:
    """The bound, and by days how much of it each used; each has a bound of its own where heat is made at other times."""
    bounded = [one for one in told if "bound_kwh" in one]
    if not bounded:
        return []
    bounds = dict.fromkeys(f"{one['bound_kwh']:.1f}" for one in bounded)
    lines = [f"no schedule could use more than {' or '.join(bounds)} kWh"]
    if any(len(one.get("by_day", ())) < 2 for one in bounded):  # a single day is the whole
        return lines
    rows = [("of each day's bound", *(str(one["algorithm"]) for one in bounded))]
    days = bounded[0]["by_day"]
    rows += [
        (day_text(day), *(_of_day(one["by_day"], number) for one in bounded)) for number, day in enumerate(days[:MOST_DAYS])
    ]
    lines += _aligned(rows)
    return [*lines, *([f"and {len(days) - MOST_DAYS} days more"] * (len(days) > MOST_DAYS))]


def _of_day(days: Sequence[Mapping[str, Any]], number: int) -> str:
    return f"{of_bound(days[number]):.1%}" if number < len(days) else "-"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows under each other; the first column begins at the left, others end at the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]


def _share(told: Mapping[str, Any], of: str) -> str:
    return _part(told["local_kwh"], told[of])


def _part(part: float, whole: float) -> str:
    return f"{part / whole:.1%}" if whole else "-"
