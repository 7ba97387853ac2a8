"""What the actor keeps and carries."""

from pathlib import Path

import pytest

from gw_spaceheat.actors.supervision import KEEP_EVERY_MS, Files, Supervision
from gw_spaceheat.core.events import DemoHouses, Event, LinkChanged, Note, PlainReceived, Received, Started, Stopping
from gw_spaceheat.core.supervision.console import carry_out
from gw_spaceheat.core.supervision.kept import KeptTown
from gw_spaceheat.core.supervision.server import Server
from gw_spaceheat.core.watching import HouseNow, Watching
from gw_spaceheat.links.mqtt import Taken
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.stores.json_file import JsonFile
from gw_spaceheat.vocabulary.moment import Moment

START = Moment(10_000, 1_700_000_000_000)
HOUSE = "Neighborhood/0/House/1"
OAK = "hw1.isone.me.millinocket.oak"


class Line:
    """A transport that remembers."""

    def __init__(self) -> None:
        self.said: list[tuple[str, bytes]] = []
        self.safe = 0
        self.taken = Taken.YES
        self.is_open = False

    def open(self) -> None:
        self.is_open = True

    def close(self) -> None:
        self.is_open = False

    def acknowledge(self, receipt: int) -> None:
        self.safe = receipt

    def publish(self, topic: str, payload: bytes, _qos: int, *, retain: bool = False, expires_s: int = 0) -> Taken:
        if self.taken is Taken.YES:
            self.said.append((topic, payload))
        return self.taken


def _powers(house: HouseNow) -> dict[str, tuple[float, int]]:
    return {"meter": (float(house.power_w or 0), house.power_ms or 0)}


class Stage:
    """The actor, with time."""

    def __init__(self, folder: Path, now: Moment = START) -> None:
        self.line, self.now = Line(), now
        self.effects: list[Event] = []
        files = Files(JsonFile(folder / "houses.json"), JsonFile(folder / "heard.json"), JsonFile(folder / "before.json"))
        self.actor = Supervision(Server("a", carry_out), self.line, files, Watching(""), _powers, ("gw/hello", b"tell"))  # type: ignore[arg-type]
        self.give(Started())

    def give(self, event: Event) -> None:
        self.effects += self.actor.handle(event, self.now)

    def run(self, ms: int) -> None:
        for _ in range(0, ms, 250):
            self.now = self.now.later(250)
            due = self.actor.deadline()
            if due is not None and self.now.mono_ms >= due:
                self.effects += self.actor.wake(self.now)

    def lead(self) -> "Stage":
        self.give(LinkChanged("supervision", up=True, reason=""))
        self.run(3_000)
        return self

    def ask(self, line: str) -> None:
        assert carry_out(self.actor.server, line, self.now).done
        self.run(500)

    def notes(self) -> list[str]:
        return [effect.text for effect in self.effects if isinstance(effect, Note)]


def with_lamp(folder: Path) -> Stage:
    stage = Stage(folder).lead()
    stage.ask("newHouse")
    stage.ask("newConsumer 1 lamp")
    stage.give(PlainReceived("supervision", f"{HOUSE}/Consumer", b'{"1": 910}', receipt=7))
    return stage


def test_what_was_taken_is_told_to_the_broker_as_safe(tmp_path: Path) -> None:
    assert with_lamp(tmp_path).line.safe == 7


def test_a_restart_knows_everything(tmp_path: Path) -> None:
    stage = with_lamp(tmp_path)
    stage.ask("setConsumer 1 1 1")
    stage.give(Stopping())
    assert not stage.line.is_open
    again = Stage(tmp_path, stage.now)
    assert again.line.is_open
    lamp = again.actor.server.town.house(0, 1).consumers[1]
    assert (lamp.name, lamp.current.count, lamp.switch.on, lamp.switch.standing) == ("lamp", 1, True, "unconfirmed")
    assert again.actor.server.town.house(0, 1).totals(again.now.wall_ms).current_a == 1.15


def test_what_persons_make_is_kept_at_once_and_what_was_heard_now_and_then(tmp_path: Path) -> None:
    stage = with_lamp(tmp_path)  # and then the power fails
    killed = Stage(tmp_path, stage.now).actor.server.town.house(0, 1).consumers[1]
    assert (killed.name, killed.current.count) == ("lamp", 0)
    stage.run(KEEP_EVERY_MS)
    assert Stage(tmp_path, stage.now).actor.server.town.house(0, 1).consumers[1].current.count == 1


@pytest.mark.parametrize("name", ["houses.json", "heard.json"])
@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"version": "x"}', b"\xff"])
def test_a_damaged_file_stops_nothing(tmp_path: Path, name: str, text: bytes) -> None:
    with_lamp(tmp_path).give(Stopping())
    (tmp_path / name).write_bytes(text)
    assert Stage(tmp_path).lead().actor.server.leader.leads(START.later(3_000))


def test_a_full_disk_is_told_once(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "data").lead()
    (tmp_path / "data").write_text("no folder", encoding="utf-8")
    for _ in range(3):
        stage.ask("newHouse")
    assert sum("nothing can be kept" in note for note in stage.notes()) == 1


def test_a_line_that_is_too_slow_gets_everything_later(tmp_path: Path) -> None:
    stage = with_lamp(tmp_path)
    stage.run(2_000)
    stage.line.said.clear()
    stage.line.taken = Taken.QUEUE_FULL
    stage.give(PlainReceived("supervision", f"{HOUSE}/Consumer", b'{"1": 929}'))
    stage.ask("setConsumer 1 1 1")
    stage.run(1_000)
    stage.line.taken = Taken.YES
    stage.run(1_500)
    topics = {topic for topic, _ in stage.line.said}
    assert {f"{HOUSE}/State", f"{HOUSE}/Consumer/1/set", "Neighborhood/Server/Registry"} <= topics


def test_a_house_that_is_heard_before_anybody_leads_appears_later(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.give(LinkChanged("supervision", up=True, reason=""))
    stage.give(Received("supervision", OAK + ".ta", "", False, PowerWatts(watts=4_500), stage.now.wall_ms))
    stage.run(5_000)
    assert stage.actor.server.town.house(1, 1).alias == OAK


def test_a_house_is_asked_at_each_connection_what_is_known(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    for up in (True, False, True):
        stage.give(LinkChanged("supervision", up=up, reason=""))
    assert stage.line.said == [("gw/hello", b"tell")] * 2


def test_houses_that_give_way_to_a_leaders_are_kept(tmp_path: Path) -> None:
    stage = with_lamp(tmp_path)
    stage.give(LinkChanged("supervision", up=False, reason="gone"))
    stage.give(LinkChanged("supervision", up=True, reason=""))
    stage.give(PlainReceived("supervision", "Neighborhood/Server/Registry", b'{"version": 1, "neighbourhoods": []}', kept=True))
    stage.give(PlainReceived("supervision", "Neighborhood/Server", b'{"server": "b", "term": 7}', kept=True))
    stage.run(1_000)
    assert not stage.actor.server.town.neighbourhoods
    before = JsonFile(tmp_path / "before.json").read(KeptTown, KeptTown())
    assert before.neighbourhoods[0].houses[0].consumers[0].name == "lamp"
    assert "the houses of this server gave way to those of b, which leads" in stage.notes()


def test_the_leader_alone_lets_devices_be_simulated(tmp_path: Path) -> None:
    stage = Stage(tmp_path).lead()
    stage.ask("startDemo")
    told = [effect for effect in stage.effects if isinstance(effect, DemoHouses)]
    assert [house.house for house in told[-1].houses] == [1, 2]
    stage.give(LinkChanged("supervision", up=False, reason="gone"))
    stage.run(1_000)
    assert [effect for effect in stage.effects if isinstance(effect, DemoHouses)][-1] == DemoHouses(())


def test_a_house_with_a_scada_appears(tmp_path: Path) -> None:
    stage = Stage(tmp_path).lead()
    message = PowerWatts(watts=4_500)
    stage.give(Received("supervision", OAK + ".ta", "", False, message, stage.now.wall_ms, receipt=3))
    stage.run(1_000)
    house = stage.actor.server.town.house(1, 1)
    assert (house.alias, round(house.totals(stage.now.wall_ms).power_w), stage.line.safe) == (OAK, 4_500, 3)
