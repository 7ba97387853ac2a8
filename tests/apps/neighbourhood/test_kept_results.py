"""Results that are kept: listed whether they were run here or laid in, read anew when they change, zipped, deleted."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from gw_spaceheat.apps.neighbourhood.kept_results import KeptResults
from gw_spaceheat.apps.neighbourhood.shelf import CannotKeepError
from gw_spaceheat.stores.street_folder import StreetFileError
from tests.apps.neighbourhood.results import make_result


def test_what_is_laid_in_is_listed_the_newest_first(tmp_path: Path) -> None:
    kept = KeptResults(tmp_path / "street-results")
    assert kept.listed() == ()
    for place, name in enumerate(("old", "new")):
        os.utime(make_result(tmp_path, name) / "result.json", (place, place))
    (tmp_path / "street-results" / "broken").mkdir()
    (tmp_path / "street-results" / "broken" / "result.json").write_text("[")
    (tmp_path / "street-results" / "no result").mkdir()
    listed = kept.listed()
    assert [each.name for each in listed] == ["broken", "new", "old"]
    assert "result.json" in listed[0].trouble
    assert listed[1].told["algorithm"] == "lst"
    assert "households" not in listed[1].told, "what is long is not told of all"


def test_what_has_changed_is_read_anew(tmp_path: Path) -> None:
    kept = KeptResults(tmp_path / "street-results")
    folder = make_result(tmp_path, "a")
    assert kept.read("a") is kept.read("a")
    (folder / "result.json").write_text('{"local_kwh": 77}')
    assert kept.read("a").told == {"local_kwh": 77}
    assert kept.listed()[0].told == {"local_kwh": 77}


def test_as_one_file(tmp_path: Path) -> None:
    folder = make_result(tmp_path, "ä")
    (folder / "else.txt").write_text("not of ours")
    with zipfile.ZipFile(io.BytesIO(KeptResults(tmp_path / "street-results").zipped("ä"))) as archive:
        assert archive.namelist() == [
            f"ä/{file}" for file in ("result.json", "contracts.parquet", "flows.parquet", "households.parquet")
        ]
        assert archive.read("ä/result.json") == (folder / "result.json").read_bytes()


def test_names_lead_nowhere_else(tmp_path: Path) -> None:
    kept = KeptResults(tmp_path / "street-results")
    make_result(tmp_path, "a")
    for name in ("../street of a", "b", "", "."):
        for ask in (kept.read, kept.zipped, kept.delete):
            with pytest.raises(CannotKeepError, match="no result"):
                ask(name)
    (tmp_path / "street-results" / "c").mkdir()
    with pytest.raises(StreetFileError, match=r"no result\.json"):
        kept.read("c")
    kept.delete("a")
    assert kept.listed() == ()
