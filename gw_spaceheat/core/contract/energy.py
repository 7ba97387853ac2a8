"""Energy used under a contract, from metered power: the same function for the SCADA and for the AtomicTNode.

A meter is scanned every few seconds and captured when its power has changed (or its period is over). So between two captures
the power was that of the first until one scan before the second, and went over to the second within that scan: there the
trapezoid lies, over the exact times. Where captures are farther apart than the meter can be silent, nothing is known: nothing
is added, and the time is counted as missing.

    w
    |              o----      o  captured
    |             /           .  scans that captured nothing
    o---.---.---./
    +-----------------> t
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from gw_spaceheat.core.events import Readings
from gw_spaceheat.house.model import Channel, House
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

MS_PER_HOUR = 3_600_000
GAP_PERIODS = 2.5
"""A meter that was captured nothing of for so many periods was silent."""


class MeterRule(msgspec.Struct, frozen=True, gc=False):
    """How a power channel is captured.

    Attributes:
        scan_ms: It is read this often [ms].
        gap_ms: If nothing was captured for longer, nothing is known about the time between [ms].
    """

    scan_ms: int
    gap_ms: int


class LastPower(msgspec.Struct, frozen=True, gc=False):
    """The last known power of a channel [W], and when it was read, UTC [ms]."""

    taken_ms: int
    power_w: float


class Account(msgspec.Struct, frozen=True, gc=False):
    """Energy used from one time to another.

    Attributes:
        from_ms: What was used earlier is not in it, UTC [ms].
        to_ms: What was used later is not in it, UTC [ms].
        used_wh: Energy used [Wh]; negative for energy given.
        missing_s: Seconds, summed over the channels, about which nothing is known [s].
        last: The last known power by channel.
    """

    from_ms: int
    to_ms: int
    used_wh: float = 0.0
    missing_s: float = 0.0
    last: tuple[tuple[str, LastPower], ...] = ()

    @property
    def used_whole_wh(self) -> int:
        """The energy in the wire's whole watt-hours."""
        return round(self.used_wh)


def power_rules(house: House) -> dict[str, MeterRule]:
    """The channels whose watts are the house's metered power, by name; in a house that marks none, every power channel's."""
    metered = [channel for channel in house.channels.values() if channel.in_power_metering]
    if not metered:
        metered = [channel for channel in house.channels.values() if channel.telemetry is TelemetryName.PowerW]
    return {channel.name: meter_rule(channel) for channel in metered}


def meter_rule(channel: Channel) -> MeterRule:
    """How a channel is captured, as the house file says."""
    capture = channel.capture
    return MeterRule(round(capture.poll_s * 1000), round(GAP_PERIODS * max(capture.period_s, capture.poll_s) * 1000))


def begun(from_ms: int, to_ms: int, last: Mapping[str, LastPower]) -> Account:
    """An account over this time [UTC ms], with the power that is known at its beginning.

    Time between from_ms and a reading that was already taken after it is not known, and missing.
    """
    missing_ms = sum(max(min(known.taken_ms, to_ms) - from_ms, 0) for known in last.values())
    return Account(from_ms, to_ms, 0.0, missing_ms / 1000, tuple(sorted(last.items())))


def begun_late(from_ms: int, to_ms: int, recent: Mapping[str, Sequence[LastPower]], rules: Mapping[str, MeterRule]) -> Account:
    """An account over this time [UTC ms], which may have begun already, with what was read of late.

    Args:
        from_ms: Begin of the time.
        to_ms: Its end.
        recent: Readings by channel, in the order of their times, at least one each; as many as are remembered.
        rules: How the channels are captured.
    """
    first = {}
    for name, readings in recent.items():
        before = [known for known in readings if known.taken_ms <= from_ms]
        first[name] = before[-1] if before else readings[0]
    account = begun(from_ms, to_ms, first)
    for name, readings in recent.items():
        for known in readings:
            if first[name].taken_ms < known.taken_ms <= to_ms:
                account = add(account, name, known.taken_ms, known.power_w, rules[name])
    return account


def read(account: Account, readings: Readings, rules: Mapping[str, MeterRule]) -> Account:
    """The account with what a meter captured in one scan, if that lies before the account's end.

    A missing value changes nothing: if it stays missing for longer than the meter may be silent, that becomes a gap.
    """
    if readings.taken_ms > account.to_ms:
        return account
    for name, power_w in zip(readings.channels, readings.values, strict=True):
        rule = rules.get(name)
        if rule is not None and power_w is not None:
            account = add(account, name, readings.taken_ms, power_w, rule)
    return account


def add(account: Account, channel: str, taken_ms: int, power_w: float, rule: MeterRule) -> Account:
    """The account with one more reading [W] of a channel; one that is not newer than the last changes nothing."""
    last = dict(account.last)
    known = last.get(channel)
    if known is not None and taken_ms <= known.taken_ms:
        return account
    last[channel] = LastPower(taken_ms, power_w)
    used_ws, missing_ms = 0.0, 0
    if known is None:
        missing_ms = max(min(taken_ms, account.to_ms) - account.from_ms, 0)
    elif taken_ms - known.taken_ms > rule.gap_ms:
        missing_ms = _overlap_ms(account, known.taken_ms, taken_ms)
    else:
        bend_ms = max(known.taken_ms, taken_ms - rule.scan_ms)
        used_ws = known.power_w * _overlap_ms(account, known.taken_ms, bend_ms) / 1000
        used_ws += _trapezoid_ws(account, bend_ms, known.power_w, taken_ms, power_w)
    return Account(
        account.from_ms,
        account.to_ms,
        account.used_wh + used_ws / 3600,
        account.missing_s + missing_ms / 1000,
        tuple(sorted(last.items())),
    )


def closed(account: Account, at_ms: int, rules: Mapping[str, MeterRule]) -> Account:
    """The account as it stands at its end, or earlier where a contract was ended before its time [UTC ms].

    The last known power counts until then, unless it is too old for that; no reading later than the end may have been added.
    """
    to_ms = min(at_ms, account.to_ms)
    cut = msgspec.structs.replace(account, to_ms=to_ms)
    used_ws, missing_ms = 0.0, 0
    last = dict(account.last)
    for channel, rule in rules.items():
        known = last.get(channel)
        if known is None:
            missing_ms += max(to_ms - account.from_ms, 0)
        elif to_ms - known.taken_ms > rule.gap_ms:
            missing_ms += _overlap_ms(cut, known.taken_ms, to_ms)
        else:
            used_ws += known.power_w * _overlap_ms(cut, known.taken_ms, to_ms) / 1000
    return Account(
        account.from_ms, to_ms, account.used_wh + used_ws / 3600, account.missing_s + missing_ms / 1000, account.last
    )


def recomputed(
    from_ms: int, to_ms: int, series: Mapping[str, Iterable[tuple[int, float]]], rules: Mapping[str, MeterRule]
) -> Account:
    """The account over this time [UTC ms] from readings that were delivered, in whatever order.

    Args:
        from_ms: Begin of the time.
        to_ms: Its end.
        series: Time [UTC ms] and power [W] of the readings by channel; the last one before from_ms should be among them.
        rules: How the channels are captured.
    """
    account = Account(from_ms, to_ms)
    for channel, rule in rules.items():
        readings = sorted(series.get(channel, ()))
        before = [reading for reading in readings if reading[0] <= from_ms]
        if before:
            taken_ms, power_w = before[-1]
            account = msgspec.structs.replace(account, last=(*account.last, (channel, LastPower(taken_ms, power_w))))
        for taken_ms, power_w in readings:
            if from_ms < taken_ms <= to_ms:
                account = add(account, channel, taken_ms, power_w, rule)
    return closed(account, to_ms, rules)


def _overlap_ms(account: Account, begin_ms: int, end_ms: int) -> int:
    """How much of a stretch of time lies within the account's."""
    return max(min(end_ms, account.to_ms) - max(begin_ms, account.from_ms), 0)


def _trapezoid_ws(account: Account, begin_ms: int, begin_w: float, end_ms: int, end_w: float) -> float:
    """Energy [W s] of the part within the account's time of a straight line of power."""
    part_ms = _overlap_ms(account, begin_ms, end_ms)
    if part_ms == 0:
        return 0.0
    slope_w_per_ms = (end_w - begin_w) / (end_ms - begin_ms)
    first_ms = max(begin_ms, account.from_ms)
    middle_w = begin_w + slope_w_per_ms * (first_ms + part_ms / 2 - begin_ms)
    return middle_w * part_ms / 1000
