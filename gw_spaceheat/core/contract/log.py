"""The contract log: append-only lines, each of which names the hash of the one before, so that nothing can be changed unseen.

A line is JSON in this order, and its hash covers the line's bytes up to the hash itself:

    {"prev":HASH,"seq":N,"ms":UTC,"key":NAME,"kind":KIND,"body":{...},"hash":HASH}

Whoever holds a signed head (length and hash of a log at some time) can tell afterwards whether the log that is shown still
holds those entries unaltered. Each side keeps the other's heads, because they stand in every message.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from gw_spaceheat.messages.signing import Sign, Verify

LOG = "contract"
"""Name of the log in `Append`."""
GENESIS = "0" * 64
"""What the first entry names as the hash before it."""
UNSIGNED = "unsigned"
"""The name of the key in lines of a side that has none."""
RECEIVED = "received"
"""Kind of an entry that holds a message of the other side."""
HEARD_BEAT = "heard beat"
"""Kind of an entry for a heartbeat of the other side that was like the message before."""
HEAD = "head"
"""Kind of an entry that holds the signed head of the log before it."""

_encoder = msgspec.json.Encoder()
_PREV = slice(len('{"prev":"'), len('{"prev":"') + 64)
_SEQ = len('{"prev":"') + 64 + len('","seq":')
_TAIL = len(',"hash":"') + 64 + len('"}')
_HASH = slice(-66, -2)
_LINE = re.compile(
    rb'\{"prev":"[0-9a-f]{64}","seq":(\d{1,18}),"ms":(\d+),"key":"[^"]*","kind":"[^"]*","body":.*,"hash":"[0-9a-f]{64}"\}'
)


class LogHead(msgspec.Struct, frozen=True, gc=False):
    """How far a log goes: number of its entries, and hash of the last."""

    length: int = 0
    hash: str = GENESIS

    def signed_bytes(self) -> bytes:
        """What a signature of the head covers."""
        return f"{self.length}:{self.hash}".encode()

    def signature(self, sign: Sign | None) -> str:
        """The signature of the head; empty where there is no key."""
        return "" if sign is None else sign(self.signed_bytes())


NO_ENTRIES = LogHead()
"""The head of a log that is empty."""


class Fault(NamedTuple):
    """What is wrong with a log, and where.

    Attributes:
        entry: Number of the entry, from 1, as the log should have it.
        what: What is wrong with it, for a person.
    """

    entry: int
    what: str


class Verified(NamedTuple):
    """What a look at a log has found.

    Attributes:
        head: Length and hash of the log as it is.
        faults: What is wrong, in order; empty if nothing is. At most `MOST_FAULTS`.
    """

    head: LogHead
    faults: tuple[Fault, ...]


class PeerHead(msgspec.Struct, frozen=True, gc=False):
    """A head of the other side's log as it came in a message."""

    length: int
    hash: str
    signature: str = ""


MOST_FAULTS = 100


def entry(head: LogHead, at_ms: int, kind: str, body: Mapping[str, Any] | msgspec.Struct, key: str) -> tuple[LogHead, str]:
    """The next line of a log, without its end, and the head that it makes.

    Args:
        head: The log's head before.
        at_ms: When, UTC [ms].
        kind: What kind of entry, in a word or two without quotes.
        body: What there is to say.
        key: Name of the key with which the log's heads are signed.
    """
    length = head.length + 1
    text = f'{{"prev":"{head.hash}","seq":{length},"ms":{at_ms},"key":"{key}","kind":"{kind}","body":'.encode()
    text += _encoder.encode(body)
    digest = sha256(text).hexdigest()
    return LogHead(length, digest), f'{text.decode()},"hash":"{digest}"}}'


def head_entry(head: LogHead, at_ms: int, sign: Sign | None, key: str) -> tuple[LogHead, str]:
    """An entry that holds the signed head of the log before it."""
    body = {"length": head.length, "hash": head.hash, "signature": head.signature(sign)}
    return entry(head, at_ms, HEAD, body, key)


def head_of(last_line: bytes | str) -> LogHead:
    """The head that a log's last line makes: where to go on after a restart.

    Raises:
        ValueError: It is no whole line; the process was killed within it, and it must be cut off.
    """
    line = last_line.encode() if isinstance(last_line, str) else last_line
    found = _LINE.fullmatch(line.rstrip(b"\n"))
    if found is None:
        raise ValueError("the last line of the contract log is not whole; cut it off")
    return LogHead(int(found[1]), line.rstrip(b"\n")[_HASH].decode())


def verify(lines: Iterable[bytes], heads: Sequence[PeerHead] = (), key: Verify | None = None) -> Verified:
    """Find what was altered, left out or moved.

    Args:
        lines: The lines of the log, with or without their ends.
        heads: Heads of this log that somebody else has kept, in any order.
        key: Tells this log's signatures; signed head entries in the log and signatures of the kept heads are checked with it.

    Returns:
        The log's head, and the faults. Every entry but the last is covered by the next; the last by a kept head.
    """
    wanted: dict[int, list[PeerHead]] = {}
    for kept in heads:
        if kept.length:
            wanted.setdefault(kept.length, []).append(kept)
    faults: list[Fault] = []
    before, length = GENESIS, 0
    for raw in lines:
        line = raw.rstrip(b"\n")
        length += 1
        said = line[_HASH].decode("ascii", "replace")
        if line[-_TAIL:-66] != b',"hash":"' or _LINE.fullmatch(line) is None:
            faults.append(Fault(length, "is not a line of a contract log"))
        else:
            number = int(line[_SEQ : line.index(b",", _SEQ)])
            if number != length:
                faults.append(_out_of_place(length, number))
                length = number  # go on counting from what is there, so that one missing entry is one fault
            if line[_PREV] != before.encode():
                faults.append(Fault(length, "does not follow the entry before it: one of the two was altered, or moved"))
            actual = sha256(line[:-_TAIL]).hexdigest()
            if actual != said:
                faults.append(Fault(length, "was altered: its hash is another"))
            if key is not None and b'"kind":"head"' in line[:_MOST_OF_A_HEAD]:
                faults += _signature_faults(line, length, key)
        for kept in wanted.pop(length, ()):
            faults += _kept_faults(kept, said, key)
        before = said
        if len(faults) >= MOST_FAULTS:
            break
    else:
        faults += [
            Fault(missing, "is missing: the other side has a head of it and the log ends before") for missing in sorted(wanted)
        ]
    return Verified(LogHead(length, before), tuple(faults[:MOST_FAULTS]))


def peer_heads(lines: Iterable[bytes]) -> list[PeerHead]:
    """The heads of the other side's log that this log has kept: those in the messages and heartbeats that it received.

    Lines that cannot be read are left out; `verify` tells of them.
    """
    heads = []
    for line in lines:
        begin = line[:_MOST_OF_A_HEAD]
        try:
            if _HEARD_BEAT_KIND in begin:
                heads.append(_heard_beat_decoder.decode(line).body.head)
            elif _RECEIVED_KIND in begin:
                said = _received_decoder.decode(line).body
                heads.append(PeerHead(said.log_length, said.log_head, said.log_signature))
        except msgspec.DecodeError:
            continue
    return heads


_MOST_OF_A_HEAD = 256
_RECEIVED_KIND, _HEARD_BEAT_KIND = (f'"kind":"{kind}"'.encode() for kind in (RECEIVED, HEARD_BEAT))


class _HeadBody(msgspec.Struct):
    length: int
    hash: str
    signature: str = ""


class _Line(msgspec.Struct):
    kind: str
    body: msgspec.Raw


class _ReceivedBody(msgspec.Struct, rename="pascal"):
    log_length: int
    log_head: str
    log_signature: str = ""


class _ReceivedLine(msgspec.Struct):
    body: _ReceivedBody


class _HeardBeatBody(msgspec.Struct):
    head: PeerHead


class _HeardBeatLine(msgspec.Struct):
    body: _HeardBeatBody


_heard_beat_decoder = msgspec.json.Decoder(_HeardBeatLine)
_received_decoder = msgspec.json.Decoder(_ReceivedLine)
_line_decoder = msgspec.json.Decoder(_Line)
_head_decoder = msgspec.json.Decoder(_HeadBody)


def _out_of_place(expected: int, number: int) -> Fault:
    if number > expected:
        missing = f"entry {expected} is" if number == expected + 1 else f"entries {expected} to {number - 1} are"
        return Fault(expected, f"{missing} missing: entry {number} stands in this place")
    return Fault(expected, f"entry {number} stands in this place: entries were moved or repeated")


def _signature_faults(line: bytes, length: int, key: Verify) -> list[Fault]:
    try:
        decoded = _line_decoder.decode(line)
        body = _head_decoder.decode(decoded.body)
    except msgspec.DecodeError:
        return [Fault(length, "is a head that cannot be read")]
    if decoded.kind != HEAD or key(LogHead(body.length, body.hash).signed_bytes(), body.signature):
        return []
    return [Fault(length, "holds a head that this log's key did not sign")]


def _kept_faults(kept: PeerHead, said: str, key: Verify | None) -> list[Fault]:
    if kept.hash == said:
        return []
    if key is not None and not key(LogHead(kept.length, kept.hash).signed_bytes(), kept.signature):
        return [Fault(kept.length, "cannot be compared: the head that the other side has kept is not signed by this log's key")]
    return [Fault(kept.length, "is not what the other side was told then: it, or what stands before it, was altered")]
