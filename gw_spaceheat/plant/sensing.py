"""Simulated sensors: what a channel shows of a place in the plant, with lag, offset, noise, steps and scripted faults.

A missing value is NaN in here; it becomes None at the plant's edge.
"""

import math

from gw_spaceheat.plant.memory import (
    DRIFT,
    DROPOUT,
    FAULT_AMOUNT,
    FAULT_END_MS,
    FAULT_HELD,
    FAULT_KIND,
    FAULT_SENSOR,
    FAULT_SIZE,
    FAULT_START_MS,
    FAULT_TIME_SIZE,
    FAULT_TIMES_AT,
    FAULTS,
    FAULTS_AT,
    LAG_S,
    LAG_SHARE,
    LAGGED,
    LAGGING,
    LAGGING_AT,
    NOISE,
    NOW_MS,
    OFFSET,
    POWER_ON_85,
    QUANTUM,
    SENSOR_FAULT_COUNT,
    SENSOR_FAULT_FIRST,
    SENSOR_KEY,
    SENSOR_PLACE_SIZE,
    SENSOR_PLACES_AT,
    SENSOR_POINT,
    SENSOR_SIZE,
    SENSORS_AT,
    SPIKE,
    STEP_MS,
    STUCK,
    Numbers,
    Whole,
)
from gw_spaceheat.vocabulary.chance import bell_of

MS_PER_HOUR = 3_600_000.0
SCAN_MS = 1000
"""Readings within the same second get the same noise."""


def sensor_value(numbers: Numbers, whole: Whole, sensor: int) -> float:
    """What a sensor shows now, in the channel's SI unit; NaN when it shows nothing."""
    value = healthy_value(numbers, whole, sensor)
    place = whole[SENSOR_PLACES_AT] + sensor * SENSOR_PLACE_SIZE
    for index in range(whole[place + SENSOR_FAULT_COUNT]):
        value = faulty_value(numbers, whole, whole[place + SENSOR_FAULT_FIRST] + index, value)
    return value


def healthy_value(numbers: Numbers, whole: Whole, sensor: int) -> float:
    """What a sensor without faults shows now: lagged, offset, noisy, and in steps of its quantum."""
    record = whole[SENSORS_AT] + sensor * SENSOR_SIZE
    place = whole[SENSOR_PLACES_AT] + sensor * SENSOR_PLACE_SIZE
    value = numbers[record + LAGGED] if numbers[record + LAG_S] > 0.0 else numbers[whole[place + SENSOR_POINT]]
    value += numbers[record + OFFSET]
    if numbers[record + NOISE] > 0.0:
        value += numbers[record + NOISE] * bell_of(whole[place + SENSOR_KEY], whole[NOW_MS] // SCAN_MS)
    quantum = numbers[record + QUANTUM]
    if quantum > 0.0:
        value = math.floor(value / quantum + 0.5) * quantum
    return value


def faulty_value(numbers: Numbers, whole: Whole, fault: int, value: float) -> float:
    """What a fault makes of a value, if it is its time."""
    times = whole[FAULT_TIMES_AT] + fault * FAULT_TIME_SIZE
    now_ms = whole[NOW_MS]
    if not whole[times + FAULT_START_MS] <= now_ms < whole[times + FAULT_END_MS]:
        return value
    record = whole[FAULTS_AT] + fault * FAULT_SIZE
    kind = whole[times + FAULT_KIND]
    amount = numbers[record + FAULT_AMOUNT]
    if kind == STUCK:
        held = numbers[record + FAULT_HELD]
        return value if math.isnan(held) else held
    if kind == DROPOUT:
        return math.nan
    if kind == DRIFT:
        return value + amount * (now_ms - whole[times + FAULT_START_MS]) / MS_PER_HOUR
    if kind == SPIKE:
        return value + amount
    if kind == POWER_ON_85:
        return 85.0
    return value


def advance_sensors(numbers: Numbers, whole: Whole, step_s: float) -> None:
    """Let lagging sensors follow their places for one step, and catch what sticking ones will go on showing."""
    sensors_at = whole[SENSORS_AT]
    places_at = whole[SENSOR_PLACES_AT]
    lagging_at = whole[LAGGING_AT]
    usual_step = step_s * 1000.0 == whole[STEP_MS]
    for index in range(lagging_at, lagging_at + whole[LAGGING]):
        sensor = whole[index]
        record = sensors_at + sensor * SENSOR_SIZE
        lagged = numbers[record + LAGGED]
        actual = numbers[whole[places_at + sensor * SENSOR_PLACE_SIZE + SENSOR_POINT]]
        share = numbers[record + LAG_SHARE] if usual_step else step_s / (numbers[record + LAG_S] + step_s)
        numbers[record + LAGGED] = lagged + (actual - lagged) * share
    for fault in range(whole[FAULTS]):
        times = whole[FAULT_TIMES_AT] + fault * FAULT_TIME_SIZE
        record = whole[FAULTS_AT] + fault * FAULT_SIZE
        begun = whole[times + FAULT_START_MS] <= whole[NOW_MS]
        if whole[times + FAULT_KIND] == STUCK and begun and math.isnan(numbers[record + FAULT_HELD]):
            numbers[record + FAULT_HELD] = healthy_value(numbers, whole, whole[times + FAULT_SENSOR])
