"""Files that are brought to a draft: taken in whichever order they come; what cannot be is named."""

import pytest

from gw_spaceheat.apps.neighbourhood.bring import File, bring, predictions, profile
from gw_spaceheat.core.market.draft import Draft
from tests.stores.test_street_xml import DEVICES, jobs

XML = File("neighborhood.xml", DEVICES.encode())
JOBS = File("jobs.xml", jobs({}, {}).encode())
LOAD = File("121.csv", b"0 0\r\n3600 900\r\n")
FIRST = File("30_122_1.csv", b"1460268000 0\n1460271600 500\n")
SECOND = File("30_122_2.csv", b"\xef\xbb\xbf1460271600 500\n1460275200 800\n")


@pytest.mark.parametrize("files", [[XML, JOBS, LOAD, FIRST, SECOND], [SECOND, FIRST, LOAD, JOBS, XML]])
def test_all_at_once_in_any_order(files: list[File]) -> None:
    draft, told, warnings = bring(Draft(), files)
    assert warnings == ()
    assert told == "Brought: houses 1, devices 2, profiles and forecasts 3, jobs 2."
    made = draft.street()
    assert [one.id for one in made.jobs] == ["[30]:[121]:[1]", "[30]:[121]:[2]"]
    assert [forecast.issued_s for forecast in made.producers[0].forecasts] == [0.0, 3600.0]
    assert [device.name for device in draft.house("30").devices] == ["dish", "panel"]


def test_one_after_the_other() -> None:
    draft = Draft()
    for file in (XML, LOAD, JOBS, FIRST, JOBS):
        draft = bring(draft, [file]).draft
    assert len(draft.street().jobs) == 4


def test_what_is_odd_is_told() -> None:
    _, told, warnings = bring(Draft(), [XML, JOBS, File("99.csv", LOAD.data), File("jobs2.xml", jobs({"id": "5"}).encode())])
    assert "jobs 2" in told
    assert [text.split(":")[0] for text in warnings] == ["99.csv", "jobs2.xml, line 2"]


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ([], "Choose 1 to 200 files"),
        ([File("x.pkl", b"")], "neither XML nor CSV"),
        ([File("x.xml", b"<a")], "x.xml, line 1"),
        ([XML, File("121.csv", b"0 0\n60 x\n")], "121.csv, line 2: 'x' is no number"),
        ([XML, File("121.csv", b"\xff\xfe")], "no text in UTF-8"),
        ([XML, File("121.csv", b"0 5\n60 1\n")], "121.csv, line 2: its amount is less than before"),
        ([File("a.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><neighborhood/>')], "not accepted"),
    ],
)
def test_what_is_wrong_is_named(files: list[File], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        bring(Draft(), files)


def test_files_that_are_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gw_spaceheat.apps.neighbourhood.bring.LARGEST_BYTES", 10)
    with pytest.raises(ValueError, match="MB"):
        bring(Draft(), [XML])


def test_files_of_one_device() -> None:
    assert profile(LOAD).wh.tolist() == [0.0, 900.0]
    assert [forecast.issued_s for forecast in predictions([SECOND, FIRST])] == [1460268000.0, 1460271600.0]
    with pytest.raises(ValueError, match="4 at once"):
        predictions([FIRST] * 5)
