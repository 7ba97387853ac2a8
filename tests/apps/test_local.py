"""The daemon's composition: who is started, who gets whose mail, and what a SCADA made anew does not repeat."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from gw_spaceheat.actors.local_bus import LINK as LOCAL
from gw_spaceheat.apps import local
from gw_spaceheat.apps.local import BUS, TWIN, LocalRequest, NothingToRunError, local_nodes, local_runtime, recorded_scada
from gw_spaceheat.apps.process import child_environment
from gw_spaceheat.apps.replay import replay_record
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.events import (
    Authority,
    Command,
    Event,
    Garbled,
    HumanTakes,
    LeaseChanged,
    Level,
    LinkChanged,
    LookedAt,
    Note,
    Outcome,
    Readings,
    Received,
    Scanned,
    Send,
    Started,
    Urgency,
    Verdict,
)
from gw_spaceheat.core.scada import UPLINK, Scada
from gw_spaceheat.core.telemetry.reporter import Reporter
from gw_spaceheat.links.broker import start_broker
from gw_spaceheat.links.mqtt_settings import BadUrl
from gw_spaceheat.messages.gridworks_event_startup import GridworksEventStartup
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.runtime.clock import PacedClock, SystemClock
from gw_spaceheat.runtime.record_lines import Header
from gw_spaceheat.stores.slot_readings import NEVER_REPORTED, SlotReadings
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import Moment
from tests.scenarios.scene import GARAGE, HOUSES, OAK, START_MS, Listener, atn, house, new_life, scada, settings_for

NOWHERE = "mqtt://127.0.0.1:9"
RELAY = "a.elt1.relay"


def request_for(nodes: Sequence[str] | None = None, alias: str = GARAGE, local_url: str | None = NOWHERE) -> LocalRequest:
    return LocalRequest(
        house=house(alias), nodes=None if nodes is None else tuple(nodes), uplink_url=NOWHERE, local_url=local_url
    )


def names_of(request: LocalRequest, tmp_path: Path) -> tuple[set[str], list[list[str]]]:
    runtime, order = local_runtime(request, Settings(data_folder=tmp_path), SystemClock(), new_life()[0])
    return {each.name for each in runtime.report()}, order


def test_everything_of_a_house_is_started_and_stops_in_order(tmp_path: Path) -> None:
    names, order = names_of(request_for(), tmp_path)
    devices = set(local_nodes(house(GARAGE))) - {"a.s"}
    assert names == {"a.s", *devices, BUS, TWIN, UPLINK, LOCAL}
    assert [set(group) for group in order] == [{"a.s"}, devices, {BUS, TWIN}, {UPLINK, LOCAL}]


@pytest.mark.parametrize(
    ("nodes", "local_url", "expected"),
    [
        (["a.s"], NOWHERE, {"a.s", UPLINK, BUS, LOCAL}),
        (["a.s"], None, {"a.s", UPLINK}),
        ([RELAY, "a.m"], NOWHERE, {RELAY, "a.m", BUS, TWIN, LOCAL}),
        ([RELAY], None, {RELAY}),
    ],
)
def test_a_part_of_a_house(nodes: list[str], local_url: str | None, expected: set[str], tmp_path: Path) -> None:
    names, order = names_of(request_for(nodes, local_url=local_url), tmp_path)
    assert names == expected
    assert {name for group in order for name in group} == expected


@pytest.mark.parametrize(("nodes", "text"), [(["a.s", "a.nobody"], "a.nobody of dw1"), ([], "no actor was named")])
def test_what_cannot_be_run(nodes: list[str], text: str, tmp_path: Path) -> None:
    with pytest.raises(NothingToRunError, match=text):
        names_of(request_for(nodes), tmp_path)


def test_a_wrong_url_or_strategy(tmp_path: Path) -> None:
    with pytest.raises(BadUrl):
        names_of(replace(request_for(), uplink_url="http://x"), tmp_path)
    with pytest.raises(BadUrl):
        names_of(request_for(local_url="somewhere"), tmp_path)
    with pytest.raises(ValueError, match="wishful"):
        names_of(replace(request_for(), strategy="wishful"), tmp_path)


READINGS = Readings("a.m", START_MS, ("a-elt1",), (0.0,))
COMMAND = Command(RELAY, 1.0, Authority.LOCAL, "cold", "t", 1)
MESSAGE = Received("x", "a", "", ack_required=False, message=PowerWatts(watts=1), arrived_ms=START_MS)
OUTCOME = Outcome(RELAY, 1.0, Verdict.DONE, "", "t", 1.0)
LEASE = LeaseChanged(Authority.HUMAN, 7, "taken by anna", START_MS)
TAKES = HumanTakes("anna", 60_000)
DEVICES = (RELAY, "a.m")
GARBLED = Garbled("x", "t", "not-json", "odd")
UP = LinkChanged("x", up=True, reason="")


@pytest.mark.parametrize(
    ("source", "event", "here", "elsewhere"),
    [
        ("a.m", READINGS, {"a.s", BUS}, {BUS}),
        (RELAY, OUTCOME, {"a.s", BUS}, {BUS}),
        ("a.s", COMMAND, {RELAY}, {RELAY}),
        ("a.s", Command("a.far.relay", 1.0, Authority.LOCAL, "", "t", 1), {BUS}, {BUS}),
        ("a.s", Send(UPLINK, "a", PowerWatts(watts=1), Urgency.NOW, ""), {UPLINK}, {UPLINK}),
        (BUS, Send(LOCAL, "s", PowerWatts(watts=1), Urgency.PLAIN, ""), {LOCAL}, {LOCAL}),
        (BUS, COMMAND, {RELAY}, {RELAY}),
        (BUS, READINGS, {"a.s", TWIN}, {TWIN}),
        (BUS, OUTCOME, {"a.s"}, set()),
        (BUS, TAKES, {"a.s"}, set()),
        (BUS, LookedAt(1000, 10_000), {*DEVICES}, {*DEVICES}),
        ("a.m", Scanned("a.m", START_MS, START_MS, ("a-elt1",), (0.0,)), {BUS}, {BUS}),
        (UPLINK, MESSAGE, {"a.s"}, set()),
        (UPLINK, UP, {"a.s"}, set()),
        (UPLINK, GARBLED, set(), set()),
        (LOCAL, MESSAGE, {BUS}, {BUS}),
        (LOCAL, UP, {BUS}, {BUS}),
        (LOCAL, GARBLED, set(), set()),
        ("a.s", OUTCOME, {BUS}, {BUS}),
        ("a.s", LEASE, {BUS}, {BUS}),
        ("a.s", Note(Level.INFO, "x"), set(), set()),
    ],
    ids=lambda value: (
        type(value).__name__
        if isinstance(value, Event)
        else value
        if isinstance(value, str)
        else "+".join(sorted(value)) or "nobody"
    ),
)
def test_who_gets_whose_mail(source: str, event: Event, here: set[str], elsewhere: set[str]) -> None:
    """In the process that has the SCADA, and in one that has not."""
    others = frozenset({RELAY, "a.m", BUS, TWIN, LOCAL})
    assert set(local._route("a.s", others | {"a.s", UPLINK}, DEVICES)(source, event)) == here
    assert set(local._route(None, others, DEVICES)(source, event)) == elsewhere


def test_a_scada_made_again_says_nothing_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a failure its successor's messages have identifiers of their own, so that nobody takes them for repetitions."""
    record = tmp_path / "a.s.record"
    fail = {"next": False}
    honest = Scada.handle

    def handle(self: Scada, event: Event, now: Moment) -> Sequence[Event]:
        if fail["next"] and isinstance(event, Readings):
            fail["next"] = False
            raise ZeroDivisionError("a bug")
        return honest(self, event, now)

    monkeypatch.setattr(Scada, "handle", handle)
    oak = house(OAK)
    with start_broker(tmp_path / "broker") as broker:
        settings, clock = settings_for(broker, tmp_path), PacedClock(240.0, START_MS)
        request = LocalRequest(house=oak, nodes=None, uplink_url=broker.url, local_url=None, record=record)
        with Listener(broker) as listener, atn(oak, broker.url, settings, clock) as cloud:
            cloud.log.wait_for("uplink: connected")
            with scada(request, settings, clock) as running:
                listener.heard(ReportEvent)
                fail["next"] = True
                running.log.wait_for("a.s failed at Readings: ZeroDivisionError: a bug")
                running.log.wait_for("a.s is back")
                listener.heard(ReportEvent, since=listener.mark())
                assert running.restarts() == 1
        said: dict[str, set[int]] = {}
        for event in listener.all:
            if isinstance(event, Received) and isinstance(event.message, ReportEvent | GridworksEventStartup):
                said.setdefault(event.message_id, set()).add(event.message.time_created_ms)
    assert [times for times in said.values() if len(times) > 1] == [], "one identifier, two messages"
    headers = [line for line in record.read_text().splitlines() if '"line":"header"' in line]
    assert len(headers) == len(set(headers)) == 2
    assert replay_record(record, HOUSES, {})["machines"] == 2


def test_the_same_header_makes_the_same_machine() -> None:
    header = Header(house=GARAGE, machine="a.s", options={"seed": "00" * 16, "strategy": None}, software="1")
    now = Moment(0, START_MS)
    first, second = (recorded_scada(house(GARAGE), header).handle(Started(), now) for _ in range(2))
    assert first == second
    other = Header(house=GARAGE, machine="a.s", options={"seed": "01" * 16, "strategy": None}, software="1")
    assert recorded_scada(house(GARAGE), other).handle(Started(), now) != first


@pytest.mark.parametrize(
    ("source", "event", "expected"),
    [
        ("a.m", READINGS, ["slot-keeper", "a.s", BUS]),
        (BUS, READINGS, ["slot-keeper", "a.s", TWIN]),
        ("a.s", Send(UPLINK, "a", PowerWatts(watts=1), Urgency.NOW, ""), [UPLINK]),
        ("a.s", COMMAND, [RELAY]),
    ],
    ids=["device", "bus", "other message", "command"],
)
def test_the_keeper_gets_readings_before_the_scada_does(source: str, event: Event, expected: list[str]) -> None:
    route = local._route("a.s", frozenset({"a.s", RELAY, "a.m", BUS, TWIN, LOCAL, UPLINK, local.KEEPER}), DEVICES)
    assert list(route(source, event)) == expected


def test_the_keeper_gets_every_report_once() -> None:
    route = local._route("a.s", frozenset({"a.s", BUS, LOCAL, UPLINK, local.KEEPER}), DEVICES)
    reporter = Reporter(house(GARAGE), IdSource(b"local"), 1000)
    reporter.due(Moment(0, START_MS))
    (report,) = reporter.due(Moment(301_000, START_MS + 301_000))
    assert list(route("a.s", Send(LOCAL, "all", report, Urgency.PLAIN, report.message_id))) == [LOCAL]
    assert list(route("a.s", Send(UPLINK, "a", report, Urgency.HELD, report.message_id))) == [UPLINK, local.KEEPER]


def test_who_keeps_readings_has_a_keeper_that_outlives_the_devices(tmp_path: Path) -> None:
    settings, slots = Settings(data_folder=tmp_path), SlotReadings(tmp_path / "slots")
    slots.open(NEVER_REPORTED)
    runtime, order = local_runtime(request_for(), settings, SystemClock(), new_life()[0], slots=slots)
    assert local.KEEPER in {each.name for each in runtime.report()}
    after_devices = order[2:]
    assert any(local.KEEPER in group for group in after_devices)


def test_a_record_says_what_its_scada_was_given_back() -> None:
    left = Readings("a.m", START_MS, ("a-elt1",), (0.0,))
    options = {"seed": b"local".hex(), "strategy": None, "unreported": msgspec.to_builtins((left,))}
    again = recorded_scada(house(GARAGE), Header(GARAGE, "a.s", options, "x"))
    effects = again.handle(Started(), Moment(0, START_MS + 400_000))
    sends = [each.message for each in effects if isinstance(each, Send) and each.link == UPLINK]
    (event,) = [message for message in sends if isinstance(message, ReportEvent)]
    (part,) = event.report.channel_reading_list
    assert (part.channel_name, part.scada_read_time_unix_ms_list) == ("a-elt1", [START_MS])


def test_a_daemon_loads_no_library_that_it_may_not_need() -> None:
    heavy = {"httpx", "numpy", "pyarrow", "duckdb", "rich", "dash", "flask", "scipy", "numba", "pymodbus", "serial", "smbus2"}
    code = f"import sys; import gw_spaceheat.apps.local; print(sorted({heavy!r} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], env=child_environment(), check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "[]"
