"""The readings that no report holds yet, on disk, so that a process that is killed leaves them to the next one.

    FOLDER/even, FOLDER/odd     two journals of fixed size, used in turn

A journal begins with one record that says up to where was reported and what was left over by then; a record for each scan
follows. When a report was made the other journal is begun. While that is not durable the one before is still whole, so what is
left over is never in danger. A scan costs one write and no sync: it survives the process at once and a power cut after `sync`.

While the wall clock has not been set, a journal also says from when on its scans are labelled wrongly. They are corrected when
the clock is set, here or at the next `open`.

Which report was the last is known from elsewhere, durably, before the journal can know it. `open` compares: if the journal was
begun after that very report, nothing in it was reported; else what is older than the end of the report was.
"""

import errno
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from gw_spaceheat.core.events import Readings
from gw_spaceheat.core.timekeeper import Dating
from gw_spaceheat.stores.journal import Journal, read_journal
from gw_spaceheat.vocabulary.moment import SECOND_MS

SLOT_BYTES = 1024 * 1024
"""Room for about 2900 scans of 12 channels."""
FILES = ("even", "odd")
_RECORD_BYTES = 20
"""What a record of the journal is longer than its payload."""


class Reported(NamedTuple):
    """The last report that was made.

    Attributes:
        to_s: End of its slot, UTC [s].
        made_ms: When it was made, UTC [ms].
    """

    to_s: int
    made_ms: int


NEVER_REPORTED = Reported(0, 0)


class _Begun(msgspec.Struct, frozen=True):
    """The first record of a journal."""

    to_s: int
    made_ms: int
    left: list[Readings]
    undated_ms: int | None = None
    """Scans from here on, UTC [ms], were labelled before the clock was set; None if none were."""


def _corrected(scans: Iterable[Readings], from_ms: int, by_ms: int) -> list[Readings]:
    return [
        Readings(scan.source, scan.taken_ms + by_ms * (scan.taken_ms >= from_ms), scan.channels, scan.values) for scan in scans
    ]


_encode = msgspec.msgpack.Encoder().encode
_begun = msgspec.msgpack.Decoder(_Begun)
_readings = msgspec.msgpack.Decoder(Readings)


class SlotReadings:
    """Keeps scans until they are reported. One thread writes; `unreported` may be asked from any."""

    def __init__(self, folder: Path, size: int = SLOT_BYTES) -> None:
        """Remember where, and how long each of the two files is [bytes]; nothing is opened."""
        self._folder = folder
        self._size = size
        self._journal: Journal | None = None
        self._generation = 0
        self._reported = NEVER_REPORTED
        self._unreported: list[Readings] = []
        self._undated_ms: int | None = None
        self._bytes = 0
        self._missed = 0
        self._trouble = ""

    def open(self, reported: Reported, dating: Dating | None = None) -> None:
        """Find what a process before has left; nothing is written yet.

        What cannot be read is no reason to fail; the first writing tells it.

        Args:
            reported: The last report that was durably made; `NEVER_REPORTED` if there was none.
            dating: How the last process made its labels, as far as is known.
        """
        newest: list[Readings] = []
        undated_ms: int | None = None
        begun_after, newest_generation, highest = NEVER_REPORTED, 0, 0
        for name in FILES:
            try:
                found = read_journal(self._folder / name)
                highest = max(highest, found.generation)
                if not found.payloads or found.generation <= newest_generation:
                    continue
                first = _begun.decode(found.payloads[0])
                newest = [*first.left, *map(_readings.decode, found.payloads[1:])]
                begun_after, newest_generation = Reported(first.to_s, first.made_ms), found.generation
                undated_ms = first.undated_ms
            except OSError as error:
                self._trouble = f"what was kept before the start cannot be read: {error}"
            except msgspec.MsgspecError as error:
                self._trouble = f"what was kept before the start cannot be understood: {error}"
        self._generation = highest if highest % 2 == newest_generation % 2 else highest + 1
        if undated_ms is not None and dating is not None and dating.undated_ms == undated_ms and dating.set_by_ms is not None:
            newest = _corrected(newest, undated_ms, dating.set_by_ms)
        if begun_after != reported:
            newest = [scan for scan in newest if scan.taken_ms >= reported.to_s * SECOND_MS]
        self._reported, self._unreported = reported, newest

    def unreported(self) -> tuple[Readings, ...]:
        """What no report holds, in the order in which it came."""
        return tuple(self._unreported)

    def newest_ms(self) -> int:
        """The newest label that is known of, of a scan or of a report, UTC [ms]; 0 if none is."""
        return max(self._reported.made_ms, *(scan.taken_ms for scan in self._unreported), 0)

    def undated_from(self, from_ms: int | None) -> None:
        """What is labelled from then on, UTC [ms], will be corrected; None for nothing. To be said before the first `keep`."""
        self._undated_ms = from_ms

    def correct(self, from_ms: int, by_ms: int) -> None:
        """The clock is set: what was labelled from from_ms on gets by_ms added [ms]. Raises OSError, as `keep` does."""
        scans = _corrected(self._unreported, from_ms, by_ms)
        self._unreported = [scan for scan in scans if scan.taken_ms >= self._reported.to_s * SECOND_MS]
        self._undated_ms = None
        self._begin()

    def troubles(self) -> list[str]:
        """What was found wrong at the opening, once."""
        trouble, self._trouble = self._trouble, ""
        return [trouble] if trouble else []

    def keep(self, scan: Readings) -> None:
        """Write a scan; when this returns it survives the process.

        Raises:
            OSError: It could not be written. It is, with the next `sync`, unless there is no room for it until the next report.
        """
        payload = _encode(scan)
        self._bytes += len(payload) + _RECORD_BYTES
        if self._bytes > self._size:
            self._bytes -= len(payload) + _RECORD_BYTES
            self._missed += 1
            raise self._full()
        self._unreported.append(scan)
        journal = self._journal
        if journal is None:
            return  # it failed, which was told; `sync` tries again, with all of it
        try:
            journal.write(payload, sync=False)
        except OSError:
            self.close()
            raise

    def reported(self, last: Reported) -> None:
        """A report was made: forget what it holds, and begin anew. Raises OSError, as `keep` does."""
        self._unreported = [scan for scan in self._unreported if scan.taken_ms >= last.to_s * SECOND_MS]
        self._reported = last
        self._missed = 0
        self._begin()

    def sync(self) -> None:
        """Make durable what was written, and write what could not be. Raises OSError."""
        journal = self._journal
        if journal is None:
            self._begin()
        else:
            try:
                journal.sync()
            except OSError:  # whether it is there nobody knows; all of it is written again
                self.close()
                raise
        if self._missed:
            raise self._full()

    def close(self) -> None:
        """Close the file; the next `sync` begins anew."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    def _begin(self) -> None:
        """Begin the other file with all that is unreported, durably. Raises OSError; then nothing is open."""
        self.close()
        first = _encode(_Begun(*self._reported, self._unreported, self._undated_ms))
        self._bytes = len(first) + _RECORD_BYTES
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        generation = self._generation + 1
        journal = Journal(self._folder / FILES[generation % 2], self._size)
        try:
            journal.open()
            journal.begin(generation)
            if not journal.has_room(len(first)):
                raise self._full()
            journal.write(first)
        except OSError:
            journal.close()
            raise
        self._journal, self._generation = journal, generation

    def _full(self) -> OSError:
        text = "there are more readings than its file holds; those that came last are kept in memory only until the next report"
        return OSError(errno.EFBIG, text)
