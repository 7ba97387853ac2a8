"""Counts, and one note per kind and minute."""

from gw_spaceheat.core.events import Level, Note
from gw_spaceheat.core.link.tally import MOST_CHARACTERS, MOST_KINDS, Tally, clipped
from gw_spaceheat.vocabulary.moment import MINUTE_MS, Moment

NOW = Moment(0, 1_700_000_000_000)


def test_one_note_per_kind_and_minute() -> None:
    tally = Tally("uplink")
    assert tally.tell("not-json", "first", NOW) == (Note(Level.WARNING, "uplink: not-json: first"),)
    assert tally.tell("not-json", "second", NOW.later(MINUTE_MS - 1)) == ()
    assert len(tally.tell("bad-topic", "another kind", NOW.later(1))) == 1
    third = tally.tell("not-json", "third", NOW.later(MINUTE_MS))
    assert third == (Note(Level.WARNING, "uplink: not-json: third (and 1 more of this kind since the last line)"),)
    assert tally.counts == {"not-json": 3, "bad-topic": 1}


def test_counts_without_a_note() -> None:
    tally = Tally("uplink")
    tally.count("echo")
    assert tally.counts == {"echo": 1}


def test_a_stranger_cannot_make_it_grow() -> None:
    tally = Tally("uplink")
    for number in range(MOST_KINDS * 3):
        tally.tell(f"kind {number}", "", NOW)
    assert len(tally.counts) == MOST_KINDS + 1
    assert sum(tally.counts.values()) == MOST_KINDS * 3


def test_quotes_fit_one_line() -> None:
    assert clipped("a\nb\x1b[31m") == "a\\nb\\x1b[31m"
    assert len(clipped("x" * 10_000)) == MOST_CHARACTERS + 3
