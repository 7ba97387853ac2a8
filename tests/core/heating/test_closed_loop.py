"""Heating, safety and a tiny plant in a closed loop."""

from collections.abc import Callable

import pytest

from gw_spaceheat.core.events import Event, Latest, Release, Started, Wish
from gw_spaceheat.core.heating import heating_machine
from gw_spaceheat.core.safety import safety_machine
from gw_spaceheat.house.delivery import Delivery
from gw_spaceheat.house.model import House
from gw_spaceheat.vocabulary.moment import Moment
from tests.core.heating.houses import NEW_YORK, WEDNESDAY_NOON, store_house
from tests.core.heating.tiny_plant import STEP_S, TinyPlant

HOUR = 3600


class Loop:
    def __init__(self, house: House, plant: TinyPlant, start_ms: int = WEDNESDAY_NOON) -> None:
        self.plant = plant
        self.machines = (heating_machine(house), safety_machine(house))
        self.now = Moment(9_000_000, start_ms)
        self.wished: list[dict[str, float]] = [{}, {}]
        self.starts = 0
        self.source_on: list[tuple[int, bool]] = []
        for who, machine in enumerate(self.machines):
            self.obey(who, machine.handle(Started(), self.now))

    def obey(self, who: int, effects: object) -> None:
        assert isinstance(effects, list | tuple)
        for effect in effects:
            assert isinstance(effect, Event)
            if isinstance(effect, Wish):
                self.starts += effect.node == "hp" and effect.value > 0
                self.wished[who][effect.node] = effect.value
            elif isinstance(effect, Release):
                del self.wished[who][effect.node]
        self.plant.on = self.wished[0] | self.wished[1]

    def run(self, hours: float, each_minute: Callable[[], None] = lambda: None) -> None:
        for step in range(round(hours * HOUR / STEP_S)):
            self.plant.step()
            self.now = self.now.later(round(STEP_S * 1000))
            for who, machine in enumerate(self.machines):
                due_ms = machine.deadline()
                if due_ms is not None and due_ms <= self.now.mono_ms:
                    self.obey(who, machine.wake(self.now))
            if step % 6 == 5:
                each_minute()
                latest = Latest(self.plant.readings())
                for who, machine in enumerate(self.machines):
                    self.obey(who, machine.handle(latest, self.now))
                self.source_on.append((self.now.wall_ms, self.plant.on["hp"] > 0))


@pytest.mark.parametrize("strategy", ["hysteresis", "tou"])
@pytest.mark.parametrize(
    ("outdoor_c", "demand_w", "boosts"),
    [(10.0, 1500.0, False), (-5.0, 6000.0, False), (-20.0, 10_000.0, False), (-25.0, 18_000.0, True)],
)
def test_the_supply_never_gets_too_cold(strategy: str, outdoor_c: float, demand_w: float, boosts: bool) -> None:
    plant = TinyPlant(source_w=13_000.0, outdoor_c=outdoor_c, demand_w=demand_w)
    stored_j = plant.buffer.heat_j() + plant.store.heat_j()
    loop = Loop(store_house(strategy), plant)
    loop.run(48.0)
    assert plant.worst_k > 0.0
    stored_j -= plant.buffer.heat_j() + plant.store.heat_j()
    assert plant.taken_j == pytest.approx(demand_w * 48.0 * HOUR, rel=1e-9)
    assert stored_j + plant.given_j == pytest.approx(plant.taken_j, rel=1e-9), "the tiny plant keeps its energy"
    assert (plant.boost_j > 0.05 * plant.given_j) is boosts


def test_a_morning_peak_and_falling_weather() -> None:
    plant = TinyPlant(source_w=13_000.0, outdoor_c=2.0, demand_w=5_000.0)
    loop = Loop(store_house(), plant)

    def weather() -> None:
        hour = (loop.now.wall_ms - WEDNESDAY_NOON) / 3_600_000
        plant.outdoor_c = 2.0 - 4.0 * min(hour, 6.0)
        plant.demand_w = 21_000.0 if 12.0 <= hour < 14.0 else 9_000.0

    loop.run(24.0, weather)
    assert plant.worst_k > 0.0


def test_time_of_use_keeps_the_source_off_on_peak() -> None:
    plant = TinyPlant(source_w=13_000.0, outdoor_c=0.0, demand_w=3_000.0)
    loop = Loop(store_house("tou"), plant)
    loop.run(48.0)
    delivery = Delivery(store_house().tariff, NEW_YORK)
    on_peak = [on for wall_ms, on in loop.source_on if delivery.is_on_peak(wall_ms)]
    off_peak = [on for wall_ms, on in loop.source_on if not delivery.is_on_peak(wall_ms)]
    assert sum(on_peak) < 0.02 * len(on_peak)
    assert sum(off_peak) > 0.3 * len(off_peak)
    assert plant.worst_k > 0.0


def test_hysteresis_does_not_start_too_often() -> None:
    loop = Loop(store_house(), TinyPlant(source_w=13_000.0, outdoor_c=0.0, demand_w=4_000.0))
    loop.run(48.0)
    assert 2 <= loop.starts <= 12


def test_a_relay_that_sticks_is_cut_out_by_safety() -> None:
    plant = TinyPlant(source_w=13_000.0, outdoor_c=0.0, demand_w=0.0)
    loop = Loop(store_house(), plant)
    loop.run(1.0)
    plant.buffer.layers[:] = [91.0] * 12
    loop.run(0.1)
    assert loop.wished[1] == {"hp": 0.0, "e1": 0.0, "e2": 0.0}
    plant.buffer.layers[:] = [84.0] * 12
    loop.run(0.1)
    assert loop.wished[1] == {}
