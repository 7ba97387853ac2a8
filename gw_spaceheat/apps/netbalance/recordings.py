"""Recordings that somebody at a page has brought: kept as files in one folder, under names that cannot lead out of it."""

import contextlib
import re
from pathlib import Path

from gw_spaceheat.core.netbalance.synthetic import synthetic_trace
from gw_spaceheat.core.netbalance.trace import Trace, joined
from gw_spaceheat.stores.netbalance_csv import read_recording

SYNTHETIC = "SYNTHETIC, two days"
"""Days that nobody measured, for whoever has no recording yet."""
SYNTHETIC_DAYS = 2
LARGEST_BYTES = 8_000_000
MOST_KEPT = 50
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._()-]{0,79}\.csv")


class CannotKeepError(ValueError):
    """A recording cannot be kept; the text says why."""


class Recordings:
    """The recordings of a folder."""

    def __init__(self, folder: Path) -> None:
        """Remember the folder; it is made when it is needed."""
        self._folder = folder

    def names(self) -> tuple[str, ...]:
        """What may be chosen: the synthetic days, then files by name."""
        files = self._folder.glob("*.csv") if self._folder.is_dir() else ()
        return (SYNTHETIC, *sorted(path.name for path in files if _NAME.fullmatch(path.name)))

    def keep(self, name: str, data: bytes) -> str:
        """Keep a file under its name, or one like it; the answer is which.

        Raises:
            CannotKeepError: It is too large or no recording, or there are too many.
            OSError: The disk does not take it.
        """
        if len(data) > LARGEST_BYTES:
            raise CannotKeepError(f"A file may have {LARGEST_BYTES // 1_000_000} MB; this one has {len(data) / 1e6:.1f} MB.")
        if len(self.names()) > MOST_KEPT:
            raise CannotKeepError(f"There are {MOST_KEPT} recordings already; remove some from {self._folder.name}.")
        safe = _safe(name)
        self._folder.mkdir(parents=True, exist_ok=True)
        unfinished = self._folder / f".{safe}.new"
        try:
            unfinished.write_bytes(data)
            read_recording(unfinished, base_w=0.0)
        except (ValueError, UnicodeDecodeError) as error:
            with contextlib.suppress(OSError):
                unfinished.unlink()
            told = str(error).replace(str(unfinished), safe)
            raise CannotKeepError(f"It is no recording: {told[:300]}") from None
        unfinished.replace(self._folder / safe)
        return safe

    def trace(self, names: tuple[str, ...], base_w: float | None) -> Trace:
        """The recordings of these names, one after the other.

        Args:
            names: Of `names`.
            base_w: Constant base load in place of what was recorded [W]; None for that.

        Raises:
            TraceError: One is not there or cannot be used, or they overlap.
        """
        there = self.names()
        missing = [name for name in names if name not in there]
        if missing or not names:
            raise CannotKeepError(f"There is no recording {missing[0][:80]!r}." if missing else "Choose a recording.")
        return joined(tuple(self._read(name, base_w) for name in names))

    def _read(self, name: str, base_w: float | None) -> Trace:
        if name == SYNTHETIC:
            return synthetic_trace(SYNTHETIC_DAYS)
        return read_recording(self._folder / name, base_w)


def _safe(name: str) -> str:
    """A name like the one that was given, of letters that harm nobody."""
    stem = re.sub(r"[^A-Za-z0-9 ._()-]+", "-", Path(name.replace("\\", "/")).name.removesuffix(".csv")).strip(" .-")[:70]
    return f"{stem or 'recording'}.csv"
