"""The numbers at which rules look: of a house, from what was heard of it, and of this machine."""

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from gw_spaceheat.core.telemetry.presence import patience_ms
from gw_spaceheat.core.watching import HouseNow
from gw_spaceheat.house.model import House
from gw_spaceheat.vocabulary.moment import DAY_MS, MINUTE_MS, SECOND_MS

Numbers = dict[str, dict[str, float]]
"""By measure and subject."""

MEASURES = {
    "house_silent_min": "since when nothing came of a house [min]",
    "room_c": "temperature of a heated room [degC]",
    "channel_overdue_min": "for how long a channel has been older than its device may be silent [min]; below 0 it is not",
    "problem_min": "for how long a house has told of something that is not as it should be [min]",
    "stuck_min": "for how long an actuator has not obeyed [min]",
    "local_control": "1 where a house heats by itself though it has a contract, else 0",
    "clock_off_s": "by how much the clock of a house is off [s]",
    "broker_offline": "1 while a broker cannot be reached, else 0",
    "disk_free_mb": "free space where this machine keeps its files [MB]",
    "certificate_days": "how long a certificate is still good [days]",
}
STUCK_WORDS = "does not obey"
LOCAL_CONTROL = "LocalControl"
CONTRACT_OVER = ("Terminated", "Completed")


def of_house(house: House | None, now: HouseNow, wall_ms: int) -> Numbers:
    """Numbers of one house at a time [UTC ms]; without its file those that need none."""
    alias = now.alias
    numbers: Numbers = {"house_silent_min": {alias: (wall_ms - now.heard_ms) / MINUTE_MS}}
    problems, stuck = numbers.setdefault("problem_min", {}), numbers.setdefault("stuck_min", {})
    for alarm in now.alarms:
        about = stuck if STUCK_WORDS in alarm.summary else problems
        about[f"{alias} {alarm.node}"] = (wall_ms - alarm.at_ms) / MINUTE_MS
    if now.contract is not None and not now.contract.status.startswith(CONTRACT_OVER):
        numbers["local_control"] = {alias: float(now.contract.mode == LOCAL_CONTROL)}
    if now.clock_off_ms is not None:
        numbers["clock_off_s"] = {alias: abs(now.clock_off_ms) / SECOND_MS}
    if house is not None:
        numbers["room_c"] = dict(_rooms(house, now))
        numbers["channel_overdue_min"] = dict(_overdue(house, now, wall_ms))
    return numbers


def _rooms(house: House, now: HouseNow) -> Iterable[tuple[str, float]]:
    for zone in house.heating.zones:
        newest = now.values.get(zone.temperature)
        if newest is not None:
            yield f"{house.alias} {zone.name}", house.channels[zone.temperature].telemetry.from_wire(newest[0])


def _overdue(house: House, now: HouseNow, wall_ms: int) -> Iterable[tuple[str, float]]:
    for name in house.channels:
        newest = now.values.get(name)
        if newest is not None:
            yield f"{house.alias} {name}", (wall_ms - newest[1] - patience_ms(house.channels, [name])) / MINUTE_MS


def settled(numbers: Numbers, open_subjects: Iterable[tuple[str, str]]) -> Numbers:
    """The same, with 0 for problems that were told and are not there any more, by measure and subject: they are over."""
    for measure, subject in open_subjects:
        if measure in ("problem_min", "stuck_min"):
            numbers.setdefault(measure, {}).setdefault(subject, 0.0)
    return numbers


def of_machine(folder: Path, certificates: Mapping[str, Path], trouble: str, wall_ms: int) -> Numbers:
    """Numbers of this machine.

    Args:
        folder: Where it keeps its files.
        certificates: Certificates by what they are for; one that cannot be read has no number.
        trouble: Why brokers cannot be reached, as `link: reason; ...`; empty if they can.
        wall_ms: The time, UTC [ms].
    """
    found = os.statvfs(folder)
    off = {part.split(":", 1)[0] for part in trouble.split("; ") if part}
    numbers: Numbers = {
        "disk_free_mb": {str(folder): found.f_bavail * found.f_frsize / 1e6},
        "broker_offline": {link: float(link in off) for link in ("uplink", "local")},
    }
    for what, path in certificates.items():
        try:
            ends = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
        except (OSError, ValueError):
            continue
        left_ms = ends.timestamp() * 1000 - datetime.fromtimestamp(wall_ms / 1000, UTC).timestamp() * 1000
        numbers.setdefault("certificate_days", {})[f"{what} {path}"] = left_ms / DAY_MS
    return numbers


def joined(parts: Iterable[Numbers]) -> Numbers:
    """All of them together."""
    whole: Numbers = {}
    for part in parts:
        for measure, values in part.items():
            whole.setdefault(measure, {}).update(values)
    return whole
