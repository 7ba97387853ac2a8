"""A site's keys, as a person reads them: public ones only."""

from collections.abc import Iterator, Mapping
from typing import Any


def keys_lines(told: Mapping[str, Any]) -> Iterator[str]:
    """Lines about the keys of a site, from `apps/site_keys.py`."""
    if told["public_key"] is None:
        yield f"no keys in {told['folder']}: nothing is signed; `gws keys init` makes them"
    else:
        yield f"{told['name']} in {told['folder']}"
        yield f"public key: {told['public_key']}"
        yield "the other side trusts it with: gws keys trust OUR_ALIAS PUBLIC_KEY"
    if not told["trusted"]:
        yield "no key is trusted: nobody's signatures are checked"
    for peer in told["trusted"]:
        yield f"trusted: {peer_line(peer)}"


def peer_line(peer: Mapping[str, Any]) -> str:
    """One trusted key."""
    return f"{peer['alias']}  {peer['public_key']}  ({peer['name']})"
