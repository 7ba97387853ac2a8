"""Which nodes and channels a house has: what a peer must know to read its reports."""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import UNSET, field

from gw_spaceheat.messages.base import Malformed, Maybe, Message, given
from gw_spaceheat.messages.data_channel_gt import DataChannelGt
from gw_spaceheat.messages.derived_channel_gt import DerivedChannelGt
from gw_spaceheat.messages.formats import LeftRightDot, PositiveInteger, UnixMs, Uuid4
from gw_spaceheat.messages.gw1_tank_temp_calibration_map import Gw1TankTempCalibrationMap
from gw_spaceheat.messages.ha1_params import Ha1Params
from gw_spaceheat.messages.i2c_multichannel_dt_relay_component_gt import I2cMultichannelDtRelayComponentGt
from gw_spaceheat.messages.pico_flow_module_component_gt import PicoFlowModuleComponentGt
from gw_spaceheat.messages.pico_tank_module_component_gt import PicoTankModuleComponentGt
from gw_spaceheat.messages.sim_pico_tank_module_component_gt import SimPicoTankModuleComponentGt
from gw_spaceheat.messages.spaceheat_node_gt import SpaceheatNodeGt, WireActorClass


class SystemMode(StrEnum):
    """What the SCADA does for the house."""

    Heating = "Heating"
    Standby = "Standby"
    MonitorOnly = "MonitorOnly"


class SeasonalStorageMode(StrEnum):
    """Which tanks are in use."""

    AllTanks = "AllTanks"
    BufferOnly = "BufferOnly"


class LayoutLite(Message, frozen=True, kw_only=True, tag="layout.lite"):
    """The layout of a house; `layout_lite_for` in `layout_lite_builder.py` makes one.

    Attributes:
        from_g_node_alias: The SCADA.
        message_created_ms: When it was made [ms].
        message_id: Its identifier.
        strategy: Name of the control strategy.
        system_mode: A word of SystemMode.
        seasonal_storage_mode: A word of SeasonalStorageMode.
        buffer_short_cycling: The heat pump may cycle on the buffer alone.
        zone_list: Names of the heated zones.
        critical_zone_list: Those that must not get cold.
        total_store_tanks: Number of store tanks.
        sh_nodes: The nodes.
        data_channels: What is measured.
        derived_channels: What is calculated.
        tank_module_components: Tank modules.
        flow_module_components: Flow modules.
        ha1_params: What the planner knows of the house.
        i2c_relay_component: The relay board.
        t_map: How the tanks' thermistors are corrected.
    """

    from_g_node_alias: LeftRightDot
    message_created_ms: UnixMs
    message_id: Uuid4
    strategy: str
    system_mode: str
    seasonal_storage_mode: str
    buffer_short_cycling: bool
    zone_list: Sequence[str]
    critical_zone_list: Sequence[str]
    total_store_tanks: PositiveInteger
    sh_nodes: Sequence[SpaceheatNodeGt]
    data_channels: Sequence[DataChannelGt]
    derived_channels: Sequence[DerivedChannelGt]
    tank_module_components: Sequence[PicoTankModuleComponentGt | SimPicoTankModuleComponentGt]
    flow_module_components: Sequence[PicoFlowModuleComponentGt]
    ha1_params: Ha1Params
    i2c_relay_component: I2cMultichannelDtRelayComponentGt = field(name="I2cRelayComponent")
    t_map: Maybe[Gw1TankTempCalibrationMap] = UNSET
    version: str = "011"

    def check(self) -> None:
        """Parts must be well formed, and every name that one part uses must be there in the other."""
        for part in (*self.sh_nodes, *self.data_channels, *self.tank_module_components, self.i2c_relay_component):
            part.check()
        calibration = given(self.t_map)
        if calibration is not None:
            calibration.check()
        self._check_channels()
        self._check_handles()
        strangers = set(self.critical_zone_list) - set(self.zone_list)
        if strangers:
            raise Malformed(f"CriticalZoneList has {', '.join(sorted(strangers))}, which ZoneList has not")

    def _check_channels(self) -> None:
        actor_classes = {node.name: node.actor_class for node in self.sh_nodes}
        made_by = [(channel.name, channel.captured_by_node_name) for channel in self.data_channels]
        made_by += [(channel.name, channel.created_by_node_name) for channel in self.derived_channels]
        for channel in self.data_channels:
            if channel.about_node_name not in actor_classes:
                raise Malformed(f"channel {channel.name} is about {channel.about_node_name}, which is not in ShNodes")
        for name, maker in made_by:
            if maker not in actor_classes:
                raise Malformed(f"channel {name} comes from {maker}, which is not in ShNodes")
            if actor_classes[maker] == WireActorClass.NoActor:
                raise Malformed(f"channel {name} comes from {maker}, which has no actor")

    def _check_handles(self) -> None:
        handles = {given(node.handle) or node.name for node in self.sh_nodes}
        for handle in sorted(handles):
            boss, dot, _ = handle.rpartition(".")
            if dot and boss not in handles:
                raise Malformed(f"handle {handle} has no boss {boss} in ShNodes")
