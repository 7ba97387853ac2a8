"""The files of a site's keys: found again, refused where others could use them, never overwritten by mistake."""

import os
from pathlib import Path

import pytest

from gw_spaceheat.stores.keys import KeyExistsError, KeyFolder, KeysError, as_text, fingerprint, from_text

SECRET, PUBLIC = bytes(range(32)), bytes(range(32, 64))
ALIAS = "hw1.isone.me.millinocket.oak"


@pytest.fixture
def keys(tmp_path: Path) -> KeyFolder:
    return KeyFolder(tmp_path / "site" / "keys")


def test_a_site_without_keys(keys: KeyFolder) -> None:
    assert keys.secret() is None
    assert keys.trusted(ALIAS) is None
    assert keys.all_trusted() == {}
    assert not keys.folder.exists()


def test_a_pair_is_found_again_and_nobody_else_can_use_it(keys: KeyFolder) -> None:
    keys.put(SECRET, PUBLIC)
    assert keys.secret() == SECRET
    assert keys.folder.stat().st_mode & 0o777 == 0o700
    assert (keys.folder / "private.key").stat().st_mode & 0o777 == 0o600
    assert (keys.folder / "public.key").read_text(encoding="ascii").strip() == as_text(PUBLIC)
    assert sorted(path.name for path in keys.folder.iterdir()) == ["private.key", "public.key"]


@pytest.mark.parametrize(("name", "mode"), [("private.key", 0o640), ("private.key", 0o604), (".", 0o755), (".", 0o710)])
def test_a_private_key_that_others_can_use_is_refused(keys: KeyFolder, name: str, mode: int) -> None:
    keys.put(SECRET, PUBLIC)
    (keys.folder / name).chmod(mode)
    with pytest.raises(KeysError, match="chmod") as caught:
        keys.secret()
    assert as_text(SECRET) not in str(caught.value)


def test_a_private_key_of_somebody_else_is_refused(keys: KeyFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    keys.put(SECRET, PUBLIC)
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    with pytest.raises(KeysError, match="another user"):
        keys.secret()


def test_a_link_in_the_place_of_the_private_key_is_refused(keys: KeyFolder, tmp_path: Path) -> None:
    keys.put(SECRET, PUBLIC)
    elsewhere = tmp_path / "elsewhere"
    (keys.folder / "private.key").rename(elsewhere)
    (keys.folder / "private.key").symlink_to(elsewhere)
    with pytest.raises(KeysError, match="cannot be read"):
        keys.secret()
    with pytest.raises(KeyExistsError):
        keys.put(SECRET, PUBLIC)


@pytest.mark.parametrize("text", ["", "nothing", as_text(SECRET)[:-4], as_text(SECRET + b"x"), "\u00e4" * 44])
def test_what_is_no_key_is_refused_and_not_repeated(keys: KeyFolder, text: str) -> None:
    keys.put(SECRET, PUBLIC)
    (keys.folder / "private.key").write_text(text, encoding="utf-8")
    with pytest.raises(KeysError, match="is no key") as caught:
        keys.secret()
    assert not text or text not in str(caught.value)


def test_a_key_is_not_overwritten_by_mistake(keys: KeyFolder) -> None:
    keys.put(SECRET, PUBLIC)
    with pytest.raises(KeyExistsError, match="there is a key"):
        keys.put(PUBLIC, SECRET)
    assert keys.secret() == SECRET
    keys.put(PUBLIC, SECRET, force=True)
    assert keys.secret() == PUBLIC


def test_what_a_killed_process_left_is_no_obstacle(keys: KeyFolder) -> None:
    keys.folder.mkdir(mode=0o700, parents=True)
    (keys.folder / ".private.key.new").write_text("half", encoding="ascii")
    keys.put(SECRET, PUBLIC)
    assert keys.secret() == SECRET


def test_peers_are_trusted_by_alias(keys: KeyFolder) -> None:
    keys.trust(ALIAS, PUBLIC)
    keys.trust(ALIAS, PUBLIC)
    keys.trust(f"{ALIAS}.scada", SECRET)
    assert keys.trusted(ALIAS) == PUBLIC
    assert keys.all_trusted() == {ALIAS: PUBLIC, f"{ALIAS}.scada": SECRET}
    with pytest.raises(KeyExistsError, match=fingerprint(PUBLIC)):
        keys.trust(ALIAS, SECRET)
    keys.trust(ALIAS, SECRET, force=True)
    assert keys.trusted(ALIAS) == SECRET


@pytest.mark.parametrize("name", ["trusted", ".", f"trusted/{ALIAS}.key"])
def test_a_trusted_key_that_others_could_change_is_refused(keys: KeyFolder, name: str) -> None:
    keys.trust(ALIAS, PUBLIC)
    path = keys.folder / name
    path.chmod(path.stat().st_mode | 0o020)
    with pytest.raises(KeysError, match="others than its owner"):
        keys.trusted(ALIAS)


@pytest.mark.parametrize("alias", ["", "..", "../private", "/etc/passwd", "a/b", "Oak", "a..b", "a" * 201])
def test_an_alias_leads_nowhere_else(keys: KeyFolder, alias: str) -> None:
    with pytest.raises(KeysError, match="no alias"):
        keys.trust(alias, PUBLIC)
    with pytest.raises(KeysError, match="no alias"):
        keys.trusted(alias)


def test_a_trusted_key_that_cannot_be_read(keys: KeyFolder) -> None:
    (keys.folder / "trusted" / f"{ALIAS}.key").mkdir(parents=True)
    with pytest.raises(KeysError, match="cannot be read"):
        keys.trusted(ALIAS)


def test_text_and_name_of_a_key() -> None:
    assert from_text(as_text(PUBLIC) + "\n") == PUBLIC
    assert fingerprint(PUBLIC) == fingerprint(from_text(as_text(PUBLIC)))
    assert fingerprint(PUBLIC).startswith("ed25519-")
    with pytest.raises(KeysError, match="your key is no key"):
        from_text("x", "your key")
