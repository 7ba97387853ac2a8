from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event as Signal

import pytest

from gw_spaceheat.core.events import (
    Authority,
    Command,
    Event,
    Level,
    LinkChanged,
    Note,
    Readings,
    Received,
    Send,
    Started,
    Stopping,
    Urgency,
)
from gw_spaceheat.core.machine import Machine
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.runtime.clock import PacedClock
from gw_spaceheat.runtime.host import Hosted
from gw_spaceheat.runtime.record import Recorder, RecordError, Recording, ReplayResult, previous_path, replay
from gw_spaceheat.runtime.record_lines import Header, decode_line, encode_line
from gw_spaceheat.runtime.threaded import ThreadedRuntime
from gw_spaceheat.vocabulary.moment import Moment

PATIENCE_S = 30.0
NOW = Moment(1_000, 1_700_000_000_000)


class Thermostat:
    """Heats below a set-point, looks every second by itself, forwards power, and cannot stand a link that goes down."""

    def __init__(self, set_point_c: float = 50.0, looks: int | None = None, looked: Signal | None = None) -> None:
        self._set_point_c = set_point_c
        self._looks_left = looks
        self._looked = looked
        self._count = 0
        self._due_ms: int | None = None

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        if isinstance(event, Started):
            self._due_ms = now.mono_ms + 1_000
        if isinstance(event, Readings) and event.values[0] is not None:
            on = float(event.values[0] < self._set_point_c)
            self._count += 1
            return [Command("a.elt1.relay", on, Authority.LOCAL, "tank", f"c{self._count}", now.mono_ms + 100)]
        if isinstance(event, Received):
            return [Send("uplink", "a", event.message, Urgency.NOW, "")]
        if isinstance(event, LinkChanged) and not event.up:
            raise ConnectionError(event.reason)
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        self._count += 1
        self._due_ms = now.mono_ms + 1_000
        if self._looks_left is not None and self._looked is not None:
            self._looks_left -= 1
            if self._looks_left == 0:
                self._looked.set()
        return [Note(Level.INFO, f"look {self._count} at {now.mono_ms / 7!r}")]

    def deadline(self) -> int | None:
        return self._due_ms


def header(set_point_c: float = 50.0) -> Header:
    return Header(house="hw1.isone.me.millinocket.oak", machine="a.s", options={"set_point_c": set_point_c}, software="1.0.0")


def build(head: Header) -> Machine:
    return Thermostat(head.options["set_point_c"])


def readings(value: float | None) -> Readings:
    return Readings("a.tank.temp0", NOW.wall_ms, ("tank-temp0",), (value,))


def live(recorder: Recorder, causes: Sequence[Event | None], stop: bool = True) -> None:
    """A machine's life, one cause a second; None is a wake."""
    recording = Recording(Thermostat(), recorder)
    for number, cause in enumerate([Started(), *causes, *([Stopping()] if stop else [])]):
        now = NOW.later(1_000 * number)
        if cause is None:
            recording.wake(now)
        else:
            try:
                recording.handle(cause, now)
            except ConnectionError:
                continue


SOME_CAUSES = [
    readings(49.0),
    None,
    readings(51.0),
    readings(None),
    None,
    Received("uplink", "x", "", False, PowerWatts(watts=1), 1),
]


def test_a_threaded_run_replayed_through_a_fresh_machine_gives_equal_effects(tmp_path: Path) -> None:
    path, looked = tmp_path / "a.s.record", Signal()
    recording = Recording(Thermostat(looks=20, looked=looked), Recorder(path, header()))
    notes: list[str] = []
    commands: list[Event] = []

    def route(_source: str, event: Event) -> tuple[str, ...]:
        if isinstance(event, Command):
            commands.append(event)
        return ()

    runtime = ThreadedRuntime(PacedClock(1_000, NOW.wall_ms), route, [Hosted("a.s", recording)])
    runtime.start()
    for number in range(200):
        runtime.post("a.s", readings(45.0 + number % 10 + 0.1))
    assert looked.wait(PATIENCE_S)
    assert runtime.stop(within_s=PATIENCE_S) == []
    result = replay(path, build)
    assert notes == []
    assert len(commands) == 200
    assert (result.equal, result.machines, result.skipped, result.torn) == (True, 1, 0, ())
    assert result.causes >= 200 + 20 + 2


def test_the_first_difference_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.s.record"
    live(Recorder(path, header()), SOME_CAUSES)
    lines = path.read_bytes().splitlines()
    planted = next(number for number, line in enumerate(lines, start=1) if b"51.0" in line)
    result = replay(path, lambda _head: Thermostat(set_point_c=51.5))
    difference = result.first_difference
    assert difference is not None
    assert (result.equal, result.differences, result.causes) == (False, 1, 8)
    assert (difference.path, difference.line, difference.moment) == (path, planted, NOW.later(3_000))
    assert difference.cause == readings(51.0)
    assert '"value":0.0' in difference.expected
    assert '"value":1.0' in difference.got


def test_a_record_that_somebody_changed_does_not_replay_equal(tmp_path: Path) -> None:
    path = tmp_path / "a.s.record"
    live(Recorder(path, header()), SOME_CAUSES)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"look 2 at', '"look 3 at'), encoding="utf-8")
    result = replay(path, build)
    assert result.first_difference is not None
    assert (result.first_difference.line, result.first_difference.cause) == (4, None)


def test_what_a_machine_raises_is_recorded_and_raised_again(tmp_path: Path) -> None:
    path = tmp_path / "a.s.record"
    recorder = Recorder(path, header())
    live(recorder, [readings(49.0), LinkChanged("uplink", False, "cut")], stop=True)
    live(recorder, [readings(49.0)])  # the fresh machine that took its place
    result = replay(path, build)
    assert (result.equal, result.machines, result.causes) == (True, 2, 7)

    class Patient(Thermostat):
        def handle(self, event: Event, now: Moment) -> Sequence[Event]:
            return () if isinstance(event, LinkChanged) else super().handle(event, now)

    difference = replay(path, lambda _head: Patient()).first_difference
    assert difference is not None
    assert (difference.line, difference.expected, difference.got) == (4, "ConnectionError: cut", "[]")


# killed, full, broken ------------------------------------------------------------------------------------------------


def test_a_torn_last_line_is_tolerated_and_told(tmp_path: Path) -> None:
    path = tmp_path / "a.s.record"
    live(Recorder(path, header()), SOME_CAUSES)
    text = path.read_bytes()
    path.write_bytes(text[:-20])
    result = replay(path, build)
    assert (result.equal, result.causes, result.torn) == (True, 7, (f"{path}:9",))
    live(Recorder(path, header()), SOME_CAUSES)  # the next process continues the file
    result = replay(path, build)
    assert (result.equal, result.machines, result.causes, result.torn) == (True, 2, 7 + 8, (f"{path}:9",))


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lambda lines: [*lines[:3], lines[3][:-9], *lines[4:]], r"a\.s\.record:4: this line is damaged"),
        (lambda lines: [*lines[:-2], b"{", b"{"], r"a\.s\.record:8: this line is damaged, and .*:9 as well"),
        (
            lambda lines: [lines[0].replace(b'"format":1', b'"format":2'), *lines[1:]],
            "of version 2; this software reads version 1",
        ),
        (
            lambda lines: [line.replace(b'"Readings"', b'"Weather"') for line in lines],
            r":3: the cause cannot be read: 'Weather'",
        ),
        (lambda lines: lines[1:], "start of the machine has been overwritten"),
    ],
)
def test_damage_is_named(tmp_path: Path, harm: Callable[[list[bytes]], list[bytes]], reason: str) -> None:
    path = tmp_path / "a.s.record"
    live(Recorder(path, header()), SOME_CAUSES)
    path.write_bytes(b"\n".join(harm(path.read_bytes().splitlines())) + b"\n")
    with pytest.raises(RecordError, match=reason):
        replay(path, build)


def test_no_record_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="there is no such record"):
        replay(tmp_path / "a.s.record", build)


@pytest.mark.parametrize(("limit_bytes", "files"), [(10**6, 1), (2_000, 2)])
def test_a_full_file_is_put_aside_and_replayed_first(tmp_path: Path, limit_bytes: int, files: int) -> None:
    path = tmp_path / "a.s.record"
    live(Recorder(path, header(), limit_bytes), SOME_CAUSES * 2)
    assert len(list(tmp_path.iterdir())) == files
    assert all(file.stat().st_size <= limit_bytes for file in tmp_path.iterdir())
    result = replay(path, build)
    assert (result.equal, result.machines, result.causes, result.skipped) == (True, 1, 14, 0)


def test_when_the_start_is_overwritten_the_replay_begins_at_the_next_machine(tmp_path: Path) -> None:
    path = tmp_path / "a.s.record"
    recorder = Recorder(path, header(), limit_bytes=2_000)
    live(recorder, SOME_CAUSES * 10)
    with pytest.raises(RecordError, match="higher limit"):
        replay(path, build)
    live(recorder, [readings(1.0)])
    result = replay(path, build)
    assert (result.equal, result.machines, result.causes) == (True, 1, 3)
    assert result.skipped > 0
    first = decode_line(previous_path(path).read_bytes().splitlines()[0])
    assert isinstance(first, Header)
    assert not first.fresh


def test_nothing_stays_in_the_buffer_for_longer_than_the_flush_interval(tmp_path: Path) -> None:
    path = tmp_path / "a.s.record"
    machine = Thermostat()
    recording = Recording(machine, Recorder(path, header()), flush_every_ms=400)
    recording.handle(Started(), NOW)
    assert recording.deadline() == NOW.mono_ms + 400
    assert path.stat().st_size == 0
    assert recording.wake(NOW.later(400)) == ()
    assert recording.deadline() == machine.deadline() == NOW.mono_ms + 1_000  # the machine was not woken for it
    assert replay(path, build) == ReplayResult(1, 1, 0, (), 0, None)


def test_a_record_that_cannot_be_written_ends_with_one_note_and_the_machine_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "a.s.record"
    recording = Recording(Thermostat(), Recorder(path, header()))
    effects = [
        *recording.handle(Started(), NOW),
        *recording.handle(readings(49.0), NOW),
        *recording.handle(readings(52.0), NOW),
    ]
    assert [type(effect) for effect in effects] == [Note, Command, Command]
    assert isinstance(effects[0], Note)
    assert "ends here" in effects[0].text
    assert recording.deadline() == NOW.mono_ms + 1_000


def test_an_empty_life_is_equal(tmp_path: Path) -> None:
    path = tmp_path / "a.s.record"
    path.write_bytes(encode_line(header()))
    assert replay(path, build).equal
