"""`gws neighbourhood`."""

import json
from pathlib import Path

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main

HOUSES = str(Path(__file__).parents[2] / "input_data" / "houses.json")
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> str:
    for name in ("loads", "predictions"):
        (tmp_path / name).mkdir()
    (tmp_path / "consumer_event.csv").write_text("0;0;7200;a;dish.csv\n0;0;7200;a;dish.csv\n")
    (tmp_path / "producer_event.csv").write_text("0;roof;sun.csv\n")
    (tmp_path / "loads" / "dish.csv").write_text("0 0\n3600 900\n")
    (tmp_path / "predictions" / "sun.csv").write_text("0 0\n3600 0\n7200 1000\n10800 2000\n")
    return str(tmp_path)


def test_one_scheduler_as_json(folder: str, capsys: Captured) -> None:
    assert main(["neighbourhood", "run", folder, "--bound", "--json"]) == Exit.OK
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["local_kwh"] == pytest.approx(1.8)
    assert (told["jobs"], told["jobs_ended"]) == (2, 2)
    assert {"bound_kwh", "claimed_kwh", "deliverable_kwh", "scheduling_cpu_s", "contracts"} <= set(told)


def test_words_and_warnings(folder: str, capsys: Captured) -> None:
    assert main(["neighbourhood", "run", folder, "--algorithm", "asap"]) == Exit.OK
    out = capsys.readouterr().out
    assert "warning: consumer_event.csv, line 2: a is there already" in out
    assert "2 of 2 jobs ended" in out


def test_a_table(folder: str, capsys: Captured) -> None:
    assert main(["neighbourhood", "compare", folder, "--algorithms", "asap,lst"]) == Exit.OK
    heading, asap, lst = capsys.readouterr().out.splitlines()
    assert "local kWh" in heading
    assert asap.split()[:2] == ["asap", "0.0"]
    assert lst.split()[:2] == ["lst", "1.8"]


def test_results_of_each_scheduler_and_progress(folder: str, tmp_path: Path, capsys: Captured) -> None:
    words = ["--algorithms", "asap,L-BFGS-B", "--runs", "2", "--results", str(tmp_path / "kept"), "--progress", "--json"]
    assert main(["neighbourhood", "compare", *words, folder]) == Exit.OK
    assert capsys.readouterr().err.splitlines() == ["1/4", "2/4", "3/4", "4/4"]
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == ["asap", "l_bfgs_b"]
    told = json.loads((tmp_path / "kept" / "asap" / "result.json").read_text())
    assert (len(told["runs"]), told["algorithm"]) == (2, "asap")


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (["run", "{folder}", "--algorithm", "best"], Exit.USAGE, "no scheduler best; known are asap"),
        (["run", "{folder}/loads"], Exit.DATAERR, "no consumer_event.csv"),
        (["run", "{folder}", "--between", "0.2"], Exit.USAGE, "--between is about several streets"),
        (["new", "{folder}/new", "--houses", "2", "--batteries", "3"], Exit.USAGE, "3 batteries in 2 houses"),
        (["new", "{folder}/new", "--sun", "real"], Exit.USAGE, "--sun is drawn or simulated, not real"),
        (["new", "{folder}/new", "--base", "all"], Exit.USAGE, "--base is standard or household, not all"),
    ],
)
def test_what_is_wrong_is_named(words: list[str], code: Exit, text: str, folder: str, capsys: Captured) -> None:
    assert main(["neighbourhood", *(word.format(folder=folder) for word in words)]) == code
    assert text in capsys.readouterr().err


def test_a_street_is_made_and_runs_and_none_is_overwritten(tmp_path: Path, capsys: Captured) -> None:
    folder = str(tmp_path / "made")
    assert main(["neighbourhood", "new", folder, "--houses", "3", "--json"]) == Exit.OK
    made = json.loads(capsys.readouterr().out)
    assert (made["producers"], made["days"]) == (1, 1)
    assert main(["neighbourhood", "run", folder, "--json"]) == Exit.OK
    told = json.loads(capsys.readouterr().out)
    assert told["jobs_ended"] == made["jobs"] >= 3 * 5
    assert main(["neighbourhood", "new", folder]) == Exit.CANTCREAT
    assert "is there already" in capsys.readouterr().err
    assert main(["neighbourhood", "new", folder, "--houses", "3", "--roofs", "4"]) == Exit.USAGE
    assert "no more roofs than houses" in capsys.readouterr().err


def test_by_messages(folder: str, capsys: Captured) -> None:
    assert main(["neighbourhood", "run", folder, "--messages", "--json"]) == Exit.OK
    told = json.loads(capsys.readouterr().out)
    assert told["local_kwh"] == pytest.approx(1.8)
    assert told["messages_settled"] == 2
    assert told["messages_lost"] == 0
    words = ["neighbourhood", "run", folder, "--messages", "--lost", "0.5", "--doubled", "0.2", "--late", "30"]
    assert main(words) == Exit.OK
    assert "2 of 2 jobs ended" in (out := capsys.readouterr().out)
    assert "jobs settled" in out
    assert main(["neighbourhood", "run", folder, "--lost", "0.5"]) == Exit.USAGE
    assert "add --messages" in capsys.readouterr().err


def test_the_cheapest_roofs_first(folder: str, capsys: Captured) -> None:
    (Path(folder) / "producer_event.csv").write_text("0;roof;sun.csv\n0;a=b;sun.csv\n")
    words = ["neighbourhood", "run", folder, "--messages", "--choose", "cheapest", "--json"]
    for dear, cheap in (("roof", "a=b"), ("a=b", "roof")):
        assert main([*words, "--price", f"{dear}=0.2", "--price", f"{cheap}=0.1"]) == Exit.OK
        given = {roof["producer"]: roof["given_kwh"] for roof in json.loads(capsys.readouterr().out)["roofs"]}
        assert given[cheap] > given[dear]
    for wrong, says in (
        (["--price", "roof=x"], "is written as NAME=0.12"),
        (["--price", "roof=nan"], "is written as NAME=0.12"),
        (["--price", "other=0.1"], "no roof other; known are roof, a=b"),
        ([], "go together"),
    ):
        assert main([*words, *wrong]) == Exit.USAGE
        assert says in " ".join(capsys.readouterr().err.split())


def test_there_and_back_and_the_same_comes_of_it(folder: str, tmp_path: Path, capsys: Captured) -> None:
    own, again = str(tmp_path / "own"), str(tmp_path / "again")
    assert main(["neighbourhood", "convert", folder, own]) == Exit.OK
    assert "a is there already" in capsys.readouterr().out
    assert main(["neighbourhood", "convert", own, again, "--to", "original", "--json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out)["jobs"] == 2
    found = []
    for one in (folder, own, again):
        assert main(["neighbourhood", "run", one, "--days", "1", "--json"]) == Exit.OK
        told = json.loads(capsys.readouterr().out)
        found.append({name: told[name] for name in ("local_kwh", "cost_usd", "contracts", "jobs_ended")})
    assert found[0] == found[1] == found[2]
    assert main(["neighbourhood", "convert", folder, own]) == Exit.CANTCREAT
    assert main(["neighbourhood", "convert", folder, again, "--to", "xml"]) == Exit.USAGE


def test_results_are_kept(folder: str, tmp_path: Path, capsys: Captured) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    kept = tmp_path / "kept"
    assert main(["neighbourhood", "run", folder, "--results", str(kept), "--json"]) == Exit.OK
    told = json.loads(capsys.readouterr().out)
    written = json.loads((kept / "result.json").read_text())
    assert written["local_kwh"] == told["local_kwh"]
    rows = pq.read_table(kept / "contracts.parquet").to_pylist()
    assert sorted((row["job"], row["start_unix_s"]) for row in rows) == [(c["job"], c["start_s"]) for c in told["contracts"]]
    assert sum(row["wh"] for row in rows) / 1000.0 == pytest.approx(told["demand_kwh"])
    assert main(["neighbourhood", "run", folder, "--results", str(kept)]) == Exit.CANTCREAT


def test_streets_with_everything_and_several_of_them(tmp_path: Path, capsys: Captured) -> None:
    for name, seed in (("one", "1"), ("two", "2")):
        words = ["--houses", "3", "--roofs", "2", "--start", "2018-05-05", "--sun", "simulated", "--base", "household"]
        words += ["--batteries", "1", "--heated", "1", "--levels", "3", "--seed", seed]
        assert main(["neighbourhood", "new", str(tmp_path / "streets" / name), *words]) == Exit.OK
    capsys.readouterr()
    command = ["neighbourhood", "run", str(tmp_path / "streets"), "--houses", HOUSES]
    assert main([*command, "--between", "0.15", "--json"]) == Exit.OK
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [street["street"] for street in told["streets"]] == ["one", "two"]
    assert told["total"]["heat_kwh"] > 0.0
    assert told["total"]["charged_kwh"] > 0.0
    assert "exchanged_kwh" in told["total"]
    assert main(command) == Exit.OK
    out = capsys.readouterr().out
    assert "Heat took" in out
    assert "Batteries took" in out
    assert out.splitlines()[-1] == "They give each other nothing."
    assert main([*command, "--between", "0.5"]) == Exit.USAGE
    assert "would rather deal with the grid" in capsys.readouterr().err
