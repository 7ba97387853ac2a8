"""One recording, one set of loads and terms; any number of algorithms and settings run on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from gw_spaceheat.core.netbalance.algorithm import algorithm_names, for_each_load, make_algorithm, settings_of
from gw_spaceheat.core.netbalance.foresight import Frontier, Periods, frontier
from gw_spaceheat.core.netbalance.grid import Grid, lay
from gw_spaceheat.core.netbalance.load import Load
from gw_spaceheat.core.netbalance.manager import Manager, ManagerSettings
from gw_spaceheat.core.netbalance.period import NettingPeriod
from gw_spaceheat.core.netbalance.simulation import Outcome, Prices, States, Terms, load_wh, outcome, periods_of, play
from gw_spaceheat.core.netbalance.stretches import Stretches
from gw_spaceheat.core.netbalance.trace import Trace, joined
from gw_spaceheat.stores.netbalance_csv import read_recording
from gw_spaceheat.vocabulary.tariff import TimeOfUse, hours, spanish_three_periods

VALLEY, FLAT, PEAK, SELL = 0.241, 0.293, 0.357, 0.187
"""Prices of the recordings' time and place [EUR/kWh]."""
JUST_UNDER = 0.0001
HOLD_S = 300.0
FLOAT_ROOM = 1e-9


def every_day_alike(timezone: str = "Europe/Madrid") -> TimeOfUse:
    """The three periods of 2.0TD with weekends and holidays as other days: what the published figures were worked out with."""
    windows = tuple(hours(band, start, end) for band, start, end in (("peak", 10, 14), ("peak", 18, 22), ("flat", 8, 24)))
    return TimeOfUse(timezone, {"valley": VALLEY, "flat": FLAT, "peak": PEAK}, "valley", windows)


def tariff_named(name: str) -> TimeOfUse:
    """A tariff by its name.

    Raises:
        ValueError: There is none of that name.
    """
    if name == "every-day-alike":
        return every_day_alike()
    if name == "2.0TD":
        return spanish_three_periods(VALLEY, FLAT, PEAK)
    raise ValueError(f"there is no tariff {name!r}; there are every-day-alike and 2.0TD")


def read_traces(files: tuple[Path, ...], base_w: float | None) -> Trace:
    """Recordings of one or several files."""
    return joined(tuple(read_recording(file, base_w) for file in files))


@dataclass(frozen=True)
class Experiment:
    """What all runs have in common.

    Attributes:
        trace: The recording.
        loads: The loads, in their order.
        terms: What energy costs.
        period: What is netted.
        longest_step_s: For how long a sample may stand at most [s].
    """

    trace: Trace
    loads: tuple[Load, ...]
    terms: Terms
    period: NettingPeriod = field(default_factory=NettingPeriod)
    longest_step_s: float = 60.0

    @cached_property
    def grid(self) -> Grid:
        """The recording over the periods."""
        return lay(self.trace, self.period, self.longest_step_s)

    @cached_property
    def periods(self) -> Periods:
        """The periods without the loads."""
        return periods_of(self.grid, self.terms)

    @cached_property
    def prices(self) -> Prices:
        """What energy costs when."""
        return Prices(self.grid, self.terms.tariff)

    @cached_property
    def frontier(self) -> Frontier:
        """Perfect foresight."""
        return frontier(self.periods, [load.nominal_w for load in self.loads])

    @cached_property
    def stretches(self) -> Stretches:
        """The recording prepared for hysteresis."""
        deciding = self.grid if self.period.is_netted else lay(self.trace, NettingPeriod(15), self.longest_step_s)
        return Stretches(deciding, tuple(load.nominal_w for load in self.loads), HOLD_S)

    def run(self, name: str, given: Mapping[str, str]) -> States:
        """The states after each sample; hysteresis of loads that nothing limits the quick way."""
        settings = settings_of(name, given)
        if name == "hysteresis" and not any(load.is_bound for load in self.loads):
            make_algorithm(name, settings, self.loads)  # checks them
            return self.stretches.hysteresis(
                for_each_load(settings.top_wh, self.loads), for_each_load(settings.bottom_wh, self.loads)
            )
        return self.run_manager(name, settings)

    def run_manager(self, name: str, settings: Any) -> States:
        """The states after each sample, by the very object that manages a house."""
        managing = ManagerSettings(self.period, self.terms.sell_per_kwh, self.longest_step_s, HOLD_S)
        algorithm = make_algorithm(name, settings, self.loads)
        return play(self.grid, Manager(managing, self.loads, algorithm, self.terms.tariff), self.loads)

    def told(self, name: str, given: Mapping[str, str]) -> dict[str, Any]:
        """A run, as one object for JSON."""
        return self.told_of(name, given, self.run(name, given))

    def told_of(self, name: str, given: Mapping[str, str], states: States) -> dict[str, Any]:
        """The same of the states that came out."""
        result = outcome(self.grid, states, self.loads, self.terms, self.period, self.prices)
        energy = load_wh(self.grid, states, self.loads)
        gain = self.periods.gain(energy)
        days = max(result.days, FLOAT_ROOM)
        needs = self.frontier.switchings_for(gain)
        return {
            "algorithm": name,
            "settings": dict(given),
            "share_of_perfect_gain": round(self.frontier.share(gain), 6),
            "gain": round(gain, 6),
            "perfect_gain": round(self.frontier.bound, 6),
            "commutations": list(result.commutations),
            "commutations_per_day": round(sum(result.commutations) / days, 3),
            "perfect_commutations_per_day_for_same_gain": None if needs is None else round(needs / days, 3),
            **_told(result),
        }

    def compared(self, given: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
        """All algorithms with their usual settings, or those given; none first."""
        names = sorted(algorithm_names(), key=lambda name: (name != "none", name))
        return [self.told(name, given.get(name, {})) for name in names]


def _told(result: Outcome) -> dict[str, Any]:
    return {
        "days": round(result.days, 4),
        "energies_wh": {name: round(value, 3) for name, value in result.energies_wh.items()},
        "bills": {name: round(value, 6) for name, value in result.bills.items()},
        "use_of_usable": round(result.use, 6),
        "returned_of_imported": round(result.returned, 6),
        "hours_on": [round(value, 4) for value in result.hours_on],
        "partial_periods": result.partial_periods,
    }
