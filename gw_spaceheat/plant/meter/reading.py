"""What a meter says: the JSON of the 2021 meters, with a number and the registers added.

`{"house": "HOUSE_A", "datetime": 1622119421.561638, "pv": 3434}`: `pv` is the meter's power [W], in spite of its name, and
`datetime` the Unix time of the meter [s]. Ours say `sequence`, `import_wh` and `export_wh` besides, which readers of 2021
ignore.
"""

import math
import re
from typing import NamedTuple

import msgspec

LONGEST_HOUSE = 64
LONGEST_PAYLOAD = 4096
LARGEST_W = 1_000_000.0
YEAR_2000_S, YEAR_3000_S = 946_684_800.0, 32_503_680_000.0
MICROSECONDS = 1_000_000
_HOUSE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")
"""Letters, digits, `_`, `-` and single dots within: nothing that a path or a topic could be led astray by."""


class ReadingRefused(ValueError):
    """A payload that is no reading; the text says what is wrong with it.

    Attributes:
        kind: One word of a closed list, to be counted: `size`, `json`, `schema`, `house`, `time`, `power`.
    """

    def __init__(self, kind: str, text: str) -> None:
        """Remember both."""
        super().__init__(text)
        self.kind = kind


class MeterReading(NamedTuple):
    """One reading of one meter.

    Attributes:
        house: Whose.
        taken_us: When it was taken, UTC [us].
        power_w: Power into the household [W].
        sequence: Number of the reading, rising; None from meters that do not count.
        import_wh: Energy taken since the meter was mounted [Wh]; None from meters without registers.
        export_wh: Energy given likewise [Wh].
    """

    house: str
    taken_us: int
    power_w: float
    sequence: int | None = None
    import_wh: int | None = None
    export_wh: int | None = None


class _Payload(msgspec.Struct, frozen=True, omit_defaults=True):
    house: str
    datetime: float
    pv: float
    sequence: int | None = None
    import_wh: int | None = None
    export_wh: int | None = None


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(_Payload)


def encode_reading(reading: MeterReading) -> bytes:
    """The payload of a reading; a whole power is written as a whole number, as the meters of 2021 did."""
    power = int(reading.power_w) if reading.power_w == int(reading.power_w) else reading.power_w
    return _ENCODER.encode(
        _Payload(
            reading.house,
            reading.taken_us / MICROSECONDS,
            power,
            reading.sequence,
            reading.import_wh,
            reading.export_wh,
        )
    )


def decode_reading(payload: bytes) -> MeterReading:
    """The reading of a payload.

    Raises:
        ReadingRefused: It is none, or cannot be true.
    """
    if len(payload) > LONGEST_PAYLOAD:
        raise ReadingRefused("size", f"{len(payload)} bytes; at most {LONGEST_PAYLOAD} are allowed")
    try:
        said = _DECODER.decode(payload)
    except msgspec.ValidationError as error:
        raise ReadingRefused("schema", str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ReadingRefused("json", f"no JSON: {error}") from error
    check_house(said.house)
    if not YEAR_2000_S <= said.datetime <= YEAR_3000_S:
        raise ReadingRefused("time", f"datetime is {said.datetime:g}; Unix seconds of the years 2000 to 3000 are allowed")
    if not math.isfinite(said.pv) or abs(said.pv) > LARGEST_W:
        raise ReadingRefused("power", f"pv is {said.pv:g}; up to {LARGEST_W:g} W either way is allowed")
    return MeterReading(said.house, round(said.datetime * MICROSECONDS), said.pv, said.sequence, said.import_wh, said.export_wh)


def check_house(house: str) -> None:
    """Refuse what cannot name a house, and so a file.

    Raises:
        ReadingRefused: Says what is allowed.
    """
    if len(house) > LONGEST_HOUSE or not _HOUSE.fullmatch(house):
        allowed = f"letters, digits, _ and -, with single dots within, at most {LONGEST_HOUSE} in all"
        raise ReadingRefused("house", f"house is {house[:LONGEST_HOUSE]!r}; allowed are {allowed}")
