"""Checks a contract log, against itself and against what the other side has kept of it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from gw_spaceheat.core.contract.log import UNSIGNED, peer_heads, verify
from gw_spaceheat.messages.signing import Verify
from gw_spaceheat.stores import ed25519
from gw_spaceheat.stores.keys import KeyFolder, fingerprint

_KEY = b'"key":"'
_KEY_WITHIN = slice(80, 200)
"""The name of the key stands in this part of every line."""


def verify_log(path: Path, against: Path | None, keys_folder: Path) -> dict[str, object]:
    """What a look at a log has found.

    Signatures are checked where the key that the log names is this site's or a trusted one; who has no such key still finds
    every entry that was altered, left out or moved.

    Args:
        path: The log.
        against: The other side's log, whose kept heads are compared; None for none.
        keys_folder: The keys of this site.

    Returns:
        As JSON has it: `log, is_whole, entries, head, faults: [{entry, what}], heads_compared, keys, checked_keys,
        unsigned_entries`.

    Raises:
        OSError: A log cannot be read.
        KeysError: There are keys, and they cannot be used.
    """
    heads = []
    if against is not None:
        with against.open("rb") as lines:
            heads = peer_heads(lines)
    names = _Names(known_verifiers(keys_folder))
    with path.open("rb") as lines:
        verified = verify(names.watch(lines), heads, names.verify)
    return {
        "log": str(path),
        "is_whole": not verified.faults,
        "entries": verified.head.length,
        "head": verified.head.hash,
        "faults": [fault._asdict() for fault in verified.faults],
        "heads_compared": sum(1 for head in heads if head.length),
        "keys": sorted(names.counts.keys() - {UNSIGNED}),
        "checked_keys": sorted(names.counts.keys() & names.known.keys()),
        "unsigned_entries": names.counts.get(UNSIGNED, 0),
    }


def known_verifiers(keys_folder: Path) -> dict[str, Verify]:
    """What tells signatures, by the name of the key: this site's and the trusted ones. Raises KeysError."""
    files = KeyFolder(keys_folder)
    secret = files.secret()
    public = list(files.all_trusted().values())
    if secret is not None:
        public.append(ed25519.public_of(secret))
    return {fingerprint(key): ed25519.verifier(key) for key in public}


class _Names:
    """Learns from a log's lines which keys they name, while they are checked.

    Attributes:
        known: What tells the signatures of the keys that are known.
        counts: How many entries name each key.
    """

    def __init__(self, known: dict[str, Verify]) -> None:
        self.known = known
        self.counts: dict[str, int] = {}
        self._last = b""

    def watch(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """The lines; each is looked at on its way."""
        counts: dict[bytes, int] = {}
        for line in lines:
            part = line[_KEY_WITHIN]
            at = part.find(_KEY)
            if at >= 0:
                name = part[at + len(_KEY) :].partition(b'"')[0]
                counts[name] = counts.get(name, 0) + 1
                if name != self._last:
                    self._last = name
            yield line
        self.counts = {name.decode("ascii", "replace"): count for name, count in counts.items()}

    def verify(self, data: bytes, signature: str) -> bool:
        """Whether the key that the present line names has signed; true if that key is not known here, or if there is none."""
        known = self.known.get(self._last.decode("ascii", "replace"))
        return known is None or known(data, signature)
