"""What is signed, and what an altered message looks like."""

import json

import msgspec
import pytest

from gw_spaceheat.messages import codec
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.signing import sign, signature_fault, signed_bytes
from tests.messages.samples import EXAMPLES

SIGNED = ("gws.contract", "gws.command")


def with_key(data: bytes) -> str:
    return f"signed {hash(data)}"


def verify(data: bytes, signature: str) -> bool:
    return signature == with_key(data)


def message(type_name: str, **changes: object) -> Message:
    return codec.decode_bare(type_name, json.dumps(EXAMPLES[type_name] | changes).encode())


@pytest.mark.parametrize("type_name", SIGNED)
def test_a_signature_covers_everything_but_itself(type_name: str) -> None:
    assert signed_bytes(message(type_name)) == signed_bytes(message(type_name, Signature="another"))
    assert json.loads(signed_bytes(message(type_name))) == EXAMPLES[type_name] | {"Signature": ""}


@pytest.mark.parametrize("type_name", SIGNED)
def test_what_was_signed_is_found_good_after_its_way_over_the_wire(type_name: str) -> None:
    signed = sign(message(type_name), with_key)
    blanks = json.dumps(json.loads(codec.encode_bare(signed)), indent=4, sort_keys=True).encode()
    assert signature_fault(codec.decode_bare(type_name, blanks), verify) == ""


@pytest.mark.parametrize("type_name", SIGNED)
def test_any_field_that_was_altered_is_found(type_name: str) -> None:
    signed = sign(message(type_name), with_key)
    for field in msgspec.structs.fields(signed):
        value = getattr(signed, field.name)
        altered = not value if isinstance(value, bool) else value + 1 if isinstance(value, int | float) else f"{value}x"
        changed = msgspec.structs.replace(signed, **{field.name: altered})
        assert signature_fault(changed, verify), field.name


def test_without_a_key_nothing_is_signed_and_nothing_asked_for() -> None:
    unsigned = message("gws.command", Signature="")
    assert sign(unsigned, None) is unsigned
    assert signature_fault(unsigned, None) == ""
    assert "not signed" in signature_fault(unsigned, verify)
    assert "altered" in signature_fault(message("gws.command"), verify)
