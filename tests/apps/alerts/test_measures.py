"""The numbers at which rules look, of a house and of a machine."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from gw_spaceheat.apps.alerts.measures import joined, of_house, of_machine, settled
from gw_spaceheat.core.watching import Alarm, ContractSaid, HouseNow
from gw_spaceheat.vocabulary.moment import DAY_MS, MINUTE_MS
from tests.scenarios.scene import OAK, START_MS, house

NOW = HouseNow(
    alias=OAK,
    heard_ms=START_MS - 3 * MINUTE_MS,
    report_ms=None,
    power_w=None,
    power_ms=None,
    values={"a-zone1-stat": (18_500, START_MS), "a-buffer-depth1": (50_000, START_MS - 60 * MINUTE_MS)},
    states={},
    alarms=(
        Alarm("a.temps", "Warning", "a-x: missing", "", START_MS - MINUTE_MS),
        Alarm("a.hp.relay", "Warning", "a.hp.relay does not obey", "", START_MS - 2 * MINUTE_MS),
    ),
    lease=None,
    contract=ContractSaid("Active", "LocalControl", "", 5000, 0, 60, START_MS),
    clock_off_ms=-90_000,
)


def test_of_a_house() -> None:
    numbers = of_house(house(OAK), NOW, START_MS)
    overdue = numbers.pop("channel_overdue_min")
    zone = house(OAK).heating.zones[0].name
    assert numbers == {
        "house_silent_min": {OAK: 3.0},
        "problem_min": {f"{OAK} a.temps": 1.0},
        "stuck_min": {f"{OAK} a.hp.relay": 2.0},
        "local_control": {OAK: 1.0},
        "clock_off_s": {OAK: 90.0},
        "room_c": {f"{OAK} {zone}": 18.5},
    }
    assert overdue[f"{OAK} a-zone1-stat"] < 0 < overdue[f"{OAK} a-buffer-depth1"] < 60


def test_a_house_without_a_file_and_a_contract_that_is_over() -> None:
    assert NOW.contract is not None
    over = replace(NOW, contract=replace(NOW.contract, status="CompletedSuccess"), clock_off_ms=None, alarms=())
    assert of_house(None, over, START_MS) == {"house_silent_min": {OAK: 3.0}, "problem_min": {}, "stuck_min": {}}


def test_a_problem_that_was_told_and_is_gone_is_over() -> None:
    assert settled({"problem_min": {"x": 7.0}}, [("problem_min", "x"), ("stuck_min", "y"), ("room_c", "z")]) == {
        "problem_min": {"x": 7.0},
        "stuck_min": {"y": 0.0},
    }


@pytest.mark.parametrize(
    ("trouble", "uplink", "local"), [("", 0.0, 0.0), ("local: refused", 0.0, 1.0), ("local: x; uplink: y: z", 1.0, 1.0)]
)
def test_of_a_machine(tmp_path: Path, trouble: str, uplink: float, local: float) -> None:
    numbers = of_machine(tmp_path, {"web": tmp_path / "none.pem"}, trouble, START_MS)
    assert numbers["broker_offline"] == {"uplink": uplink, "local": local}
    assert numbers["disk_free_mb"][str(tmp_path)] > 0
    assert "certificate_days" not in numbers


def test_the_end_of_a_certificate(tmp_path: Path) -> None:
    words = (
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "9",
        "-subj",
        "/CN=x",
    )
    subprocess.run(
        ["openssl", *words, "-keyout", "k.pem", "-out", "c.pem"], cwd=tmp_path, check=True, capture_output=True, timeout=30
    )
    now_ms = round((tmp_path / "c.pem").stat().st_mtime * 1000)
    numbers = of_machine(tmp_path, {"web": tmp_path / "c.pem"}, "", now_ms)
    (days,) = numbers["certificate_days"].values()
    assert days == pytest.approx(9.0, abs=0.01)
    assert of_machine(tmp_path, {"web": tmp_path / "c.pem"}, "", now_ms + 10 * DAY_MS)["certificate_days"] != {}


def test_parts_are_joined() -> None:
    assert joined([{"a": {"x": 1.0}}, {"a": {"y": 2.0}, "b": {}}]) == {"a": {"x": 1.0, "y": 2.0}, "b": {}}
