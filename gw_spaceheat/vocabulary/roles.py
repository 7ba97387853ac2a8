"""What a node is (role) and who acts for it (actor class), as house files and the wire spell them."""

from enum import StrEnum


class Role(StrEnum):
    """What a node is in its house."""

    AtomicTNode = "AtomicTNode"
    Scada = "Scada"
    HomeAlone = "HomeAlone"
    PowerMeter = "PowerMeter"
    HeatPump = "HeatPump"
    BoostElement = "BoostElement"
    ElectricBoiler = "ElectricBoiler"
    CirculatorPump = "CirculatorPump"
    FlowValve = "FlowValve"
    RadiatorFan = "RadiatorFan"
    BooleanActuator = "BooleanActuator"
    AnalogActuator = "AnalogActuator"
    DedicatedThermalStore = "DedicatedThermalStore"
    PhaseChangeStore = "PhaseChangeStore"
    BufferTank = "BufferTank"
    HotWaterTank = "HotWaterTank"
    HydronicPipe = "HydronicPipe"
    BaseboardRadiator = "BaseboardRadiator"
    HeatedSpace = "HeatedSpace"
    Outdoors = "Outdoors"
    TankWaterTempSensor = "TankWaterTempSensor"
    PipeTempSensor = "PipeTempSensor"
    RoomTempSensor = "RoomTempSensor"
    OutdoorTempSensor = "OutdoorTempSensor"
    PipeFlowMeter = "PipeFlowMeter"
    Thermostat = "Thermostat"
    MultiSensor = "MultiSensor"


class ActorClass(StrEnum):
    """Who acts for a node; NoActor for things that only are."""

    NoActor = "NoActor"
    Scada = "Scada"
    HomeAlone = "HomeAlone"
    AtomicTNode = "AtomicTNode"
    BooleanActuator = "BooleanActuator"
    AnalogActuator = "AnalogActuator"
    SimpleSensor = "SimpleSensor"
    MultiSensor = "MultiSensor"
    PowerMeter = "PowerMeter"
    PipeFlowSensor = "PipeFlowSensor"
