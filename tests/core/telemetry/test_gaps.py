"""What is missing and why: certificates beside what has arrived."""

from collections.abc import Sequence

import pytest

from gw_spaceheat.core.telemetry.gaps import NO_CERTIFICATE, NOT_ARRIVED, NOT_CAPTURED, NOT_OVER, ChannelHour, hours_of
from gw_spaceheat.messages.gws_channel_completeness import GwsChannelCompleteness
from gw_spaceheat.messages.gws_completeness import GwsCompleteness
from gw_spaceheat.messages.gws_missing_span import GwsMissingSpan
from gw_spaceheat.stores.query import Span, StoredCount
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS
from tests.heard import MIDNIGHT_MS, SCADA, uuid

NIGHT = "the daemon did not run"


def span(from_min: float, to_min: float, because: str) -> GwsMissingSpan:
    return GwsMissingSpan(
        from_unix_ms=round(MIDNIGHT_MS + from_min * MINUTE_MS),
        to_unix_ms=round(MIDNIGHT_MS + to_min * MINUTE_MS),
        because=because,
    )


def certificate(
    hour: int,
    expected: int,
    captured: int,
    missing: Sequence[GwsMissingSpan] = (),
    down: Sequence[GwsMissingSpan] = (),
    duration_s: int = 3600,
) -> GwsCompleteness:
    return GwsCompleteness(
        message_id=uuid(hour),
        src=SCADA,
        time_created_ms=MIDNIGHT_MS,
        start_unix_s=MIDNIGHT_MS // 1000 + hour * 3600,
        duration_s=duration_s,
        channel_list=[
            GwsChannelCompleteness(channel_name="tank", expected=expected, captured=captured, missing_list=list(missing))
        ],
        down_list=list(down),
    )


def first_hour(
    certificates: Sequence[GwsCompleteness], stored: int, thinned: int = 0, unsent: Sequence[Span] = ()
) -> ChannelHour:
    counts = [StoredCount("tank", MIDNIGHT_MS, stored, thinned)] if stored or thinned else []
    (row,) = hours_of(MIDNIGHT_MS, MIDNIGHT_MS + HOUR_MS, certificates, counts, unsent, LATER_MS)
    assert (row.channel, row.hour_ms, row.stored, row.thinned) == ("tank", MIDNIGHT_MS, stored, thinned)
    return row


LATER_MS = MIDNIGHT_MS + 24 * HOUR_MS
STALE = span(10, 20, "nothing heard for 155 s")
GIVEN_UP = Span(MIDNIGHT_MS - 1, MIDNIGHT_MS + 1, "older than 28 days", 0)
MEANS = Span(MIDNIGHT_MS, MIDNIGHT_MS + HOUR_MS, "thinned", 60)


@pytest.mark.parametrize(
    ("made", "stored", "thinned", "unsent", "expected", "missing", "why"),
    [
        pytest.param(certificate(0, 60, 60), 60, 0, [], 60, 0, [], id="whole"),
        pytest.param(certificate(0, 60, 75), 75, 0, [], 60, 0, [], id="changes too"),
        pytest.param(certificate(0, 60, 60), 12, 48, [MEANS], 60, 0, [], id="thinned is not missing"),
        pytest.param(certificate(0, 60, 50, [STALE]), 50, 0, [], 60, 10, [STALE.because], id="a sensor was stale"),
        pytest.param(certificate(0, 60, 50), 50, 0, [], 60, 10, [NOT_CAPTURED], id="nobody says why"),
        pytest.param(certificate(0, 60, 60), 48, 0, [], 60, 12, [NOT_ARRIVED], id="on its way"),
        pytest.param(certificate(0, 60, 75), 60, 0, [], 60, 15, [NOT_ARRIVED], id="changes are on their way"),
        pytest.param(
            certificate(0, 60, 60), 0, 0, [GIVEN_UP], 60, 60, ["given up: older than 28 days"], id="the limit of retention"
        ),
        pytest.param(
            certificate(0, 60, 50, [STALE]), 38, 0, [], 60, 22, [STALE.because, NOT_ARRIVED], id="some of this, some of that"
        ),
        pytest.param(certificate(0, 60, 40, [], [span(20, 40, NIGHT)]), 40, 0, [], 60, 20, [NIGHT], id="a restart"),
        pytest.param(
            certificate(0, 20, 20, [], [span(20, 500, NIGHT)], 1200), 20, 0, [], 60, 40, [NIGHT], id="the night begins"
        ),
        pytest.param(certificate(0, 20, 20, duration_s=1200), 20, 0, [], 20, 0, [], id="the first hour of all is shorter"),
        pytest.param(certificate(1, 60, 60), 60, 0, [], 60, 0, [], id="no certificate, but all is there"),
        pytest.param(certificate(1, 60, 60), 48, 0, [], 60, 12, [NO_CERTIFICATE], id="no certificate"),
        pytest.param(
            certificate(1, 60, 60), 0, 0, [GIVEN_UP], 60, 60, ["given up: older than 28 days"], id="that was given up too"
        ),
        pytest.param(
            certificate(8, 30, 30, [], [span(-5, 510, NIGHT)], 1800), 0, 0, [], 60, 60, [NIGHT], id="an hour of the night"
        ),
    ],
)
def test_a_channel_in_an_hour(
    made: GwsCompleteness,
    stored: int,
    thinned: int,
    unsent: list[Span],
    expected: int,
    missing: int,
    why: list[str],
) -> None:
    row = first_hour([made], stored, thinned, unsent)
    assert (row.expected, row.missing, list(row.why)) == (expected, missing, why)


def test_what_no_certificate_ever_named_is_not_known() -> None:
    row = first_hour([], 5)
    assert (row.expected, row.captured, row.missing, row.why) == (None, None, None, (NO_CERTIFICATE,))


@pytest.mark.parametrize(
    ("minutes", "made", "missing", "why"),
    [
        (30, certificate(-1, 60, 60), None, (NOT_OVER,)),
        (74, certificate(-1, 60, 60), None, (NOT_OVER,)),
        (75, certificate(-1, 60, 60), 50, (NO_CERTIFICATE,)),
        (66, certificate(0, 60, 60), 50, (NOT_ARRIVED,)),
    ],
)
def test_nothing_is_missing_of_an_hour_that_cannot_have_its_certificate_yet(
    minutes: int, made: GwsCompleteness, missing: int | None, why: tuple[str, ...]
) -> None:
    now_ms = MIDNIGHT_MS + minutes * MINUTE_MS
    (row,) = hours_of(MIDNIGHT_MS, MIDNIGHT_MS + HOUR_MS, [made], [StoredCount("tank", MIDNIGHT_MS, 10, 0)], [], now_ms)
    assert (row.missing, row.why) == (missing, why)


def test_every_hour_and_channel_is_there() -> None:
    stored = [StoredCount("x", MIDNIGHT_MS, 1, 0)]
    rows = hours_of(MIDNIGHT_MS, MIDNIGHT_MS + 2 * HOUR_MS, [certificate(0, 60, 60)], stored, [], LATER_MS)
    assert [(row.channel, (row.hour_ms - MIDNIGHT_MS) // HOUR_MS) for row in rows] == [
        ("tank", 0),
        ("x", 0),
        ("tank", 1),
        ("x", 1),
    ]


def test_a_clock_that_went_back_is_a_reason_too() -> None:
    row = first_hour([certificate(0, 60, 40, [], [span(20, 20, "nobody knows how long")])], 40)
    assert row.why == ("nobody knows how long",)
