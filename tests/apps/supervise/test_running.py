"""The supervision server on a real broker, which is killed and comes back."""

import threading
from pathlib import Path

import msgspec
import pytest

from gw_spaceheat.apps.settings import Settings, houses_file
from gw_spaceheat.apps.supervise.console import Console, NoServerError
from gw_spaceheat.apps.supervise.running import run_supervision
from gw_spaceheat.core.supervision.calibration import USUAL
from gw_spaceheat.links.broker import BrokerKind, RunningBroker, start_broker
from gw_spaceheat.links.mqtt_settings import MqttSettings
from gw_spaceheat.messages.codec import encode
from gw_spaceheat.messages.single_reading import SingleReading
from gw_spaceheat.messages.snapshot_spaceheat import SnapshotSpaceheat
from gw_spaceheat.messages.supervision import Answer
from gw_spaceheat.runtime.clock import SystemClock
from gw_spaceheat.stores.faults import StoreBusyError
from gw_spaceheat.stores.folder_lock import FolderLock
from tests.apps.supervise.people import PATIENCE_S, Guest, guest, server, wait_until
from tests.links.conftest import require_mosquitto
from tests.scenarios.scene import OAK, house, new_life

HOUSE = "Neighborhood/0/House/1"


@pytest.fixture(params=list(BrokerKind), ids=str)
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> RunningBroker:
    if request.param is BrokerKind.MOSQUITTO:
        require_mosquitto()
    with start_broker(tmp_path / "broker", request.param) as running:
        yield running


def asked(broker: RunningBroker, *lines: str) -> list[Answer]:
    """What a console hears."""
    settings = MqttSettings.from_url(broker.url, client_id="", version=broker.version)
    console = Console(settings, f"test-{abs(hash(lines)) % 10_000}")
    console.open()
    try:
        return [console.ask(line, PATIENCE_S) for line in lines]
    finally:
        console.close()


def test_a_late_guest_finds_everything_at_once(tmp_path: Path, broker: RunningBroker) -> None:
    with server(tmp_path / "data", broker), guest(broker, "device") as device:
        answers = asked(broker, "newHouse", "newConsumer 1 lamp", "newSupplier 1 panel", "showHouse 9")
        assert [answer.done for answer in answers] == [True, True, True, False]
        device.say(f"{HOUSE}/Consumer", {"1": 910})
        device.say(f"{HOUSE}/Supplier", {"1": {"pvvoltage": 30, "pvcurrent": 5}})
        with guest(broker, "early", "Neighborhood/#") as early:
            early.hear_state(f"{HOUSE}/State", lambda state: state["totals"]["heard"] == 2)
        with guest(broker, "late", f"{HOUSE}/State", "Neighborhood/0/State") as late:
            found = late.hear(lambda event: event.topic == f"{HOUSE}/State")
            assert late.hear(lambda event: event.topic == "Neighborhood/0/State").kept
        assert found.kept
        state = msgspec.json.decode(found.payload)
        assert (state["totals"]["power_w"], state["totals"]["pv_w"]) == (264.5, 150.0)


def test_a_switch_goes_to_its_device_and_back(tmp_path: Path, broker: RunningBroker) -> None:
    with server(tmp_path / "data", broker), guest(broker, "lamp", f"{HOUSE}/Consumer/1/set", f"{HOUSE}/State") as lamp:
        asked(broker, "newHouse", "newConsumer 1 lamp", "setConsumer 1 1 1")
        sent = lamp.hear(lambda event: event.topic.endswith("/set"))
        assert (sent.payload, sent.kept) == (b"1", False)
        lamp.say(f"{HOUSE}/Consumer/1/state", b"1")
        state = lamp.hear_state(
            f"{HOUSE}/State",
            lambda state: bool(state["consumers"]) and state["consumers"][0]["switch"]["standing"] == "confirmed",
        )
        assert state["consumers"][0]["switch"]["desired"] is True


@pytest.mark.parametrize("times", [4, pytest.param(20, marks=pytest.mark.slow)])
def test_a_broker_that_is_killed_again_and_again_makes_nobody_deaf(tmp_path: Path, times: int) -> None:
    require_mosquitto()
    with start_broker(tmp_path / "broker", BrokerKind.MOSQUITTO) as first:
        port, current = first.port, first
        with (
            server(tmp_path / "data", first) as running,
            guest(first, "device") as device,
            guest(first, "viewer", "#") as viewer,
        ):
            asked(first, "newHouse", "newConsumer 1 10 lamp")
            over = threading.Event()
            sender = threading.Thread(target=_send, args=(device, over))
            sender.start()
            try:
                for _ in range(times):
                    current.stop()
                    current = start_broker(tmp_path / "broker", BrokerKind.MOSQUITTO, port)
                    before = running.intake.taken
                    wait_until(lambda before=before: running.intake.taken > before + 20, "the server is deaf")
            finally:
                over.set()
                sender.join()
            wait_until(lambda: device.say(f"{HOUSE}/Consumer", dict.fromkeys(map(str, range(1, 11)), 929)), "nothing goes out")
            state = viewer.hear_state(f"{HOUSE}/State", lambda state: state["totals"]["current_a"] == 14.35)
            assert (state["totals"]["heard"], state["totals"]["silent"]) == (10, 0)
            assert running.intake.rejected == {}
            assert asked(current, "showHouse 1")[0].done
        current.stop()


def _send(device: Guest, over: threading.Event) -> None:
    """A hundred messages a second."""
    number = 0
    while not over.wait(0.01):
        number += 1
        device.say(f"{HOUSE}/Consumer", {str(number % 10 + 1): 870 + number % 800}, qos=number % 2)


def test_what_devices_say_while_the_server_is_away_is_not_lost(tmp_path: Path) -> None:
    require_mosquitto()
    with start_broker(tmp_path / "broker", BrokerKind.MOSQUITTO) as broker, guest(broker, "device") as device:
        with server(tmp_path / "data", broker) as running:
            asked(broker, "newHouse", "newConsumer 1 lamp")
            for number in range(50):
                device.say(f"{HOUSE}/Consumer", {"1": 900 + number})
            wait_until(lambda: running.intake.taken == 50, "not all came")
        for number in range(50, 200):
            device.say(f"{HOUSE}/Consumer", {"1": 900 + number})
        with server(tmp_path / "data", broker) as again:
            wait_until(lambda: again.intake.taken == 150, "what was said meanwhile is lost")
            lamp = again.town.house(0, 1).consumers[1]
            assert (lamp.name, lamp.current.count) == ("lamp", 200)
            assert lamp.current.most == pytest.approx(USUAL.amperes(1_099).amperes)


def test_the_second_server_says_that_another_leads_and_takes_over(tmp_path: Path) -> None:
    require_mosquitto()
    with start_broker(tmp_path / "broker", BrokerKind.MOSQUITTO) as broker, server(tmp_path / "one", broker) as first:
        asked(broker, "newHouse 3")
        with server(tmp_path / "two", broker) as second:
            wait_until(lambda: second.leader.other == first.leader.server, "the second does not know of the first")
            wait_until(lambda: len(second.town.neighbourhoods) == 1, "the second does not learn the houses")
            assert asked(broker, "newHouse")[0].data == {"neighbourhood": 0, "houses": [4]}
            assert not second.leader.leads(SystemClock().now())


def test_without_a_server_a_person_is_told_what_to_do(tmp_path: Path, broker: RunningBroker) -> None:
    console = Console(MqttSettings.from_url(broker.url, client_id="", version=broker.version), "lonely")
    console.open()
    try:
        with pytest.raises(NoServerError, match="start one there: gws supervise run"):
            console.ask("showHouses", 0.5)
    finally:
        console.close()


def test_two_servers_do_not_share_a_folder(tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path)
    lock = FolderLock(tmp_path / "supervision", "its houses")
    lock.take()
    try:
        with pytest.raises(StoreBusyError, match="another process keeps its houses"):
            run_supervision(settings, "mqtt://127.0.0.1:1", None, SystemClock(), new_life()[0], 0.1)
    finally:
        lock.give_back()


def test_the_demonstration_lives(tmp_path: Path, broker: RunningBroker) -> None:
    with server(tmp_path / "data", broker), guest(broker, "viewer", "Neighborhood/#") as viewer:
        asked(broker, "startDemo", "setConsumer 2 4 1")
        state = viewer.hear_state(
            "Neighborhood/0/House/2/State",
            lambda state: len(state["consumers"]) == 4 and state["consumers"][3]["switch"]["standing"] == "confirmed",
        )
        assert state["consumers"][3]["name"] == "relay"
        total = viewer.hear_state("Neighborhood/0/State", lambda state: state["totals"]["power_w"] > 1_000)
        assert total["totals"]["silent"] == 0
        assert total["totals"]["heard"] == 9


def test_a_house_with_a_scada_appears_by_itself(tmp_path: Path, broker: RunningBroker) -> None:
    oak = house(OAK)
    metered = [name for name, channel in oak.channels.items() if channel.telemetry.scale.si_unit == "W"]
    now_ms = SystemClock().now().wall_ms
    snapshot = SnapshotSpaceheat(
        from_g_node_alias=oak.scada_alias,
        from_g_node_instance_id="00000000-0000-4000-8000-000000000000",
        snapshot_time_unix_ms=now_ms,
        latest_reading_list=[
            SingleReading(channel_name=name, value=1_000 + number, scada_read_time_unix_ms=now_ms)
            for number, name in enumerate(metered)
        ],
        latest_state_list=[],
    )
    said = encode(snapshot, src=oak.scada_alias, dst="a", message_id="")
    with (
        server(tmp_path / "data", broker, houses_file()) as running,
        guest(broker, "scada") as scada,
        guest(broker, "viewer", "Neighborhood/1/House/1/State") as viewer,
    ):
        wait_until(lambda: running.leader.leads(SystemClock().now()), "nobody leads")
        assert scada.say(*said)
        state = viewer.hear_state("Neighborhood/1/House/1/State", lambda state: state["totals"]["heard"] > 0)
        assert state["alias"] == OAK
        assert {each["name"] for each in state["consumers"]} <= set(metered)
        assert state["totals"]["power_w"] == pytest.approx(
            sum(1_000 + metered.index(each["name"]) for each in state["consumers"])
        )
