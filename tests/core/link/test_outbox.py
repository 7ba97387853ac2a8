"""The outbox in memory: keeps, forgets, gives up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gw_spaceheat.core.events import Send, Urgency
from gw_spaceheat.core.link.outbox import MemoryOutbox
from gw_spaceheat.messages.codec import encode_bare
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.vocabulary.tier import Tier
from tests.core.retention.samples import START_S, report

NOW_MS = 1_700_000_000_000


def send(message_id: str) -> Send:
    return Send("uplink", "a", PowerWatts(watts=1), Urgency.EVENT, message_id)


def ids(outbox: MemoryOutbox) -> list[str]:
    found, sequence = [], 0
    while (entry := outbox.after(sequence)) is not None:
        found.append(entry.send.message_id)
        sequence = entry.sequence
    return found


def test_walks_from_the_oldest_to_the_newest() -> None:
    outbox = MemoryOutbox()
    for message_id in "cab":
        assert outbox.put(send(message_id), NOW_MS) == ()
    assert ids(outbox) == ["c", "a", "b"]
    assert len(outbox) == 3


def test_keeps_one_message_once() -> None:
    outbox = MemoryOutbox()
    outbox.put(send("a"), NOW_MS)
    outbox.put(send("a"), NOW_MS)
    assert ids(outbox) == ["a"]


def test_forgets_by_identifier() -> None:
    outbox = MemoryOutbox()
    for message_id in "abc":
        outbox.put(send(message_id), NOW_MS)
    assert outbox.forget("b")
    assert not outbox.forget("b")
    assert outbox.find("b") is None
    assert outbox.find("c") is not None
    assert ids(outbox) == ["a", "c"]


def test_gives_up_the_oldest_and_says_so() -> None:
    outbox = MemoryOutbox(most_entries=2)
    outbox.put(send("a"), NOW_MS)
    outbox.put(send("b"), NOW_MS)
    assert [lost.message_id for lost in outbox.put(send("c"), NOW_MS)] == ["a"]
    assert ids(outbox) == ["b", "c"]
    assert outbox.find("a") is None


def test_sequence_numbers_are_never_used_twice() -> None:
    outbox = MemoryOutbox()
    outbox.put(send("a"), NOW_MS)
    outbox.forget("a")
    outbox.put(send("a"), NOW_MS)
    entry = outbox.find("a")
    assert entry is not None
    assert entry.sequence == 2


def test_must_hold_something() -> None:
    with pytest.raises(ValueError, match="at least one"):
        MemoryOutbox(most_entries=0)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 9))), st.integers(1, 5))
def test_is_a_bounded_queue_with_removal(steps: list[tuple[bool, int]], most: int) -> None:
    outbox, model = MemoryOutbox(most), list[str]()
    for put, number in steps:
        message_id = str(number)
        if put:
            lost = [gone.message_id for gone in outbox.put(send(message_id), NOW_MS)]
            if message_id not in model:
                model.append(message_id)
            assert lost == model[: len(model) - most] if len(model) > most else not lost
            model = model[-most:]
        else:
            assert outbox.forget(message_id) == (message_id in model)
            model = [kept for kept in model if kept != message_id]
        assert ids(outbox) == model
        assert len(outbox) == len(model)


def report_of(slot: int) -> Send:
    made = report({"t": [(0, slot)]}, slot)
    return Send("uplink", "a", made, Urgency.HELD, made.message_id)


@given(st.lists(st.tuples(st.sampled_from("preb"), st.integers(0, 9))), st.integers(1, 8))
def test_finds_what_is_old_and_knows_its_bytes_whatever_was_done(steps: list[tuple[str, int]], most: int) -> None:
    outbox, slots = MemoryOutbox(most), {number: report_of(number) for number in range(10)}
    for what, number in steps:
        if what == "p":
            outbox.put(slots[number], NOW_MS)
        elif what == "e":
            outbox.put(send(str(number)), NOW_MS + number)
        elif what == "r":
            old = [entry.sequence for entry in outbox.filed_before(Tier.WHOLE, 2**62, 2)]
            outbox.replace(old, send("r"), NOW_MS + number)
        entries = [entry for name in ids(outbox) if (entry := outbox.find(name)) is not None]
        if what == "b":
            assert outbox.size_bytes == sum(len(encode_bare(entry.send.message)) for entry in entries)
        for tier in (Tier.EVENT, Tier.WHOLE):
            for before_ms in (NOW_MS + number, START_S * 1000 + number * 300_000):
                wanted = [entry for entry in entries if entry.filed.tier is tier and entry.filed.about_ms < before_ms]
                wanted.sort(key=lambda entry: (entry.filed.about_ms, entry.sequence))
                assert outbox.filed_before(tier, before_ms, 3) == wanted[:3]
