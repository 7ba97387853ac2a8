"""Heated zones: three states each (air, emitter, mass), water through the emitter while the circulator runs.

`C_air dT_air = UA_out (T_out - T_air) + U_em (T_em - T_air) + U_mass (T_mass - T_air) + gains + half the sun`, the emitter
takes heat from the water and gives it to the air, the mass takes the other half of the sun.
"""

from gw_spaceheat.plant.memory import (
    AIR_C,
    AIR_J_PER_K,
    COMMAND_DISTRIBUTION_PUMP,
    EMITTER_C,
    EMITTER_J_PER_K,
    EMITTER_W_PER_K,
    FAN_COMMAND,
    FAN_W,
    GAINS_W,
    MASS_C,
    MASS_J_PER_K,
    MASS_W_PER_K,
    OUTDOOR_W_PER_K,
    PUMP_COMMAND,
    SETPOINT_C,
    SOLAR_M2,
    SUM_DELIVERED_J,
    SUM_GAINS_J,
    SUM_KELVIN_S,
    SUM_SOLAR_J,
    SUM_ZONE_LOSS_J,
    WATER_W_PER_K,
    WORST_K,
    ZONE_KG_S,
    ZONE_PUMP_W,
    ZONE_SIZE,
    ZONES,
    ZONES_AT,
    Numbers,
    Whole,
)

COMFORT_BAND_K = 0.5
"""So far below the set-point a zone may be before it counts as cold."""


def circulating(numbers: Numbers, zone: int) -> bool:
    """Whether water passes through a zone's emitter: its circulator (or zone valve) and the common pump both run."""
    return numbers[zone + PUMP_COMMAND] > 0.5 and numbers[COMMAND_DISTRIBUTION_PUMP] > 0.5


def zones_flow_kg_s(numbers: Numbers, whole: Whole) -> float:
    """Water that all zones together take [kg/s]."""
    flow_kg_s = 0.0
    for zone in range(whole[ZONES_AT], whole[ZONES_AT] + whole[ZONES] * ZONE_SIZE, ZONE_SIZE):
        if circulating(numbers, zone):
            flow_kg_s += numbers[zone + ZONE_KG_S]
    return flow_kg_s


def zones_power_w(numbers: Numbers, whole: Whole) -> float:
    """Electricity of circulators and fans [W]."""
    power_w = 0.0
    for zone in range(whole[ZONES_AT], whole[ZONES_AT] + whole[ZONES] * ZONE_SIZE, ZONE_SIZE):
        if numbers[zone + PUMP_COMMAND] > 0.5:
            power_w += numbers[zone + ZONE_PUMP_W]
        if numbers[zone + FAN_COMMAND] > 0.5:
            power_w += numbers[zone + FAN_W]
    return power_w


def advance_zones(numbers: Numbers, whole: Whole, water_c: float, outdoor_c: float, solar_w_m2: float, step_s: float) -> float:
    """Move all zones on by one step; comfort counts the zones' mean.

    Args:
        numbers: Memory.
        whole: Memory.
        water_c: Supply water [degC].
        outdoor_c: Outdoor temperature [degC].
        solar_w_m2: Irradiance of the windows [W/m2].
        step_s: Length of the step [s].

    Returns:
        Heat that the water gave to the emitters [W].
    """
    total_w = 0.0
    below_k = 0.0
    for zone in range(whole[ZONES_AT], whole[ZONES_AT] + whole[ZONES] * ZONE_SIZE, ZONE_SIZE):
        air_c = numbers[zone + AIR_C]
        emitter_c = numbers[zone + EMITTER_C]
        mass_c = numbers[zone + MASS_C]
        water_w = numbers[zone + WATER_W_PER_K] * (water_c - emitter_c) if circulating(numbers, zone) else 0.0
        blown = numbers[zone + FAN_W] == 0.0 or numbers[zone + FAN_COMMAND] > 0.5
        emitter_w = numbers[zone + EMITTER_W_PER_K] * (emitter_c - air_c) if blown else 0.0
        mass_w = numbers[zone + MASS_W_PER_K] * (mass_c - air_c)
        lost_w = numbers[zone + OUTDOOR_W_PER_K] * (air_c - outdoor_c)
        solar_w = numbers[zone + SOLAR_M2] * solar_w_m2
        gains_w = numbers[zone + GAINS_W]
        numbers[zone + AIR_C] = (
            air_c + (emitter_w + mass_w + gains_w + 0.5 * solar_w - lost_w) * step_s / numbers[zone + AIR_J_PER_K]
        )
        numbers[zone + EMITTER_C] = emitter_c + (water_w - emitter_w) * step_s / numbers[zone + EMITTER_J_PER_K]
        numbers[zone + MASS_C] = mass_c + (0.5 * solar_w - mass_w) * step_s / numbers[zone + MASS_J_PER_K]
        total_w += water_w
        numbers[SUM_SOLAR_J] += solar_w * step_s
        numbers[SUM_GAINS_J] += gains_w * step_s
        numbers[SUM_ZONE_LOSS_J] += lost_w * step_s
        zone_below_k = max(numbers[zone + SETPOINT_C] - COMFORT_BAND_K - air_c, 0.0)
        below_k += zone_below_k
        numbers[WORST_K] = max(numbers[WORST_K], zone_below_k)
    if whole[ZONES] > 0:
        numbers[SUM_KELVIN_S] += below_k / whole[ZONES] * step_s
    numbers[SUM_DELIVERED_J] += total_w * step_s
    return total_w
