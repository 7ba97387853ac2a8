"""Streets that a person asks for."""

from pathlib import Path

import pytest

from gw_spaceheat.apps.meter.street import BadStreetError, Profile, StreetRequest, fleet_of, house_names


def test_names() -> None:
    assert house_names(StreetRequest(houses=2)) == ("house-001", "house-002")
    assert house_names(StreetRequest(names=("a", "b.c"))) == ("a", "b.c")
    assert house_names(StreetRequest(profile=Profile.ORIGINAL)) == ("HOUSE_A", "HOUSE_B", "HOUSE_C")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (StreetRequest(houses=0), "1 to 10000"),
        (StreetRequest(names=("../x",)), "house is"),
        (StreetRequest(names=("a", "a")), "houses"),
        (StreetRequest(interval_s=7.0), "interval_ms"),
        (StreetRequest(jitter_s=10.0), "jitter_ms"),
        (StreetRequest(annual_kwh=-1.0), "annual_kwh"),
        (StreetRequest(zone="Nowhere/Land"), "Nowhere/Land"),
        (StreetRequest(zone="../etc/passwd"), "time zone"),
        (StreetRequest(faults=("b:dropout:2026-06-21T10:00:60",)), "no such house"),
    ],
)
def test_what_cannot_be_is_told(asked: StreetRequest, says: str) -> None:
    with pytest.raises(BadStreetError, match=says):
        fleet_of(asked)


def test_another_street_has_another_fingerprint() -> None:
    assert StreetRequest(seed=1).fingerprint == StreetRequest().fingerprint
    assert StreetRequest(seed=2).fingerprint != StreetRequest().fingerprint


def test_a_recording(tmp_path: Path) -> None:
    path = tmp_path / "load.csv"
    path.write_text("time,load_w\n2026-01-01T00:00:00,100\n2026-01-01T00:15:00,200\n", encoding="utf-8")
    fleet = fleet_of(StreetRequest(recorded=path, houses=1, zone="UTC", interval_s=900.0))
    tick = fleet.first_tick(1_782_043_200_000)
    assert [reading.power_w for later in range(4) for reading in fleet.readings(tick + later)] == [100.0, 200.0, 100.0, 200.0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a,b\n1,2\n",
        "time,load_w\n",
        "time,load_w\nx,1\n",
        "time,load_w\n2026-01-01,1\n2026-01-02,nan\n",
        "time,load_w\n2026-01-01,1\n",
    ],
)
def test_what_is_no_recording_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "load.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadStreetError, match=r"load\.csv"):
        fleet_of(StreetRequest(recorded=path))
