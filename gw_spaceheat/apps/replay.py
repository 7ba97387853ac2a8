"""Replays the record of a SCADA through a fresh one, or through one with other options: a what-if on yesterday's causes."""

from collections.abc import Mapping
from pathlib import Path

from gw_spaceheat.apps.houses import find_house
from gw_spaceheat.apps.local import recorded_scada
from gw_spaceheat.core.machine import Machine
from gw_spaceheat.runtime.record import RecordError, replay
from gw_spaceheat.runtime.record_lines import Header

CHANGEABLE = ("strategy",)


def replay_record(path: Path, houses: Path, changes: Mapping[str, str]) -> dict[str, object]:
    """What a replay showed, as JSON has it: `record, causes, machines, equal, differences, first_difference`.

    Args:
        path: The record.
        houses: House file or folder in which the record's house stands.
        changes: Machine options in place of the recorded ones.

    Raises:
        RecordError: The record cannot be replayed, or an option is unknown.
        HouseFileError: The record's house is not in the file.
        ValueError: The strategy is unknown.
    """
    strange = [name for name in changes if name not in CHANGEABLE]
    if strange:
        raise RecordError(f"{', '.join(strange)} is no option of the machine; there is {', '.join(CHANGEABLE)}")

    def build(header: Header) -> Machine:
        changed = Header(header.house, header.machine, {**header.options, **changes}, header.software)
        return recorded_scada(find_house(houses, header.house), changed)

    result = replay(path, build)
    first = result.first_difference
    return {
        "record": str(path),
        "causes": result.causes,
        "machines": result.machines,
        "skipped": result.skipped,
        "torn": list(result.torn),
        "equal": result.equal,
        "differences": result.differences,
        "first_difference": None
        if first is None
        else {
            "at": f"{first.path}:{first.line}",
            "wall_ms": first.moment.wall_ms,
            "cause": "wake" if first.cause is None else type(first.cause).__name__,
            "expected": first.expected,
            "got": first.got,
        },
    }
