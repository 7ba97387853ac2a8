"""Two lanes: what gives way comes when nothing else is there, and each of it waits once."""

from gw_spaceheat.links.outgoing import Outgoing, OutgoingLanes


def said(text: str, connection: int = 0) -> Outgoing:
    return Outgoing(connection, text, b"", 1)


def taken(lanes: OutgoingLanes, *, with_behind: bool = True) -> list[str]:
    found = []
    while (outgoing := lanes.take(with_behind=with_behind)) is not None:
        found.append(f"{outgoing.topic}{outgoing.connection}")
    return found


def test_what_gives_way_comes_last_and_only_if_wanted() -> None:
    lanes = OutgoingLanes()
    lanes.put(said("old"), "1")
    lanes.put(said("older"), "2")
    lanes.put(said("new"))
    lanes.put(said("newer"))
    assert (lanes.holds(behind=False), lanes.holds(behind=True)) == (2, 2)
    assert taken(lanes, with_behind=False) == ["new0", "newer0"]
    assert taken(lanes) == ["old0", "older0"]
    assert (lanes.holds(behind=False), lanes.holds(behind=True)) == (0, 0)


def test_what_is_put_in_again_while_it_waits_waits_once_for_the_later_connection() -> None:
    lanes = OutgoingLanes()
    lanes.put(said("a", 1), "1")
    lanes.put(said("b", 1), "2")
    lanes.put(said("a", 2), "1")
    assert taken(lanes) == ["a2", "b1"]
