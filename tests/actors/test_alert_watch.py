"""Who looks: each ten seconds, told once, and after a restart not again."""

from pathlib import Path

from gw_spaceheat.actors.alert_watch import LOOK_MS, AlertWatch
from gw_spaceheat.core.alerts.alerts import Alerts, Rule, Side
from gw_spaceheat.core.events import AlertTold, Event, Note, Started
from gw_spaceheat.stores.json_file import JsonFile
from gw_spaceheat.vocabulary.moment import Moment

COLD = Rule("cold", "room_c", Side.BELOW, 15, 16, urgent=True)
START = Moment(mono_ms=1000, wall_ms=1_700_000_000_000)


class House:
    """A room whose temperature is set."""

    def __init__(self, celsius: float) -> None:
        self.celsius = celsius

    def measure(self, _alerts: Alerts, _wall_ms: int) -> dict[str, dict[str, float]]:
        return {"room_c": {"kitchen": self.celsius}}


class Broken(JsonFile):
    """A disk that takes nothing."""

    def write(self, value: object) -> None:
        raise OSError(28, "No space left on device")


def watch(room: House, path: Path) -> AlertWatch:
    made = AlertWatch(Alerts((COLD,)), room.measure, lambda _wall_ms: None, JsonFile(path))
    made.handle(Started(), START)
    return made


def look(at: AlertWatch, looks: int) -> list[Event]:
    return list(at.wake(START.later(looks * LOOK_MS)))


def test_once_when_it_begins_and_once_when_it_is_over(tmp_path: Path) -> None:
    room = House(14.0)
    watching = watch(room, tmp_path / "told.json")
    (told,) = look(watching, 0)
    assert isinstance(told, AlertTold)
    assert (told.rule, told.subject, told.over, told.urgent) == ("cold", "kitchen", False, True)
    assert told.text == "cold: kitchen (14), just now"
    assert watching.wake(START) == ()
    assert look(watching, 1) == []
    room.celsius = 15.5
    assert look(watching, 2) == []
    room.celsius = 16.5
    (over,) = look(watching, 3)
    assert isinstance(over, AlertTold)
    assert (over.over, over.text) == (True, "over: cold: kitchen (16.5), it lasted 30 s")


def test_a_restart_tells_nothing_again_but_what_is_over(tmp_path: Path) -> None:
    room = House(14.0)
    look(watch(room, tmp_path / "told.json"), 0)
    again = watch(room, tmp_path / "told.json")
    assert look(again, 1) == []
    room.celsius = 20.0
    (over,) = look(again, 2)
    assert isinstance(over, AlertTold)
    assert over.over


def test_a_disk_that_does_not_take_it_is_told_once(tmp_path: Path) -> None:
    room = House(14.0)
    watching = AlertWatch(Alerts((COLD,)), room.measure, lambda _wall_ms: None, Broken(tmp_path / "told.json"))
    watching.handle(Started(), START)
    assert [type(each) for each in look(watching, 0)] == [AlertTold, Note]
    room.celsius = 20.0
    assert [type(each) for each in look(watching, 1)] == [AlertTold]
