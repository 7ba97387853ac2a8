"""What a make and model of a device can do, and on which bus it sits; each driver says it of its own device."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple, TypeAlias

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


Devices: TypeAlias = Mapping[str, MakeModel]
"""The devices that have a driver, by the name that a house file uses."""

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
