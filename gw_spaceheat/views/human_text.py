"""What a person at the house is told about what he asked for, as text and as data."""

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo

from gw_spaceheat.messages.base import given
from gw_spaceheat.messages.gws_human_answer import GwsHumanAnswer


def answer_lines(answer: GwsHumanAnswer, unit: str, zone: tzinfo) -> Iterator[str]:
    """How it ended, and who has the house now, until when in the house's own time.

    Args:
        answer: What the SCADA says.
        unit: SI unit of what was read back; empty for a relay.
        zone: Time zone of the house.
    """
    read_back = given(answer.read_back)
    reads = "" if read_back is None else f", it reads {read_back:g}{' ' if unit else ''}{unit}"
    yield f"{answer.verdict}{reads}{': ' if answer.reason else ''}{answer.reason}"
    by, token = given(answer.lease_by), given(answer.fencing_token)
    if by is not None:
        until_ms = given(answer.lease_until_unix_ms)
        until = "" if until_ms is None else f" until {_time(until_ms, zone)}"
        yield f"{by} has the house{until} (token {token}): {given(answer.lease_cause)}"


def answer_data(answer: GwsHumanAnswer) -> dict[str, object]:
    """The same as data; null is what is not known, or does not apply."""
    return {
        "request": answer.trigger_id,
        "verdict": answer.verdict,
        "reason": answer.reason,
        "read_back": given(answer.read_back),
        "lease_by": given(answer.lease_by),
        "fencing_token": given(answer.fencing_token),
        "lease_cause": given(answer.lease_cause),
        "lease_until_unix_ms": given(answer.lease_until_unix_ms),
        "answer_unix_ms": answer.answer_unix_ms,
    }


def _time(at_ms: int, zone: tzinfo) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z")
