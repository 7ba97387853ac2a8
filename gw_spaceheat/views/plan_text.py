"""A plan, and why it is so, as data for JSON and as a person reads them."""

from collections.abc import Callable
from datetime import datetime

from gw_spaceheat.core.planner.plan import Plan, PlanStep
from gw_spaceheat.core.planner.why import BATH_KWH, Why
from gw_spaceheat.vocabulary.moment import MINUTE_MS

COLUMNS = ("from", "min", "USD/kWh", "degC", "need kW", "source", "kW", "stored kWh", "least", "a kWh is worth")
SUPPLY = "supply degC"
MISSING, BEYOND = "kWh of heat are missing", "kW more than the grid operator allows"
NEEDED, NEEDED_USD_PER_KWH = "needed", 2.0
"""Heat that is worth more is not bought for its price: it is needed."""
Local = Callable[[int], datetime]


def plan_data(plan: Plan, local: Local) -> dict[str, object]:
    """Steps with what is known and done in each, cost, and what could not be had.

    Args:
        plan: The plan.
        local: Gives the local time of a moment, UTC [ms].
    """
    return {
        "made": local(plan.made_ms).isoformat(),
        "cost_usd": sum(step.cost_usd for step in plan.steps),
        "cost_usd_end_adjusted": plan.cost_usd,
        "end_kwh": plan.end_kwh,
        "peak_raised_kw": plan.raised_kw,
        "peak_usd": plan.peak_usd,
        "steps": [
            {
                "start": local(step.start_ms).isoformat(),
                "minutes": step.length_ms / MINUTE_MS,
                "price_usd_per_kwh": step.price_usd_per_kwh,
                "outdoor_c": step.outdoor_c,
                "need_kw": step.need_kw,
                "mode": mode_of(step),
                "level": step.level,
                "supply_c": step.supply_c,
                "power_kw": step.power_kw,
                "boost_kw": step.boost_kw,
                "stored_kwh": step.energy_kwh,
                "least_kwh": step.least_kwh,
                "worth_usd_per_kwh": step.worth_usd_per_kwh,
            }
            for step in plan.steps
        ],
        "unmet": [{"start": local(wish.start_ms).isoformat(), "what": wish.what, "amount": wish.amount} for wish in plan.unmet],
    }


def mode_of(step: PlanStep) -> str:
    """What heats in a step."""
    if step.boost_kw > 0.0:
        return "source and boost" if step.runs else "boost"
    return "source" if step.runs else "rest"


def plan_lines(plan: Plan, local: Local) -> list[str]:
    """A line for each step; steps in which nothing changes are told together."""
    settable = any(step.supply_c is not None for step in plan.steps)
    rows: list[tuple[str, ...]] = [(*COLUMNS, SUPPLY) if settable else COLUMNS]
    for run in _runs(plan.steps):
        first, minutes = run[0], sum(step.length_ms for step in run) // MINUTE_MS
        weights = [step.length_ms for step in run]
        rows.append(
            (
                f"{local(first.start_ms):%a %H:%M}",
                str(minutes),
                f"{first.price_usd_per_kwh:.3f}",
                f"{_mean([step.outdoor_c for step in run], weights):.1f}",
                f"{_mean([step.need_kw for step in run], weights):.1f}",
                mode_of(first),
                f"{_mean([step.power_kw for step in run], weights):.1f}",
                f"{first.energy_kwh:.1f}",
                f"{first.least_kwh:.1f}",
                _worth(first.worth_usd_per_kwh),
                *((_supply(run),) if settable else ()),
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    wishes = [
        f"{local(wish.start_ms):%a %H:%M}: {wish.amount:.1f} {MISSING if wish.what == 'heat' else BEYOND}"
        for wish in plan.unmet
    ]
    total = sum(step.cost_usd for step in plan.steps)
    if plan.raised_kw > 0.0:
        raised = f"the month's highest power is raised by {plan.raised_kw:.1f} kW"
        wishes.append(f"{raised}; these days answer for {plan.peak_usd:.2f} USD of that")
    return [*lines, f"electricity costs {total:.2f} USD; {plan.end_kwh:.1f} kWh are left at the end", *wishes]


def _supply(run: list[PlanStep]) -> str:
    """What is asked of the source meanwhile: a temperature, or from which to which."""
    asked = [step.supply_c for step in run if step.supply_c is not None]
    if not asked:
        return ""
    least, most = f"{min(asked):.0f}", f"{max(asked):.0f}"
    return least if least == most else f"{least}-{most}"


def _worth(usd_per_kwh: float) -> str:
    return NEEDED if usd_per_kwh > NEEDED_USD_PER_KWH else f"{usd_per_kwh:.3f} USD"


def _runs(steps: tuple[PlanStep, ...]) -> list[list[PlanStep]]:
    found: list[list[PlanStep]] = []
    for step in steps:
        last = found[-1][-1] if found else None
        if last is not None and (mode_of(last), last.price_usd_per_kwh) == (mode_of(step), step.price_usd_per_kwh):
            found[-1].append(step)
        else:
            found.append([step])
    return found


def _mean(values: list[float], weights: list[int]) -> float:
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)


def why_data(found: Why, local: Local) -> dict[str, object]:
    """The explanation of a step."""
    return {
        "start": local(found.step.start_ms).isoformat(),
        "mode": mode_of(found.step),
        "price_usd_per_kwh": found.step.price_usd_per_kwh,
        "dearer_share": found.dearer_share,
        "heat_usd_per_kwh": found.heat_usd_per_kwh,
        "worth_usd_per_kwh": found.step.worth_usd_per_kwh,
        "cheapest": local(found.cheapest_ms).isoformat(),
        "cheapest_usd_per_kwh": found.cheapest_usd_per_kwh,
        "binds": [each.value for each in found.binds],
        "degree_usd": found.degree_usd,
        "later": local(found.later_ms).isoformat(),
        "later_usd": found.later_usd,
    }


def why_lines(found: Why, local: Local) -> list[str]:
    """The same in sentences."""
    step = found.step
    worth = _worth(step.worth_usd_per_kwh)
    lines = [
        f"{local(step.start_ms):%a %H:%M}: {mode_of(step)}. Electricity costs {step.price_usd_per_kwh:.3f} USD/kWh, more than "
        f"in {found.dearer_share:.0%} of the plan's time.",
        f"A kWh of heat more in the stores is {worth if worth == NEEDED else f'worth {worth}'}.",
    ]
    if found.heat_usd_per_kwh is not None:
        lines.append(f"Made now it costs {found.heat_usd_per_kwh:.3f} USD{_cheaper(found, local)}.")
    lines += [f"Binds: {each.value}." for each in found.binds]
    lines.append(f"A degree less in the rooms would save {found.degree_usd:.2f} USD in the next 24 h.")
    if found.later_usd > 0.005:
        at = f"{local(found.later_ms):%a %H:%M}"
        lines.append(f"A bath ({BATH_KWH:.0f} kWh) at {at} in place of now would save {found.later_usd:.2f} USD.")
    else:
        lines.append("A later bath would save nothing.")
    return lines


def _cheaper(found: Why, local: Local) -> str:
    if found.cheapest_ms == found.step.start_ms:
        return ", and at no later time less"
    return f", at {local(found.cheapest_ms):%a %H:%M} {found.cheapest_usd_per_kwh:.3f}"
