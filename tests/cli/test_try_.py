"""`gws try`: which actors a person may mean."""

from pathlib import Path

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from gw_spaceheat.cli.try_ import chosen_from
from tests.scenarios.scene import GARAGE, HOUSES

POSSIBLE = ("a.s", "a.m", "a.tank.temp0")


@pytest.mark.parametrize(
    ("answer", "chosen"),
    [
        ("all", ["a.s", "a.m", "a.tank.temp0"]),
        ("1", ["a.s"]),
        ("3, 1", ["a.tank.temp0", "a.s"]),
        ("a.m,a.s", ["a.m", "a.s"]),
        ("2, a.tank.temp0,", ["a.m", "a.tank.temp0"]),
        ("0", ["0"]),
        ("4", ["4"]),
        ("a.nobody", ["a.nobody"]),
        ("", []),
    ],
)
def test_numbers_and_aliases(answer: str, chosen: list[str]) -> None:
    assert chosen_from(answer, POSSIBLE) == chosen


def test_a_person_is_asked_at_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.prompt", lambda _text: "99")
    assert main(["try", "--house", GARAGE, "--file", str(HOUSES)]) == Exit.USAGE
    captured = capsys.readouterr()
    assert "  1  a.s" in captured.out
    assert "Tank temperature 0" in captured.out
    assert "99 of" in captured.err


def test_without_a_terminal_nobody_is_asked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert main(["try", "--house", GARAGE, "--file", str(HOUSES)]) == Exit.USAGE
    assert "name the actors" in capsys.readouterr().err
