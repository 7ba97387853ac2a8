"""The life of a street's meters: readings go out at their time, and what has arrived is remembered."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from gw_spaceheat.apps.meter.street import StreetRequest, fleet_of
from gw_spaceheat.core.meter.sending import Sending, key_of
from gw_spaceheat.links.deliveries import Parcel, Sink
from gw_spaceheat.plant.meter.fleet import Fleet
from gw_spaceheat.plant.meter.reading import MeterReading, encode_reading
from gw_spaceheat.plant.meter.registers import Energy
from gw_spaceheat.runtime.clock import Clock
from gw_spaceheat.runtime.ending import Ending
from gw_spaceheat.stores.json_file import JsonFile
from gw_spaceheat.vocabulary.moment import HOUR_MS

SHORTEST_LOOK_S, LONGEST_LOOK_S = 0.02, 0.5
SAVE_EVERY_S = 5.0
MOST_AT_ONCE = 500
FAR_FUTURE_MS = 2**62


class _Kept(msgspec.Struct):
    """What is remembered of a street."""

    fingerprint: str = ""
    tick: int = -1
    energy: dict[str, tuple[float, float]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterRun:
    """What is to be run.

    Attributes:
        street: Whose meters.
        start_ms: First readings at or after this [ms, UTC]; a street that is remembered goes on where it was.
        end_ms: Readings before this [ms, UTC]; None for ever.
        memory: Where it is remembered what has arrived; None for nowhere.
        at_once: Do not wait for the time of readings.
    """

    street: StreetRequest
    start_ms: int
    end_ms: int | None = None
    memory: Path | None = None
    at_once: bool = False


def run_meters(run: MeterRun, sink: Sink, clock: Clock, stop: Ending, log: logging.Logger) -> dict[str, object]:
    """Send until the end or until it is stopped.

    Returns:
        `sent` (with repeats), `kept` and `waiting` readings.
    """
    fleet = fleet_of(run.street)
    memory = None if run.memory is None else JsonFile(run.memory)
    first = _first_tick(run, fleet, memory, log)
    end = None if run.end_ms is None else fleet.first_tick(run.end_ms)
    sending = Sending(fleet, first, end)
    sink.open()
    saved_s = clock_s = 0.0
    try:
        while not stop.is_set() and not sending.is_over:
            sending.arrived(sink.arrived())
            now = clock.now()
            due = FAR_FUTURE_MS if run.at_once else now.wall_ms
            readings = sending.next(due, sink.connection, min(sink.most_waiting, sending.waiting + MOST_AT_ONCE))
            sink.send([_parcel(reading) for reading in readings])
            clock_s += _wait(stop, sending, clock, now.wall_ms, sink, run)
            if clock_s - saved_s > SAVE_EVERY_S:
                saved_s = clock_s
                _remember(memory, run, sending, log)
    finally:
        sending.arrived(sink.arrived())
        sink.close()
        sending.arrived(sink.arrived())
        _remember(memory, run, sending, log)
    return {"sent": sending.sent, "kept": sending.kept, "waiting": sending.waiting}


def _wait(stop: Ending, sending: Sending, clock: Clock, now_ms: int, sink: Sink, run: MeterRun) -> float:
    """Wait until there may be something to do; how long [s]."""
    wait_s = LONGEST_LOOK_S
    due_ms = sending.due_ms
    if sink.connection and due_ms is not None and not run.at_once and sending.waiting < sink.most_waiting:
        mono_ms = clock.now().mono_ms
        wait_s = min(clock.wait_s(mono_ms + due_ms - now_ms), LONGEST_LOOK_S)
    elif sink.connection or run.at_once:
        wait_s = SHORTEST_LOOK_S
    wait_s = max(wait_s, 0.001)
    stop.wait(wait_s)
    return wait_s


def _parcel(reading: MeterReading) -> Parcel:
    return Parcel(key_of(reading), reading.house, encode_reading(reading))


def _first_tick(run: MeterRun, fleet: Fleet, memory: JsonFile | None, log: logging.Logger) -> int:
    """Where to begin: where the same street was; else at the start."""
    kept = _Kept() if memory is None else memory.read(_Kept, _Kept())
    if kept.fingerprint != run.street.fingerprint:
        return fleet.first_tick(run.start_ms)
    energy: Mapping[str, Energy] = {house: Energy(*both) for house, both in kept.energy.items()}
    fleet.energy = energy
    hours = (run.start_ms - fleet.tick_ms(kept.tick)) / HOUR_MS
    log.info("goes on where it was, %.1f h before the start", hours)
    return kept.tick


def _remember(memory: JsonFile | None, run: MeterRun, sending: Sending, log: logging.Logger) -> None:
    if memory is None:
        return
    progress = sending.progress()
    energy = {house: (both.import_wh, both.export_wh) for house, both in progress.energy.items()}
    try:
        memory.write(_Kept(run.street.fingerprint, progress.tick, energy))
    except OSError as error:
        log.warning("what has arrived cannot be remembered: %s; a restart sends some readings again", error)
