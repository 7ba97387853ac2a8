"""Keys as a person reads them."""

from gw_spaceheat.views.keys_text import keys_lines

PEER = {"alias": "hw1.isone.me.oak", "public_key": "PEER=", "name": "ed25519-22"}


def test_a_site_with_keys() -> None:
    lines = list(keys_lines({"folder": "keys", "public_key": "PUBLIC=", "name": "ed25519-11", "trusted": [PEER]}))
    assert lines[:2] == ["ed25519-11 in keys", "public key: PUBLIC="]
    assert lines[-1] == "trusted: hw1.isone.me.oak  PEER=  (ed25519-22)"


def test_a_site_without() -> None:
    lines = list(keys_lines({"folder": "keys", "public_key": None, "name": None, "trusted": []}))
    assert "gws keys init" in lines[0]
    assert "nobody's signatures are checked" in lines[1]
