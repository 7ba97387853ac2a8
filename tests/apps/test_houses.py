"""House files from disk, and what is asked of this machine."""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gw_spaceheat.apps import houses
from gw_spaceheat.apps.houses import check_files, find_house, house_to_start, known_houses, standard_offset_h
from gw_spaceheat.drivers.registry import devices
from gw_spaceheat.house.faults import HouseFileError
from tests.house.samples import ALIAS, SMALL, as_text, spoiled

OTHER = {
    **SMALL,
    "alias": "dw9.test.barn",
    "scada_instance_id": "5d2e9c13-84f7-4a1b-b6d5-2c70e9a81f46",
    "atn_instance_id": "e18f4b7a-92c6-4d3e-a05b-7f6d1c8e3a94",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one house per file."""
    (tmp_path / "barn.json").write_text(json.dumps(OTHER))
    (tmp_path / "shed.json").write_text(json.dumps({"alias": ALIAS, **SMALL}))
    return tmp_path


def test_a_folder_of_houses(folder: Path) -> None:
    assert check_files(folder) == (("dw9.test.barn", ALIAS), ())
    assert check_files(folder, ALIAS) == ((ALIAS,), ())
    assert find_house(folder, "dw9.test.barn").alias == "dw9.test.barn"
    assert house_to_start(folder, ALIAS)[0].alias == ALIAS


def test_the_end_of_an_alias_is_enough(folder: Path) -> None:
    assert find_house(folder, "barn").alias == "dw9.test.barn"
    assert check_files(folder, "shed") == ((ALIAS,), ())
    assert known_houses(folder) == {"dw9.test.barn": "Shed", ALIAS: "Shed"}


def test_a_broken_file_beside_does_not_hide_a_house(folder: Path) -> None:
    (folder / "attic.json").write_text("{")
    assert house_to_start(folder, ALIAS)[0].alias == ALIAS
    aliases, faults = check_files(folder)
    assert aliases == ("dw9.test.barn", ALIAS)
    assert [fault.field for fault in faults] == ["attic.json line 1 column 2"]


def test_a_house_in_two_files(folder: Path) -> None:
    (folder / "zz.json").write_text(json.dumps({"alias": ALIAS, **SMALL}))
    _, faults = check_files(folder)
    assert [(fault.house, fault.field) for fault in faults] == [(ALIAS, "alias")]
    assert "zz.json" in faults[0].text


def test_two_files_with_one_identity(folder: Path) -> None:
    (folder / "barn.json").write_text(json.dumps({**SMALL, "alias": "dw9.test.barn"}))
    _, faults = check_files(folder)
    assert [fault.field for fault in faults] == ["scada_instance_id", "atn_instance_id"]


def test_a_house_that_no_file_holds(folder: Path) -> None:
    with pytest.raises(HouseFileError, match="did you mean"):
        house_to_start(folder, "dw9.test.shad")


def test_a_folder_without_houses(tmp_path: Path) -> None:
    with pytest.raises(HouseFileError, match="holds no file"):
        check_files(tmp_path)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "houses.json"
    file.write_bytes(b'{"a": "\xff"}')
    _, faults = check_files(file)
    assert "not UTF-8" in faults[0].text


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ((("timezone",), "America/Orono"), "timezone", "not in the database"),
        ((("utc_offset_standard_h",), -4), "utc_offset_standard_h", "-5 h from UTC"),
    ],
)
def test_the_time_zone_is_held_against_the_machines_own(
    tmp_path: Path, change: tuple[tuple[str, ...], object], field: str, words: str
) -> None:
    file = tmp_path / "houses.json"
    file.write_text(as_text(spoiled(change)))
    for _, faults in (check_files(file), check_files(file, ALIAS)):
        assert [fault.field for fault in faults] == [field]
        assert words in faults[0].text
    with pytest.raises(HouseFileError) as caught:
        house_to_start(file, ALIAS)
    assert caught.value.faults[0].field == field


def test_a_device_without_a_driver_stops_the_start(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fewer = {name: device for name, device in devices().items() if name != "GridWorks__SimPowerMeter"}
    monkeypatch.setattr(houses, "devices", lambda: fewer)
    assert [fault.is_warning for fault in check_files(folder, ALIAS)[1]] == [False]
    with pytest.raises(HouseFileError) as caught:
        house_to_start(folder, ALIAS)
    assert [(fault.value, fault.is_warning) for fault in caught.value.faults] == [("GridWorks__SimPowerMeter", False)]


@pytest.mark.parametrize(
    ("zone", "offset_h"),
    [("America/New_York", -5), ("Europe/Berlin", 1), ("Australia/Sydney", 10), ("Asia/Kolkata", 5.5), ("UTC", 0)],
)
def test_standard_time(zone: str, offset_h: float) -> None:
    assert standard_offset_h(ZoneInfo(zone)) == offset_h
