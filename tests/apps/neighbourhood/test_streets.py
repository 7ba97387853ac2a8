"""Streets of a page: made under free names, laid in by hand, kept whole or not at all; what cannot be is told."""

from pathlib import Path

import pytest

from gw_spaceheat.apps.neighbourhood.shelf import CannotKeepError
from gw_spaceheat.apps.neighbourhood.streets import Streets
from gw_spaceheat.core.market.draft import Consumer, Draft
from gw_spaceheat.core.market.synthetic import StreetKind, make_street
from gw_spaceheat.stores.street_folder_writer import write_street
from tests.core.market.streets import steady
from tests.stores.test_street_folder_writer import same
from tests.stores.test_street_xml import DEVICES

KIND = StreetKind(houses=4, roofs=2, days=1, seed=3)


@pytest.fixture
def streets(tmp_path: Path) -> Streets:
    return Streets(tmp_path / "streets")


def test_a_name_twice_harms_nobody(streets: Streets) -> None:
    assert streets.names() == ()
    assert [streets.make("a street", KIND) for _ in range(3)] == ["a street", "a street (2)", "a street (3)"]
    assert streets.names() == ("a street", "a street (2)", "a street (3)")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../x", "x"),
        ("", "street"),
        ("<b>", "b"),
        ("..", "street"),
        ("a/b", "a-b"),
        ("z" * 200, "z" * 60),
        ("Straße 7", "Straße 7"),
        (".x", "x"),
    ],
)
def test_names_harm_nobody(streets: Streets, tmp_path: Path, name: str, kept: str) -> None:
    assert streets.make(name, KIND) == kept
    assert [path.name for path in (tmp_path / "streets").iterdir()] == [kept]


def test_a_folder_that_was_dropped_in_is_there(streets: Streets, tmp_path: Path) -> None:
    source = Streets(tmp_path / "elsewhere")
    source.make("mine", KIND)
    (tmp_path / "streets").mkdir()
    (tmp_path / "elsewhere" / "mine").rename(tmp_path / "streets" / "mine")
    (tmp_path / "streets" / ".hidden").mkdir()
    (tmp_path / "streets" / "file").touch()
    assert streets.names() == ("mine",)
    assert streets.open("mine").draft.jobs


def test_there_are_only_so_many(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("gw_spaceheat.apps.neighbourhood.streets.MOST_STREETS", 1)
    streets = Streets(tmp_path)
    streets.make("s", KIND)
    with pytest.raises(CannotKeepError, match="already"):
        streets.make("t", KIND)


def test_a_draft_is_kept_and_opened_again(streets: Streets) -> None:
    held = streets.open(streets.make("s", KIND))
    draft = held.draft.with_house("99").with_device("99", Consumer(id="5", name="dryer", load=steady(2000.0, 1.0)))
    kept = streets.save(draft, "another", None)
    again = streets.open("another")
    same(held.draft.street(), again.draft.street())
    assert [(device.id, device.name) for device in again.draft.house("99").devices] == [("5", "dryer")]
    assert (kept.name, again.kept, streets.names()) == ("another", kept, ("another", "s"))


def test_saved_twice_it_is_there_once(streets: Streets) -> None:
    kept = streets.save(Draft().with_house("1"), "mine", None)
    for house in ("2", "3"):
        kept = streets.save(Draft().with_house(house), "mine", kept)
    assert streets.names() == ("mine",)
    assert [house.id for house in streets.open("mine").draft.houses] == ["3"]
    assert [path.name for path in streets.path("mine").parent.iterdir()] == ["mine"], "nothing is left over"


def test_what_somebody_else_has_saved_meanwhile_stays(streets: Streets) -> None:
    kept = streets.save(Draft(), "mine", None)
    streets.save(Draft().with_house("1"), "mine", kept)
    assert streets.save(Draft().with_house("2"), "mine", kept).name == "mine (2)"
    assert streets.save(Draft().with_house("3"), "Mine", None).name == "Mine (3)", "some file systems take them for the same"
    assert [house.id for house in streets.open("mine").draft.houses] == ["1"]


def test_a_folder_in_another_form_is_not_written_over(streets: Streets, tmp_path: Path) -> None:
    write_street(make_street(KIND), tmp_path / "streets" / "csv")
    held = streets.open("csv")
    assert streets.save(held.draft, "csv", held.kept).name == "csv (2)"
    assert (tmp_path / "streets" / "csv" / "consumer_event.csv").is_file()
    assert [each.form for each in streets.listed()] == ["CSV", "own"]


def test_devices_of_xml_have_their_names(streets: Streets, tmp_path: Path) -> None:
    folder = tmp_path / "streets" / "xml"
    folder.mkdir(parents=True)
    (folder / "neighborhood.xml").write_text(DEVICES)
    held = streets.open("xml")
    assert [(device.id, device.name, device.template) for device in held.draft.house("30").devices] == [
        ("121", "dish", "89"),
        ("122", "panel", "1"),
    ]
    assert any("nothing is forecast" in text for text in held.warnings)


def test_a_street_that_cannot_be_written_leaves_what_was_there(streets: Streets, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = streets.save(Draft().with_house("1"), "mine", None)

    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("gw_spaceheat.apps.neighbourhood.streets.write_devices", full)
    with pytest.raises(OSError, match="no space"):
        streets.save(Draft().with_house("2"), "mine", kept)
    assert [house.id for house in streets.open("mine").draft.houses] == ["1"]
    assert [path.name for path in streets.path("mine").parent.iterdir()] == ["mine"]


def test_a_street_whose_place_was_to_be_taken_when_the_power_went_gets_it_back(streets: Streets, tmp_path: Path) -> None:
    streets.save(Draft().with_house("1"), "mine", None)
    (tmp_path / "streets" / "mine").rename(tmp_path / "streets" / ".replaced-mine")
    assert streets.names() == ("mine",)
    assert [house.id for house in streets.open("mine").draft.houses] == ["1"]


def test_deleted_for_good(streets: Streets, tmp_path: Path) -> None:
    streets.make("s", KIND)
    streets.delete("s")
    assert list((tmp_path / "streets").iterdir()) == []
    for name in ("s", "../streets", "."):
        with pytest.raises(CannotKeepError, match="no street"):
            streets.delete(name)


def test_what_is_laid_in_as_a_link_is_only_unlinked(streets: Streets, tmp_path: Path) -> None:
    write_street(make_street(KIND), tmp_path / "elsewhere")
    (tmp_path / "streets").mkdir()
    (tmp_path / "streets" / "linked").symlink_to(tmp_path / "elsewhere")
    streets.delete("linked")
    assert streets.names() == ()
    assert (tmp_path / "elsewhere" / "consumer_event.csv").is_file()
