"""Results of the original, imported: kept as ours, with what could really be delivered."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from tests.stores.test_street_pickle import contract, dumped, result

__all__ = ["dumped"]


def test_a_result_becomes_a_folder_and_tells_what_was_claimed(
    dumped: Callable[..., Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Two jobs of 900 Wh run at once on one roof that gives 1 kWh then, one from the grid: more is claimed than there is."""
    pq = pytest.importorskip("pyarrow.parquet")
    contracts, production = result(contract("a", "roof", 0), contract("a", "roof", 0), contract("[7]:[1]:[1]", "grid", 7200))
    path, folder = dumped((contracts, production)), tmp_path / "kept"
    assert main(["neighbourhood", "import-results", str(path), str(folder), "--json"]) == Exit.OK
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads((folder / "result.json").read_text())
    (run,) = told["runs"]
    assert (run["jobs"], run["jobs_ended"], run["jobs_from_grid"]) == (3, 3, 1)
    assert (run["demand_kwh"], run["claimed_kwh"]) == (pytest.approx(2.7), pytest.approx(1.8))
    assert run["deliverable_kwh"] == pytest.approx(1.0, abs=0.01) == run["local_kwh"]
    rows = pq.read_table(folder / "contracts.parquet").to_pylist()
    assert [(row["job"], row["producer"], row["house"]) for row in rows] == [
        ("a", "roof", "a"),
        ("a", "roof", "a"),
        ("[7]:[1]:[1]", None, "7"),
    ]
    assert sum(row["wh"] for row in rows) == 2700.0
    series = pq.read_table(folder / "series.parquet").to_pylist()
    assert sum(row["kind"] == "production" for row in series) == 4
    assert main(["neighbourhood", "import-results", str(path), str(folder)]) == Exit.CANTCREAT
    assert main(["neighbourhood", "import-results", str(path), str(tmp_path / "other")]) == Exit.OK
    assert "2 from" not in (out := capsys.readouterr().out)
    assert "it says 1.8 kWh were from producers, who could give" in out


def test_what_is_no_result_is_an_error_and_makes_nothing(
    dumped: Callable[..., Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = dumped(b"\x80\x02cos\nsystem\nX\x07\x00\x00\x00touch x\x85R.")
    assert main(["neighbourhood", "import-results", str(path), str(tmp_path / "kept")]) == Exit.DATAERR
    assert "result.pkl: it wants os.system" in capsys.readouterr().err
    assert not (tmp_path / "kept").exists()
    assert main(["neighbourhood", "import-results", str(tmp_path / "none"), str(tmp_path / "kept")]) == Exit.NOINPUT
