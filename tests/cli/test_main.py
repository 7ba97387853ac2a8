"""The door `gws`: which modules it imports, and how it ends."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from gw_spaceheat import __version__
from gw_spaceheat.apps.settings import SettingsError
from gw_spaceheat.cli import main as door
from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.house.faults import Fault, HouseFileError
from gw_spaceheat.plant.series import Problem, SeriesFileError

MODULES = ("bench", "house", "net_balance", "run", "try_")


def test_commands_are_found_by_looking(tmp_path: Path) -> None:
    for name in ("main", "exits", "_tables", "__init__", "house", "run"):
        (tmp_path / f"{name}.py").touch()
    assert door.command_modules(tmp_path) == ("house", "run")


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["run", "--speed", "60"], ("run",)),
        (["try"], ("try_",)),
        (["net-balance", "x"], ("net_balance",)),
        (["--help"], MODULES),
        (["--version", "run"], ("run",)),
        ([], MODULES),
        (["nonsense"], MODULES),
        (["exits"], MODULES),
    ],
)
def test_only_what_is_named_is_imported(words: list[str], wanted: tuple[str, ...]) -> None:
    assert door.modules_for(words, MODULES) == wanted


def test_every_command_module_registers_and_shows_its_help() -> None:
    for name in door.command_modules():
        assert door.main([name.rstrip("_").replace("_", "-"), "--help"]) == Exit.OK, name


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert door.main(["--version"]) == Exit.OK
    assert capsys.readouterr().out == f"{__version__}\n"


@pytest.mark.parametrize("words", [[], ["nonsense"], ["--nonsense"]])
def test_a_wrong_command_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert door.main(words) == Exit.USAGE
    captured = capsys.readouterr()
    assert "Usage: gws" in captured.err + captured.out


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (SettingsError(["GWS_SPEED=fast (environment): allowed is a number"]), Exit.CONFIG, "GWS_SPEED=fast"),
        (HouseFileError("houses.json", (Fault("a.b", "", "x", "y", "write it"),)), Exit.DATAERR, "a.b x = y: write it"),
        (SeriesFileError("w.csv", [Problem(3, "t", "is missing")]), Exit.DATAERR, "line 3"),
        (DeviceError("relay board does not answer"), Exit.UNAVAILABLE, "relay board"),
        (FileNotFoundError(2, "No such file or directory", "w.csv"), Exit.NOINPUT, "w.csv"),
        (typer.Exit(Exit.FAILURE), Exit.FAILURE, ""),
        (typer.Exit(), Exit.OK, ""),
        (SystemExit("over"), Exit.FAILURE, "over"),
    ],
)
def test_how_a_command_ends(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, code: Exit, says: str
) -> None:
    raises(monkeypatch, error)
    assert door.main(["fail"]) == code
    captured = capsys.readouterr()
    assert says in captured.err
    assert "Traceback" not in captured.err
    assert captured.out == ""


def test_our_own_mistakes_show_where_they_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    raises(monkeypatch, ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        door.main(["fail"])


def raises(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Put a command `fail` in place of all others."""
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)

    @app.command()
    def fail() -> None:
        raise error

    @app.callback()
    def options_of_all() -> None: ...

    monkeypatch.setattr(door, "build", lambda modules: app)


def test_a_reader_that_leaves_is_no_error_of_ours() -> None:
    code = "import sys; from gw_spaceheat.cli.main import main; sys.exit(main(['--help']))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


def test_the_door_itself_is_light() -> None:
    """What every command pays for before its own imports."""
    code = "import sys, json; import gw_spaceheat.cli.main; print(json.dumps(sorted(sys.modules)))"
    loaded = set(json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout))
    assert not loaded & {"rich", "pydantic", "numpy", "numba", "paho", "pyarrow", "duckdb", "msgspec"}


@pytest.mark.parametrize("name", door.MENDABLE)
def test_what_can_be_mended_exists(name: str) -> None:
    module, _, kind = name.rpartition(".")
    assert issubclass(getattr(importlib.import_module(module), kind), Exception)
