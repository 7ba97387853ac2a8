"""How a process is, as JSON for monitors and for persons."""

import json
from datetime import UTC, datetime
from typing import Any

from gw_spaceheat.core.events import LeaseChanged
from gw_spaceheat.runtime.serving import HostReport
from gw_spaceheat.runtime.witness import Figures, LinkSeen, ReportSeen


def health_json(figures: Figures) -> str:
    """One object, over several lines."""
    return json.dumps(health(figures), indent=2) + "\n"


def health(figures: Figures) -> dict[str, Any]:
    """What is worth knowing at a glance; times are UTC, ages and the watch's look are real time [s]."""
    seen = figures.seen
    return {
        "healthy": figures.healthy,
        "process": figures.process,
        "version": figures.version,
        "time": _time(figures.now_ms),
        "late": figures.late,
        "watch_looked_ago_s": None if figures.looked_ago_s is None else round(figures.looked_ago_s, 3),
        "links": {name: _link(link) for name, link in seen.links.items()},
        "house": _lease(seen.lease),
        "last_report": _report(seen.report),
        "actors": {host.name: _actor(host) for host in figures.hosts},
    }


def _link(link: LinkSeen) -> dict[str, Any]:
    figures = link.figures
    return {
        "up": link.up,
        "since": _time(link.changed_ms),
        "reason": link.reason,
        "waiting": None if figures is None else figures.waiting,
        "waiting_bytes": None if figures is None else figures.size_bytes,
        "counts": {} if figures is None else dict(figures.counts),
    }


def _lease(lease: LeaseChanged | None) -> dict[str, Any] | None:
    return None if lease is None else {"commanded_by": lease.by.value, "cause": lease.cause, "since": _time(lease.at_ms)}


def _report(report: ReportSeen | None) -> dict[str, Any] | None:
    if report is None:
        return None
    return {"slot_start": _time(report.slot_start_ms), "made": _time(report.made_ms), "since_start": report.count}


def _actor(host: HostReport) -> dict[str, Any]:
    return {
        "alive": host.alive,
        "critical": host.critical,
        "progress_age_s": round(host.progress_age_s, 3),
        "waiting": host.waiting,
        "restarts": host.restarts,
        "dropped_readings": host.dropped,
        "trouble": host.trouble,
    }


def _time(at_ms: int | None) -> str | None:
    return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
