"""Where everything of a simulated house lies in memory: two flat rows, one of floats (`numbers`) and one of integers (`whole`).

The plant's calculation is one source for two speeds: with plain Python lists it runs anywhere, with NumPy arrays Numba
compiles it. Two flat rows are what both understand, and a call costs little. The names below are places in them. First come
fixed places, then sections whose lengths depend on the house; where such a section begins stands in `whole`.

Sections of `numbers`: buffer nodes, store nodes (or cells), hot-water nodes, pipe cells, elements, zones, sensors, faults,
and the hourly series of the drive. Sections of `whole`: elements, sensors, lagging sensors, faults, draws of hot water.
"""

from collections.abc import MutableSequence

Numbers = MutableSequence[float]
"""Floats: parameters, state, observed quantities, sums."""
Whole = MutableSequence[int]
"""Integers: times [ms], counts and where sections begin."""

# fixed places in numbers ---------------------------------------------------------------------------------------------

(
    # parameters: surroundings and weather curve
    ROOM_C,
    CURVE_BASE_C,
    CURVE_SLOPE,
    CURVE_REFERENCE_C,
    CURVE_MINIMUM_C,
    CURVE_MAXIMUM_C,
    STABLE_STEP_S,
    # parameters: heat source
    SOURCE_MAXIMUM_W,
    SOURCE_MINIMUM_W,
    COP_A,
    COP_B,
    COP_C,
    START_DELAY_S,
    MINIMUM_ON_S,
    MINIMUM_OFF_S,
    MINIMUM_OUTDOOR_C,
    MAXIMUM_SUPPLY_C,
    SUPPLY_OFFSET_K,
    SOURCE_MINIMUM_KG_S,
    SOURCE_MAXIMUM_KG_S,
    SOURCE_PUMP_W,
    STANDBY_W,
    # parameters: pumps
    STORE_PUMP_KG_S,
    STORE_PUMP_W,
    DISTRIBUTION_KG_S,
    DISTRIBUTION_PUMP_W,
    # parameters: tanks, for one node
    BUFFER_J_PER_K,
    BUFFER_LOSS_W_PER_K,
    BUFFER_CONDUCTION_W_PER_K,
    STORE_J_PER_K,
    STORE_LOSS_W_PER_K,
    STORE_CONDUCTION_W_PER_K,
    HOT_WATER_J_PER_K,
    HOT_WATER_LOSS_W_PER_K,
    HOT_WATER_CONDUCTION_W_PER_K,
    COIL_W_PER_K,
    DRAW_KG_S,
    MIXED_C,
    COLD_C,
    PIPE_J_PER_K,
    PIPE_LOSS_W_PER_K,
    # parameters: phase-change store, for one cell
    MELTING_C,
    LATENT_J,
    SOLID_J_PER_K,
    LIQUID_J_PER_K,
    EXCHANGER_W_PER_K,
    SUBCOOLING_K,
    # state of the heat source
    SOURCE_MODE,
    SOURCE_ELAPSED_S,
    SOURCE_TOO_HOT,
    FROST_S,
    DEFROST_LEFT_S,
    STORE_OUTLET_C,
    # commands
    COMMAND_SOURCE,
    COMMAND_SUPPLY_C,
    COMMAND_STORE_VALVE,
    COMMAND_STORE_PUMP,
    COMMAND_DISTRIBUTION_PUMP,
    COMMAND_HOT_WATER,
    # observed in the last step
    OUTDOOR_C,
    SOLAR_W_M2,
    DEMAND_W,
    SUPPLY_C,
    RETURN_C,
    SOURCE_SUPPLY_C,
    SOURCE_RETURN_C,
    SOURCE_W,
    PUMPS_W,
    TOTAL_W,
    SOURCE_KG_S,
    DISTRIBUTION_NOW_KG_S,
    STORE_KG_S,
    # sums since the start [J], unless the name says otherwise
    SUM_SOURCE_J,
    SUM_BOOST_J,
    SUM_PUMPS_J,
    SUM_AMBIENT_J,
    SUM_SOLAR_J,
    SUM_GAINS_J,
    SUM_DELIVERED_J,
    SUM_DEMANDED_J,
    SUM_HOT_WATER_J,
    SUM_TANK_LOSS_J,
    SUM_PIPE_LOSS_J,
    SUM_ZONE_LOSS_J,
    SUM_SOURCE_LOSS_J,
    SUM_KELVIN_S,
    WORST_K,
    STARTS,
    NUMBERS_FIXED,
) = range(89)

# fixed places in whole -------------------------------------------------------------------------------------------------

(
    NOW_MS,
    STEP_MS,
    DRIVE_START_MS,
    DRIVE_HOURS,
    HAS_DEMAND,
    HAS_DISTRIBUTION_PUMP,
    OUTDOOR_AT,
    SOLAR_AT,
    DEMAND_AT,
    DEFROSTS,
    BUFFER_AT,
    BUFFER_NODES,
    STORE_KIND,
    STORE_AT,
    STORE_TANKS,
    STORE_NODES,
    HOT_WATER_AT,
    HOT_WATER_NODES,
    PIPE_AT,
    PIPE_CELLS,
    ELEMENTS,
    ELEMENTS_AT,
    ELEMENT_NODES_AT,
    ZONES,
    ZONES_AT,
    SENSORS,
    SENSORS_AT,
    SENSOR_PLACES_AT,
    LAGGING,
    LAGGING_AT,
    FAULTS,
    FAULTS_AT,
    FAULT_TIMES_AT,
    DRAWS,
    DRAWS_AT,
    NEXT_DRAW,
    WHOLE_FIXED,
) = range(37)

# kinds of store: whole[STORE_KIND]
NO_STORE, WATER_STORE, PHASE_CHANGE_STORE = range(3)

# modes of the heat source: numbers[SOURCE_MODE]
OFF, STARTING, RUNNING = range(3)

# an element: its record in numbers, and in whole (which node it heats, and where that node's heat capacity stands)
ELEMENT_RATED_W, ELEMENT_COMMAND, ELEMENT_NOW_W, ELEMENT_SIZE = range(4)
ELEMENT_NODE, ELEMENT_CAPACITY, ELEMENT_NODE_SIZE = range(3)

# a zone's record in numbers
(
    AIR_C,
    EMITTER_C,
    MASS_C,
    PUMP_COMMAND,
    FAN_COMMAND,
    SETPOINT_C,
    AIR_J_PER_K,
    EMITTER_J_PER_K,
    MASS_J_PER_K,
    OUTDOOR_W_PER_K,
    EMITTER_W_PER_K,
    MASS_W_PER_K,
    WATER_W_PER_K,
    ZONE_KG_S,
    ZONE_PUMP_W,
    SOLAR_M2,
    GAINS_W,
    FAN_W,
    ZONE_SIZE,
) = range(19)

# a cell of the phase-change store: four runs of `cells` numbers each, in this order
CELL_MATERIAL_C, CELL_WATER_C, CELL_ENTHALPY_J, CELL_MOLTEN, CELL_SIZE = range(5)

# a sensor: its record in numbers, and in whole
LAGGED, LAG_S, LAG_SHARE, QUANTUM, NOISE, OFFSET, SENSOR_SIZE = range(7)
SENSOR_POINT, SENSOR_KEY, SENSOR_FAULT_FIRST, SENSOR_FAULT_COUNT, SENSOR_PLACE_SIZE = range(5)

# a scripted fault: its record in numbers, and in whole
FAULT_AMOUNT, FAULT_HELD, FAULT_SIZE = range(3)
FAULT_KIND, FAULT_START_MS, FAULT_END_MS, FAULT_SENSOR, FAULT_TIME_SIZE = range(5)
STUCK, DROPOUT, DRIFT, SPIKE, POWER_ON_85 = range(5)

# a draw of hot water in whole
DRAW_START_MS, DRAW_END_MS, DRAW_SIZE = range(3)

# a watch: its own rows. In numbers three runs, of one number per channel each: what was captured last, the change from which on
# a value is captured, and what the last scan showed. In whole what was found, then the device records, then the sensors by
# channel. What was found is, for each device that captured: its number, how many of its channels changed, and these
WATCH_DEVICES, WATCH_CHANNELS, WATCH_NEXT_MS, WATCH_FOUND, WATCH_FIXED = range(5)
FOUND_DEVICE, FOUND_CHANGES, FOUND_FIXED = range(3)
(
    DEVICE_POLL_MS,
    DEVICE_PHASE_MS,
    DEVICE_FIRST,
    DEVICE_COUNT,
    DEVICE_PERIOD_MS,
    DEVICE_DUE_MS,
    DEVICE_SIZE,
) = range(7)
