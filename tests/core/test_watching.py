"""What is shown of houses, from what is heard."""

import pytest
from msgspec import UNSET

from gw_spaceheat.core.events import Received
from gw_spaceheat.core.watching import MOST_ALARMS, Scan, Watching
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.glitch import Glitch
from gw_spaceheat.messages.gws_human_answer import GwsHumanAnswer
from gw_spaceheat.messages.gws_scan import GwsScan
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.messages.single_machine_state import SingleMachineState
from gw_spaceheat.messages.single_reading import SingleReading
from gw_spaceheat.messages.snapshot_spaceheat import SnapshotSpaceheat
from gw_spaceheat.messages.synced_readings import SyncedReadings
from gw_spaceheat.vocabulary.moment import Moment

HOUSE = "d1.test.house"
SCADA = f"{HOUSE}.ta.scada"
T0 = 1_700_000_000_000
NOW = Moment(0, T0)
IDENTIFIER = "0384ef21-648b-4455-b917-58a1172d7fc1"


def heard(watching: Watching, message: Message, at_ms: int = T0, src: str = SCADA, link: str = "uplink") -> None:
    watching.take(Received(link, src, "", ack_required=False, message=message, arrived_ms=at_ms), Moment(at_ms - T0, at_ms))


def scan(at_ms: int, **values: int) -> SyncedReadings:
    names = [name.replace("_", "-") for name in values]
    return SyncedReadings(channel_name_list=names, value_list=list(values.values()), scada_read_time_unix_ms=at_ms)


def glitch(node: str, kind: str, at_ms: int) -> Glitch:
    return Glitch(from_g_node_alias=SCADA, node=node, type=kind, summary="stale", details="", created_ms=at_ms)


def answer(at_ms: int, by: str | None, until_ms: int | None = None) -> GwsHumanAnswer:
    return GwsHumanAnswer(
        from_g_node_alias=SCADA,
        trigger_id=IDENTIFIER,
        verdict="Done",
        reason="",
        lease_by=UNSET if by is None else by,
        fencing_token=UNSET if by is None else 3,
        lease_cause=UNSET if by is None else "anna took it",
        lease_until_unix_ms=UNSET if until_ms is None else until_ms,
        answer_unix_ms=at_ms,
    )


def test_the_newest_reading_of_each_channel_with_its_own_time() -> None:
    watching = Watching("")
    heard(watching, scan(T0, a_x=1, a_y=2))
    heard(watching, scan(T0 + 10, a_x=3), T0 + 20)
    heard(watching, scan(T0 + 5, a_x=9), T0 + 30)  # came late
    heard(watching, SingleReading(channel_name="a-z", value=7, scada_read_time_unix_ms=T0 + 1), T0 + 40)
    house = watching.house(HOUSE)
    assert house is not None
    assert house.values == {"a-x": (3, T0 + 10), "a-y": (2, T0), "a-z": (7, T0 + 1)}
    assert house.heard_ms == T0 + 40


def test_a_snapshot_tells_values_and_states() -> None:
    watching = Watching("")
    state = SingleMachineState(machine_handle="s.mode", state_enum="gws.mode", state="RemoteControl", unix_ms=T0)
    older = SingleMachineState(machine_handle="s.mode", state_enum="gws.mode", state="LocalControl", unix_ms=T0 - 1)
    for states in ([state], [older]):
        snapshot = SnapshotSpaceheat(
            from_g_node_alias=SCADA,
            from_g_node_instance_id=IDENTIFIER,
            snapshot_time_unix_ms=T0,
            latest_reading_list=[SingleReading(channel_name="a-x", value=5, scada_read_time_unix_ms=T0)],
            latest_state_list=states,
        )
        heard(watching, snapshot)
    house = watching.house(HOUSE)
    assert house is not None
    assert house.values == {"a-x": (5, T0)}
    assert house.states == {"s.mode": ("RemoteControl", T0)}


@pytest.mark.parametrize(
    ("src", "link", "own", "about"),
    [
        (SCADA, "uplink", "", HOUSE),
        (HOUSE, "uplink", "", HOUSE),
        ("a-m", "local", HOUSE, HOUSE),
        ("s", "local", HOUSE, HOUSE),
        ("a-m", "uplink", HOUSE, None),  # not its bus
        ("a-m", "local", "", None),
        ("../x", "uplink", "", None),
    ],
)
def test_of_which_house_a_message_speaks(src: str, link: str, own: str, about: str | None) -> None:
    watching = Watching(own, frozenset({"local"}))
    heard(watching, PowerWatts(watts=5), src=src, link=link)
    assert watching.aliases() == (() if about is None else (about,))


def test_power_and_that_the_agents_words_are_not_the_houses() -> None:
    watching = Watching("")
    heard(watching, PowerWatts(watts=4800), T0)
    heard(watching, glitch("a-x", "Info", T0), T0 + 99, src=HOUSE)
    house = watching.house(HOUSE)
    assert house is not None
    assert (house.power_w, house.power_ms, house.heard_ms) == (4800, T0, T0)
    assert watching.house("d1.other.house") is None


@pytest.mark.parametrize(
    ("told", "alarms"),
    [
        ([("a", "Warning", 1)], ["a"]),
        ([("a", "Warning", 1), ("b", "Error", 2)], ["b", "a"]),
        ([("a", "Warning", 1), ("a", "Info", 2)], []),
        ([("a", "Info", 2), ("a", "Warning", 3)], ["a"]),
        ([("a", "Warning", 3), ("a", "Info", 2)], ["a"]),  # the good news is older
        ([("a", "Debug", 1)], []),
        ([(f"n{i}", "Warning", i) for i in range(MOST_ALARMS + 2)], [f"n{i}" for i in range(MOST_ALARMS + 1, 1, -1)]),
    ],
)
def test_alarms(told: list[tuple[str, str, int]], alarms: list[str]) -> None:
    watching = Watching("")
    for node, kind, at in told:
        heard(watching, glitch(node, kind, T0 + at))
    house = watching.house(HOUSE)
    assert house is not None
    assert [alarm.node for alarm in house.alarms] == alarms


def test_who_commands_is_overheard() -> None:
    watching = Watching("")
    heard(watching, answer(T0, "human", T0 + 60_000))
    heard(watching, answer(T0 - 5, "local"))
    heard(watching, answer(T0 + 5, None))
    house = watching.house(HOUSE)
    assert house is not None
    assert house.lease is not None
    assert (house.lease.by, house.lease.cause, house.lease.until_ms) == ("human", "anna took it", T0 + 60_000)


def live(at_ms: int, missing: str = "", **values: int) -> GwsScan:
    return GwsScan(
        channel_name_list=list(values),
        value_list=list(values.values()),
        missing_list=[missing] if missing else [],
        scada_read_time_unix_ms=at_ms,
        due_unix_ms=at_ms + 1000,
    )


def test_scans_count_while_we_look_and_those_of_an_earlier_look_do_not() -> None:
    watching = Watching(HOUSE, frozenset({"local"}))

    def told() -> tuple[dict[str, tuple[int, int]], dict[str, Scan]]:
        house = watching.house(HOUSE)
        assert house is not None
        return dict(house.values), dict(house.scans)

    heard(watching, live(T0, power=1), T0, "a-m", "local")
    assert told() == ({"power": (1, T0)}, {})  # somebody else looks
    watching.look(HOUSE, 5000, Moment(0, T0))
    heard(watching, live(T0 + 1000, power=2, flow=7), T0 + 1000, "a-m", "local")
    heard(watching, live(T0 + 2000, missing="power", flow=8), T0 + 2000, "a-m", "local")
    heard(watching, live(T0 + 500, power=9), T0 + 2000, "a-m", "local")  # late
    assert told() == (
        {"power": (2, T0 + 1000), "flow": (8, T0 + 2000)},
        {"power": Scan(T0 + 2000, T0 + 3000, has_value=False), "flow": Scan(T0 + 2000, T0 + 3000, has_value=True)},
    )
    watching.look(HOUSE, 5000, Moment(4000, T0 + 4000))
    assert set(told()[1]) == {"power", "flow"}
    watching.look(HOUSE, 5000, Moment(9000, T0 + 9000))
    assert told() == ({"power": (2, T0 + 1000), "flow": (8, T0 + 2000)}, {})


def test_a_look_at_a_house_of_which_nothing_was_heard_waits_for_it() -> None:
    watching = Watching(HOUSE, frozenset({"local"}))
    watching.look(HOUSE, 5000, Moment(0, T0))
    assert watching.house(HOUSE) is None
    heard(watching, live(T0 + 1000, power=2), T0 + 1000, "a-m", "local")
    house = watching.house(HOUSE)
    assert house is not None
    assert house.scans.keys() == {"power"}
