"""`gws market` without a broker: what it needs to start, and that it ends by itself."""

from pathlib import Path

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main

NOWHERE = ["market", "--url", "mqtt://127.0.0.1:9", "--seconds", "0"]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GWS_DATA_FOLDER", str(tmp_path))
    monkeypatch.setenv("GWS_PRICES", "synthetic")


def test_it_ends_by_itself() -> None:
    assert main(NOWHERE) == Exit.OK


@pytest.mark.parametrize("prices", ["None", "messages"])
def test_without_prices_of_its_own_it_says_which_setting(
    prices: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GWS_PRICES", prices)
    assert main(NOWHERE) == Exit.CONFIG
    assert "GWS_PRICES" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--kind", "da60"], ["--alias", "A B"], ["--timezone", "Moon/Sea"], ["--utc-offset", "99"]])
def test_a_wrong_word_is_a_wrong_command_line(words: list[str]) -> None:
    assert main([*NOWHERE, *words]) == Exit.USAGE


def test_without_a_broker_it_says_which_to_name(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("GWS_UPLINK_URL", "None")
    assert main(["market"]) == Exit.USAGE
    assert "--url" in capsys.readouterr().err
