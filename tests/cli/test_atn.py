"""`gws atn` without a house: what it needs to start, and what its console understands.

With a house it is tried in `tests/scenarios/test_console.py`.
"""

import io
from pathlib import Path

import pytest

from gw_spaceheat.cli.atn import HELP, Word, understood
from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from gw_spaceheat.core.events import (
    ContractAsked,
    ContractQuit,
    DispatchAsked,
    Event,
    ModeWished,
    SlotWanted,
    SnapshotAsked,
    StandingReleased,
    StandingWanted,
    StatusAsked,
)
from tests.scenarios.scene import GARAGE, HOUSES

WORDS = ["atn", "--house", GARAGE, "--file", str(HOUSES)]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_a_broker_it_says_which_to_name(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("GWS_UPLINK_URL", "None")
    assert main(WORDS) == Exit.USAGE
    assert "--url" in capsys.readouterr().err


def test_it_obeys_its_standard_input_to_the_end(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("dance\n\nstatus\nsnap\non a.elt1.relay\nquit\nstatus\n"))
    assert main([*WORDS, "--url", "mqtt://127.0.0.1:9"]) == Exit.OK
    captured = capsys.readouterr()
    assert captured.out.count("commands:") == 1
    assert captured.out.count(f"{GARAGE}: link DOWN, nothing heard yet") == 1
    assert "no link to the house: no snapshot asked for" in captured.err
    assert "a.elt1.relay = 1: Refused: no link to the house" in captured.err


def test_it_shows_what_it_knows_and_ends_by_itself(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main([*WORDS, "--url", "mqtt://127.0.0.1:9", "--status-every", "0.05", "--seconds", "0.5"]) == Exit.OK
    assert f"{GARAGE}: link DOWN, nothing heard yet" in capsys.readouterr().out


MIDNIGHT_S = 1_515_387_600
"""2018-01-08T05:00Z."""


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("", Word.NOTHING),
        ("  \t ", Word.NOTHING),
        ("quit", Word.QUIT),
        ("exit", Word.QUIT),
        ("status", StatusAsked()),
        ("snap", SnapshotAsked()),
        ("on a.elt1.relay", DispatchAsked("a.elt1.relay", 1.0)),
        ("  off   a.elt1.relay ", DispatchAsked("a.elt1.relay", 0.0)),
        ("set a.hp.lwt 55", DispatchAsked("a.hp.lwt", 55.0)),
        ("contract", ContractAsked()),
        ("standing 4500", StandingWanted(4500)),
        ("standing 0", StandingWanted(0)),
        ("slot 2018-01-08T05:00 4500", SlotWanted(MIDNIGHT_S, 4500)),
        ("slot 2018-01-08T05:00Z 4500", SlotWanted(MIDNIGHT_S, 4500)),
        ("slot 2018-01-08T00:00-05:00 4500", SlotWanted(MIDNIGHT_S, 4500)),
        ("slot 2018-01-08T05 0", SlotWanted(MIDNIGHT_S, 0)),
        ("release", StandingReleased()),
        ("quit-contract the price  has doubled", ContractQuit("the price has doubled")),
        ("local", ModeWished(local=True)),
        ("remote", ModeWished(local=False)),
    ],
)
def test_what_the_console_understands(line: str, meant: Event | Word) -> None:
    assert understood(line) == meant


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("standing much", "much is no power"),
        ("standing -5", "-5 is no power"),
        ("standing 4.5", "whole watts"),
        ("standing 12345678", "whole watts"),
        ("slot soon 4500", "soon is no time"),
        ("slot 1515387600 4500", "is no time"),
        ("slot 2018-01-08T05:30 4500", "not a full hour"),
        ("slot 2018-01-08T05:00:00.5 4500", "not a full hour"),
        ("slot 2018-01-08T05:00 much", "much is no power"),
        *(
            (line, HELP)
            for line in (
                "help",
                "dance",
                "set a.hp.lwt warm",
                "on",
                "standing",
                "slot 4500",
                "quit-contract",
                "local please",
                "quit now",
                "STATUS",
            )
        ),
    ],
)
def test_what_it_does_not(line: str, says: str) -> None:
    told = understood(line)
    assert isinstance(told, str)
    assert says in told


def test_the_help_names_every_command() -> None:
    named = [line.split()[0] for line in HELP.splitlines()[1:]]
    assert named == [
        "status", "on", "off", "set", "snap", "contract", "standing", "slot", "release", "quit-contract", "local", "remote",
        "quit",
    ]  # fmt: skip
