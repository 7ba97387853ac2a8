"""What pages are served from: who looks at the house asks it, not more often than he must, and no other house."""

from dataclasses import replace

import pytest

from gw_spaceheat.apps.web import Watch
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.gws_look import LONGEST_LOOK_S, GwsLook
from gw_spaceheat.runtime.clock import PacedClock
from tests.scenarios.scene import OAK, START_MS, house


class SteppedTime:
    """A monotonic clock that a test sets [s]."""

    def __init__(self) -> None:
        self.real_s = 0.0

    def __call__(self) -> int:
        return round(self.real_s * 1e9)


def asked_at(
    times: list[float], speed: float = 1.0, alias: str = OAK, *, connected: bool = True
) -> list[tuple[float, Message]]:
    """When the house is asked [real s], and what, if somebody looks at these times."""
    time = SteppedTime()
    watch = Watch(OAK, PacedClock(speed, START_MS, time), shared_bus=False)
    said: list[tuple[float, Message]] = []

    def say(message: Message) -> bool:
        said.append((time.real_s, message))
        return connected

    watch.speaks_by(say)
    looked_at = replace(house(OAK), alias=alias)
    for time.real_s in times:
        watch.look(looked_at)
    return said


def test_the_house_is_asked_now_and_then_while_somebody_looks() -> None:
    said = asked_at([0.0, 0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 5.9, 6.0, 60.0])
    assert [second for second, _ in said] == [0.0, 3.0, 6.0, 60.0]
    assert said[0][1] == GwsLook(to_g_node_alias=house(OAK).scada_alias, every_s=1, for_s=10)


@pytest.mark.parametrize(
    ("speed", "every_s", "for_s"), [(60.0, 60, 600), (0.01, 1, 1), (10_000.0, LONGEST_LOOK_S, LONGEST_LOOK_S)]
)
def test_a_house_that_lives_faster_is_asked_in_its_own_seconds(speed: float, every_s: int, for_s: int) -> None:
    said = asked_at([0.0, 1.0, 2.9, 3.1], speed)
    assert [second for second, _ in said] == [0.0, 3.1]
    ask = said[0][1]
    assert isinstance(ask, GwsLook)
    assert (ask.every_s, ask.for_s) == (every_s, for_s)


def test_who_is_content_with_less_is_told_less() -> None:
    watch = Watch(OAK, PacedClock(1.0, START_MS), shared_bus=False)
    said: list[Message] = []
    watch.speaks_by(lambda message: said.append(message) is None)
    watch.look(house(OAK), every_s=2.0)
    assert said == [GwsLook(to_g_node_alias=house(OAK).scada_alias, every_s=2, for_s=10)]


def test_what_could_not_be_said_is_said_at_the_next_look() -> None:
    assert [second for second, _ in asked_at([0.0, 0.1, 0.2], connected=False)] == [0.0, 0.1, 0.2]


def test_a_house_that_is_not_ours_is_not_asked() -> None:
    assert asked_at([0.0, 10.0], alias="hw1.another.house") == []


def test_nobody_is_asked_where_there_is_no_bus() -> None:
    watch = Watch(OAK, PacedClock(1.0, START_MS), shared_bus=False)
    watch.look(house(OAK))
    assert watch.house(OAK) is None
