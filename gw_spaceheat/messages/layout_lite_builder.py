"""Makes a `layout.lite` out of plain facts about a house, also for a house without a relay board or without a store."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from msgspec import UNSET

from gw_spaceheat.messages.channel_config import WireUnit
from gw_spaceheat.messages.data_channel_gt import DataChannelGt
from gw_spaceheat.messages.fsm_event import CHANGE_RELAY_STATE, ChangeRelayState
from gw_spaceheat.messages.ha1_params import Ha1Params
from gw_spaceheat.messages.i2c_multichannel_dt_relay_component_gt import I2cMultichannelDtRelayComponentGt
from gw_spaceheat.messages.layout_lite import LayoutLite, SeasonalStorageMode, SystemMode
from gw_spaceheat.messages.relay_actor_config import RelayActorConfig, RelayWiringConfig
from gw_spaceheat.messages.spaceheat_node_gt import SpaceheatNodeGt, WireActorClass
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.roles import ActorClass
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

RELAY_STATE = "relay.closed.or.open"

WIRE_ACTORS: dict[ActorClass, WireActorClass] = {
    ActorClass.NoActor: WireActorClass.NoActor,
    ActorClass.Scada: WireActorClass.PrimaryScada,
    ActorClass.HomeAlone: WireActorClass.LocalControl,
    ActorClass.AtomicTNode: WireActorClass.NoActor,
    ActorClass.BooleanActuator: WireActorClass.Relay,
    ActorClass.AnalogActuator: WireActorClass.ZeroTenOutputer,
    ActorClass.SimpleSensor: WireActorClass.MultipurposeSensor,
    ActorClass.MultiSensor: WireActorClass.MultipurposeSensor,
    ActorClass.PowerMeter: WireActorClass.PowerMeter,
    ActorClass.PipeFlowSensor: WireActorClass.MultipurposeSensor,
}
"""Our words for who acts for a node, in the protocol's. The AtomicTNode does not act inside the house."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutNode:
    """A node.

    Attributes:
        alias: With dots; the wire gets dashes.
        actor: Who acts for it.
        display_name: For a person.
        component: Identifier of its hardware, in the house's words; empty if it has none.
        nameplate_w: Rated electrical power [W]; 0 if it has none.
    """

    alias: str
    actor: ActorClass = ActorClass.NoActor
    display_name: str = ""
    component: str = ""
    nameplate_w: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutChannel:
    """A channel.

    Attributes:
        name: As on the wire.
        about: Alias of the node it tells of.
        captured_by: Alias of the node whose actor reads it; that node must have an actor.
        telemetry: Quantity and scale.
        in_power_metering: Its watts count in the house's power.
    """

    name: str
    about: str
    captured_by: str
    telemetry: TelemetryName
    in_power_metering: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutRelay:
    """A relay on the house's I2C board.

    Attributes:
        node: Alias of the relay.
        channel: Name of the channel that tells its state.
        number: Which relay of the board it is, from 1.
        capture_period_s: How often its state is captured at least [s].
    """

    node: str
    channel: str
    number: int
    capture_period_s: int = 300


def layout_lite_for(
    *,
    scada_alias: str,
    terminal_asset_alias: str,
    message_id: str,
    created_ms: int,
    strategy: str,
    nodes: Iterable[LayoutNode],
    channels: Iterable[LayoutChannel],
    zones: Sequence[str] = (),
    critical_zones: Sequence[str] = (),
    store_tanks: int = 0,
    relays: Iterable[LayoutRelay] = (),
    relay_board_addresses: Sequence[int] = (),
    planner: Ha1Params | None = None,
) -> LayoutLite:
    """The layout of a house.

    Identifiers that the wire asks for and the house does not have are made from the terminal asset's alias and the name: always
    the same.

    Args:
        scada_alias: Alias of the sender.
        terminal_asset_alias: Alias of the house as a consumer.
        message_id: Identifier of the message [uuid4].
        created_ms: Now [ms].
        strategy: Name of the control strategy.
        nodes: All nodes of the house.
        channels: All channels of the house.
        zones: Names of the heated zones.
        critical_zones: Those that must not get cold.
        store_tanks: Number of store tanks. The wire has no zero; a house without a store says 1 and BufferOnly.
        relays: The relays on the house's I2C board. The wire asks for a board; a house without says one with no relays.
        relay_board_addresses: I2C addresses of that board.
        planner: What is known for planning; the defaults of Ha1Params if nothing is.

    Raises:
        Malformed: The facts do not fit together; says what and where.
    """
    channels = tuple(channels)
    metered = {channel.about for channel in channels if channel.in_power_metering}
    layout = LayoutLite(
        from_g_node_alias=scada_alias,
        message_created_ms=created_ms,
        message_id=message_id,
        strategy=strategy,
        system_mode=SystemMode.Heating,
        seasonal_storage_mode=SeasonalStorageMode.AllTanks if store_tanks else SeasonalStorageMode.BufferOnly,
        buffer_short_cycling=False,
        zone_list=list(zones),
        critical_zone_list=list(critical_zones),
        total_store_tanks=max(store_tanks, 1),
        sh_nodes=[_node(node, terminal_asset_alias, node.alias in metered) for node in nodes],
        data_channels=[_channel(channel, terminal_asset_alias) for channel in channels],
        derived_channels=[],
        tank_module_components=[],
        flow_module_components=[],
        ha1_params=planner or Ha1Params(),
        i2c_relay_component=I2cMultichannelDtRelayComponentGt(
            component_id=_identifier(terminal_asset_alias, "component", "relay-board"),
            component_attribute_class_id=_identifier("", "component-class", "relay-board"),
            config_list=[_relay(relay) for relay in relays],
            display_name="relay board" if relay_board_addresses else "no I2C relay board",
            i2c_address_list=list(relay_board_addresses),
        ),
    )
    layout.check()
    return layout


def _identifier(owner: str, kind: str, name: str) -> str:
    return IdSource(blake2b(f"{owner}/{kind}/{name}".encode(), digest_size=32).digest())()


def _wire_name(alias: str) -> str:
    return alias.replace(".", "-")


def _node(node: LayoutNode, owner: str, metered: bool) -> SpaceheatNodeGt:
    return SpaceheatNodeGt(
        name=_wire_name(node.alias),
        actor_class=WIRE_ACTORS[node.actor],
        display_name=node.display_name or UNSET,
        component_id=_identifier(owner, "component", node.component) if node.component else UNSET,
        nameplate_power_w=round(node.nameplate_w) if node.nameplate_w or metered else UNSET,
        in_power_metering=True if metered else UNSET,
        sh_node_id=_identifier(owner, "node", node.alias),
    )


def _channel(channel: LayoutChannel, owner: str) -> DataChannelGt:
    return DataChannelGt(
        name=channel.name,
        display_name=channel.name,
        about_node_name=_wire_name(channel.about),
        captured_by_node_name=_wire_name(channel.captured_by),
        telemetry_name=channel.telemetry.value,
        terminal_asset_alias=owner,
        in_power_metering=True if channel.in_power_metering else UNSET,
        id=_identifier(owner, "channel", channel.name),
    )


def _relay(relay: LayoutRelay) -> RelayActorConfig:
    return RelayActorConfig(
        channel_name=relay.channel,
        capture_period_s=relay.capture_period_s,
        async_capture=True,
        exponent=0,
        unit=WireUnit.Unitless,
        relay_idx=relay.number,
        actor_name=_wire_name(relay.node),
        wiring_config=RelayWiringConfig.NormallyOpen,
        event_type=CHANGE_RELAY_STATE,
        de_energizing_event=ChangeRelayState.OpenRelay,
        energizing_event=ChangeRelayState.CloseRelay,
        state_type=RELAY_STATE,
        de_energized_state="RelayOpen",
        energized_state="RelayClosed",
    )
