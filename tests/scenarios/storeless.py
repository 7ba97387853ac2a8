"""*Oak* without its store: a heat pump, a buffer, and four zones."""

from dataclasses import replace

from gw_spaceheat.house.model import Comfort, House
from tests.scenarios.scene import OAK, house


def storeless(comfort: Comfort | None) -> House:
    """The house; its rooms may be so far off their set-points."""
    oak = house(OAK)
    plant, heating = oak.plant, oak.heating
    assert plant is not None
    moved = {node for node, point in plant.actuators.items() if point.startswith("store")}
    gone = {*heating.store, *(node.replace(".", "-") for node in moved)}
    gone |= {name for name, sensor in plant.sensors.items() if "store" in sensor.point}
    return replace(
        oak,
        heating=replace(heating, store=(), store_valve="", store_pump="", comfort=comfort),
        plant=replace(
            plant,
            store=None,
            sensors={name: sensor for name, sensor in plant.sensors.items() if name not in gone},
            actuators={node: point for node, point in plant.actuators.items() if node not in moved},
        ),
        channels={name: channel for name, channel in oak.channels.items() if name not in gone},
        nodes={alias: node for alias, node in oak.nodes.items() if alias not in moved},
    )
