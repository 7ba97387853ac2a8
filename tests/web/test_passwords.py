"""Passwords are set once, kept as hashes for the owner only, and known again."""

import stat
from pathlib import Path

import pytest

from gw_spaceheat.web.passwords import PasswordError, PasswordFileError, Passwords
from gw_spaceheat.web.sessions import Role

OPERATOR, VIEWER = "operator-secret", "viewer-secret"


def test_set_and_known_again(tmp_path: Path) -> None:
    path = tmp_path / "web" / "passwords.json"
    passwords = Passwords(path)
    assert not passwords.are_set()
    passwords.set_first(OPERATOR, VIEWER)
    again = Passwords(path)
    assert again.are_set()
    assert [again.role_of(word) for word in (OPERATOR, VIEWER, "else", "", "x" * 1000)] == [
        Role.OPERATOR,
        Role.VIEWER,
        *[None] * 3,
    ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert OPERATOR not in path.read_text()
    assert "$argon2id$" in path.read_text()
    with pytest.raises(PasswordError, match="set already"):
        again.set_first("another-secret", "")


@pytest.mark.parametrize(
    ("operator", "viewer", "why"),
    [
        ("short", "", "10 to 200"),
        (OPERATOR, "short", "10 to 200"),
        (OPERATOR, OPERATOR, "different"),
        ("x" * 201, "", "10 to 200"),
    ],
)
def test_what_cannot_be_set(tmp_path: Path, operator: str, viewer: str, why: str) -> None:
    passwords = Passwords(tmp_path / "passwords.json")
    with pytest.raises(PasswordError, match=why):
        passwords.set_first(operator, viewer)
    assert not passwords.are_set()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"king": "x"}', '{"operator": 1}'])
def test_a_file_that_is_wrong_lets_nobody_in(tmp_path: Path, text: str) -> None:
    path = tmp_path / "passwords.json"
    path.write_text(text)
    with pytest.raises(PasswordFileError, match=r"passwords\.json"):
        Passwords(path).are_set()


def test_a_hash_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "passwords.json"
    path.write_text('{"operator": "x"}')
    with pytest.raises(PasswordFileError, match="cannot be understood"):
        Passwords(path).role_of(OPERATOR)
