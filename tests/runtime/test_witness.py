"""What a witness makes of what it is shown."""

import threading
from dataclasses import replace

import pytest

from gw_spaceheat.core.events import (
    Authority,
    Event,
    FiguresAsked,
    LeaseChanged,
    Level,
    LinkChanged,
    LinkFigures,
    Note,
    Outcome,
    Readings,
    Send,
    Started,
    Urgency,
    Verdict,
)
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.runtime.serving import HostReport
from gw_spaceheat.runtime.witness import LOOKS_WITHIN_S, Figures, LinkSeen, ReportSeen, Witness
from gw_spaceheat.vocabulary.moment import Moment
from tests.heard import MIDNIGHT_MS, received, report_event

NOW = Moment(5_000, MIDNIGHT_MS + 300_000)
UP = LinkChanged("uplink", up=True, reason="")
DOWN = LinkChanged("uplink", up=False, reason="broken pipe")
FIGURES = LinkFigures("uplink", True, 3, 1_200, {"echo": 2})
LEASE = LeaseChanged(Authority.REMOTE, 7, "the contract began", MIDNIGHT_MS)
WELL = HostReport("a.s", alive=True, waiting=0, restarts=0, progress_age_s=0.5, dropped=0, trouble=None)


def shown(*effects: tuple[str, Event]) -> Witness:
    witness = Witness(("uplink", "local"))
    for source, effect in effects:
        witness.see(NOW, source, effect)
    return witness


def test_links_are_down_until_they_say_otherwise() -> None:
    assert shown().seen().links == {"uplink": LinkSeen(), "local": LinkSeen()}


@pytest.mark.parametrize(
    ("effects", "link"),
    [
        ([UP], LinkSeen(up=True, changed_ms=NOW.wall_ms, connects=1)),
        ([UP, UP], LinkSeen(up=True, changed_ms=NOW.wall_ms, connects=1)),  # a node that has begun again has asked
        ([UP, DOWN], LinkSeen(up=False, changed_ms=NOW.wall_ms, reason="broken pipe", connects=1)),
        ([UP, DOWN, UP], LinkSeen(up=True, changed_ms=NOW.wall_ms, connects=2)),
        ([Note(Level.WARNING, "uplink: not connected: refused; goes on trying")],
         LinkSeen(reason="not connected: refused; goes on trying")),
        ([Note(Level.WARNING, "uplink: refused (not-json): odd")], LinkSeen()),
        ([FIGURES], LinkSeen(figures=FIGURES)),
        ([received(PowerWatts(watts=1)), received(PowerWatts(watts=2))], LinkSeen(received=2)),
    ],
)  # fmt: skip
def test_what_a_link_says_of_itself(effects: list[Event], link: LinkSeen) -> None:
    assert shown(*(("uplink", effect) for effect in effects)).seen().links["uplink"] == link


def test_what_others_say_of_a_link_is_not_counted() -> None:
    assert shown(("bus", UP), ("bus", received(PowerWatts(watts=1)))).seen().links["uplink"] == LinkSeen()


def test_readings_are_counted_by_who_took_them() -> None:
    seen = shown(
        ("a.tank", Readings("a.tank", 0, ("one", "two"), (20.0, None))),
        ("bus", Readings("a.pump", 0, ("three",), (1.0,))),  # one that runs in another process
        ("a.tank", Readings("a.tank", 1, ("one",), (21.0,))),
    ).seen()
    assert (seen.captured, seen.missing) == ({"a.tank": 2, "a.pump": 1}, {"a.tank": 1, "a.pump": 0})


def test_commands_are_counted_where_they_end() -> None:
    """The SCADA passes an outcome on, which makes no second one of it."""
    outcome = Outcome("a.relay", 1.0, Verdict.DONE, "", "1", 1.0)
    assert shown(("a.relay", outcome), ("a.s", outcome)).seen().outcomes == {"Done": 1}


def test_the_last_report_counts_once_though_the_bus_is_told_too() -> None:
    report = report_event(1, {"a": [(MIDNIGHT_MS, 1)]})
    up = Send("uplink", "a", report, Urgency.HELD, "1")
    seen = shown(("a.s", Send("local", "all", report, Urgency.PLAIN, "1")), ("a.s", up)).seen()
    assert seen.report == ReportSeen(NOW.wall_ms, report.report.slot_start_unix_s * 1000, 1)
    assert seen.sent == {("local", "plain"): 1, ("uplink", "held"): 1}


def test_who_has_the_house() -> None:
    assert shown().seen().lease is None
    assert shown(("a.s", LEASE)).seen().lease == LEASE


def test_links_are_asked_and_waited_for() -> None:
    witness = shown()
    asked: list[tuple[str, Event]] = []

    def answer(link: str, event: Event) -> None:
        asked.append((link, event))
        threading.Thread(target=witness.see, args=(NOW, link, replace_link(link))).start()

    def replace_link(link: str) -> LinkFigures:
        return LinkFigures(link, True, 1, 10, {})

    witness.ask(answer, within_s=40.0)
    assert asked == [("uplink", FiguresAsked()), ("local", FiguresAsked())]
    assert [link.figures for link in witness.seen().links.values()] == [replace_link("uplink"), replace_link("local")]


def test_a_link_that_hangs_is_shown_as_it_was() -> None:
    witness = shown(("uplink", FIGURES))
    witness.ask(lambda _link, _event: None, within_s=0.01)
    assert witness.seen().links["uplink"].figures == FIGURES


def test_what_is_not_its_business_changes_nothing() -> None:
    assert shown(("a.s", Started())).seen() == shown().seen()


@pytest.mark.parametrize(
    ("host", "looked_ago_s", "late", "healthy"),
    [
        (WELL, 0.9, {}, True),
        (WELL, LOOKS_WITHIN_S + 0.1, {}, False),
        (WELL, None, {}, False),
        (replace(WELL, trouble="in one call for 21 s"), 0.9, {"a.s": "in one call for 21 s"}, False),
        (replace(WELL, alive=False), 0.9, {"a.s": "its thread has ended"}, False),
    ],
)
def test_who_is_late(host: HostReport, looked_ago_s: float | None, late: dict[str, str], healthy: bool) -> None:
    figures = Figures("house", "1", NOW.wall_ms, (host,), looked_ago_s, shown().seen())
    assert (figures.late, figures.healthy) == (late, healthy)
