"""The plant's calculation: from now to a time, many steps in one call.

Plain functions over the two flat rows of `memory.py`; `compiled.py` hands the same functions to Numba. No transcendental
functions and no re-ordered sums, so that compiled and plain results are equal to the last bit.

Steps end on a grid of the step length counted from 1970-01-01T00:00Z, at hours of the drive, and wherever a call ends.
"""

import math

from gw_spaceheat.plant import memory
from gw_spaceheat.plant.dwelling import advance_zones, zones_flow_kg_s, zones_power_w
from gw_spaceheat.plant.header import advance_header
from gw_spaceheat.plant.memory import (
    BUFFER_AT,
    BUFFER_NODES,
    DEMAND_AT,
    DEMAND_W,
    DEVICE_COUNT,
    DEVICE_DUE_MS,
    DEVICE_FIRST,
    DEVICE_PERIOD_MS,
    DEVICE_PHASE_MS,
    DEVICE_POLL_MS,
    DEVICE_SIZE,
    DISTRIBUTION_NOW_KG_S,
    DRAW_END_MS,
    DRAW_KG_S,
    DRAW_SIZE,
    DRAW_START_MS,
    DRAWS,
    DRAWS_AT,
    DRIVE_HOURS,
    DRIVE_START_MS,
    ELEMENT_CAPACITY,
    ELEMENT_COMMAND,
    ELEMENT_NODE,
    ELEMENT_NODE_SIZE,
    ELEMENT_NODES_AT,
    ELEMENT_NOW_W,
    ELEMENT_RATED_W,
    ELEMENT_SIZE,
    ELEMENTS,
    ELEMENTS_AT,
    FOUND_CHANGES,
    FOUND_DEVICE,
    FOUND_FIXED,
    HAS_DEMAND,
    HOT_WATER_AT,
    HOT_WATER_NODES,
    NEXT_DRAW,
    NOW_MS,
    OUTDOOR_AT,
    OUTDOOR_C,
    PIPE_AT,
    PIPE_CELLS,
    PUMPS_W,
    RETURN_C,
    ROOM_C,
    SOLAR_AT,
    SOLAR_W_M2,
    STEP_MS,
    STORE_AT,
    STORE_KIND,
    STORE_NODES,
    STORE_TANKS,
    SUM_BOOST_J,
    SUM_DELIVERED_J,
    SUM_DEMANDED_J,
    SUM_KELVIN_S,
    SUM_PUMPS_J,
    SUM_TANK_LOSS_J,
    SUPPLY_C,
    TOTAL_W,
    WATCH_CHANNELS,
    WATCH_DEVICES,
    WATCH_FIXED,
    WATCH_FOUND,
    WATCH_NEXT_MS,
    WATER_STORE,
    WORST_K,
    Numbers,
    Whole,
)
from gw_spaceheat.plant.pipe import lose_heat, push_through
from gw_spaceheat.plant.sensing import advance_sensors, sensor_value
from gw_spaceheat.plant.tank import advance_tank, mix_by_density
from gw_spaceheat.vocabulary.units import WATER_J_PER_KG_K

HOUR_MS = 3_600_000
DEMAND_RETURN_K = 10.0
"""With a demand file the water comes back this much colder than the required supply."""
ELEMENT_LIMIT_C = 95.0
"""A resistive element's own thermostat."""
STANDSTILL_S = 1800.0
"""Time constant with which a pipe without flow comes to the room's temperature."""
ALWAYS_MS = 1 << 62


def advance(numbers: Numbers, whole: Whole, to_ms: int) -> None:
    """Run the plant from its now to a time [ms]; the drive must reach that far."""
    now_ms = whole[NOW_MS]
    step_ms = whole[STEP_MS]
    start_ms = whole[DRIVE_START_MS]
    grid_ms = now_ms - now_ms % step_ms + step_ms
    while now_ms < to_ms:
        hour = min((now_ms - start_ms) // HOUR_MS, whole[DRIVE_HOURS] - 1)
        hour_ms = start_ms + hour * HOUR_MS
        outdoor_c = numbers[whole[OUTDOOR_AT] + hour]
        outdoor_slope = (numbers[whole[OUTDOOR_AT] + hour + 1] - outdoor_c) / HOUR_MS
        solar_w_m2 = numbers[whole[SOLAR_AT] + hour]
        solar_slope = (numbers[whole[SOLAR_AT] + hour + 1] - solar_w_m2) / HOUR_MS
        if whole[HAS_DEMAND]:
            numbers[DEMAND_W] = numbers[whole[DEMAND_AT] + hour]
        until_ms = min(to_ms, hour_ms + HOUR_MS)
        while now_ms < until_ms:
            end_ms = min(grid_ms, until_ms)
            if end_ms == grid_ms:
                grid_ms += step_ms
            middle_ms = 0.5 * (now_ms + end_ms) - hour_ms
            numbers[OUTDOOR_C] = outdoor_c + outdoor_slope * middle_ms
            numbers[SOLAR_W_M2] = solar_w_m2 + solar_slope * middle_ms
            draw_kg_s = 0.0
            if whole[NEXT_DRAW] < whole[DRAWS]:
                draw_kg_s = draw_of_step_kg_s(numbers, whole, now_ms, end_ms)
            length_s = (end_ms - now_ms) / 1000.0
            parts = 1
            while length_s > parts * numbers[memory.STABLE_STEP_S]:
                parts += 1
            for _ in range(parts):
                advance_part(numbers, whole, draw_kg_s, length_s / parts)
            now_ms = end_ms
            whole[NOW_MS] = now_ms
            if whole[memory.LAGGING] + whole[memory.FAULTS] > 0:
                advance_sensors(numbers, whole, length_s)


def draw_of_step_kg_s(numbers: Numbers, whole: Whole, start_ms: int, end_ms: int) -> float:
    """Mean flow of mixed hot water in a step [kg/s]."""
    drawn_ms = 0
    while whole[NEXT_DRAW] < whole[DRAWS]:
        draw = whole[DRAWS_AT] + whole[NEXT_DRAW] * DRAW_SIZE
        drawn_ms += max(min(end_ms, whole[draw + DRAW_END_MS]) - max(start_ms, whole[draw + DRAW_START_MS]), 0)
        if whole[draw + DRAW_END_MS] > end_ms:
            break
        whole[NEXT_DRAW] += 1
    return numbers[DRAW_KG_S] * drawn_ms / (end_ms - start_ms)


def advance_part(numbers: Numbers, whole: Whole, draw_kg_s: float, step_s: float) -> None:
    """One step, short enough to be stable, with the weather that stands in memory."""
    required_c = required_supply_c(numbers, numbers[OUTDOOR_C])
    buffer_top_c = numbers[whole[BUFFER_AT]]
    numbers[PUMPS_W] = 0.0

    numbers[memory.SOURCE_KG_S] = 0.0
    buffer_kg_s, buffer_in_c = advance_header(numbers, whole, required_c, step_s)
    if numbers[memory.SOURCE_KG_S] > 0.0:
        numbers[PUMPS_W] += numbers[memory.SOURCE_PUMP_W]
    else:
        settle(numbers, memory.SOURCE_SUPPLY_C, step_s)
        settle(numbers, memory.SOURCE_RETURN_C, step_s)
    if whole[STORE_KIND] != memory.NO_STORE and numbers[memory.COMMAND_STORE_PUMP] > 0.5:
        numbers[PUMPS_W] += numbers[memory.STORE_PUMP_W]

    if whole[HAS_DEMAND]:
        serve_demand(numbers, buffer_top_c, required_c, step_s)
    else:
        serve_zones(numbers, whole, buffer_top_c, step_s)
    distribution_kg_s = numbers[DISTRIBUTION_NOW_KG_S]

    numbers[SUM_TANK_LOSS_J] += advance_tank(
        numbers,
        whole[BUFFER_AT],
        1,
        whole[BUFFER_NODES],
        numbers[memory.BUFFER_J_PER_K],
        numbers[memory.BUFFER_LOSS_W_PER_K],
        numbers[memory.BUFFER_CONDUCTION_W_PER_K],
        numbers[ROOM_C],
        buffer_kg_s,
        buffer_in_c,
        distribution_kg_s,
        distribution_kg_s,
        numbers[RETURN_C],
        step_s,
    )
    if whole[HOT_WATER_NODES] > 0:
        draw_hot_water(numbers, whole, draw_kg_s, step_s)
    boost_w = heat_elements(numbers, whole, step_s)
    mix_by_density(numbers, whole[BUFFER_AT], whole[BUFFER_NODES])
    if whole[STORE_KIND] == WATER_STORE:
        for tank in range(whole[STORE_TANKS]):
            mix_by_density(numbers, whole[STORE_AT] + tank * whole[STORE_NODES], whole[STORE_NODES])
    if whole[HOT_WATER_NODES] > 0:
        mix_by_density(numbers, whole[HOT_WATER_AT], whole[HOT_WATER_NODES])

    numbers[SUM_BOOST_J] += boost_w * step_s
    numbers[SUM_PUMPS_J] += numbers[PUMPS_W] * step_s
    numbers[TOTAL_W] = numbers[memory.SOURCE_W] + boost_w + numbers[PUMPS_W]


def required_supply_c(numbers: Numbers, outdoor_c: float) -> float:
    """Supply temperature that the house's weather curve requires [degC]."""
    curve_c = numbers[memory.CURVE_BASE_C] + numbers[memory.CURVE_SLOPE] * (numbers[memory.CURVE_REFERENCE_C] - outdoor_c)
    return min(max(curve_c, numbers[memory.CURVE_MINIMUM_C]), numbers[memory.CURVE_MAXIMUM_C])


def settle(numbers: Numbers, place: int, step_s: float) -> None:
    """Let a pipe's sensor, without flow, come to the room's temperature."""
    numbers[place] += (numbers[ROOM_C] - numbers[place]) * step_s / (STANDSTILL_S + step_s)


def serve_demand(numbers: Numbers, buffer_top_c: float, required_c: float, step_s: float) -> None:
    """Give the demand file's heat from the buffer, as far as it goes; what is missing is lost, and counted by its kelvins."""
    demand_w = numbers[DEMAND_W]
    numbers[DISTRIBUTION_NOW_KG_S] = 0.0
    if demand_w <= 0.0:
        settle(numbers, SUPPLY_C, step_s)
        settle(numbers, RETURN_C, step_s)
        return
    return_c = required_c - DEMAND_RETURN_K
    lift_k = buffer_top_c - return_c
    if lift_k > 0.0:
        taken_w = min(demand_w, numbers[memory.DISTRIBUTION_KG_S] * WATER_J_PER_KG_K * lift_k)
        numbers[DISTRIBUTION_NOW_KG_S] = taken_w / (WATER_J_PER_KG_K * lift_k)
        numbers[SUM_DELIVERED_J] += taken_w * step_s
    numbers[SUPPLY_C] = buffer_top_c
    numbers[RETURN_C] = return_c
    numbers[SUM_DEMANDED_J] += demand_w * step_s
    numbers[PUMPS_W] += numbers[memory.DISTRIBUTION_PUMP_W]
    below_k = required_c - buffer_top_c
    if below_k > 0.0:
        numbers[SUM_KELVIN_S] += below_k * step_s
        numbers[WORST_K] = max(numbers[WORST_K], below_k)


def serve_zones(numbers: Numbers, whole: Whole, buffer_top_c: float, step_s: float) -> None:
    """Send the buffer's water through the pipe to the zones whose circulators run."""
    flow_kg_s = zones_flow_kg_s(numbers, whole)
    pipe_at = whole[PIPE_AT]
    cells = whole[PIPE_CELLS]
    arriving_c = push_through(numbers, pipe_at, cells, numbers[memory.PIPE_J_PER_K], flow_kg_s, buffer_top_c, step_s)
    given_w = advance_zones(numbers, whole, arriving_c, numbers[OUTDOOR_C], numbers[SOLAR_W_M2], step_s)
    numbers[DISTRIBUTION_NOW_KG_S] = flow_kg_s
    numbers[SUPPLY_C] = arriving_c
    if flow_kg_s > 0.0:
        numbers[RETURN_C] = arriving_c - given_w / (flow_kg_s * WATER_J_PER_KG_K)
    else:
        settle(numbers, RETURN_C, step_s)
    if cells > 0:
        numbers[memory.SUM_PIPE_LOSS_J] += lose_heat(
            numbers, pipe_at, cells, numbers[memory.PIPE_J_PER_K], numbers[memory.PIPE_LOSS_W_PER_K], numbers[ROOM_C], step_s
        )
    numbers[PUMPS_W] += zones_power_w(numbers, whole)
    if whole[memory.HAS_DISTRIBUTION_PUMP] and numbers[memory.COMMAND_DISTRIBUTION_PUMP] > 0.5:
        numbers[PUMPS_W] += numbers[memory.DISTRIBUTION_PUMP_W]


def draw_hot_water(numbers: Numbers, whole: Whole, mixed_kg_s: float, step_s: float) -> None:
    """Draw hot water through the mixing valve, and let the tank lose heat."""
    top_c = numbers[whole[HOT_WATER_AT]]
    cold_c = numbers[memory.COLD_C]
    drawn_kg_s = mixed_kg_s
    if top_c > numbers[memory.MIXED_C]:
        drawn_kg_s = mixed_kg_s * (numbers[memory.MIXED_C] - cold_c) / (top_c - cold_c)
    numbers[memory.SUM_HOT_WATER_J] += drawn_kg_s * WATER_J_PER_KG_K * (top_c - cold_c) * step_s
    numbers[SUM_TANK_LOSS_J] += advance_tank(
        numbers,
        whole[HOT_WATER_AT],
        1,
        whole[HOT_WATER_NODES],
        numbers[memory.HOT_WATER_J_PER_K],
        numbers[memory.HOT_WATER_LOSS_W_PER_K],
        numbers[memory.HOT_WATER_CONDUCTION_W_PER_K],
        numbers[ROOM_C],
        0.0,
        top_c,
        drawn_kg_s,
        drawn_kg_s,
        cold_c,
        step_s,
    )


def heat_elements(numbers: Numbers, whole: Whole, step_s: float) -> float:
    """Heat the layers that have a resistive element switched on; the answer is their electricity [W]."""
    total_w = 0.0
    for element in range(whole[ELEMENTS]):
        record = whole[ELEMENTS_AT] + element * ELEMENT_SIZE
        place = whole[ELEMENT_NODES_AT] + element * ELEMENT_NODE_SIZE
        node = whole[place + ELEMENT_NODE]
        power_w = 0.0
        if numbers[record + ELEMENT_COMMAND] > 0.5 and numbers[node] < ELEMENT_LIMIT_C:
            power_w = numbers[record + ELEMENT_RATED_W]
            numbers[node] += power_w * step_s / numbers[whole[place + ELEMENT_CAPACITY]]
        numbers[record + ELEMENT_NOW_W] = power_w
        total_w += power_w
    return total_w


def scan(numbers: Numbers, whole: Whole, sensors: Whole, values: Numbers, count: int) -> None:
    """Read sensors (by number) into values; NaN where one shows nothing."""
    for index in range(count):
        values[index] = sensor_value(numbers, whole, sensors[index])


def quiet_until(numbers: Numbers, whole: Whole, watch_numbers: Numbers, watch_whole: Whole, limit_ms: int) -> int:
    """Run the plant from scan to scan until one has something to capture, or the next is after the limit.

    The answer is the time reached [ms]. A scan is captured when a period is due, or when a value went missing, came back, or
    differs from the last captured one by more than its delta; such a value counts as captured from then on. What the last scans
    showed, which devices captured and which of their channels changed stay in the watch's rows. It ends at a scan and never at
    the limit itself, so that looking ahead cuts no physical step in two.
    """
    devices = watch_whole[WATCH_DEVICES]
    devices_at = first_device(watch_whole)
    sensors_at = devices_at + devices * DEVICE_SIZE
    found_at = WATCH_FIXED
    poll_ms = first_poll_ms(whole[NOW_MS], watch_whole)
    while found_at == WATCH_FIXED and poll_ms <= limit_ms:
        advance(numbers, whole, poll_ms)
        for number in range(devices):
            device = devices_at + number * DEVICE_SIZE
            if (poll_ms - watch_whole[device + DEVICE_PHASE_MS]) % watch_whole[device + DEVICE_POLL_MS] != 0:
                continue
            if scan_device(numbers, whole, watch_numbers, watch_whole, device, sensors_at, found_at):
                watch_whole[found_at + FOUND_DEVICE] = number
                found_at += FOUND_FIXED + watch_whole[found_at + FOUND_CHANGES]
        poll_ms = first_poll_ms(poll_ms, watch_whole)
    watch_whole[WATCH_FOUND] = found_at - WATCH_FIXED
    watch_whole[WATCH_NEXT_MS] = poll_ms
    return whole[NOW_MS]


def first_device(watch_whole: Whole) -> int:
    """Where the device records begin: behind the room for all that can be found."""
    return WATCH_FIXED + FOUND_FIXED * watch_whole[WATCH_DEVICES] + watch_whole[WATCH_CHANNELS]


def first_poll_ms(now_ms: int, watch_whole: Whole) -> int:
    """The first time after now at which any watched device is read [ms]."""
    first_ms = ALWAYS_MS
    devices_at = first_device(watch_whole)
    for device in range(devices_at, devices_at + watch_whole[WATCH_DEVICES] * DEVICE_SIZE, DEVICE_SIZE):
        first_ms = min(
            first_ms, next_poll_ms(now_ms, watch_whole[device + DEVICE_POLL_MS], watch_whole[device + DEVICE_PHASE_MS])
        )
    return first_ms


def next_poll_ms(now_ms: int, poll_ms: int, phase_ms: int) -> int:
    """The first time after now at which a device with this period and phase is read [ms]."""
    return now_ms - (now_ms - phase_ms) % poll_ms + poll_ms


def scan_device(
    numbers: Numbers, whole: Whole, watch_numbers: Numbers, watch_whole: Whole, device: int, sensors_at: int, found_at: int
) -> bool:
    """Read all channels of a watched device; whether any of them would be captured. Which have changed is left at found_at.

    A device whose channels share one capture period is captured whole when that is over, and its next period begins.
    """
    channels = watch_whole[WATCH_CHANNELS]
    first = watch_whole[device + DEVICE_FIRST]
    changes = 0
    for channel in range(first, first + watch_whole[device + DEVICE_COUNT]):
        value = sensor_value(numbers, whole, watch_whole[sensors_at + channel])
        last = watch_numbers[channel]
        watch_numbers[2 * channels + channel] = value
        if math.isnan(value) or math.isnan(last):
            changed = math.isnan(value) != math.isnan(last)
        else:
            changed = abs(value - last) > watch_numbers[channels + channel]
        if changed:
            watch_numbers[channel] = value
            watch_whole[found_at + FOUND_FIXED + changes] = channel - first
            changes += 1
    watch_whole[found_at + FOUND_CHANGES] = changes
    if whole[NOW_MS] < watch_whole[device + DEVICE_DUE_MS]:
        return changes > 0
    period_ms = watch_whole[device + DEVICE_PERIOD_MS]
    if period_ms > 0:
        watch_whole[device + DEVICE_DUE_MS] = next_poll_ms(whole[NOW_MS], period_ms, 0)
        for channel in range(first, first + watch_whole[device + DEVICE_COUNT]):
            watch_numbers[channel] = watch_numbers[2 * channels + channel]
    return True
