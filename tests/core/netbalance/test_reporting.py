"""Points become a report each minute; what is missing is left out; the end tells what was gathered."""

from collections.abc import Sequence

from gw_spaceheat.core.events import Commit, Event, Persist, Started, Stopping
from gw_spaceheat.core.netbalance.live_events import BalancePoint, LoadPoint
from gw_spaceheat.core.netbalance.reporting import PointReporter
from gw_spaceheat.messages.layout_lite import LayoutLite
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.vocabulary.moment import Moment
from tests.heard import MIDNIGHT_MS, uuid

ALIAS = "netbalance.home"


def reporter() -> PointReporter:
    ids = iter(range(1, 1000))
    return PointReporter(ALIAS, ["heat pump"], lambda: uuid(next(ids)))


def point(second: int, consumption_w: float | None = 500.4, on: bool | None = True) -> BalancePoint:
    loads = (LoadPoint("heat pump", on, None, 0),)
    return BalancePoint(MIDNIGHT_MS + second * 1000, 2000.0, consumption_w, -1.6, 3.0, False, loads)


def at(second: int) -> Moment:
    return Moment(second * 1000, MIDNIGHT_MS + second * 1000)


def reports(effects: Sequence[Event]) -> list[dict[str, list[int]]]:
    found = []
    for effect in effects:
        if isinstance(effect, Persist) and isinstance(effect.message, ReportEvent):
            effect.message.check()
            found.append({part.channel_name: list(part.value_list) for part in effect.message.report.channel_reading_list})
    return found


def test_it_begins_with_what_its_channels_are() -> None:
    persist, commit = reporter().handle(Started(), at(0))
    assert isinstance(persist, Persist)
    assert (persist.house, persist.src) == (ALIAS, f"{ALIAS}.ta.scada")
    assert isinstance(persist.message, LayoutLite)
    assert isinstance(commit, Commit)


def test_a_report_a_minute() -> None:
    made = reporter()
    for second in range(0, 60, 20):
        assert made.handle(point(second), at(second)) == ()
    effects = made.handle(point(60), at(60))
    assert reports(effects) == [
        {
            "production": [2000] * 3,
            "consumption": [500] * 3,
            "balance": [-2] * 3,
            "produced": [3] * 3,
            "load1-state": [1] * 3,
        }
    ]
    assert isinstance(effects[-1], Commit)


def test_what_is_missing_is_left_out_and_the_end_tells_the_rest() -> None:
    made = reporter()
    made.handle(point(0, consumption_w=None, on=None), at(0))
    assert reports(made.handle(Stopping(), at(5))) == [{"production": [2000], "balance": [-2], "produced": [3]}]
    assert made.handle(Stopping(), at(6)) == ()
    assert made.deadline() is None
    assert made.wake(at(7)) == ()
