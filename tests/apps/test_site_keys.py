"""What may be shown of keys is shown, and nothing else."""

from pathlib import Path

import pytest

from gw_spaceheat.apps.site_keys import has_key, make_key, shown_keys, trust_key
from gw_spaceheat.stores.keys import KeyExistsError, KeyFolder, as_text

ALIAS = "hw1.isone.me.millinocket.oak"


def test_a_key_is_made_and_shown(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    assert not has_key(folder)
    made = make_key(folder)
    assert has_key(folder)
    assert shown_keys(folder) == made
    secret = KeyFolder(folder).secret()
    assert secret is not None
    assert as_text(secret) not in str(made)


def test_another_is_made_only_by_force(tmp_path: Path) -> None:
    made = make_key(tmp_path / "keys")
    with pytest.raises(KeyExistsError):
        make_key(tmp_path / "keys")
    assert make_key(tmp_path / "keys", force=True)["name"] != made["name"]


def test_who_is_trusted_is_shown(tmp_path: Path) -> None:
    assert shown_keys(tmp_path / "keys")["trusted"] == []
    told = trust_key(tmp_path / "keys", ALIAS, bytes(32))
    assert shown_keys(tmp_path / "keys")["trusted"] == [told]
    assert told["alias"] == ALIAS
