"""In which order what waited goes up: by number, or the newest day first and each day from its morning on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gw_spaceheat.core.events import Send, Urgency
from gw_spaceheat.core.link.outbox import MemoryOutbox
from gw_spaceheat.core.link.walk import Walk
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS
from gw_spaceheat.vocabulary.upload_order import UploadOrder

MIDNIGHT_MS = 1_700_006_400_000
"""Of a day, UTC."""


def put(outbox: MemoryOutbox, name: str, day: int, hour: float = 0, urgency: Urgency = Urgency.EVENT) -> None:
    """A message that is about this hour of a day, the last hour of it ending the day."""
    outbox.put(Send("uplink", "a", PowerWatts(watts=1), urgency, name), round(MIDNIGHT_MS + day * DAY_MS + hour * HOUR_MS))


def rest(walk: Walk, *, with_held: bool = True) -> str:
    found = ""
    while (entry := walk.next(with_held=with_held)) is not None:
        found += entry.send.message_id
    return found


def everything(walk: Walk, outbox: MemoryOutbox) -> str:
    """All, each acknowledged as soon as it has come."""
    found = ""
    while (entry := walk.next(with_held=True)) is not None:
        found += entry.send.message_id
        outbox.forget(entry.send.message_id)
    return found


FILLED = [("a", 0, 3), ("b", 0, 23.99), ("c", 1, 0), ("d", 3, 12), ("e", 3, 6), ("f", -2, 1)]
"""Name, day, hour; put in in this order."""


@pytest.mark.parametrize(
    ("order", "expected"), [(UploadOrder.OLDEST_FIRST, "abcdef"), (UploadOrder.NEWEST_DAY_FIRST, "edcabf")], ids=str
)
def test_orders(order: UploadOrder, expected: str) -> None:
    outbox = MemoryOutbox()
    for name, day, hour in FILLED:
        put(outbox, name, day, hour)
    walk = Walk(outbox, order)
    assert everything(walk, outbox) == expected
    put(outbox, "x", 0)
    put(outbox, "y", 5)
    put(outbox, "z", 4)
    assert rest(walk) == "xyz", "what came meanwhile, by number"
    walk.begin()
    assert rest(walk)[:3] == ("xyz" if order is UploadOrder.OLDEST_FIRST else "yzx")


def test_what_comes_meanwhile_is_not_forgotten_whatever_day_it_is_about() -> None:
    outbox = MemoryOutbox()
    for name, day in (("a", 0), ("b", 1), ("c", 2)):
        put(outbox, name, day)
    walk = Walk(outbox, UploadOrder.NEWEST_DAY_FIRST)
    for name in "cb":
        entry = walk.next(with_held=True)
        assert entry is not None
        assert entry.send.message_id == name
        outbox.forget(name)
    put(outbox, "n", 9)
    put(outbox, "m", -1)
    assert everything(walk, outbox) == "amn"


def test_while_held_ones_may_not_go_the_others_go_by_number() -> None:
    outbox = MemoryOutbox()
    put(outbox, "a", 0)
    put(outbox, "h", 1, urgency=Urgency.HELD)
    put(outbox, "b", 2)
    walk = Walk(outbox, UploadOrder.NEWEST_DAY_FIRST)
    assert rest(walk, with_held=False) == "ab"
    walk.begin()
    assert everything(walk, outbox) == "bha"


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 23)), max_size=20), st.sampled_from(UploadOrder))
def test_each_comes_once_and_no_day_before_a_newer_one(places: list[tuple[int, int]], order: UploadOrder) -> None:
    outbox = MemoryOutbox()
    for number, (day, hour) in enumerate(places):
        put(outbox, chr(97 + number), day, hour)
    found = everything(Walk(outbox, order), outbox)
    assert sorted(found) == [chr(97 + number) for number in range(len(places))]
    numbers = [ord(name) - 97 for name in found]
    if order is UploadOrder.OLDEST_FIRST:
        assert numbers == sorted(numbers)
    else:
        assert numbers == sorted(numbers, key=lambda number: (-places[number][0], places[number][1], number))
