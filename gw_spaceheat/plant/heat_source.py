"""Heat pump or electric boiler: what it makes of electricity, and its own little controller.

The controller is the device's own, not the house's: it starts and stops within its minimum times, warms up, keeps the wanted
supply temperature by its primary pump's flow, modulates down when its supply would get too hot, cycles off below its smallest
load, and defrosts.
"""

from gw_spaceheat.plant.memory import (
    COMMAND_SOURCE,
    COMMAND_SUPPLY_C,
    COP_A,
    COP_B,
    COP_C,
    MAXIMUM_SUPPLY_C,
    MINIMUM_OFF_S,
    MINIMUM_ON_S,
    MINIMUM_OUTDOOR_C,
    OFF,
    RUNNING,
    SOURCE_ELAPSED_S,
    SOURCE_MAXIMUM_KG_S,
    SOURCE_MINIMUM_KG_S,
    SOURCE_MINIMUM_W,
    SOURCE_MODE,
    SOURCE_SUPPLY_C,
    SOURCE_TOO_HOT,
    START_DELAY_S,
    STARTING,
    STARTS,
    SUPPLY_OFFSET_K,
    Numbers,
)
from gw_spaceheat.vocabulary.units import WATER_J_PER_KG_K, ZERO_C_IN_K

SETPOINT_MARGIN_K = 3.0
"""So far above a commanded supply temperature it modulates down."""
RESTART_K = 5.0
"""So far below the return temperature at which it would have to stop must the water be before it starts again."""
TRIP_K = 3.0
"""So far above its hottest supply it stops at once, whatever its minimum time."""
FROST_INTERVAL_S = 3600.0
"""Running time in frosting weather until it defrosts."""
DEFROST_S = 240.0
DEFROST_HEAT_W = 4000.0
"""Heat that a defrost takes out of the water."""
DEFROST_POWER = 0.5
"""Electricity while defrosting, as a part of full load."""
FROST_MINIMUM_C = -7.0
FROST_MAXIMUM_C = 5.0


def cop(outdoor_c: float, supply_c: float, a: float, b: float, c: float) -> float:
    """Coefficient of performance: a share of Carnot's, which falls with supply and rises with outdoor temperature.

    `(a + b*outdoor + c*supply) * T_c / (T_c - T_e)` with a condenser 5 K above the supply and an evaporator 7 K below
    outdoors, kept within 1 and 8. With all coefficients zero it is 1: an electric boiler.

    Args:
        outdoor_c: Outdoor temperature [degC], -35 to 20.
        supply_c: Supply temperature [degC], 24 to 75, at least 12 K less than which the outdoor temperature must be.
        a: Share of Carnot at 0 degC outdoors and supply [-].
        b: Its change with outdoor temperature [1/K].
        c: Its change with supply temperature [1/K].

    Source: pooled fit to the Heat Pump Keymark's published air/water points (a 0.682, b 0.00331, c -0.00393; 8 % mean error).
    """
    condenser_k = supply_c + 5.0 + ZERO_C_IN_K
    lift_k = max(condenser_k - (outdoor_c - 7.0 + ZERO_C_IN_K), 1.0)
    return min(max((a + b * outdoor_c + c * supply_c) * condenser_k / lift_k, 1.0), 8.0)


def source_cop(numbers: Numbers, outdoor_c: float, supply_c: float) -> float:
    """The house's heat source's coefficient of performance; see `cop`."""
    return cop(outdoor_c, supply_c, numbers[COP_A], numbers[COP_B], numbers[COP_C])


def hottest_supply_c(numbers: Numbers, heats_tap_water: bool) -> float:
    """Supply temperature that it must not exceed [degC]: its own maximum, or a little above what is commanded."""
    commanded_c = numbers[COMMAND_SUPPLY_C]
    if commanded_c > 0.0 and not heats_tap_water:
        return min(commanded_c + SETPOINT_MARGIN_K, numbers[MAXIMUM_SUPPLY_C])
    return numbers[MAXIMUM_SUPPLY_C]


def wanted_supply_c(numbers: Numbers, required_c: float) -> float:
    """Supply temperature that it aims at [degC]: what is commanded, or else its own curve above what the house requires."""
    commanded_c = numbers[COMMAND_SUPPLY_C]
    wanted_c = commanded_c if commanded_c > 0.0 else required_c + numbers[SUPPLY_OFFSET_K]
    return min(wanted_c, numbers[MAXIMUM_SUPPLY_C])


def govern(numbers: Numbers, outdoor_c: float, return_c: float, hottest_c: float, step_s: float) -> None:
    """Its own start and stop, before a step.

    Args:
        numbers: Memory.
        outdoor_c: Outdoor temperature [degC].
        return_c: Temperature of the water that it gets, or would get at its largest flow [degC].
        hottest_c: Supply temperature that it must not exceed [degC].
        step_s: Length of the coming step [s].
    """
    mode = int(numbers[SOURCE_MODE])
    elapsed_s = numbers[SOURCE_ELAPSED_S]
    wanted = numbers[COMMAND_SOURCE] > 0.5 and outdoor_c >= numbers[MINIMUM_OUTDOOR_C]
    if mode == OFF:
        if wanted and elapsed_s >= numbers[MINIMUM_OFF_S]:
            smallest_w = numbers[SOURCE_MINIMUM_W] * source_cop(numbers, outdoor_c, hottest_c)
            smallest_lift_k = smallest_w / (WATER_J_PER_KG_K * numbers[SOURCE_MAXIMUM_KG_S])
            if return_c + smallest_lift_k <= hottest_c - RESTART_K:
                mode = STARTING
                elapsed_s = 0.0
                numbers[STARTS] += 1.0
                numbers[SOURCE_TOO_HOT] = 0.0
    else:
        asked_to_stop = not wanted or numbers[SOURCE_TOO_HOT] > 0.5
        tripped = numbers[SOURCE_SUPPLY_C] > numbers[MAXIMUM_SUPPLY_C] + TRIP_K and mode == RUNNING
        if tripped or (asked_to_stop and elapsed_s >= numbers[MINIMUM_ON_S]):
            mode = OFF
            elapsed_s = 0.0
    if mode == STARTING and elapsed_s >= numbers[START_DELAY_S]:
        mode = RUNNING
    numbers[SOURCE_MODE] = float(mode)
    numbers[SOURCE_ELAPSED_S] = elapsed_s + step_s


def wanted_flow_kg_s(
    numbers: Numbers, heat_w: float, wanted_c: float, first_kg_s: float, first_c: float, other_c: float
) -> float:
    """Flow at which a heat brings the water to the wanted temperature, within the primary pump's range [kg/s].

    The return water comes at first_c as long as the flow is at most first_kg_s; what is beyond comes at other_c.

    Args:
        numbers: Memory.
        heat_w: Heat that it gives [W].
        wanted_c: Wanted supply temperature [degC].
        first_kg_s: Flow that the first path carries [kg/s].
        first_c: Temperature that it brings back [degC].
        other_c: Temperature that the rest brings back [degC].
    """
    heat_kg_k_s = heat_w / WATER_J_PER_KG_K
    largest = numbers[SOURCE_MAXIMUM_KG_S]
    flow = largest
    if wanted_c > first_c and heat_kg_k_s <= first_kg_s * (wanted_c - first_c):
        flow = heat_kg_k_s / (wanted_c - first_c)
    elif wanted_c > other_c and first_kg_s < largest:
        flow = max((heat_kg_k_s + first_kg_s * (first_c - other_c)) / (wanted_c - other_c), first_kg_s)
    return min(max(flow, numbers[SOURCE_MINIMUM_KG_S]), largest)
