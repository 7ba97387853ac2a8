"""A street whose houses are processes and agree over a real broker, which is gone for a while in the middle of it."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import product
from pathlib import Path

import pytest

from gw_spaceheat.apps.neighbourhood.by_messages import run_by_messages
from gw_spaceheat.apps.neighbourhood.wire import WireFaults
from gw_spaceheat.apps.process import child_environment
from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from gw_spaceheat.core.events import LinkChanged, Received
from gw_spaceheat.core.market.energy import Energy
from gw_spaceheat.core.market.scheduler import rule_of
from gw_spaceheat.core.market.settlement import settle
from gw_spaceheat.core.market.street import HeatedHouse, Job, Producer, Street
from gw_spaceheat.links.broker import RunningBroker, start_broker
from gw_spaceheat.messages.gws_street_offer import GwsStreetOffer
from gw_spaceheat.messages.gws_street_started import GwsStreetStarted
from gw_spaceheat.stores.street_folder import read_street
from gw_spaceheat.stores.street_folder_writer import write_street
from gw_spaceheat.stores.street_form import write_form
from tests.core.market.streets import HOUR_S, job, steady, sun
from tests.scenarios.scene import HOUSES, OAK, Listener

SPEED = "1200"
EPOCH_S = 1_460_246_400
OVER_WITHIN_S = 240.0
COSTS_NOTHING_H = 1.0
"""A broker that is gone no longer costs these houses no sun, whenever it goes [h]."""


def three_houses() -> Street:
    """Five hours: sun in the second, third and fourth, jobs of three houses, of which two have roofs."""
    jobs: list[Job] = []
    for house in (1, 2, 3):
        at_h = 0.1 * house
        jobs.append(job(f"[{house}]:[1]:[1]", at_h + 0.3, at_h + 2.5, watts=600.0, hours=0.5, registered_h=at_h))
        jobs.append(job(f"[{house}]:[2]:[2]", at_h + 1.5, at_h + 3.5, watts=900.0, hours=0.5, registered_h=at_h + 1.0))
    powers = [0.0, 800.0, 1000.0, 800.0, 0.0, 0.0]
    roofs = tuple(Producer(id=f"pv_producer[{house}]:[9]", forecasts=(sun(powers),)) for house in (1, 2))
    ordered = tuple(sorted(jobs, key=lambda each: each.registered_s))
    return Street(name="three", days=1, jobs=ordered, producers=roofs, epoch_s=EPOCH_S)


def test_a_broker_that_is_gone_for_a_while_costs_no_job(tmp_path: Path) -> None:
    write_street(three_houses(), tmp_path / "three")
    street = read_street(tmp_path / "three").street
    with start_broker(tmp_path / "broker") as first:
        running = begin(tmp_path / "three", first)
        try:
            with Listener(first) as listener:
                listener.heard(GwsStreetOffer)
                (started, *_) = listener.heard(GwsStreetStarted)
                first.stop()
                listener.wait(lambda event: isinstance(event, LinkChanged) and not event.up)
                with start_broker(tmp_path / "broker", first.kind, first.port):
                    out, err = running.communicate(timeout=OVER_WITHIN_S)
                    heard = [event.message for event in listener.all if isinstance(event, Received)]
        finally:
            if running.poll() is None:
                running.kill()
                running.wait()
    assert running.returncode == Exit.OK, err
    told = json.loads(out.splitlines()[-1])
    assert isinstance(started.message, GwsStreetStarted)
    assert "not connected" in err, "they have noticed"

    starts_s = {each["job"]: each["start_s"] for each in told["contracts"]}
    assert starts_s.keys() == {each.id for each in street.jobs}
    assert (told["jobs_ended"], told["early"], told["messages_settled"]) == (6, 0, 6)
    for each in street.jobs:
        assert each.earliest_s <= starts_s[each.id] <= each.latest_s + 60.0, "a minute of this time is a twentieth of a second"
    said = {(message.job, message.start_ms) for message in heard if isinstance(message, GwsStreetStarted)}
    assert len(said) == len({name for name, _ in said}), "none is said to have started at two times"
    assert all(starts_s[name] == pytest.approx(ms / 1000.0 - EPOCH_S, abs=0.01) for name, ms in said)

    assert sum(roof["given_kwh"] for roof in told["roofs"]) == pytest.approx(settle(street, starts_s).local_kwh, rel=0.05)
    agreed_s = run_by_messages(street, rule_of("lst")).starts_s
    undisturbed = settle(street, agreed_s)
    assert told["demand_kwh"] == pytest.approx(undisturbed.demand_kwh)
    least_kwh = undisturbed.local_kwh if gone_h(err) <= COSTS_NOTHING_H else worst_kwh(street, agreed_s)
    assert told["local_kwh"] >= 0.95 * least_kwh


def test_houses_are_heated_over_a_broker(tmp_path: Path) -> None:
    """An hour in a second: two houses are heated, beside jobs; they take the sun, and nobody gets cold."""
    bright = (sun([0.0] * 9 + [6000.0] * 7 + [0.0] * 8),)
    street = replace(
        three_houses(),
        producers=tuple(Producer(id=f"pv_producer[{house}]:[9]", forecasts=bright) for house in (1, 2)),
        heated=tuple(
            HeatedHouse(house=str(house), model=OAK, need=steady(3000.0, 72.0), levels=6, stored_share=0.5)
            for house in (1, 4)  # one of them has neither jobs nor a roof
        ),
        outdoor_c=(7.0,) * 72,
    )
    write_form(street, tmp_path / "heated")
    with start_broker(tmp_path / "broker") as broker:
        running = begin(tmp_path / "heated", broker, "--houses", str(HOUSES), speed="3600")
        out, err = running.communicate(timeout=OVER_WITHIN_S)
    assert running.returncode == Exit.OK, err
    told = json.loads(out.splitlines()[-1])
    assert (told["jobs_ended"], told["messages_settled"]) == (6, 6)
    assert sorted(each["house"] for each in told["heated"]) == ["1", "4"]
    assert told["heat_cold_k_h"] == 0.0
    for each in told["heated"]:
        assert each["need_kwh"] == pytest.approx(72.0), "of its day"
        assert each["electricity_kwh"] > 15.0
    local, blind = (told[f"{name}_local_kwh"] / told[f"{name}_kwh"] for name in ("heat", "heat_blind"))
    assert local > blind + 0.1, "the sun that others leave is taken"


def gone_h(said: str) -> float:
    """From the first link that was lost to the last that was there again, in the street's time [h]."""
    lines = [line for line in said.splitlines() if "link of" in line and "connected" in line]
    at_s = [datetime.strptime(line[:23], "%Y-%m-%d %H:%M:%S,%f").timestamp() for line in lines]  # noqa: DTZ007 - differences
    lost_s = min(at for at, line in zip(at_s, lines, strict=True) if "not connected" in line)
    back_s = max(at for at, line in zip(at_s, lines, strict=True) if "not connected" not in line)
    return (back_s - lost_s) * float(SPEED) / 3600.0


def worst_kwh(street: Street, agreed_s: Mapping[str, float]) -> float:
    """However long it is gone: each job starts as agreed or, where its house has heard of no start, at its latest."""
    latest_s = {each.id: each.latest_s for each in street.jobs}
    either = product(*([(name, agreed_s[name]), (name, latest_s[name])] for name in agreed_s))
    return min(settle(street, dict(starts_s)).local_kwh for starts_s in either)


@pytest.mark.parametrize(("for_h", "share"), [(0.25, 1.0), (COSTS_NOTHING_H, 1.0), (1.5, 0.96), (2.0, 0.79), (4.0, 0.64)])
@pytest.mark.parametrize("from_h", [0.9, 1.0, 1.05, 1.2])
def test_what_is_lost_while_nobody_hears_anything(from_h: float, for_h: float, share: float) -> None:
    """In virtual time: jobs that wait for a start can do so until sun is short, and then start at their latest."""
    street = three_houses()
    agreed_s = run_by_messages(street, rule_of("lst")).starts_s
    undisturbed_kwh = settle(street, agreed_s).local_kwh
    gone = WireFaults(gone_ms=(round(from_h * 3.6e6), round((from_h + for_h) * 3.6e6)))
    found = settle(street, run_by_messages(street, rule_of("lst"), faults=gone).starts_s)
    assert (found.jobs_ended, found.early, found.late) == (6, 0, 0)
    assert found.local_kwh >= max(share * undisturbed_kwh, worst_kwh(street, agreed_s)) - 1e-9
    if for_h > 2.0:
        assert found.local_kwh < 0.7 * undisturbed_kwh, "so long a time costs sun"


def begin(folder: Path, broker: RunningBroker, *more: str, speed: str = SPEED) -> "subprocess.Popen[str]":
    words = ["neighbourhood", "run", str(folder), "--live", "--url", broker.url, "--speed", speed, "--json", *more]
    return subprocess.Popen(
        [sys.executable, "-m", "gw_spaceheat", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=child_environment(),
    )


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (["run", "{folder}", "--live"], Exit.USAGE, "--live wants --url"),
        (["run", "{folder}", "--url", "mqtt://localhost"], Exit.USAGE, "--live wants --url"),
        (["run", "{folder}", "--live", "--url", "mqtt://localhost", "--runs", "2"], Exit.USAGE, "one run"),
        (["run", "{folder}", "--live", "--url", "http://localhost"], Exit.CONFIG, "must begin with mqtt://"),
        (["run", "{folder}", "--live", "--url", "mqtt://localhost", "--algorithm", "offline"], Exit.USAGE, "whole streets"),
        (["house", "{folder}", "1", "--tag", "t"], Exit.USAGE, "--url and --origin are wanted"),
        (["house", "{folder}", "9", "--tag", "t", "--url", "mqtt://localhost", "--origin", "0"], Exit.DATAERR, "no house '9'"),
    ],
)
def test_what_cannot_be_is_told_before_anything_begins(
    words: list[str], code: Exit, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_street(three_houses(), tmp_path / "three")
    assert main(["neighbourhood", *(word.format(folder=tmp_path / "three") for word in words)]) == code
    assert text in capsys.readouterr().err


def test_a_house_alone_runs_its_jobs_though_there_is_no_broker(tmp_path: Path) -> None:
    """Nobody answers on that port; a job of ten seconds' window starts, and ends, by itself."""
    load = Energy(sun([1.0]).energy.times_s / 60.0, sun([1.0]).energy.wh)
    only = Job(id="[1]:[1]:[1]", registered_s=0.0, earliest_s=0.0, latest_s=10.0, load=load)
    street = Street(name="one", days=1, jobs=(only,), producers=(), epoch_s=EPOCH_S)
    write_street(street, tmp_path / "one")
    words = ["house", str(tmp_path / "one"), "1", "--tag", "t", "--url", "mqtt://127.0.0.1:9", "--speed", "3600", "--answer"]
    running = subprocess.Popen(
        [sys.executable, "-m", "gw_spaceheat", "neighbourhood", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=child_environment(),
    )
    try:
        assert running.stdin is not None
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        running.stdin.write(f"{time.time()!r}\n")
        running.stdin.flush()
        assert running.stdout.readline() == "done\n"
        running.terminate()
        out, _ = running.communicate(timeout=60)
    finally:
        if running.poll() is None:
            running.kill()
            running.wait()
    (became,) = json.loads(out)["jobs"].values()
    assert became["state"] == "Ended"
    assert HOUR_S > became["start_ms"] / 1000.0 - EPOCH_S >= 10.0
