"""The makes and models we know: what each can do and on which bus it sits.

Known is not the same as driven: a driver is a file in `drivers/`, found by the name that stands here. A house may name a device
that has no driver yet, so that it can be described, checked and shown before it can be run.
"""

from enum import StrEnum
from typing import NamedTuple

from gw_spaceheat.vocabulary.telemetry_name import TelemetryName


class Kind(StrEnum):
    """What a device does for us."""

    Relay = "relay"
    AnalogOutput = "analogue output"
    Temperature = "temperature sensor"
    PowerMeter = "power meter"
    FlowMeter = "flow meter"


class Bus(StrEnum):
    """How a device is reached."""

    Simulated = "simulated"
    I2c = "i2c"
    Gpio = "gpio"
    OneWire = "onewire"
    ModbusRtu = "modbus-rtu"
    ModbusTcp = "modbus-tcp"
    Serial = "serial"
    Http = "http"
    Mqtt = "mqtt"


class MakeModel(NamedTuple):
    """A device that can be bought, built or simulated.

    Attributes:
        kinds: What it does; a plug with a meter is a relay and a power meter.
        bus: How it is reached.
        outputs: How many things it can switch or set; 0 for a device that is only read.
        inputs: How many channels one scan of it can give at most; 0 for a device that only reads its outputs back.
        fastest_poll_s: It cannot be read more often than this [s].
    """

    kinds: frozenset[Kind]
    bus: Bus
    outputs: int = 0
    inputs: int = 0
    fastest_poll_s: float = 0.04


TELEMETRY: dict[Kind, frozenset[TelemetryName]] = {
    Kind.Relay: frozenset({TelemetryName.RelayState}),
    Kind.AnalogOutput: frozenset({TelemetryName.VoltsTimes100, TelemetryName.CelsiusTimes100}),
    Kind.Temperature: frozenset(
        {
            TelemetryName.WaterTempCTimes1000,
            TelemetryName.WaterTempFTimes1000,
            TelemetryName.AirTempCTimes1000,
            TelemetryName.AirTempFTimes1000,
        }
    ),
    Kind.PowerMeter: frozenset(
        {
            TelemetryName.PowerW,
            TelemetryName.CurrentRmsMicroAmps,
            TelemetryName.VoltageRmsMilliVolts,
            TelemetryName.WattHours,
        }
    ),
    Kind.FlowMeter: frozenset({TelemetryName.GpmTimes100}),
}
"""What a device of each kind can measure."""

_RELAY = frozenset({Kind.Relay})
_ANALOG = frozenset({Kind.AnalogOutput})
_TEMPERATURE = frozenset({Kind.Temperature})
_POWER = frozenset({Kind.PowerMeter})
_FLOW = frozenset({Kind.FlowMeter})
_METERED_RELAY = frozenset({Kind.Relay, Kind.PowerMeter})

KNOWN: dict[str, MakeModel] = {
    # the simulated twin's
    "GridWorks__SimRelay": MakeModel(_RELAY, Bus.Simulated, outputs=32),
    "GridWorks__SimAnalogOutput": MakeModel(_ANALOG, Bus.Simulated, outputs=4),
    "GridWorks__SimTempSensor": MakeModel(_TEMPERATURE, Bus.Simulated, inputs=1),
    "GridWorks__SimTempSensors": MakeModel(_TEMPERATURE, Bus.Simulated, inputs=64),
    "GridWorks__SimPowerMeter": MakeModel(_POWER, Bus.Simulated, inputs=64),
    "GridWorks__SimFlowMeter": MakeModel(_FLOW, Bus.Simulated, inputs=4),
    # relays and outputs
    "NCD__PR8_14_SPST": MakeModel(_RELAY, Bus.I2c, outputs=8),  # MCP23008
    "Krida__Emr16_I2c_V3": MakeModel(_RELAY, Bus.I2c, outputs=16),  # PCF8575
    "GridWorks__GpioRelay": MakeModel(_RELAY, Bus.Gpio, outputs=1),
    "DFRobot__DFR0971": MakeModel(_ANALOG, Bus.I2c, outputs=2),  # 0-10 V
    "SgReady__TwoRelays": MakeModel(_ANALOG, Bus.Gpio, outputs=1),  # the four states of the SG-Ready label as numbers 1 to 4
    # temperatures
    "Adafruit__642": MakeModel(
        _TEMPERATURE, Bus.OneWire, inputs=1, fastest_poll_s=1.0
    ),  # DS18B20: 0.75 s to convert, 0.88 s in all
    "Microchip__MCP9808": MakeModel(_TEMPERATURE, Bus.I2c, inputs=1, fastest_poll_s=0.25),
    "GridWorks__TSnap1": MakeModel(_TEMPERATURE, Bus.I2c, inputs=12, fastest_poll_s=1.0),  # three ADS1115, NTC 10k
    # flows
    "Atlas__EzoFlo": MakeModel(_FLOW, Bus.I2c, inputs=1, fastest_poll_s=0.3),
    "GridWorks__PulseFlowMeter": MakeModel(_FLOW, Bus.Gpio, inputs=1, fastest_poll_s=1.0),
    # power
    "SchneiderElectric__Iem3455": MakeModel(_POWER, Bus.ModbusRtu, inputs=32, fastest_poll_s=0.2),
    "EGauge__4030": MakeModel(_POWER, Bus.ModbusTcp, inputs=64, fastest_poll_s=0.2),
    "SunSpec__Meter": MakeModel(_POWER, Bus.ModbusTcp, inputs=16, fastest_poll_s=0.2),
    "SunSpec__Inverter": MakeModel(_POWER, Bus.ModbusTcp, inputs=16, fastest_poll_s=0.2),
    "Enphase__EnvoyS": MakeModel(_POWER, Bus.Http, inputs=16, fastest_poll_s=1.0),
    "OpenEnergy__EmonPi": MakeModel(_POWER | _TEMPERATURE, Bus.Mqtt, inputs=32, fastest_poll_s=1.0),
    # relays with a meter
    "Shelly__Gen1": MakeModel(_METERED_RELAY, Bus.Http, outputs=4, inputs=16, fastest_poll_s=0.5),
    "Shelly__Gen2": MakeModel(_METERED_RELAY, Bus.Http, outputs=4, inputs=16, fastest_poll_s=0.5),
    "Tasmota__Plug": MakeModel(_METERED_RELAY, Bus.Mqtt, outputs=8, inputs=16, fastest_poll_s=1.0),
    # boilers and heat pumps that can be spoken to
    "OpenTherm__Gateway": MakeModel(_RELAY | _ANALOG | _TEMPERATURE, Bus.Serial, outputs=4, inputs=16, fastest_poll_s=1.0),
}
"""By the name that a house file uses."""
