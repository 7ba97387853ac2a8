"""Who commands a house, until when, and why: for a page or a terminal."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from gw_spaceheat.core.watching import HouseNow
from gw_spaceheat.views.ages import ago_text, clock_text


def command_facts(
    contracts: Mapping[str, Any] | None, now: HouseNow | None, zone: tzinfo, wall_ms: int
) -> list[tuple[str, str]]:
    """Names and what is to be said of each: from the SCADA's own store where that is here, else from what was overheard.

    Args:
        contracts: As `apps/contract_show.py` tells it; None if nothing is kept here.
        now: What was heard.
        zone: Time zone of the house.
        wall_ms: Now, UTC [ms].
    """
    if contracts is not None:
        return _kept(contracts, zone, wall_ms)
    facts: list[tuple[str, str]] = []
    if now is not None and now.lease is not None:
        facts += [("Commands", f"{now.lease.by}{_until(now.lease.until_ms, zone)}"), ("Because", now.lease.cause)]
    if now is not None and now.contract is not None:
        said = now.contract
        facts += [("Mode", said.mode), ("Because", said.cause), ("Contract", f"{said.watts:,} W")]
    return facts


def _kept(contracts: Mapping[str, Any], zone: tzinfo, wall_ms: int) -> list[tuple[str, str]]:
    lease, pact, contact_ms = contracts["lease"], contracts["contract"], contracts["contact_ms"]
    facts = [
        ("Commands", f"{lease['by']}{_until(lease['until_ms'], zone)}"),
        ("Mode", str(contracts["mode"])),
        ("Because", str(contracts["mode_cause"])),
    ]
    if pact is not None:
        facts.append(("Contract", f"{pact['avg_power_w']:,} W until {clock_text(pact['end_ms'], zone)}"))
    return [*facts, ("AtomicTNode heard", "never" if contact_ms is None else ago_text(wall_ms - contact_ms))]


def _until(at_ms: int | None, zone: tzinfo) -> str:
    return "" if at_ms is None else f" until {clock_text(at_ms, zone)}"
