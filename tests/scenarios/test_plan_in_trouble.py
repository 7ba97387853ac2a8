"""A house heated by plan when forecasts, prices, weather or sensors are not as they should be: warm, and told."""

from dataclasses import replace
from datetime import datetime

import pytest

from gw_spaceheat.apps.simulate import Simulation, SimulationOutcome, simulate
from gw_spaceheat.apps.simulated_forecasts import ForecastTrouble, TroubleKind
from gw_spaceheat.apps.simulation_run import SimulationRequest, prepare
from gw_spaceheat.plant.faults import FaultKind, SensorFault
from gw_spaceheat.vocabulary.contract_plan import ContractPlan
from gw_spaceheat.vocabulary.moment import DAY_MS
from tests.scenarios.scene import OAK, house

DAYS = 3
SILENT, LATE, NOT_NUMBERS = TroubleKind.SILENT, TroubleKind.LATE, TroubleKind.NOT_NUMBERS
COLD_C = -30.0
SLOW = pytest.mark.slow


def three_days() -> Simulation:
    """A house in January, commanded by an AtomicTNode that plans."""
    request = SimulationRequest(house=house(OAK), start=datetime(2018, 1, 8), days=DAYS, contract=ContractPlan.PLANNED)
    return prepare(request)[0]


def told_by(outcome: SimulationOutcome) -> str:
    return "\n".join(note.text for _, _, note in outcome.notes)


def stays_warm(outcome: SimulationOutcome) -> bool:
    """Never more than half a degree below what is wanted."""
    return outcome.totals.worst_k < 0.5


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (ForecastTrouble(SILENT, 0, 24 * DAYS), ("no price forecast was heard", "no weather forecast was heard")),
        pytest.param(ForecastTrouble(SILENT, 12, 24 * DAYS), ("more than 36 h old", "ends in less than 12 h"), marks=SLOW),
        pytest.param(
            ForecastTrouble(LATE, 6, 24 * DAYS, 40),
            ("price forecast of SYNTHETIC is more than 36 h old", "ends in less than 12 h"),
            marks=SLOW,
        ),
        pytest.param(
            ForecastTrouble(NOT_NUMBERS, 0, 24 * DAYS),
            ("none of them can be true", "no temperature in it can be true"),
            marks=SLOW,
        ),
        pytest.param(
            ForecastTrouble(NOT_NUMBERS, 12, 36), ("none of them can be true", "no longer so: prices of SYNTHETIC"), marks=SLOW
        ),
    ],
    ids=["never any", "none since noon", "40 h late", "never numbers", "a day of no numbers"],
)
def test_forecasts_that_are_missing_late_or_no_numbers(trouble: ForecastTrouble, words: tuple[str, ...]) -> None:
    what = three_days()
    assert what.planning is not None
    outcome = simulate(replace(what, planning=replace(what.planning, troubles=(trouble,))))
    told = told_by(outcome)
    assert [word for word in words if word not in told] == []
    assert stays_warm(outcome)
    assert outcome.remote_ms > 0.9 * DAYS * DAY_MS


@pytest.mark.parametrize("foreseen", [pytest.param(True, marks=SLOW), False])
def test_a_day_at_30_degrees_below(foreseen: bool) -> None:
    what = three_days()
    assert what.planning is not None
    drive = what.drive
    outdoor = tuple(COLD_C if 24 <= hour < 48 else celsius for hour, celsius in enumerate(drive.outdoor_c))
    cold = replace(drive, outdoor_c=outdoor)
    truth = replace(what.planning.truth, drive=cold) if foreseen else what.planning.truth
    outcome = simulate(replace(what, drive=cold, planning=replace(what.planning, truth=truth)))
    assert stays_warm(outcome)


def test_negative_prices_are_bought_at() -> None:
    what = three_days()
    assert what.planning is not None
    truth = what.planning.truth
    given = range(36, 40)
    paid, before = (
        tuple(-0.3 if hour in given else price for hour, price in enumerate(prices))
        for prices in (truth.energy_usd_per_kwh, truth.day_ahead_usd_per_kwh)
    )
    truth = replace(truth, energy_usd_per_kwh=paid, day_ahead_usd_per_kwh=before)
    outcome = simulate(replace(what, planning=replace(what.planning, truth=truth)))
    bought = sum(outcome.energy_wh[hour] for hour in given)
    even_share = sum(outcome.energy_wh) * len(given) / len(outcome.energy_wh)
    assert bought > 1.5 * even_share
    assert stays_warm(outcome)


PROBES = ("a-store-tank3-depth3", "a-buffer-depth1", "a-buffer-depth4")


@pytest.mark.parametrize("channel", ["a-store-tank1-depth1", *(pytest.param(name, marks=SLOW) for name in PROBES)])
def test_a_probe_that_shows_the_same_for_ever_is_told(channel: str) -> None:
    what = three_days()
    start_ms = what.drive.start_ms
    fault = SensorFault(channel, FaultKind.STUCK, start_ms + DAY_MS // 2, start_ms + DAYS * DAY_MS)
    outcome = simulate(replace(what, faults=(fault,)))
    assert f"missing: {channel}: stuck: it has shown exactly the same for hours" in told_by(outcome)
    assert outcome.messages["glitch"] == 1
    assert stays_warm(outcome)


def test_a_thermostat_that_shows_the_same_for_ever_is_told_and_its_room_heated_again() -> None:
    what = three_days()
    start_ms = what.drive.start_ms
    fault = SensorFault("a-zone1-stat", FaultKind.STUCK, start_ms + DAY_MS // 2, start_ms + DAYS * DAY_MS)
    outcome = simulate(replace(what, faults=(fault,)))
    assert "missing: a-zone1-stat: stuck" in told_by(outcome)
    assert outcome.totals.worst_k < 5.0


def test_an_outdoor_sensor_that_shows_the_same_for_ever_makes_nobody_cold() -> None:
    what = three_days()
    start_ms = what.drive.start_ms
    fault = SensorFault("a-outdoors-temp", FaultKind.STUCK, start_ms + DAY_MS // 2, start_ms + DAYS * DAY_MS)
    assert stays_warm(simulate(replace(what, faults=(fault,))))
