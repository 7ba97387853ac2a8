"""A tiny plant for closed-loop tests: two stratified tanks, a source with a start-up, elements, a demand. It keeps energy."""

from dataclasses import dataclass, field

from tests.core.heating.houses import CURVE

WATER = 4186.0
STEP_S = 10.0
PUMP_KG_S = 0.7
START_UP_S = 720.0
ELEMENT_W = 4500.0


@dataclass
class Tank:
    """Equal layers, hottest first [degC]."""

    layers: list[float]
    litres: float

    @property
    def layer_kg(self) -> float:
        return self.litres / len(self.layers)

    def flow(self, top_in_kg_s: float, top_in_c: float, top_out_kg_s: float, bottom_in_kg_s: float, bottom_in_c: float) -> None:
        """Move water by the temperatures before the step; what leaves at an end has that of the end layer."""
        before = list(self.layers)
        down = top_in_kg_s - top_out_kg_s
        last = len(before) - 1
        for index, here_c in enumerate(before):
            above = (top_in_kg_s, top_in_c) if index == 0 else (max(down, 0.0), before[index - 1])
            below = (bottom_in_kg_s, bottom_in_c) if index == last else (max(-down, 0.0), before[index + 1])
            for kg_s, other_c in (above, below):
                self.layers[index] += kg_s * STEP_S / self.layer_kg * (other_c - here_c)
        self.layers.sort(reverse=True)  # warm water rises

    def heat(self, index: int, watts: float) -> None:
        self.layers[index] += watts * STEP_S / (self.layer_kg * WATER)
        self.layers.sort(reverse=True)

    def heat_j(self) -> float:
        return sum(self.layers) * self.layer_kg * WATER


@dataclass
class TinyPlant:
    """One house: the source keeps its supply 11 K above what is required by its flow."""

    source_w: float
    outdoor_c: float
    demand_w: float
    buffer: Tank = field(init=False)
    store: Tank = field(init=False)
    on: dict[str, float] = field(default_factory=dict)
    source_on_s: float = 0.0
    given_j: float = 0.0
    boost_j: float = 0.0
    taken_j: float = 0.0
    worst_k: float = float("inf")

    def __post_init__(self) -> None:
        start_c = self.required_c + 5.0
        self.buffer = Tank([start_c] * 12, 454.0)
        self.store = Tank([start_c] * 24, 1363.0)

    @property
    def required_c(self) -> float:
        return CURVE.required_c(self.outdoor_c)

    def step(self) -> None:
        """Ten seconds."""
        buffer, store = self.buffer, self.store
        is_open = self.on.get("valve", 0) > 0
        pump_kg_s = PUMP_KG_S if is_open and self.on.get("pump", 0) > 0 else 0.0
        top_c, bottom_c = buffer.layers[0], buffer.layers[-1]
        back_c = self.required_c - 10.0
        draw_kg_s = self.demand_w / (WATER * (top_c - back_c))
        self.worst_k = min(self.worst_k, top_c - self.required_c)
        self.taken_j += draw_kg_s * WATER * (top_c - back_c) * STEP_S

        flow_kg_s, supply_c = self.run_source(store.layers[-1] if is_open and not pump_kg_s else bottom_c)
        if not is_open:
            buffer.flow(flow_kg_s, supply_c, draw_kg_s, draw_kg_s, back_c)
        elif pump_kg_s > 0.0:
            from_store_kg_s = pump_kg_s - flow_kg_s
            header_c = (flow_kg_s * supply_c + from_store_kg_s * store.layers[0]) / pump_kg_s
            store.flow(0.0, 0.0, from_store_kg_s, from_store_kg_s, bottom_c)
            buffer.flow(pump_kg_s, header_c, draw_kg_s, draw_kg_s, back_c)
        else:
            store.flow(flow_kg_s, supply_c, 0.0, 0.0, 0.0)
            buffer.flow(0.0, 0.0, draw_kg_s, draw_kg_s, back_c)
        for place, element in ((8, "e1"), (6, "e2")):
            if self.on.get(element, 0) > 0:
                buffer.heat(place, ELEMENT_W)
                self.given_j += ELEMENT_W * STEP_S
                self.boost_j += ELEMENT_W * STEP_S

    def run_source(self, return_c: float) -> tuple[float, float]:
        """Its flow [kg/s] and supply [degC]."""
        self.source_on_s = self.source_on_s + STEP_S if self.on.get("hp", 0) > 0 else 0.0
        supply_c = self.required_c + 11.0
        if self.source_on_s <= START_UP_S or supply_c <= return_c:
            return 0.0, return_c
        flow_kg_s = min(self.source_w / (WATER * (supply_c - return_c)), PUMP_KG_S)
        self.given_j += flow_kg_s * WATER * (supply_c - return_c) * STEP_S
        return flow_kg_s, supply_c

    def readings(self) -> dict[str, float | None]:
        """Four buffer sensors, four store sensors, two pipes, the outdoor temperature."""
        values: dict[str, float | None] = {"out": self.outdoor_c, "p1": 20.0, "p2": 20.0}
        values |= {f"b{number + 1}": self.buffer.layers[place] for number, place in enumerate((1, 4, 7, 10))}
        values |= {f"s{number + 1}": self.store.layers[place] for number, place in enumerate((1, 8, 15, 22))}
        return values
