"""Readings of a file with names as codes: what is wanted of many rows is found by numbers, and names are looked up once."""

from collections.abc import Collection
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

CODED = ("channel", "telemetry")
"""Columns with few different names in many rows."""
COLUMNS = ("channel", "telemetry", "taken_ms", "value")


class Wanted(NamedTuple):
    """Which readings.

    Attributes:
        channels: Of these channels.
        from_ms: Taken from here on, UTC [ms].
        to_ms: Taken before this, UTC [ms].
    """

    channels: Collection[str]
    from_ms: int
    to_ms: int

    def read(self, source: Path | IO[bytes]) -> pa.Table:
        """Those of a file, with `COLUMNS`; channel and telemetry as codes (a dictionary).

        What a file tells of its parts shows which of them can be passed over. Arrow's datasets, which compare names, take
        twice as long and more.
        """
        with pq.ParquetFile(source, read_dictionary=CODED) as file:
            about = file.metadata
            places = {about.schema.column(place).name: place for place in range(about.num_columns)}
            parts = [
                number
                for number in range(about.num_row_groups)
                if self._may_be_in(about.row_group(number), places["channel"], places["taken_ms"])
            ]
            return self.of(file.read_row_groups(parts, list(COLUMNS), use_threads=len(parts) > 1))

    def of(self, table: pa.Table) -> pa.Table:
        """Those of a table, with `COLUMNS`."""
        times = table["taken_ms"].to_numpy()
        codes, names = codes_of(table["channel"])
        is_wanted = np.array([name in self.channels for name in names])
        chosen = (times >= self.from_ms) & (times < self.to_ms)
        if not is_wanted[:-1].all():
            chosen &= is_wanted[codes]
        found = table.select(list(COLUMNS))
        return found if chosen.all() else found.filter(pa.array(chosen))

    def _may_be_in(self, part: Any, channel: int, taken_ms: int) -> bool:
        """Whether a part of a file may have some, by the least and the greatest of each column that it tells."""
        names, times = part.column(channel).statistics, part.column(taken_ms).statistics
        if times is not None and times.has_min_max and not (times.max >= self.from_ms and times.min < self.to_ms):
            return False
        return names is None or not names.has_min_max or any(names.min <= name <= names.max for name in self.channels)


def codes_of(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.int32], list[str | None]]:
    """A code for each row, and the name of each code; the last of them is None, for rows without a name."""
    coded = column.unify_dictionaries() if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    if not coded.num_chunks:
        return np.zeros(0, np.int32), [None]
    names = coded.chunk(0).dictionary.to_pylist()
    codes = [chunk.indices.fill_null(len(names)).to_numpy() for chunk in coded.chunks]
    return np.concatenate(codes), [*names, None]
