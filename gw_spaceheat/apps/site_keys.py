"""The keys of this site: makes, shows and trusts them, and gives what may be shown."""

from pathlib import Path

from gw_spaceheat.stores import ed25519
from gw_spaceheat.stores.keys import KeyFolder, as_text, fingerprint


def has_key(folder: Path) -> bool:
    """Whether there is a private key; raises KeysError where it cannot be used."""
    return KeyFolder(folder).secret() is not None


def make_key(folder: Path, *, force: bool = False) -> dict[str, object]:
    """Make a pair of keys.

    Raises:
        KeyExistsError: There is one already and force was not given.
        OSError: The folder cannot be written.
    """
    secret = ed25519.new_secret()
    KeyFolder(folder).put(secret, ed25519.public_of(secret), force=force)
    return shown_keys(folder)


def shown_keys(folder: Path) -> dict[str, object]:
    """The public keys, as JSON has it: `folder, public_key, name, trusted: [{alias, public_key, name}]`.

    Raises:
        KeysError: There are keys, and they cannot be used.
    """
    files = KeyFolder(folder)
    secret = files.secret()
    public = None if secret is None else ed25519.public_of(secret)
    return {
        "folder": str(folder),
        "public_key": None if public is None else as_text(public),
        "name": None if public is None else fingerprint(public),
        "trusted": [_peer(alias, key) for alias, key in files.all_trusted().items()],
    }


def trust_key(folder: Path, alias: str, public: bytes, *, force: bool = False) -> dict[str, object]:
    """Trust the key of an AtomicTNode or SCADA; as JSON has it: `alias, public_key, name`.

    Raises:
        KeyExistsError: Another key is trusted under this alias and force was not given.
        NoAliasError: Nobody can be called so.
        OSError: The folder cannot be written.
    """
    ed25519.verifier(public)
    KeyFolder(folder).trust(alias, public, force=force)
    return _peer(alias, public)


def _peer(alias: str, public: bytes) -> dict[str, object]:
    return {"alias": alias, "public_key": as_text(public), "name": fingerprint(public)}
