import pytest

from gw_spaceheat.messages import codec
from gw_spaceheat.messages.base import Malformed
from gw_spaceheat.messages.layout_lite import LayoutLite
from gw_spaceheat.messages.layout_lite_builder import WIRE_ACTORS, LayoutChannel, LayoutNode, LayoutRelay, layout_lite_for
from gw_spaceheat.vocabulary.roles import ActorClass
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

UUID = "0384ef21-648b-4455-b917-58a1172d7fc1"
NODES = (
    LayoutNode(alias="a", actor=ActorClass.AtomicTNode),
    LayoutNode(alias="a.s", actor=ActorClass.Scada, display_name="SCADA"),
    LayoutNode(alias="a.m", actor=ActorClass.PowerMeter, component="meter"),
    LayoutNode(alias="a.elt1", nameplate_w=4500.0),
    LayoutNode(alias="a.elt1.relay", actor=ActorClass.BooleanActuator, component="board"),
)
CHANNELS = (
    LayoutChannel(
        name="a-elt1-power", about="a.elt1", captured_by="a.m", telemetry=TelemetryName.PowerW, in_power_metering=True
    ),
    LayoutChannel(name="a-elt1-relay", about="a.elt1.relay", captured_by="a.elt1.relay", telemetry=TelemetryName.RelayState),
)


def layout(**changes: object) -> LayoutLite:
    facts: dict[str, object] = {
        "scada_alias": "dw1.isone.nh.orange.1.ta.scada",
        "terminal_asset_alias": "dw1.isone.nh.orange.1.ta",
        "message_id": UUID,
        "created_ms": 1_656_945_000_123,
        "strategy": "hysteresis",
        "nodes": NODES,
        "channels": CHANNELS,
    }
    return layout_lite_for(**(facts | changes))  # type: ignore[arg-type]


def test_every_actor_class_has_a_word_on_the_wire() -> None:
    assert set(WIRE_ACTORS) == set(ActorClass)


def test_a_house_without_relay_board_and_store() -> None:
    made = layout()
    assert codec.decode_bare("layout.lite", codec.encode_bare(made)) == made
    assert [node.name for node in made.sh_nodes] == ["a", "a-s", "a-m", "a-elt1", "a-elt1-relay"]
    assert (made.total_store_tanks, made.seasonal_storage_mode) == (1, "BufferOnly")
    assert list(made.i2c_relay_component.config_list) == []
    element = made.sh_nodes[3]
    assert (element.in_power_metering, element.nameplate_power_w) == (True, 4500)


def test_a_house_with_relay_board_and_store() -> None:
    made = layout(
        relays=[LayoutRelay(node="a.elt1.relay", channel="a-elt1-relay", number=2)],
        relay_board_addresses=(32,),
        store_tanks=3,
        zones=("garage",),
        critical_zones=("garage",),
    )
    relay = made.i2c_relay_component.config_list[0]
    assert (relay.relay_idx, relay.actor_name, relay.energized_state) == (2, "a-elt1-relay", "RelayClosed")
    assert (made.total_store_tanks, made.seasonal_storage_mode) == (3, "AllTanks")


def test_identifiers_are_the_same_every_time_and_differ_between_nodes_and_houses() -> None:
    identifiers = [node.sh_node_id for node in layout().sh_nodes]
    assert identifiers == [node.sh_node_id for node in layout().sh_nodes]
    assert len(set(identifiers)) == len(identifiers)
    elsewhere = {node.sh_node_id for node in layout(terminal_asset_alias="hw1.isone.me.other.ta").sh_nodes}
    assert not elsewhere & set(identifiers)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"nodes": NODES[1:3]}, "a-elt1"),
        (
            {"channels": [LayoutChannel(name="x", about="a.s", captured_by="a.elt1", telemetry=TelemetryName.PowerW)]},
            "no actor",
        ),
        ({"critical_zones": ("attic",)}, "attic"),
    ],
)
def test_facts_that_do_not_fit_are_refused(changes: dict[str, object], says: str) -> None:
    with pytest.raises(Malformed, match=says):
        layout(**changes)
