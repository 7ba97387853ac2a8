"""How many house-days a second: a house with its whole SCADA, AtomicTNode and Ear in virtual time, on one core."""

import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from statistics import median

from gw_spaceheat.apps.bench.shares import shares
from gw_spaceheat.apps.compiled.finder import in_use
from gw_spaceheat.apps.houses import house_to_start
from gw_spaceheat.apps.samples import DEMAND, SAMPLES, WEATHER
from gw_spaceheat.apps.simulate import Simulation, SimulationOutcome, simulate
from gw_spaceheat.apps.simulation_run import SimulationRequest, prepare
from gw_spaceheat.house.model import House
from gw_spaceheat.vocabulary.contract_plan import ContractPlan
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

HOUSE = "hw1.isone.me.millinocket.oak"


def measure(houses: Path, days: int = 10, rounds: int = 5, compiled: bool | None = None) -> dict[str, object]:
    """House-days per second of *oak* with the SYNTHETIC January's heat demand.

    The house's own rates; files are read and, with Numba, the physics is compiled before the clock starts, once for all
    rounds. The figures at the top are for temperatures, flows and powers, without the relays' states as channels, which a
    report also has as states; `all_channels` has the speed with them, `under_contract` that of the whole house while an
    AtomicTNode commands it as its strategy would: then each value by which it heats goes up at once, with heartbeats and
    dispatches. Each is the median of the rounds, which alternate.

    Args:
        houses: The house file.
        days: Length of a run [days].
        rounds: Number of runs.
        compiled: Compile the physics; None to do so when Numba is there.
    """
    house, _ = house_to_start(houses, HOUSE)
    request = SimulationRequest(
        house=house,
        start=datetime(2018, 1, 8),  # noqa: DTZ001 - local standard time
        days=days,
        weather=SAMPLES / WEATHER,
        demand=SAMPLES / DEMAND,
        compiled=compiled,
        contract=ContractPlan.OPEN,
    )
    whole, _ = prepare(request)
    what = replace(whole, house=without_relay_states(house))
    commanded = replace(whole, contract=ContractPlan.MIRROR, hours=24)
    simulate(replace(what, hours=24))
    speeds, whole_speeds, commanded_speeds, outcomes = [], [], [], []
    for _ in range(rounds):
        speed, outcome = _timed(what)
        speeds.append(speed)
        outcomes.append(outcome)
        whole_speeds.append(_timed(whole)[0])
        speed, under = _timed(commanded)
        commanded_speeds.append(speed)
    last = outcomes[-1]
    return {
        "house": HOUSE,
        "house_days_per_s": median(speeds),
        "slowest": min(speeds),
        "fastest": max(speeds),
        "rounds": rounds,
        "days": days,
        "channels": len(what.house.channels),
        "physics_step_s": what.step_s,
        "compiled": what.compiled,
        "control_compiled": in_use(),
        "contract": what.contract.value,
        "calls_per_day": last.calls / days,
        "messages_per_day": sum(last.messages.values()) / days,
        "readings_per_day": last.readings / days,
        "digests": len({outcome.digest for outcome in outcomes}),
        "all_channels": {"channels": len(house.channels), "house_days_per_s": median(whole_speeds)},
        "under_contract": {
            "contract": commanded.contract.value,
            "house_days_per_s": median(commanded_speeds),
            "messages_per_day": sum(under.messages.values()),
        },
        # the profiler does not see into compiled code
        "shares": {} if in_use() else shares(lambda: simulate(replace(what, hours=24))),
    }


def without_relay_states(house: House) -> House:
    """The house with its measured channels only."""
    measured = {name: channel for name, channel in house.channels.items() if channel.telemetry is not TelemetryName.RelayState}
    return replace(house, channels=measured)


def _timed(what: Simulation) -> tuple[float, SimulationOutcome]:
    began_s = time.perf_counter()
    outcome = simulate(what)
    return what.hours / 24 / (time.perf_counter() - began_s), outcome
