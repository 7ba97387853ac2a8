"""The contract log: any altered, missing or moved entry is found and named."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.core.contract.log import (
    GENESIS,
    NO_ENTRIES,
    LogHead,
    PeerHead,
    entry,
    head_entry,
    head_of,
    peer_heads,
    verify,
)
from tests.core.contract.keys import OURS, THEIRS

T0 = 1_700_000_000_000


def log(count: int = 20, *, heads: bool = False) -> tuple[LogHead, list[bytes]]:
    head, lines = NO_ENTRIES, []
    for number in range(count):
        if heads and number % 5 == 4:
            head, line = head_entry(head, T0 + number, OURS.sign, "ours")
        else:
            head, line = entry(head, T0 + number, "command", {"node": "a.elt1.relay", "value": number}, "ours")
        lines.append(line.encode() + b"\n")
    return head, lines


def named(lines: list[bytes], **heads: object) -> list[int]:
    return [fault.entry for fault in verify(lines, **heads).faults]  # type: ignore[arg-type]


def test_a_log_that_was_left_alone_is_well() -> None:
    head, lines = log()
    assert verify(lines) == (head, ())
    assert verify(line.rstrip() for line in lines) == (head, ())
    assert head_of(lines[-1]) == head
    assert verify([]) == (LogHead(0, GENESIS), ())


def test_an_entry_that_was_altered_is_named() -> None:
    _, lines = log()
    lines[7] = lines[7].replace(b'"value":7', b'"value":8')
    assert named(lines) == [8]


def test_an_entry_that_was_altered_with_its_hash_is_found_in_the_next() -> None:
    _, lines = log()
    before = head_of(lines[6])
    lines[7] = entry(before, T0 + 7, "command", {"node": "a.elt1.relay", "value": 99}, "ours")[1].encode()
    assert named(lines) == [9]


@pytest.mark.parametrize("missing", [[0], [7], [7, 8, 9]])
def test_entries_that_were_left_out_are_named(missing: list[int]) -> None:
    _, lines = log()
    found = verify([line for number, line in enumerate(lines) if number not in missing]).faults
    assert found[0].entry == missing[0] + 1
    assert "missing" in found[0].what


def test_entries_that_were_moved_are_named() -> None:
    _, lines = log()
    lines[7], lines[8] = lines[8], lines[7]
    assert {8, 9} <= set(named(lines))


@pytest.mark.parametrize("line", [b"", b"{}", b"not json", b"\xff" * 200, b'{"prev":"' + b"0" * 64])
def test_what_is_no_entry_is_named(line: bytes) -> None:
    _, lines = log()
    lines[7] = line
    assert 8 in named(lines)


def test_a_tail_that_was_cut_off_is_found_by_a_head_that_the_other_side_kept() -> None:
    head, lines = log()
    kept = [PeerHead(head.length, head.hash)]
    assert named(lines, heads=kept) == []
    assert named(lines[:-3]) == []
    assert named(lines[:-3], heads=kept) == [20]


def test_a_log_that_was_written_anew_is_found_by_a_kept_head() -> None:
    head, _ = log()
    other_head, other = NO_ENTRIES, []
    for number in range(20):
        other_head, line = entry(other_head, T0, "command", {"value": -number}, "ours")
        other.append(line.encode())
    assert named(other) == []
    assert named(other, heads=[PeerHead(head.length, head.hash, head.signature(OURS.sign))], key=OURS.verify) == [20]


def test_a_head_that_somebody_else_made_up_proves_nothing() -> None:
    _, lines = log()
    forged = LogHead(20, "f" * 64)
    (fault,) = verify(lines, [PeerHead(20, forged.hash, forged.signature(THEIRS.sign))], OURS.verify).faults
    assert "not signed by this log's key" in fault.what


def test_signed_heads_within_the_log_are_checked() -> None:
    _, lines = log(heads=True)
    assert named(lines, key=OURS.verify) == []
    assert named(lines, key=THEIRS.verify) == [5, 10, 15, 20]


def test_a_line_that_is_not_whole_must_be_cut_off() -> None:
    _, lines = log()
    with pytest.raises(ValueError, match="not whole"):
        head_of(lines[-1][:-10])


def test_the_other_sides_heads_are_in_the_messages_that_were_received() -> None:
    body = {"LogLength": 5, "LogHead": "a" * 64, "LogSignature": "s", "Mode": "RemoteControl"}
    _, received = entry(NO_ENTRIES, T0, "received", body, "ours")
    _, sent = entry(NO_ENTRIES, T0, "sent", body, "ours")
    beat = {"number": 7, "head": {"length": 6, "hash": "b" * 64, "signature": "t"}}
    _, heard = entry(NO_ENTRIES, T0, "heard beat", beat, "ours")
    lines = [received.encode(), heard.encode(), sent.encode(), b"rubbish"]
    assert peer_heads(lines) == [PeerHead(5, "a" * 64, "s"), PeerHead(6, "b" * 64, "t")]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_byte_that_is_changed_is_found(data: st.DataObject) -> None:
    head, lines = log(8)
    number = data.draw(st.integers(0, 7))
    place = data.draw(st.integers(0, len(lines[number]) - 2))
    byte = data.draw(st.integers(0, 255))
    altered = bytearray(lines[number])
    if altered[place] == byte or byte in (10, 13):
        return
    altered[place] = byte
    lines[number] = bytes(altered)
    faults = verify(lines, [PeerHead(head.length, head.hash)]).faults
    assert faults
    assert any(abs(fault.entry - (number + 1)) <= 1 for fault in faults)
