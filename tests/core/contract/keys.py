"""Keys for tests, without cryptography: whoever does not know the secret cannot make the signature."""

from hashlib import blake2b
from typing import NamedTuple

from gw_spaceheat.core.contract.party import Keys


class TestKey(NamedTuple):
    """A key that signs, and that tells its signatures."""

    __test__ = False
    secret: bytes

    def sign(self, data: bytes) -> str:
        return blake2b(data, key=self.secret, digest_size=16).hexdigest()

    def verify(self, data: bytes, signature: str) -> bool:
        return self.sign(data) == signature


OURS, THEIRS = TestKey(b"scada"), TestKey(b"atn")
SCADA_KEYS = Keys(OURS.sign, THEIRS.verify, "scada-key")
ATN_KEYS = Keys(THEIRS.sign, OURS.verify, "atn-key")
