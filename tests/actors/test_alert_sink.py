"""One way to tell: in order, tried again ever later, kept over a restart, bounded."""

from pathlib import Path

from gw_spaceheat.actors.alert_sink import (
    FIRST_PAUSE_MS,
    LONGEST_PAUSE_MS,
    LONGEST_WAIT_MS,
    MOST_WAITING,
    AlertSink,
    CannotTellError,
)
from gw_spaceheat.core.events import AlertTold, Note, Started
from gw_spaceheat.stores.json_file import JsonFile
from gw_spaceheat.vocabulary.moment import Moment

START = Moment(mono_ms=1000, wall_ms=1_700_000_000_000)


def alert(number: int) -> AlertTold:
    return AlertTold(
        rule="cold", subject=str(number), over=False, urgent=False, text="cold", since_ms=START.wall_ms, at_ms=START.wall_ms
    )


class Person:
    """Hears, or cannot be reached."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.away = False
        self.tried = 0

    def tell(self, told: AlertTold) -> None:
        self.tried += 1
        if self.away:
            raise CannotTellError("nobody there")
        self.heard.append(told.subject)


def sink(person: Person, folder: Path) -> AlertSink:
    made = AlertSink("mail", person.tell, JsonFile(folder / "mail.json"))
    made.handle(Started(), START)
    return made


def test_it_tells_at_once_and_in_order(tmp_path: Path) -> None:
    person = Person()
    telling = sink(person, tmp_path)
    for number in range(3):
        telling.handle(alert(number), START)
    assert telling.wake(START) == []
    assert person.heard == ["0", "1", "2"]
    assert telling.deadline() is None


def test_what_could_not_be_told_is_tried_ever_later_and_told_of_once(tmp_path: Path) -> None:
    person = Person()
    person.away = True
    telling = sink(person, tmp_path)
    telling.handle(alert(0), START)
    now, pauses, notes = START, [], []
    for _ in range(12):
        notes += telling.wake(now)
        due_ms = telling.deadline()
        assert due_ms is not None
        pauses.append(due_ms - now.mono_ms)
        now = now.later(pauses[-1])
    assert pauses[:3] == [FIRST_PAUSE_MS, 2 * FIRST_PAUSE_MS, 4 * FIRST_PAUSE_MS]
    assert pauses[-1] == LONGEST_PAUSE_MS
    assert [note.text for note in notes if isinstance(note, Note)] == ["mail: nobody there; it is tried again"]
    telling.handle(alert(1), now)
    assert telling.deadline() == now.mono_ms, "what is new does not hurry what waits"
    person.away = False
    assert [note.text for note in telling.wake(now) if isinstance(note, Note)] == ["mail: told again"]
    assert person.heard == ["0", "1"]


def test_what_waits_outlives_a_restart(tmp_path: Path) -> None:
    person = Person()
    person.away = True
    telling = sink(person, tmp_path)
    telling.handle(alert(7), START)
    telling.wake(START)
    person.away = False
    again = sink(person, tmp_path)
    again.wake(START)
    assert person.heard == ["7"]
    third = sink(person, tmp_path)
    assert third.deadline() is None


def test_too_many_and_too_old_are_given_up(tmp_path: Path) -> None:
    person = Person()
    person.away = True
    telling = sink(person, tmp_path)
    notes = [note for number in range(MOST_WAITING + 2) for note in telling.handle(alert(number), START)]
    assert len(notes) == 2
    person.away = False
    telling.wake(START.later(LONGEST_WAIT_MS + 1))
    assert person.heard == []
    assert telling.deadline() is None


def test_a_damaged_file_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "mail.json").write_text("{nonsense")
    telling = sink(Person(), tmp_path)
    assert telling.deadline() is None
    assert (tmp_path / "mail.json.damaged").read_text() == "{nonsense"
