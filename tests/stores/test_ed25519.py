"""Ed25519: signatures are known, and everything else is not."""

from base64 import b64decode

import pytest

from gw_spaceheat.stores.ed25519 import new_secret, public_of, signer, verifier

SECRET = bytes(range(32))
DATA = b'{"TypeName":"gws.command"}'


def test_a_signature_is_known_by_the_public_key() -> None:
    assert verifier(public_of(SECRET))(DATA, signer(SECRET)(DATA))


def test_the_first_case_of_the_standard() -> None:
    """RFC 8032, section 7.1, test 1."""
    secret = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    assert public_of(secret).hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert b64decode(signer(secret)(b"")) == signature


@pytest.mark.parametrize(
    ("data", "signature"),
    [
        (DATA + b" ", signer(SECRET)(DATA)),
        (DATA, signer(bytes(32))(DATA)),
        (DATA, signer(SECRET)(DATA)[:-4]),
        (DATA, ""),
        (DATA, "no base64 \u00e4"),
        (DATA, "A" * 88),
    ],
)
def test_anything_else_is_not(data: bytes, signature: str) -> None:
    assert not verifier(public_of(SECRET))(data, signature)


def test_no_two_keys_are_alike() -> None:
    assert len({new_secret() for _ in range(5)}) == 5
    assert len(new_secret()) == 32


def test_no_key_at_all() -> None:
    with pytest.raises(ValueError, match="32"):
        verifier(b"short")
