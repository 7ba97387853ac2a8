"""What a stranger might say: a corpus of nasty things, and what hypothesis makes up; and a client that says it as it is.

Nothing here is in itself a good message of the house that is tested: what is of good form is about others, or signed by nobody.
"""

import contextlib
import json
import random
import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

EXAMPLES = Path(__file__).parents[1] / "messages" / "examples"
PATIENCE_S = 20.0
LONG = "x" * 1_000_000
DEEP = 20_000


class Shot(NamedTuple):
    """What is said, and under which topic."""

    topic: bytes
    payload: bytes


# the corpus ---------------------------------------------------------------------------------------------------------------

NASTY: tuple[object, ...] = (
    None,
    True,
    -1,
    0,
    2**31,
    2**53 + 1,
    2**64,
    10**400,
    -(10**30),
    1e308,
    0.1,
    "",
    " ",
    "\0",
    "\ud800",
    "../../../etc/passwd",
    "a'; DROP TABLE message; --",
    "NaN",
    "\x1b[2J\n<0>made up",
    "\uff41.b",
    [],
    [None],
    [[[[]]]],
    {},
    {"TypeName": "gw"},
    [0] * 10_000,
)
"""In the place of a field's value."""
RAW: tuple[bytes, ...] = (
    b"NaN",
    b"Infinity",
    b"-Infinity",
    b"1e999999",
    b"9" * 5_000,
    b'"\xff\xfe"',
    b'"\xc0\x80"',
    b'"\\ud800"',
    b"[" * DEEP,
    b"[" * DEEP + b"]" * DEEP,
    b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    b'{"Value":1,"Value":2}',
)
"""The same, as bytes that no encoder of JSON would make."""
PAYLOADS: tuple[bytes, ...] = (
    b"",
    b"\0",
    b"\0" * 1_000,
    b"null",
    b"[]",
    b"{}",
    b'"',
    b'{"TypeName": "gw"}',
    b'{"TypeName": "gw", "Header": null, "Payload": null}',
    b'{"TypeName": "gw", "Header": {"TypeName": "gridworks.header"}, "Payload": {}}',
    b"\xef\xbb\xbf{}",
    b"\xff\xfe{\0}\0",
    bytes(range(256)),
    b"[" * DEEP,
    b'{"Header":' * DEEP,
    LONG.encode(),
    json.dumps({"TypeName": LONG}).encode(),
    b"{" + b'"a":1,' * 100_000 + b'"a":1}',
)
"""Whole payloads."""
TOPICS: tuple[bytes, ...] = (
    b"gw",
    b"gw/",
    b"gw//to//",
    b"gw/+/to/#/x",
    b"gw/#",
    b"gw/a/to/b/$SYS",
    b"$SYS/broker/uptime",
    b"$share/x/gw/a/to/s/send-snap",
    b"gw/a/to/s/send-snap/more",
    b"gw/../to/../x",
    b"gw/A/to/S/SEND-SNAP",
    b"gw/a\0b/to/s/send-snap",
    b"gw/\xff\xfe/to/s/send-snap",
    b"gw/\xed\xa0\x80/to/s/send-snap",
    "gw/\uff41/to/s/send-snap".encode(),
    b"gw/a/to/s/" + b"x" * 60_000,
    b"gw/" + b"a" * 60_000 + b"/to/s/send-snap",
    b"gw/a/to/s" + b"/x" * 20_000,
)


def corpus(house: str, chance: random.Random) -> Iterator[Shot]:
    """Without end: examples of every message in the name of everyone, with something wrong in most of them."""
    examples = [json.loads(path.read_text().replace("hw1.isone.me.demo", house)) for path in sorted(EXAMPLES.glob("*.json"))]
    speakers = (house, f"{house}.ta.scada", f"{house}.ta", "ear", "d1.somebody.else", "d1.somebody.else.ta.scada")
    seen: list[Shot] = []
    while True:
        kind = chance.random()
        known = chance.choice(((house, "s"), (f"{house}.ta.scada", "a")))
        src, dst = known if chance.random() < 0.8 else (chance.choice(speakers), chance.choice(("s", "a", "ear", "")))
        example = chance.choice(examples)
        if kind < 0.08:
            shot = Shot(chance.choice(TOPICS), chance.choice(PAYLOADS))
        elif kind < 0.14:
            shot = Shot(topic(src, dst, example["TypeName"]), chance.choice(PAYLOADS[:-5]))
        elif kind < 0.2 and seen:
            shot = chance.choice(seen)
        elif kind < 0.3:
            shot = _in_wrong_envelope(src, dst, example, chance)
        elif kind < 0.32:
            shot = Shot(topic(src, dst, example["TypeName"]), envelope(src, dst, _with_long_word(example, chance)))
        else:
            shot = _with_something_wrong(src, dst, example, chance)
        if len(shot.payload) < 10_000 and len(seen) < 500:
            seen.append(shot)
        yield shot


def topic(src: str, dst: str, type_name: str) -> bytes:
    return f"gw/{src}/to/{dst}/{type_name}".replace(".", "-").encode()


def envelope(src: str, dst: str, payload: dict[str, Any], **header: object) -> bytes:
    said = {
        "TypeName": "gridworks.header",
        "Src": src,
        "Dst": dst,
        "MessageType": payload.get("TypeName"),
        "MessageId": payload.get("MessageId", ""),
        "AckRequired": True,
        "Version": "001",
        **header,
    }
    return json.dumps({"TypeName": "gw", "Header": said, "Payload": payload}).encode()


def _in_wrong_envelope(src: str, dst: str, example: dict[str, Any], chance: random.Random) -> Shot:
    name = chance.choice(["Src", "Dst", "MessageType", "MessageId", "AckRequired", "Stream", "Sequence", "TypeName", "Version"])
    payload = envelope(
        src, dst, example, **{"Stream": "f00", "Sequence": chance.choice([1, 2, 7, 2**53]), name: chance.choice(NASTY)}
    )
    return Shot(topic(src, dst, example["TypeName"]), payload)


def _with_something_wrong(src: str, dst: str, example: dict[str, Any], chance: random.Random) -> Shot:
    """One field, at any depth, is something else, or not there; one time in ten nothing is wrong but who says it."""
    changed = json.loads(json.dumps(example))
    places = [*_places(changed)]
    mark = "@raw@"
    raw = b""
    if chance.random() < 0.9:
        holder, key = chance.choice(places)
        what = chance.random()
        if what < 0.15:
            del holder[key]
        elif what < 0.3:
            holder[key] = mark
            raw = chance.choice(RAW)
        elif what < 0.4:
            holder[key] = _off_by_a_little(holder[key], chance)
        else:
            holder[key] = chance.choice(NASTY)
    payload = envelope(src, dst, changed).replace(f'"{mark}"'.encode(), raw)
    return Shot(topic(src, dst, example["TypeName"]), payload)


def _off_by_a_little(value: object, chance: random.Random) -> object:
    """Such as a signature with one letter changed."""
    if isinstance(value, str) and value:
        place = chance.randrange(len(value))
        return value[:place] + chance.choice("abcXYZ019-_") + value[place + 1 :]
    if isinstance(value, int | float):
        return value + chance.choice([-1, 1, 0.5, 1000])
    if isinstance(value, list):
        return [*value, *value[:1]]
    return value


def _with_long_word(example: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    name = chance.choice([key for key in example if key != "TypeName"] or ["TypeName"])
    return {**example, name: LONG}


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every field and item, with what holds it."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield value, key
        yield from _places(inner)


# made up ------------------------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=50),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=20), inner, max_size=5),
    max_leaves=20,
)
WORD = st.from_regex(r"[a-z0-9-]{0,20}", fullmatch=True) | st.text(max_size=20)


def made_up(house: str, number: int) -> list[Shot]:
    """So many, the same each time."""
    dashed = house.replace(".", "-")
    types = st.sampled_from([path.stem.replace(".", "-") for path in sorted(EXAMPLES.glob("*.json"))]) | WORD
    ways = st.sampled_from([f"{dashed}/to/s", f"{dashed}-ta-scada/to/a"]) | st.builds("{}/to/{}".format, WORD, WORD)
    topics = st.builds("gw/{}/{}".format, ways, types) | st.text(max_size=80)
    payloads = st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode())
    header = st.fixed_dictionaries({"Src": WORD, "Dst": WORD, "MessageType": WORD})
    enveloped = st.builds(
        lambda said, inner: json.dumps({"TypeName": "gw", "Header": said, "Payload": inner}).encode(), header, JSON
    )
    found: list[Shot] = []

    @settings(
        max_examples=number,
        database=None,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(topics, payloads | enveloped)
    def gather(name: str, payload: bytes) -> None:
        found.append(Shot(name.encode(errors="surrogatepass")[:65_000], payload))

    gather()
    return found


def shots(house: str, number: int, seed: int) -> list[Shot]:
    """So many: a third is made up, the rest of the corpus."""
    chance = random.Random(seed)
    made = made_up(house, number // 3)
    nasty = corpus(house, chance)
    made += [next(nasty) for _ in range(number - len(made))]
    chance.shuffle(made)
    return made


# how it is said -----------------------------------------------------------------------------------------------------------


class Stranger:
    """Says anything over MQTT 3.1.1, also what no library would; connects anew when the broker hangs up on it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection: socket.socket | None = None
        self.hung_up = 0

    def say(self, shot: Shot) -> None:
        """Send it, once. Whether it arrives is the broker's affair."""
        body = struct.pack(">H", len(shot.topic)) + shot.topic + shot.payload
        packet = b"\x30" + _length(len(body)) + body
        try:
            self._connected().sendall(packet)
        except OSError:
            self._hang_up()

    def wait_for_the_broker(self) -> bool:
        """Until the broker has taken all that was said; False if it has hung up instead."""
        try:
            connection = self._connected()
            connection.sendall(b"\xc0\x00")
            if _exactly(connection, 2)[:1] == b"\xd0":
                return True
        except OSError:
            pass
        self._hang_up()
        return False

    def _connected(self) -> socket.socket:
        if self._connection is None:
            name = b"stranger"
            connection = socket.create_connection(("127.0.0.1", self._port), PATIENCE_S)
            body = b"\x00\x04MQTT\x04\x02\x00\x00" + struct.pack(">H", len(name)) + name
            connection.sendall(b"\x10" + _length(len(body)) + body)
            assert _exactly(connection, 4)[3] == 0, "the broker does not let anybody in"
            self._connection = connection
        return self._connection

    def _hang_up(self) -> None:
        self.hung_up += 1
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.close()
        self._connection = None

    def __enter__(self) -> "Stranger":
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.close()


def _length(size: int) -> bytes:
    found = b""
    while True:
        size, digit = divmod(size, 128)
        found += bytes([digit | (0x80 if size else 0)])
        if not size:
            return found


def _exactly(connection: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        more = connection.recv(count - len(found))
        if not more:
            raise ConnectionResetError("the broker has hung up")
        found += more
    return found
