"""The AtomicTNode's composition: who gets whose mail, and how a person's question comes back as a view."""

from pathlib import Path

import pytest

from gw_spaceheat.apps.atn import ARCHIVE, CONSOLE, NODE, Console, atn_runtime, route
from gw_spaceheat.apps.forecasts import HEARD
from gw_spaceheat.apps.planner import PLANNER
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.atn_view import AtnView
from gw_spaceheat.core.events import (
    Archive,
    Event,
    FollowSchedule,
    Garbled,
    Level,
    LinkChanged,
    Note,
    Persist,
    PricesHeard,
    Received,
    Retell,
    Send,
    Started,
    Switched,
    Urgency,
)
from gw_spaceheat.core.scada import UPLINK
from gw_spaceheat.links.mqtt_settings import BadUrl
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.latest_price import LatestPrice
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.runtime.clock import SystemClock
from gw_spaceheat.stores.message_journal import MessageJournal
from gw_spaceheat.vocabulary.moment import Moment
from tests.scenarios.scene import GARAGE, atn, house, new_life

NOWHERE = "mqtt://127.0.0.1:9"
VIEW = AtnView(
    house=GARAGE, at_ms=0, link_up=False, last_heard_ms=None, power_w=None, power_ms=None, reports=0, snapshots=0,
    garbled=0, strangers=0, channels=(), states=(), problems=(), dispatches=(),
)  # fmt: skip
KEPT = Archive(
    Persist(GARAGE, 0, f"{GARAGE}.ta.scada", "a", "x", PowerWatts(watts=1)),
    Send(UPLINK, "s", PowerWatts(watts=1), Urgency.PLAIN, ""),
)


@pytest.mark.parametrize(
    ("source", "event", "expected"),
    [
        (NODE, Send(UPLINK, "s", PowerWatts(watts=1), Urgency.PLAIN, ""), (UPLINK,)),
        (NODE, KEPT, (ARCHIVE,)),
        (NODE, Retell(UPLINK, "ear", "abc", ((1, 2),)), (ARCHIVE,)),
        (ARCHIVE, Send(UPLINK, "s", PowerWatts(watts=1), Urgency.PLAIN, ""), (UPLINK,)),
        (NODE, VIEW, (CONSOLE,)),
        (NODE, Note(Level.INFO, "x"), ()),
        (UPLINK, LinkChanged(UPLINK, up=True, reason=""), (NODE,)),
        (UPLINK, Garbled(UPLINK, "t", "not-json", "odd"), (NODE,)),
        (UPLINK, Note(Level.INFO, "x"), ()),
    ],
)
def test_who_gets_whose_mail(source: str, event: Event, expected: tuple[str, ...]) -> None:
    assert route(())(source, event) == expected


def test_the_console_shows_views_and_nothing_else() -> None:
    shown: list[AtnView] = []
    console = Console(shown.append)
    for event in (Started(), VIEW, Note(Level.INFO, "x")):
        assert console.handle(event, Moment(0, 0)) == ()
    assert shown == [VIEW]
    assert console.wake(Moment(0, 0)) == ()
    assert console.deadline() is None


def test_a_question_is_answered_without_a_house(tmp_path: Path) -> None:
    with atn(house(GARAGE), NOWHERE, Settings(data_folder=tmp_path), SystemClock()) as running:
        view = running.view()
    assert (view.house, view.link_up, view.last_heard_ms) == (GARAGE, False, None)


def test_a_wrong_url(tmp_path: Path) -> None:
    archive = MessageJournal(tmp_path / "archive.sqlite")
    with pytest.raises(BadUrl):
        atn_runtime(
            house(GARAGE), "x", Settings(data_folder=tmp_path), SystemClock(), new_life()[0], lambda _view: None, archive
        )


PRICE = LatestPrice(
    from_g_node_alias="d1.isone",
    price_times1000=32134,
    price_unit="USDPerMWh",
    market_slot_name="e.rt60gate5.d1.isone.1673539200",
    message_id="0384ef21-648b-4455-b917-58a1172d7fc1",
)
PRICES = PricesHeard(0, 3_600_000, (0.1,), 0, "a file")


def received(message: Message) -> Received:
    return Received(UPLINK, "anyone", "", False, message, 0)


@pytest.mark.parametrize(
    ("source", "event", "without", "planning"),
    [
        (UPLINK, received(PowerWatts(watts=1)), (NODE,), (NODE, PLANNER)),
        (UPLINK, received(PRICE), (), (PLANNER, HEARD)),
        (HEARD, PRICES, (), (PLANNER,)),
        (NODE, Switched("a.hp.relay", 1.0), (), (PLANNER,)),
        (PLANNER, FollowSchedule(0, (0, 1), (True,)), (NODE,), (NODE,)),
    ],
)
def test_a_planner_hears_the_house_and_forecasts(
    source: str, event: Event, without: tuple[str, ...], planning: tuple[str, ...]
) -> None:
    assert route(())(source, event) == without
    assert route((PLANNER, HEARD))(source, event) == planning
