"""What a person is told of an alert, in words."""

from collections.abc import Mapping
from typing import Any

from gw_spaceheat.core.alerts.alerts import Alert, Standing
from gw_spaceheat.views.ages import age_text


def alert_text(alert: Alert, now_ms: int) -> str:
    """One line: what it is, of what, the number, and for how long it has been or was so."""
    lasted = age_text(max(now_ms - alert.since_ms, 0))
    if alert.standing is Standing.RESOLVED:
        return f"over: {alert.rule}: {alert.subject} ({alert.value:.4g}), it lasted {'a moment' if lasted == 'now' else lasted}"
    since = "just now" if lasted == "now" else f"for {lasted}"
    return f"{alert.rule}: {alert.subject} ({alert.value:.4g}), {since}"


def listing_text(told: Mapping[str, Any]) -> str:
    """The rules as a table, and below them what is wrong."""
    rows = [("rule", "is told when", "for", "")]
    for rule in told["rules"]:
        what = f"{rule['measure']} {rule['side']} {rule['limit']:g}"
        minutes = f"{rule['for_min']:g} min" if rule["for_min"] else "at once"
        rows.append((rule["name"], what, minutes, "also in quiet hours" if rule["urgent"] else ""))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    wrong = [one for one in told["open"] if one["told"]]
    lines += ["", f"{len(wrong)} told and not over" if wrong else "nothing is told and not over"]
    lines += [f"  {one['rule']}: {one['subject']}" for one in wrong]
    return "\n".join(lines)
