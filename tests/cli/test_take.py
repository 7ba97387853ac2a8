"""`gws take`: a person takes a house whose SCADA is scripted, over a real broker."""

import json

import pytest

from gw_spaceheat.apps import human
from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from gw_spaceheat.core.events import HumanTakes
from tests.cli.conftest import OpenHouse
from tests.cli.scripted import AT_MS, silent
from tests.scenarios.scene import OAK

NOWHERE = ["--local-broker", "mqtt://127.0.0.1:9"]


def test_it_says_who_has_the_house_and_until_when(open_house: OpenHouse, capsys: pytest.CaptureFixture[str]) -> None:
    daemon = open_house()
    assert main(["take", "--for", "30m", "--who", "Anna"]) == Exit.OK
    assert daemon.heard == [HumanTakes("Anna", 30 * 60_000)]
    assert capsys.readouterr().out.splitlines() == [
        "Done",
        "human has the house until 2018-01-08 00:30:00 EST (token 7): taken by Anna for 30 min",
    ]


def test_the_same_as_data(open_house: OpenHouse, capsys: pytest.CaptureFixture[str]) -> None:
    open_house()
    assert main(["take", "--for", "90s", "--who", "Anna", "--json"]) == Exit.OK
    told = json.loads(capsys.readouterr().out)
    assert len(told.pop("request")) == 36
    assert told == {
        "verdict": "Done",
        "reason": "",
        "read_back": None,
        "lease_by": "human",
        "fencing_token": 7,
        "lease_cause": "taken by Anna for 1.5 min",
        "lease_until_unix_ms": AT_MS + 90_000,
        "answer_unix_ms": AT_MS,
    }


def test_nobody_need_say_who_he_is(open_house: OpenHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    daemon = open_house()
    monkeypatch.setenv("LOGNAME", "ben")
    assert main(["take", "--for", "2h"]) == Exit.OK
    assert daemon.heard == [HumanTakes("ben", 2 * 3_600_000)]


def test_a_login_that_has_no_name(open_house: OpenHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    daemon = open_house()

    def nobody() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert main(["take", "--for", "1m"]) == Exit.OK
    (taken,) = daemon.heard
    assert isinstance(taken, HumanTakes)
    assert taken.who.startswith("user ")


@pytest.mark.parametrize(("words", "says"), [(["--for", "soon"], "90s, 30m or 2h"), (["--for", "25h"], "24h"), ([], "--for")])
def test_a_duration_that_makes_no_sense(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["take", *words]) == Exit.USAGE
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("who", [" ", "anna\nall is well", "a" * 65])
def test_a_name_that_does_not_fit_a_log(who: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["take", "--for", "1m", "--who", who, *NOWHERE]) == Exit.USAGE
    assert "--who" in capsys.readouterr().err


def test_without_a_broker(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["take", "--for", "1m", *NOWHERE]) == Exit.UNAVAILABLE
    told = capsys.readouterr().err
    assert "no local broker: mqtt://127.0.0.1:9" in told
    assert "check that the broker runs" in told


def test_with_no_broker_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("GWS_LOCAL_URL", "None")
    assert main(["take", "--for", "1m"]) == Exit.USAGE
    assert "--local-broker" in capsys.readouterr().err


def test_a_scada_that_does_not_answer(
    open_house: OpenHouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(human, "ANSWERED_WITHIN_S", 0.2)
    open_house(silent)
    assert main(["take", "--for", "1m"]) == Exit.UNAVAILABLE
    assert "no answer of hw1.isone.me.millinocket.pine.ta.scada within 0.2 s" in capsys.readouterr().err


def test_a_house_that_is_not_the_one_on_this_broker(open_house: OpenHouse, capsys: pytest.CaptureFixture[str]) -> None:
    daemon = open_house()
    assert main(["take", "--for", "1m", "--house", OAK]) == Exit.NOPERM
    assert daemon.heard == []
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"and not {OAK}.ta.scada" in captured.err


def test_a_house_that_takes_no_commands_of_persons(open_house: OpenHouse, capsys: pytest.CaptureFixture[str]) -> None:
    daemon = open_house(door_is_open=False)
    assert main(["take", "--for", "1m", "--json"]) == Exit.NOPERM
    assert daemon.heard == []
    captured = capsys.readouterr()
    assert json.loads(captured.out)["verdict"] == "Refused"
    assert "GWS_HUMAN_DOOR" in captured.err
