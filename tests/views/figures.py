"""A process at one moment, for the tests of what shows it."""

from gw_spaceheat.core.events import Authority, LeaseChanged, LinkFigures
from gw_spaceheat.runtime.serving import HostReport
from gw_spaceheat.runtime.witness import Figures, LinkSeen, ReportSeen, Seen

MIDNIGHT_MS = 1_515_369_600_000
"""2018-01-08T00:00Z."""

WELL = HostReport("a.s", alive=True, waiting=2, restarts=1, progress_age_s=0.5, dropped=3, trouble=None, critical=True)
LATE = HostReport("a.boiler", True, 0, 0, 21.0, 0, "in one call for 21.0 s (promised within 20 s)")
UPLINK = LinkSeen(
    up=False,
    changed_ms=MIDNIGHT_MS,
    reason="not connected",
    connects=4,
    received=5,
    figures=LinkFigures("uplink", False, 6, 7_000, {"echo": 8}),
)
FULL = Seen(
    links={"uplink": UPLINK, "local": LinkSeen(up=True)},
    captured={"a.tank": 9},
    missing={"a.tank": 10},
    outcomes={"Done": 11},
    sent={("uplink", "held"): 12},
    lease=LeaseChanged(Authority.REMOTE, 7, "the contract began", MIDNIGHT_MS),
    report=ReportSeen(MIDNIGHT_MS + 301_000, MIDNIGHT_MS, 13),
)
EMPTY = Seen({}, {}, {}, {}, {}, None, None)
TROUBLED = Figures("hw1.test", "1.2.3", MIDNIGHT_MS + 302_000, (WELL, LATE), 0.25, FULL)
JUST_STARTED = Figures("hw1.test", "1.2.3", MIDNIGHT_MS, (), None, EMPTY)
