"""Streets in our own form: what is written is read again, and what is wrong is named."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gw_spaceheat.core.market.street import Battery, HeatedHouse
from gw_spaceheat.core.market.synthetic import StreetKind, make_street
from gw_spaceheat.stores.street_folder import StreetFileError
from gw_spaceheat.stores.street_folder_writer import StreetExistsError
from gw_spaceheat.stores.street_form import is_form, read_form, write_form
from tests.core.market.streets import base
from tests.stores.test_street_folder_writer import same

BATTERY = {"house": "1", "capacity_wh": 1.0, "charge_w": 1.0, "discharge_w": 1.0, "efficiency": 0.9}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_form(make_street(StreetKind(houses=3, roofs=2, seed=3)), tmp_path / "street")
    return tmp_path / "street"


def test_what_is_written_is_read_again(folder: Path) -> None:
    assert is_form(folder)
    same(make_street(StreetKind(houses=3, roofs=2, seed=3)), read_form(folder))
    with pytest.raises(StreetExistsError):
        write_form(read_form(folder), folder)


def test_an_empty_street(tmp_path: Path) -> None:
    street = make_street(StreetKind(houses=1, roofs=0))
    write_form(type(street)(name="none", days=1, jobs=(), producers=()), tmp_path / "none")
    assert read_form(tmp_path / "none").jobs == ()


def test_only_what_is_new_needs_the_second_format(folder: Path) -> None:
    """So older versions read all that they can, and refuse what they would leave out."""
    said = json.loads((folder / "street.json").read_text())
    assert said["format"] == "gws.street.1"
    assert set(said) == {"format", "name", "days", "epoch_s", "jobs", "producers"}
    battery = Battery(house="2", capacity_wh=5000.0, charge_w=2000.0, discharge_w=3000.0, efficiency=0.8, stored_wh=100.0)
    of = replace(read_form(folder), base=(base("1", [100.0] * 24), base("2", [10.0], [20.0])), batteries=(battery,))
    write_form(of, folder.parent / "with base")
    assert json.loads((folder.parent / "with base" / "street.json").read_text())["format"] == "gws.street.2"
    for one, other in zip(read_form(folder.parent / "with base").base, of.base, strict=True):
        assert (one.house, one.load.wh.tolist()) == (other.house, other.load.wh.tolist())
        assert (one.expected is None) == (other.expected is None)
    assert read_form(folder.parent / "with base").batteries == of.batteries


def test_houses_that_are_heated_are_kept(folder: Path) -> None:
    heated = HeatedHouse(house="1", model="oak", need=base("1", [1000.0] * 24).load, levels=3, stored_share=0.25)
    write_form(replace(read_form(folder), heated=(heated,), outdoor_c=(-3.5,) * 24), folder.parent / "heated")
    read = read_form(folder.parent / "heated")
    assert read.outdoor_c == (-3.5,) * 24
    (again,) = read.heated
    assert (again.house, again.model, again.levels, again.stored_share) == ("1", "oak", 3, 0.25)
    assert again.need.wh.tolist() == heated.need.wh.tolist()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"format": "other"}, "its format is 'other'"),
        ({"days": 0}, "0 days"),
        ({"base": [{"house": "1", "load": 999}]}, "base load of house 1 has series 999"),
        ({"heated": [{"house": "1", "model": "oak", "need": 0}]}, "outdoor_c has 0 hours"),
        ({"heated": [{"house": "1", "model": "oak", "need": 0, "levels": 99}]}, "levels of house 1 are 99"),
        ({"batteries": [BATTERY, BATTERY]}, "house 1 has two batteries"),
        ({"batteries": [BATTERY | {"stored_wh": 2.0}]}, "stored_wh of the battery of house 1 is 2.0; 0 up to its capacity"),
        ({"batteries": [BATTERY | {"efficiency": 0.0}]}, "efficiency of the battery of house 1 is 0.0"),
        ({"days": "many"}, "street.json"),
        ({"jobs": [{"id": "a", "registered_s": 0, "earliest_s": 0, "latest_s": 1, "load": 999}]}, "job a has series 999"),
        ({"jobs": [{"id": "a", "registered_s": 0, "earliest_s": 2, "latest_s": 1, "load": 0}]}, "job a may start"),
        ({"jobs": [{"id": "a", "registered_s": 0, "earliest_s": 0, "latest_s": 1, "load": 0}] * 2}, "the same id"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, change: dict[str, object], says: str) -> None:
    said = json.loads((folder / "street.json").read_text()) | change
    (folder / "street.json").write_text(json.dumps(said))
    with pytest.raises(StreetFileError, match=says):
        read_form(folder)


def test_amounts_that_are_none(folder: Path) -> None:
    (folder / "amounts.parquet").write_bytes(b"PAR1 nothing of the kind")
    with pytest.raises(StreetFileError, match=r"amounts\.parquet"):
        read_form(folder)
    (folder / "amounts.parquet").unlink()
    with pytest.raises(StreetFileError, match=r"has no amounts\.parquet"):
        read_form(folder)
