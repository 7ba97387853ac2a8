"""Ed25519 from the library `cryptography`, in the shape that messages and log want. Only who has keys imports this."""

from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from gw_spaceheat.messages.signing import Sign, Verify


def new_secret() -> bytes:
    """A new private key, from the system's own chance [32 bytes]."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_of(secret: bytes) -> bytes:
    """The public key that belongs to a private one [32 bytes]."""
    return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def signer(secret: bytes) -> Sign:
    """Signs with a private key; signatures are text in base64."""
    key = Ed25519PrivateKey.from_private_bytes(secret)

    def sign(data: bytes) -> str:
        return b64encode(key.sign(data)).decode()

    return sign


def verifier(public: bytes) -> Verify:
    """Tells the signatures of a public key; raises ValueError if it is none."""
    key = Ed25519PublicKey.from_public_bytes(public)

    def verify(data: bytes, signature: str) -> bool:
        try:
            key.verify(b64decode(signature, validate=True), data)
        except (InvalidSignature, ValueError):
            return False
        return True

    return verify
