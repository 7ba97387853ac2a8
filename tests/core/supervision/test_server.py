"""The server: one leads, tells what stands, switches, and another can take over."""

import random

import msgspec
import pytest

from gw_spaceheat.core.supervision.console import carry_out
from gw_spaceheat.core.supervision.kept import KeptTown
from gw_spaceheat.core.supervision.leader import LISTEN_MS, PATIENCE_MS
from gw_spaceheat.core.supervision.server import Publish, Server
from gw_spaceheat.messages.supervision import Answer
from gw_spaceheat.vocabulary.moment import Moment
from tests.core.supervision.test_intake import strange

START = Moment(10_000, 1_700_000_000_000)
LAMP = "Neighborhood/0/House/1/Consumer/1"


class Desk:
    """A server with a broker that keeps what it is told to keep."""

    def __init__(self, name: str = "a", kept: dict[str, bytes] | None = None, now: Moment = START) -> None:
        self.server = Server(name, carry_out)
        self.kept = {} if kept is None else kept
        self.said: list[Publish] = []
        self.now = now
        self.server.link(now, up=True)
        for topic, payload in list(self.kept.items()):
            self.server.take(topic, payload, now, kept=True)

    def run(self, ms: int) -> list[Publish]:
        """Let time pass; gives what it said."""
        said: list[Publish] = []
        for _ in range(0, ms, 250):
            self.now = self.now.later(250)
            due = self.server.deadline()
            if due is not None and self.now.mono_ms >= due:
                said += self.server.wake(self.now)
        for publish in said:
            if publish.retain and publish.payload:
                self.kept[publish.topic] = publish.payload
            elif publish.retain:
                self.kept.pop(publish.topic, None)
        return said

    def lead(self) -> "Desk":
        self.run(3 * LISTEN_MS)
        assert self.server.leader.leads(self.now)
        return self

    def ask(self, line: str, number: str = "1") -> Answer:
        self.server.take("Neighborhood/Server/Ask/me", msgspec.json.encode({"id": number, "line": line}), self.now)
        answers = [said for said in self.run(500) if said.topic == "Neighborhood/Server/Answer/me"]
        assert len(answers) == 1
        return msgspec.json.decode(answers[0].payload, type=Answer)

    def state(self, house: int = 1) -> dict[str, object]:
        found: dict[str, object] = msgspec.json.decode(self.kept[f"Neighborhood/0/House/{house}/State"])
        return found


def with_lamp() -> Desk:
    desk = Desk().lead()
    desk.ask("newHouse", "n1")
    desk.ask("newConsumer 1 lamp", "n2")
    desk.run(2_000)
    return desk


def test_who_comes_late_finds_everything_with_the_broker() -> None:
    desk = with_lamp()
    desk.server.take("Neighborhood/0/House/1/Consumer", b'{"1": 910}', desk.now)
    desk.run(2_000)
    state = desk.state()
    assert state["totals"]["current_a"] == 1.15
    assert state["totals"]["power_w"] == 264.5
    assert state["consumers"][0]["name"] == "lamp"
    whole = msgspec.json.decode(desk.kept["Neighborhood/0/State"])
    assert whole["totals"]["current_a"] == 1.15
    assert set(desk.kept) == {
        "Neighborhood/Server",
        "Neighborhood/Server/Registry",
        "Neighborhood/0/State",
        "Neighborhood/0/House/1/State",
    }


def test_a_house_is_told_once_a_second_at_most_and_not_without_news() -> None:
    desk = with_lamp()
    said = []
    for number in range(40):
        desk.server.take("Neighborhood/0/House/1/Consumer", b'{"1": %d}' % (900 + number), desk.now)
        said += desk.run(250)
    assert 9 <= sum(publish.topic.endswith("House/1/State") for publish in said) <= 11
    assert not [publish for publish in desk.run(5_000)[2:] if publish.topic.endswith("House/1/State")]


def test_who_falls_silent_is_told_without_a_message() -> None:
    desk = with_lamp()
    desk.server.take("Neighborhood/0/House/1/Consumer", b'{"1": 910}', desk.now)
    desk.run(2_000)
    assert desk.state()["totals"]["silent"] == 0
    desk.run(61_000)
    assert (desk.state()["totals"]["silent"], desk.state()["consumers"][0]["fresh"]) == (1, False)


def test_a_removed_house_is_forgotten_by_the_broker() -> None:
    desk = with_lamp()
    assert desk.ask("rmHouse 1").done
    desk.run(2_000)
    assert "Neighborhood/0/House/1/State" not in desk.kept
    assert msgspec.json.decode(desk.kept["Neighborhood/0/State"])["houses"] == []


def test_a_switch_is_sent_with_its_time_to_live_and_confirmed_by_its_echo() -> None:
    desk = with_lamp()
    desk.server.take("Neighborhood/Server/Ask/me", b'{"id": "s", "line": "setConsumer 1 1 1 5"}', desk.now)
    sent = [publish for publish in desk.run(500) if publish.topic == f"{LAMP}/set"]
    assert sent == [Publish(f"{LAMP}/set", b"1", retain=False, qos=1, expires_s=5)]
    desk.server.take(f"{LAMP}/state", b"1", desk.now)
    assert not [publish for publish in desk.run(8_000) if publish.topic == f"{LAMP}/set"]
    switch = desk.state()["consumers"][0]["switch"]
    assert (switch["desired"], switch["standing"], switch["told"]) == (True, "confirmed", True)


def test_without_an_echo_it_is_unconfirmed_and_a_person_is_told() -> None:
    desk = with_lamp()
    desk.ask("setConsumer 1 1 1 5")
    desk.run(8_000)
    assert desk.state()["consumers"][0]["switch"]["standing"] == "unconfirmed"
    assert [line.text for line in desk.server.lines if line.bad] == [
        "consumer 1 of house 0/1 on: unconfirmed; look at the device and its line"
    ]


def test_what_was_desired_while_the_broker_was_gone_for_too_long_is_never_sent() -> None:
    desk = with_lamp()
    carry_out(desk.server, "setConsumer 1 1 1 5", desk.now)
    desk.server.link(desk.now, up=False)
    assert not desk.run(6_000)
    desk.server.link(desk.now, up=True)
    assert not [publish for publish in desk.run(10_000) if publish.topic == f"{LAMP}/set"]


def test_what_was_asked_twice_is_done_once() -> None:
    desk = Desk().lead()
    first, second = desk.ask("newHouse", "same"), desk.ask("newHouse", "same")
    assert first == second
    assert desk.ask("newHouse", "other").data == {"neighbourhood": 0, "houses": [2]}


@pytest.mark.parametrize("payload", [b"", b"5", b"{}", b'{"id": 5, "line": "help"}', b'{"id": "1"}', b"\xff"])
def test_strange_questions_are_not_answered(payload: bytes) -> None:
    desk = Desk().lead()
    for topic in (
        "Neighborhood/Server/Ask/me",
        "Neighborhood/Server/Ask/a/b",
        "Neighborhood/Server",
        "Neighborhood/Server/Registry",
    ):
        desk.server.take(topic, payload, desk.now)
    assert not [publish for publish in desk.run(1_000) if "Answer" in publish.topic]


def test_the_second_server_listens_says_so_and_takes_over_with_all_that_is_known() -> None:
    first = with_lamp()
    first.ask("setConsumer 1 1 1")
    first.server.take(f"{LAMP}/state", b"1", first.now)
    first.run(2_000)
    second = Desk("b", first.kept, first.now)
    assert second.run(2_000) == []
    assert [line.text for line in second.server.lines] == ["server a leads; this one (b) listens"]
    second.server.take("Neighborhood/0/House/1/Consumer", b'{"1": 910}', second.now)
    assert second.run(PATIENCE_MS + 2_000)
    assert second.server.leader.leads(second.now)
    lamp = second.server.town.house(0, 1).consumers[1]
    assert (lamp.name, lamp.current.last, lamp.switch.on, lamp.switch.standing) == ("lamp", 1.15, True, "confirmed")


def test_who_listens_neither_answers_nor_tells() -> None:
    desk = with_lamp()
    listener = Desk("b", desk.kept, desk.now)
    listener.server.take("Neighborhood/Server/Ask/me", b'{"id": "1", "line": "newHouse"}', listener.now)
    listener.server.take("Neighborhood/0/House/1/Consumer", b'{"1": 910}', listener.now)
    assert listener.run(5_000) == []


def test_a_broker_that_has_forgotten_all_is_told_all() -> None:
    desk = with_lamp()
    desk.server.link(desk.now, up=False)
    desk.kept.clear()
    desk.server.link(desk.now, up=True)
    desk.run(4_000)
    assert len(desk.kept) == 4


def test_the_registry_comes_back_and_an_impossible_one_changes_nothing() -> None:
    desk = with_lamp()
    kept = msgspec.json.decode(msgspec.json.encode(desk.server.registry()), type=KeptTown)
    again = Server("a", carry_out)
    again.restore(kept)
    assert again.registry() == kept
    listener = Desk("b")
    bad = msgspec.json.encode(kept).replace(b"[870.0,0.0],", b"[870.0,0.0],[1.0,0.0],").replace(b'"version":2', b'"version":99')
    listener.server.take("Neighborhood/Server/Registry", bad, listener.now)
    assert not listener.server.town.neighbourhoods
    listener.server.take("Neighborhood/Server/Registry", msgspec.json.encode(kept), listener.now)
    assert listener.server.registry() == kept


def test_a_restart_without_another_leader_keeps_the_newer_houses() -> None:
    desk = with_lamp()
    old = dict(desk.kept)
    desk.ask("newHouse", "n3")
    again = Desk("a", old, desk.now)
    again.server.restore(desk.server.registry())
    again.server.take("Neighborhood/Server/Registry", old["Neighborhood/Server/Registry"], again.now, kept=True)
    assert len(again.server.town.neighbourhoods[0].houses) == 2
    again.lead()
    assert len(msgspec.json.decode(again.kept["Neighborhood/Server/Registry"])["neighbourhoods"][0]["houses"]) == 2


def test_whatever_comes_the_server_goes_on() -> None:
    chance = random.Random(9)
    desk = with_lamp()
    for number in range(10_000):
        topic, payload = strange(chance)
        if number % 3 == 0:
            end = chance.choice(["", "/Registry", "/Ask/x", "/Ask/x/y", "/Answer/x", "/Ask/" + "y" * 50])
            topic = f"Neighborhood/Server{end}"
            payload = chance.choice([payload, b'{"server": "z", "term": 0}', b'{"version": -1}', b'{"id": "", "line": "rm"}'])
        desk.server.take(topic, payload, desk.now, kept=chance.random() < 0.2)
        if number % 100 == 0:
            desk.run(250)
    desk.server.take("Neighborhood/0/House/1/Consumer", b'{"1": 929}', desk.now)
    desk.run(2_000)
    assert desk.state()["totals"]["current_a"] == 1.435
    assert desk.server.leader.leads(desk.now)
