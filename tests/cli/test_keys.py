"""`gws keys`: what it prints, what it never prints, and how it ends."""

import json
import sys
from pathlib import Path

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main

ALIAS = "hw1.isone.me.millinocket.oak"
OTHER = "A" * 43 + "="


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GWS_KEYS_FOLDER", str(tmp_path / "keys"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "keys"


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    assert main(["keys", *words, "--json"]) == Exit.OK
    loaded = json.loads(capsys.readouterr().out)
    assert isinstance(loaded, dict)
    return loaded


def test_a_key_is_made_shown_and_trusted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = told(capsys, "init")
    assert told(capsys, "trust", ALIAS, OTHER)["alias"] == ALIAS
    shown = told(capsys, "show")
    assert shown["public_key"] == made["public_key"]
    assert main(["keys", "show"]) == Exit.OK
    out = capsys.readouterr().out
    assert str(made["public_key"]) in out
    assert ALIAS in out
    secret = (folder / "private.key").read_text(encoding="ascii").strip()
    assert secret not in out + json.dumps([made, shown])


def test_keys_are_not_overwritten_unless_it_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    made = told(capsys, "init")
    assert main(["keys", "init"]) == Exit.CANTCREAT
    assert "there is a key" in capsys.readouterr().err
    assert told(capsys, "init", "--force")["public_key"] != made["public_key"]


@pytest.mark.parametrize(("answer", "code"), [(True, Exit.OK), (False, Exit.CANTCREAT)])
def test_a_person_is_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, answer: bool, code: Exit
) -> None:
    told(capsys, "init")
    told(capsys, "trust", ALIAS, OTHER)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr("typer.confirm", lambda _question, err: answer)
    assert main(["keys", "init"]) == code
    assert main(["keys", "trust", ALIAS, "B" * 43 + "="]) == code


def test_another_key_of_a_peer_is_not_trusted_unless_it_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "trust", ALIAS, OTHER)
    another = "B" * 42 + "A="
    assert main(["keys", "trust", ALIAS, another]) == Exit.CANTCREAT
    assert "known by another key" in capsys.readouterr().err
    assert told(capsys, "trust", ALIAS, another, "--force")["public_key"] == another


@pytest.mark.parametrize(
    ("words", "says"),
    [((ALIAS, "no key"), "PUBLIC_KEY"), (("../../etc", OTHER), "no alias"), ((ALIAS,), "public_key")],
)
def test_what_cannot_be_trusted(words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "trust", *words]) == Exit.USAGE
    assert says in capsys.readouterr().err


def test_keys_that_others_can_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "init")
    (folder / "private.key").chmod(0o644)
    assert main(["keys", "show"]) == Exit.CONFIG
    assert "chmod 600" in capsys.readouterr().err


def test_a_site_without_keys(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "show")["public_key"] is None
