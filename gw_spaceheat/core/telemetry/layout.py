"""The house as the wire's layout: which nodes and channels the peer may expect from us."""

from gw_spaceheat.house.model import House
from gw_spaceheat.house.plant_model import WaterTankModel
from gw_spaceheat.messages.layout_lite import LayoutLite
from gw_spaceheat.messages.layout_lite_builder import LayoutChannel, LayoutNode, LayoutRelay, layout_lite_for


def layout_of(house: House, message_id: str, created_ms: int) -> LayoutLite:
    """The layout of a house, made at created_ms [ms]."""
    return layout_lite_for(
        scada_alias=house.scada_alias,
        terminal_asset_alias=house.terminal_asset_alias,
        message_id=message_id,
        created_ms=created_ms,
        strategy=house.heating.strategy,
        nodes=[
            LayoutNode(
                alias=node.alias,
                actor=node.actor,
                display_name=node.display_name,
                component=node.component,
                nameplate_w=node.nameplate_w,
            )
            for node in house.nodes.values()
        ],
        channels=[
            LayoutChannel(
                name=channel.name,
                about=channel.about,
                captured_by=channel.captured_by,
                telemetry=channel.telemetry,
                in_power_metering=channel.in_power_metering,
            )
            for channel in house.channels.values()
        ],
        zones=[zone.name for zone in house.heating.zones],
        store_tanks=_store_tanks(house),
        relays=_relays_on_i2c(house),
        relay_board_addresses=_board_addresses(house),
    )


def _store_tanks(house: House) -> int:
    if not house.heating.store:
        return 0
    if house.plant is not None and isinstance(house.plant.store, WaterTankModel):
        return house.plant.store.tanks
    return 1


def _is_on_i2c(house: House, component_id: str) -> bool:
    component = house.components.get(component_id)
    return component is not None and str(component.address.get("bus", "")).startswith("i2c")


def _relays_on_i2c(house: House) -> list[LayoutRelay]:
    relays = []
    for node in house.nodes.values():
        channel = house.state_channel(node.alias)
        if node.actuator is not None and channel is not None and _is_on_i2c(house, node.component):
            relays.append(
                LayoutRelay(
                    node=node.alias,
                    channel=channel.name,
                    number=node.output,
                    capture_period_s=round(channel.capture.period_s),
                )
            )
    return relays


def _board_addresses(house: House) -> list[int]:
    boards = {node.component for node in house.nodes.values() if node.actuator is not None}
    addresses = {house.components[board].address.get("address", 0) for board in boards if _is_on_i2c(house, board)}
    return sorted(int(address) for address in addresses)
