"""A street whose houses are heated when that suits it, beside the same street without heat, and with houses that see no sun."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import NamedTuple

from gw_spaceheat.apps.houses import find_house
from gw_spaceheat.core.heating_house import HeatDone
from gw_spaceheat.core.market.online import Rule
from gw_spaceheat.core.market.settlement import local_of, settle
from gw_spaceheat.core.market.street import BaseLoad, Street
from gw_spaceheat.core.market.timetable import Timetable
from gw_spaceheat.core.planner.figures import Figures, figures_of
from gw_spaceheat.core.street_heat import StreetHeat, schedule_heated, with_heat


class Placed(NamedTuple):
    """Where a street's jobs are.

    Attributes:
        starts_s: When each job starts, by its name [s].
        counts: Figures about it.
        roofs: What each roof gave, where it went by messages.
    """

    starts_s: Mapping[str, float]
    counts: Mapping[str, float]
    roofs: tuple[Mapping[str, object], ...] = ()


Decide = Callable[[Timetable, int], Placed]
"""Places the jobs of a timetable, by a seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What was decided for a street.

    Attributes:
        street: The street; where houses are heated, with heat as load where it was made.
        starts_s: When each job starts, by its name [s].
        counts: Figures about it.
        heated: Figures of each house that is heated.
        roofs: What each roof gave, where it went by messages.
    """

    street: Street
    starts_s: Mapping[str, float]
    counts: Mapping[str, float]
    heated: tuple[dict[str, object], ...] = ()
    roofs: tuple[Mapping[str, object], ...] = ()


def figures_for(street: Street, houses: Path) -> dict[str, Figures]:
    """Figures of the models that a street's heated houses name.

    Args:
        street: The street.
        houses: A house file, or a folder of them.

    Raises:
        HouseFileError: A house is not there, or does not fit the form.
        CannotPlanError: No plan can be made for it.
        OSError: A file cannot be read.
    """
    return {model: figures_of(find_house(houses, model)) for model in sorted({each.model for each in street.heated})}


class WithHeat(NamedTuple):
    """Where jobs are beside houses that are heated.

    Attributes:
        placed: The jobs.
        done: What each house did, in figures.
        loads: What each took for that.
    """

    placed: Placed
    done: tuple[HeatDone, ...]
    loads: tuple[BaseLoad, ...]


Heat = Callable[[bool, int], WithHeat]
"""Lets jobs be placed and houses be heated: whether those see the street's sun, and a seed."""


def heat_beside(street: Street, figures: Mapping[str, Figures], rule: Rule) -> Heat:
    """Jobs and houses answer each other, by the rule of a scheduler and the figures of each model."""

    def beside(sees_sun: bool, seed: int) -> WithHeat:
        heat = StreetHeat(street, figures, sees_sun=sees_sun)
        placed = Placed(schedule_heated(street, heat, rule, seed), {})
        return WithHeat(placed, heat.done, heat.loads)

    return beside


def heat_first(street: Street, figures: Mapping[str, Figures], decide: Decide) -> Heat:
    """Houses plan without looking at jobs; a scheduler without a rule then knows what they take."""

    def first(sees_sun: bool, seed: int) -> WithHeat:
        heat = StreetHeat(street, figures, sees_sun=sees_sun)
        heat.finish({})
        return WithHeat(decide(Timetable(with_heat(street, heat.loads)), seed), heat.done, heat.loads)

    return first


def decide_heated(street: Street, decide: Decide, heat: Heat, seed: int = 0) -> Decided:
    """Let a street's jobs be placed and its houses be heated.

    The figures: `heat_kwh` is electricity for heat, `heat_local_kwh` what the street's sun gave of it, `heat_cost_usd` what the
    street pays more than without heat, less what the stores hold more at the end. `heat_blind_...` are the same of houses that
    plan by the grid's price alone. `heat_peak_import_kw` is the street's peak with heat, and `heat_cold_k_h` tells how much and
    how long water was colder than it had to be.

    Args:
        street: The street.
        decide: How jobs are placed where no house is heated.
        heat: How they are, and how houses are heated.
        seed: For what is left to chance.
    """
    without_usd = settle(street, decide(Timetable(replace(street, heated=())), seed).starts_s).cost_usd
    counts: dict[str, float] = {}
    found: list[Decided] = []
    for name, sees_sun in (("heat", True), ("heat_blind", False)):
        placed, done, loads = heat(sees_sun, seed)
        heated = with_heat(street, loads)
        end_usd, outcome = sum(each.end_usd for each in done), settle(heated, placed.starts_s)
        counts |= {
            f"{name}_kwh": sum(each.electricity_kwh for each in done),
            f"{name}_local_kwh": local_of(heated, placed.starts_s, loads) / 1000.0,
            f"{name}_cost_usd": outcome.cost_usd - without_usd - end_usd,
            f"{name}_peak_import_kw": outcome.peak_import_kw,
            f"{name}_cold_k_h": sum(each.cold_k_h for each in done),
        }
        houses = tuple(asdict(each) for each in done)
        found.append(Decided(street=heated, starts_s=placed.starts_s, counts=placed.counts, heated=houses, roofs=placed.roofs))
    return replace(found[0], counts={**found[0].counts, **counts})
