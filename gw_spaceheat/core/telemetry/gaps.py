"""What is missing of a house's readings, and why: its certificates beside what has arrived."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from gw_spaceheat.messages.gws_channel_completeness import GwsChannelCompleteness
from gw_spaceheat.messages.gws_completeness import GwsCompleteness
from gw_spaceheat.messages.gws_missing_span import GwsMissingSpan
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS, SECOND_MS

HOUR_S = 3600
NO_CERTIFICATE = "unknown: there is no certificate of this hour (yet)"
NOT_OVER = "the hour is not over, or its certificate on its way"
NOT_ARRIVED = "captured, and not arrived (yet)"
NOT_CAPTURED = "not captured; the house does not say why"
CERTIFIED_WITHIN_MS = 15 * MINUTE_MS
"""A certificate is made with the first report after the hour, five minutes late; then it has to come."""


class Stored(Protocol):
    """How much has arrived of a channel and an hour."""

    @property
    def channel(self) -> str:
        """The channel."""
        ...

    @property
    def hour_ms(self) -> int:
        """Beginning of the hour, UTC [ms]."""
        ...

    @property
    def readings(self) -> int:
        """As they were captured."""
        ...

    @property
    def thinned(self) -> int:
        """As means."""
        ...


class Unsent(Protocol):
    """A time of which the house has thinned or given up what it captured."""

    @property
    def from_ms(self) -> int:
        """Its beginning, UTC [ms]."""
        ...

    @property
    def to_ms(self) -> int:
        """Its end, UTC [ms]."""
        ...

    @property
    def because(self) -> str:
        """Why."""
        ...

    @property
    def bin_s(self) -> int:
        """Length of the bins that are left; 0 if nothing is."""
        ...


class ChannelHour(NamedTuple):
    """A channel in an hour.

    Attributes:
        channel: The channel.
        hour_ms: Beginning of the hour, UTC [ms].
        expected: How many readings its capture period calls for; None if no certificate ever says so.
        captured: How many went into reports; None if there is no certificate of this hour.
        stored: How many have arrived as they were captured.
        thinned: How many more have arrived as means.
        missing: How many have not, of those that were expected or captured, whichever are more; None if that is not known.
        why: Why, one reason after the other; empty if nothing is missing.
    """

    channel: str
    hour_ms: int
    expected: int | None
    captured: int | None
    stored: int
    thinned: int
    missing: int | None
    why: tuple[str, ...]


def hours_of(
    from_ms: int,
    to_ms: int,
    certificates: Sequence[GwsCompleteness],
    stored: Iterable[Stored],
    unsent: Sequence[Unsent],
    now_ms: int,
) -> list[ChannelHour]:
    """Every channel in every hour, by hour and channel.

    Args:
        from_ms: Beginning of the first hour, UTC [ms].
        to_ms: End of the last, UTC [ms].
        certificates: All certificates of the house, by hour, one of each: those of other hours say what is to be expected,
            and when the daemon did not run.
        stored: What has arrived of these hours.
        unsent: What was thinned or given up.
        now_ms: The time, UTC [ms]: of an hour that cannot have its certificate yet nobody says that something is missing.
    """
    by_hour = {certificate.start_unix_s * SECOND_MS: certificate for certificate in certificates}
    counts = {(row.channel, row.hour_ms): (row.readings, row.thinned) for row in stored}
    usual = _usual(certificates)
    downs = [span for certificate in certificates for span in certificate.down_list]
    names = sorted({*usual, *(channel for channel, _ in counts)})
    rows = []
    for hour_ms in range(from_ms, to_ms, HOUR_MS):
        certificate = by_hour.get(hour_ms)
        told = {} if certificate is None else {part.channel_name: part for part in certificate.channel_list}
        down = _reasons(downs, hour_ms)
        lost = tuple(f"given up: {reason}" for reason in _reasons([span for span in unsent if not span.bin_s], hour_ms))
        for name in names:
            have = counts.get((name, hour_ms), (0, 0))
            part = told.get(name)
            if certificate is None and now_ms < hour_ms + HOUR_MS + CERTIFIED_WITHIN_MS:
                rows.append(ChannelHour(name, hour_ms, usual.get(name), None, *have, None, (NOT_OVER,)))
            elif certificate is None or part is None:
                rows.append(_uncertified(name, hour_ms, usual.get(name), have, down, lost))
            else:
                rows.append(_certified(hour_ms, certificate, part, have, down, lost))
    return rows


def _certified(
    hour_ms: int,
    certificate: GwsCompleteness,
    part: GwsChannelCompleteness,
    have: tuple[int, int],
    down: tuple[str, ...],
    lost: tuple[str, ...],
) -> ChannelHour:
    expected = part.expected
    if down and certificate.duration_s < HOUR_S:  # it is the house that was not there, not the hour that was shorter
        expected = round(expected * HOUR_S / certificate.duration_s)
    missing = max(0, max(expected, part.captured) - sum(have))
    why: list[str] = []
    if missing and part.captured < expected:
        why += [*_reasons(part.missing_list, hour_ms), *down] or [NOT_CAPTURED]
    if missing and part.captured > sum(have):
        why += lost or (NOT_ARRIVED,)
    return ChannelHour(part.channel_name, hour_ms, expected, part.captured, *have, missing, tuple(why))


def _uncertified(
    name: str, hour_ms: int, expected: int | None, have: tuple[int, int], down: tuple[str, ...], lost: tuple[str, ...]
) -> ChannelHour:
    missing = None if expected is None else max(0, expected - sum(have))
    why = () if missing == 0 else (*down, *lost) or (NO_CERTIFICATE,)
    return ChannelHour(name, hour_ms, expected, None, *have, missing, why)


def _usual(certificates: Sequence[GwsCompleteness]) -> Mapping[str, int]:
    """What is expected of each channel in a full hour, by the newest certificate that has it."""
    return {
        part.channel_name: round(part.expected * HOUR_S / certificate.duration_s)
        for certificate in certificates
        for part in certificate.channel_list
    }


def _reasons(spans: Iterable[GwsMissingSpan | Unsent], hour_ms: int) -> tuple[str, ...]:
    """Why, of all spans that reach into an hour, each reason once."""
    found: dict[str, None] = {}
    for span in spans:
        from_ms, to_ms = _ends(span)
        if from_ms < hour_ms + HOUR_MS and (to_ms > hour_ms or from_ms == to_ms >= hour_ms):
            found[span.because] = None
    return tuple(found)


def _ends(span: GwsMissingSpan | Unsent) -> tuple[int, int]:
    return (span.from_unix_ms, span.to_unix_ms) if isinstance(span, GwsMissingSpan) else (span.from_ms, span.to_ms)
