"""Whatever comes in, the answer is a message or a refusal, and never another error."""

import contextlib
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.messages import codec, legacy
from gw_spaceheat.messages.codec import Refusal
from tests.messages.samples import EXAMPLES, enveloped, topic_of

TYPES = st.sampled_from(sorted(EXAMPLES))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.text(max_size=20)
    | st.sampled_from([2**63, 10**40, "\ud800", "", "nan", 946_684_800_000])
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4), max_leaves=8
)


def paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place inside a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] + [place for key, item in inner for place in paths(item, (*path, key))]


def put(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    """The JSON value with one place replaced."""
    if not path:
        return new
    changed = value.copy()
    changed[path[0]] = put(value[path[0]], path[1:], new)
    return changed


@settings(max_examples=300, deadline=None)
@given(
    topic=st.text(max_size=40) | TYPES.map(topic_of),
    payload=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
)
def test_any_bytes(topic: str, payload: bytes) -> None:
    for decode in (codec.decode, legacy.decode):
        with contextlib.suppress(Refusal):
            decode(topic, payload)


@settings(max_examples=500, deadline=None)
@given(data=st.data(), type_name=TYPES, new=JSON)
def test_an_example_with_one_place_changed(data: st.DataObject, type_name: str, new: Any) -> None:
    wire = enveloped(EXAMPLES[type_name], type_name)
    place = data.draw(st.sampled_from(paths(wire)))
    payload = json.dumps(put(wire, place, new)).encode()
    with contextlib.suppress(Refusal):
        envelope = codec.decode(topic_of(type_name), payload)
        again = codec.encode(
            envelope.message,
            src=envelope.src,
            dst=envelope.dst,
            message_id=envelope.message_id,
            ack_required=envelope.ack_required,
        )
        assert codec.decode(*again) == envelope


@settings(max_examples=500, deadline=None)
@given(data=st.data(), type_name=TYPES, byte=st.integers(0, 255))
def test_an_example_with_one_byte_changed(data: st.DataObject, type_name: str, byte: int) -> None:
    payload = bytearray(json.dumps(enveloped(EXAMPLES[type_name], type_name)).encode())
    payload[data.draw(st.integers(0, len(payload) - 1))] = byte
    with contextlib.suppress(Refusal):
        codec.decode(topic_of(type_name), bytes(payload))


@settings(max_examples=200, deadline=None)
@given(type_name=TYPES, cut=st.integers(0, 400))
def test_an_example_cut_short_is_refused(type_name: str, cut: int) -> None:
    payload = json.dumps(enveloped(EXAMPLES[type_name], type_name)).encode()
    cut = min(cut, len(payload) - 1)
    try:
        codec.decode(topic_of(type_name), payload[:cut])
    except Refusal as refusal:
        assert refusal.kind in (codec.RefusalKind.NOT_JSON, codec.RefusalKind.NO_ENVELOPE)
    else:
        raise AssertionError("half a message was accepted")
