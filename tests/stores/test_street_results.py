"""Results as files: what is written is read again, what was written once is read too, and what is wrong is named."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gw_spaceheat.core.market.bills import bills
from gw_spaceheat.core.market.quarters import quarters
from gw_spaceheat.core.market.street import Street
from gw_spaceheat.stores.street_folder import StreetFileError
from gw_spaceheat.stores.street_folder_writer import StreetExistsError
from gw_spaceheat.stores.street_results import FLOW_NAMES, Ran, read_results, write_results
from tests.core.market.streets import job, street

OF = street([job("[3]:[1]:[2]", 1.0, 30.0, watts=700.0), job("[10]:[1]:[1]", 1.0, 4.0), job("never", 1.0, 2.0)], [[100.0] * 12])
STARTS_S = ({"[3]:[1]:[2]": 7200.0, "[10]:[1]:[1]": 3600.0}, {"[3]:[1]:[2]": 100_000.0, "[10]:[1]:[1]": 3600.0})


def ran(of: Street, starts_s: dict[str, float]) -> Ran:
    flows, contracts = quarters(of, starts_s)
    return Ran(contracts=contracts, quarters=flows, bills=[asdict(bill) for bill in bills(of, starts_s)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_results({"local_kwh": 0.5, "contracts": []}, OF, [ran(OF, each) for each in STARTS_S], tmp_path / "kept")
    return tmp_path / "kept"


def test_a_row_for_each_job_that_ran(folder: Path) -> None:
    rows = pq.read_table(folder / "contracts.parquet").to_pylist()
    assert [(row["run"], row["job"]) for row in rows] == [
        (run, name) for run in (1, 2) for name in ("[3]:[1]:[2]", "[10]:[1]:[1]")
    ]
    assert (rows[0]["house"], rows[0]["start_unix_s"], rows[0]["end_unix_s"], rows[0]["wh"]) == ("3", 7200.0, 10800.0, 700.0)
    assert rows[0]["own_wh"] + rows[0]["neighbours_wh"] + rows[0]["grid_wh"] == pytest.approx(700.0)
    assert json.loads((folder / "result.json").read_text()) == {"local_kwh": 0.5}
    with pytest.raises(StreetExistsError):
        write_results({}, OF, [], folder)


def test_what_is_written_is_read_again(folder: Path) -> None:
    results = read_results(folder)
    assert results.told == {"local_kwh": 0.5}
    assert [row["job"] for row in results.contracts if row["run"] == 1] == ["[10]:[1]:[1]", "[3]:[1]:[2]"], "by start"
    assert results.houses == ("10", "3", "never", "roof0")
    for run, starts_s in enumerate(STARTS_S):
        flows, _ = quarters(OF, starts_s)
        for name in FLOW_NAMES:
            kept = results.flows[name][run]
            assert kept.shape == (4, 116), "all runs are as long as the longest"
            np.testing.assert_array_equal(kept[:, : flows.load_wh.shape[1]], getattr(flows, name))
            assert not kept[:, flows.load_wh.shape[1] :].any()
    assert [(row["run"], row["house"]) for row in results.households][:2] == [(1, "10"), (1, "3")]
    assert results.first_s == 0.0


def test_what_was_written_once(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text('{"local_kwh": 1}')
    columns = {"job": ["a"], "house": ["1"], "start_unix_s": [5.0], "end_unix_s": [6.0], "wh": [7.0]}
    pq.write_table(pa.table(columns), tmp_path / "contracts.parquet")
    results = read_results(tmp_path)
    assert (results.contracts[0]["run"], results.flows, results.households) == (1, {}, [])


def test_an_empty_street(tmp_path: Path) -> None:
    of = street([], [])
    write_results({}, of, [ran(of, {})], tmp_path / "kept")
    results = read_results(tmp_path / "kept")
    assert (results.contracts, results.houses, results.households) == ([], (), [])


@pytest.mark.parametrize(
    ("file", "data", "says"),
    [
        ("result.json", b"{", "result.json"),
        ("result.json", b"[1]", "no figures"),
        ("contracts.parquet", b"PAR1", "contracts.parquet"),
        ("flows.parquet", b"nonsense" * 9, "flows.parquet"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, file: str, data: bytes, says: str) -> None:
    (folder / file).write_bytes(data)
    with pytest.raises(StreetFileError, match=says):
        read_results(folder)


def test_flows_with_a_row_too_few(folder: Path) -> None:
    table = pq.read_table(folder / "flows.parquet")
    pq.write_table(table.slice(1), folder / "flows.parquet")
    with pytest.raises(StreetFileError, match="each run, house and quarter"):
        read_results(folder)
    pq.write_table(table.drop_columns(["sun_wh"]), folder / "flows.parquet")
    with pytest.raises(StreetFileError, match="sun_wh"):
        read_results(folder)


@pytest.mark.parametrize(("file", "column"), [("contracts.parquet", "start_unix_s"), ("households.parquet", "cost_usd")])
def test_rows_with_too_little(folder: Path, file: str, column: str) -> None:
    table = pq.read_table(folder / file)
    gaps = table.set_column(table.column_names.index(column), column, pa.nulls(table.num_rows, pa.float64()))
    for changed in (table.drop_columns([column]), gaps):
        pq.write_table(changed, folder / file)
        with pytest.raises(StreetFileError, match=f"{file}: each row must have {column}"):
            read_results(folder)
