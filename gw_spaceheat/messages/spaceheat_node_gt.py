"""A node of a house, as the layout tells it."""

from enum import StrEnum

from msgspec import UNSET

from gw_spaceheat.messages.base import Malformed, Maybe, Message, given
from gw_spaceheat.messages.formats import HandleName, SpaceheatName, Uuid4, WireInteger


class WireActorClass(StrEnum):
    """Who acts for a node, in the protocol's words."""

    NoActor = "NoActor"
    PrimaryScada = "PrimaryScada"
    SecondaryScada = "SecondaryScada"
    PowerMeter = "PowerMeter"
    LocalControl = "LocalControl"
    LeafAlly = "LeafAlly"
    DerivedGenerator = "DerivedGenerator"
    PicoCycler = "PicoCycler"
    HpBoss = "HpBoss"
    I2cRelayMultiplexer = "I2cRelayMultiplexer"
    I2cZeroTenMultiplexer = "I2cZeroTenMultiplexer"
    Hubitat = "Hubitat"
    Relay = "Relay"
    MultipurposeSensor = "MultipurposeSensor"
    HoneywellThermostat = "HoneywellThermostat"
    ApiTankModule = "ApiTankModule"
    ApiFlowModule = "ApiFlowModule"
    ZeroTenOutputer = "ZeroTenOutputer"
    ApiBtuMeter = "ApiBtuMeter"
    SiegLoop = "SiegLoop"


class SpaceheatNodeGt(Message, frozen=True, kw_only=True, tag="spaceheat.node.gt"):
    """A named thing in a house; `actor_class` is a word of WireActorClass, `nameplate_power_w` its rated power [W]."""

    name: SpaceheatName
    actor_hierarchy_name: Maybe[HandleName] = UNSET
    handle: Maybe[HandleName] = UNSET
    actor_class: str
    display_name: Maybe[str] = UNSET
    component_id: Maybe[str] = UNSET
    nameplate_power_w: Maybe[WireInteger] = UNSET
    in_power_metering: Maybe[bool] = UNSET
    sh_node_id: Uuid4
    version: str = "300"

    def check(self) -> None:
        """What counts in the house's power must say how much it can take."""
        if given(self.in_power_metering) and given(self.nameplate_power_w) is None:
            raise Malformed(f"node {self.name}: InPowerMetering needs NameplatePowerW")
