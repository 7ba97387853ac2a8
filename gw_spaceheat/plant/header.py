"""The heat source's water loop: source, header, store and buffer, or the hot-water tank's coil, solved together for one step.

Water that leaves a tank has the temperature that its end layer had before the step, so every temperature is known beforehand
except where the source's supply runs back to it within the step: through a coil or a phase-change store. There the outlet is
a straight line of the inlet (`outlet = constant + share * inlet`), and the loop is solved exactly. Thus no heat is lost
between the parts.
"""

from gw_spaceheat.plant import heat_source, memory, phase_change
from gw_spaceheat.plant.memory import (
    BUFFER_AT,
    BUFFER_NODES,
    COIL_W_PER_K,
    COMMAND_HOT_WATER,
    COMMAND_STORE_PUMP,
    COMMAND_STORE_VALVE,
    DEFROST_LEFT_S,
    DEFROSTS,
    FROST_S,
    HOT_WATER_AT,
    HOT_WATER_NODES,
    NO_STORE,
    OUTDOOR_C,
    PHASE_CHANGE_STORE,
    RUNNING,
    SOURCE_KG_S,
    SOURCE_MAXIMUM_KG_S,
    SOURCE_MAXIMUM_W,
    SOURCE_MINIMUM_W,
    SOURCE_MODE,
    SOURCE_RETURN_C,
    SOURCE_SUPPLY_C,
    SOURCE_TOO_HOT,
    SOURCE_W,
    STANDBY_W,
    STARTING,
    STORE_AT,
    STORE_KG_S,
    STORE_KIND,
    STORE_NODES,
    STORE_OUTLET_C,
    STORE_PUMP_KG_S,
    STORE_TANKS,
    SUM_AMBIENT_J,
    SUM_SOURCE_J,
    SUM_SOURCE_LOSS_J,
    SUM_TANK_LOSS_J,
    Numbers,
    Whole,
)
from gw_spaceheat.plant.tank import advance_tank
from gw_spaceheat.vocabulary.units import WATER_J_PER_KG_K

UNLIMITED_KG_S = 1e9
COLDEST_DEFROST_C = 5.0
"""A defrost takes no heat that would make the supply colder than this."""
COIL_SECTIONS = 4
"""A coil is reckoned as so many stirred sections in series: near the exponential, and without it."""


def coil_share(exchanger_w_per_k: float, flow_kg_s: float) -> float:
    """Part of the difference between inlet and tank that is left at a coil's outlet (0-1)."""
    section = 1.0 / (1.0 + exchanger_w_per_k / (COIL_SECTIONS * flow_kg_s * WATER_J_PER_KG_K))
    return section * section * section * section


def advance_header(numbers: Numbers, whole: Whole, required_c: float, step_s: float) -> tuple[float, float]:
    """Run heat source and store for one step.

    Args:
        numbers: Memory.
        whole: Memory.
        required_c: Supply temperature that the house requires now [degC].
        step_s: Length of the step [s].

    Returns:
        Flow from the header to the buffer's top [kg/s], and its temperature [degC].
    """
    buffer_bottom_c = numbers[whole[BUFFER_AT] + whole[BUFFER_NODES] - 1]
    kind = whole[STORE_KIND]
    store_open = kind != NO_STORE and numbers[COMMAND_STORE_VALVE] > 0.5
    pump_kg_s = numbers[STORE_PUMP_KG_S] if store_open and numbers[COMMAND_STORE_PUMP] > 0.5 else 0.0
    to_coil = whole[HOT_WATER_NODES] > 0 and numbers[COMMAND_HOT_WATER] > 0.5
    coil_node = whole[HOT_WATER_AT] + whole[HOT_WATER_NODES] - 1

    first_kg_s = UNLIMITED_KG_S
    first_c = buffer_bottom_c
    other_c = buffer_bottom_c
    if to_coil:
        first_kg_s = 0.0
        other_c = numbers[coil_node]
    elif store_open:
        first_kg_s = pump_kg_s
        other_c = store_end_c(numbers, whole, from_top=True)
    largest_kg_s = numbers[SOURCE_MAXIMUM_KG_S]
    beyond = max(1.0 - first_kg_s / largest_kg_s, 0.0) if largest_kg_s > 0.0 else 0.0
    hottest_c = heat_source.hottest_supply_c(numbers, to_coil)
    heat_source.govern(numbers, numbers[OUTDOOR_C], first_c + beyond * (other_c - first_c), hottest_c, step_s)

    flow_kg_s = 0.0
    supply_c = numbers[SOURCE_SUPPLY_C]
    if numbers[SOURCE_MODE] == RUNNING:
        wanted_c = heat_source.wanted_supply_c(numbers, required_c)
        flow_kg_s = largest_kg_s
        if not to_coil and numbers[DEFROST_LEFT_S] <= 0.0:
            full_w = numbers[SOURCE_MAXIMUM_W] * heat_source.source_cop(numbers, numbers[OUTDOOR_C], wanted_c)
            flow_kg_s = heat_source.wanted_flow_kg_s(numbers, full_w, wanted_c, first_kg_s, first_c, other_c)
        # the return is constant_c + share * supply
        constant_c = first_c
        share = 0.0
        if to_coil:
            share = coil_share(numbers[COIL_W_PER_K], flow_kg_s)
            constant_c = (1.0 - share) * numbers[coil_node]
        elif flow_kg_s > first_kg_s:
            beyond = (flow_kg_s - first_kg_s) / flow_kg_s
            outlet_c = other_c
            outlet_share = 0.0
            if kind == PHASE_CHANGE_STORE:
                outlet_c, outlet_share = phase_change.water_response(
                    numbers, whole, flow_kg_s - first_kg_s, from_top=True, step_s=step_s
                )
            constant_c = first_c + beyond * (outlet_c - first_c)
            share = beyond * outlet_share
        supply_c = heat_water(numbers, whole, flow_kg_s, constant_c, share, wanted_c, hottest_c, step_s)
        numbers[SOURCE_RETURN_C] = constant_c + share * supply_c
        numbers[SOURCE_SUPPLY_C] = supply_c
        if to_coil:
            given_w = flow_kg_s * WATER_J_PER_KG_K * (supply_c - numbers[SOURCE_RETURN_C])
            numbers[coil_node] += given_w * step_s / numbers[memory.HOT_WATER_J_PER_K]
    elif numbers[SOURCE_MODE] == STARTING:
        numbers[SOURCE_W] = numbers[SOURCE_MINIMUM_W]
        numbers[SUM_SOURCE_LOSS_J] += numbers[SOURCE_W] * step_s
    else:
        numbers[SOURCE_W] = numbers[STANDBY_W]
        numbers[SUM_SOURCE_LOSS_J] += numbers[SOURCE_W] * step_s
    numbers[SUM_SOURCE_J] += numbers[SOURCE_W] * step_s
    numbers[SOURCE_KG_S] = flow_kg_s

    into_header_kg_s = 0.0 if to_coil else flow_kg_s
    if not store_open:
        numbers[STORE_KG_S] = 0.0
        if kind != NO_STORE:
            advance_store(numbers, whole, 0.0, supply_c, buffer_bottom_c, step_s)
        return into_header_kg_s, supply_c
    charge_kg_s = into_header_kg_s - pump_kg_s
    numbers[STORE_KG_S] = charge_kg_s
    outlet_c = advance_store(numbers, whole, charge_kg_s, supply_c, buffer_bottom_c, step_s)
    if charge_kg_s >= 0.0:
        return pump_kg_s, supply_c
    return pump_kg_s, (into_header_kg_s * supply_c - charge_kg_s * outlet_c) / pump_kg_s


def heat_water(
    numbers: Numbers,
    whole: Whole,
    flow_kg_s: float,
    constant_c: float,
    share: float,
    wanted_c: float,
    hottest_c: float,
    step_s: float,
) -> float:
    """What the running heat source makes of water and electricity in one step; the answer is the supply temperature [degC].

    Supply is `base + heat * k_per_w`, because the return answers the supply by a straight line.

    Args:
        numbers: Memory.
        whole: Memory.
        flow_kg_s: Flow through the source [kg/s].
        constant_c: Return temperature for a supply of 0 degC [degC].
        share: How the return follows the supply (0-1).
        wanted_c: Supply temperature that it aims at [degC].
        hottest_c: Supply temperature above which it modulates down [degC].
        step_s: Length of the step [s].
    """
    outdoor_c = numbers[OUTDOOR_C]
    base_c = constant_c / (1.0 - share)
    k_per_w = 1.0 / (flow_kg_s * WATER_J_PER_KG_K * (1.0 - share))
    if whole[DEFROSTS] and heat_source.FROST_MINIMUM_C <= outdoor_c <= heat_source.FROST_MAXIMUM_C:
        numbers[FROST_S] += step_s
        if numbers[FROST_S] >= heat_source.FROST_INTERVAL_S:
            numbers[FROST_S] = 0.0
            numbers[DEFROST_LEFT_S] = heat_source.DEFROST_S
    if numbers[DEFROST_LEFT_S] > 0.0:
        numbers[DEFROST_LEFT_S] -= step_s
        taken_w = min(heat_source.DEFROST_HEAT_W, max((base_c - COLDEST_DEFROST_C) / k_per_w, 0.0))
        numbers[SOURCE_W] = numbers[SOURCE_MAXIMUM_W] * heat_source.DEFROST_POWER
        numbers[SUM_SOURCE_LOSS_J] += (numbers[SOURCE_W] + taken_w) * step_s
        return base_c - taken_w * k_per_w

    power_w = numbers[SOURCE_MAXIMUM_W]
    supply_c = base_c + power_w * heat_source.source_cop(numbers, outdoor_c, wanted_c) * k_per_w
    supply_c = base_c + power_w * heat_source.source_cop(numbers, outdoor_c, supply_c) * k_per_w
    heat_w = power_w * heat_source.source_cop(numbers, outdoor_c, supply_c)
    numbers[SOURCE_TOO_HOT] = 0.0
    if base_c + heat_w * k_per_w > hottest_c:
        cop = heat_source.source_cop(numbers, outdoor_c, hottest_c)
        power_w = (hottest_c - base_c) / k_per_w / cop
        if power_w < numbers[SOURCE_MINIMUM_W]:
            power_w = numbers[SOURCE_MINIMUM_W]
            numbers[SOURCE_TOO_HOT] = 1.0
        # the second iteration above may leave it a little above full load
        power_w = min(power_w, numbers[SOURCE_MAXIMUM_W])
        heat_w = power_w * cop
    numbers[SOURCE_W] = power_w
    numbers[SUM_AMBIENT_J] += (heat_w - power_w) * step_s
    return base_c + heat_w * k_per_w


def store_end_c(numbers: Numbers, whole: Whole, from_top: bool) -> float:
    """Temperature [degC] at the store's outlet before the step, for water that goes in at the top or at the bottom."""
    if whole[STORE_KIND] == PHASE_CHANGE_STORE:
        return numbers[STORE_OUTLET_C]
    if from_top:
        return numbers[whole[STORE_AT] + whole[STORE_TANKS] * whole[STORE_NODES] - 1]
    return numbers[whole[STORE_AT]]


def advance_store(
    numbers: Numbers, whole: Whole, charge_kg_s: float, header_c: float, buffer_bottom_c: float, step_s: float
) -> float:
    """Run the store for one step; the answer is the temperature of what leaves it [degC].

    Args:
        numbers: Memory.
        whole: Memory.
        charge_kg_s: Water from the header into its top; negative: from the buffer's bottom into its bottom [kg/s].
        header_c: Temperature of the water from the header [degC].
        buffer_bottom_c: Temperature of the water from the buffer [degC].
        step_s: Length of the step [s].
    """
    charging = charge_kg_s >= 0.0
    if whole[STORE_KIND] == PHASE_CHANGE_STORE:
        inlet_c = header_c if charging else buffer_bottom_c
        outlet_c = phase_change.advance_water(numbers, whole, abs(charge_kg_s), inlet_c, charging, step_s)
        numbers[STORE_OUTLET_C] = outlet_c
        numbers[SUM_TANK_LOSS_J] += phase_change.advance_material(numbers, whole, step_s)
        return outlet_c
    outlet_c = store_end_c(numbers, whole, charging)
    numbers[SUM_TANK_LOSS_J] += advance_tank(
        numbers,
        whole[STORE_AT],
        whole[STORE_TANKS],
        whole[STORE_NODES],
        numbers[memory.STORE_J_PER_K],
        numbers[memory.STORE_LOSS_W_PER_K],
        numbers[memory.STORE_CONDUCTION_W_PER_K],
        numbers[memory.ROOM_C],
        max(charge_kg_s, 0.0),
        header_c,
        max(-charge_kg_s, 0.0),
        max(-charge_kg_s, 0.0),
        buffer_bottom_c,
        step_s,
    )
    return outlet_c
