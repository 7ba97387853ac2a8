"""Keys for stories: whoever does not know the secret cannot make the signature. They cost a tenth of those on a curve."""

from hashlib import blake2b
from typing import NamedTuple

from gw_spaceheat.core.contract.party import Keys


class Secret(NamedTuple):
    """A key that signs, and tells its signatures."""

    secret: bytes

    def sign(self, data: bytes) -> str:
        """The signature."""
        return blake2b(data, key=self.secret, digest_size=16).hexdigest()

    def verify(self, data: bytes, signature: str) -> bool:
        """Whether it is this key's signature of these bytes."""
        return self.sign(data) == signature


OURS, THEIRS, NOBODYS = Secret(b"the SCADA's"), Secret(b"the AtomicTNode's"), Secret(b"somebody's")
SCADA_KEYS, ATN_KEYS = Keys(OURS.sign, THEIRS.verify, "scada"), Keys(THEIRS.sign, OURS.verify, "atn")
