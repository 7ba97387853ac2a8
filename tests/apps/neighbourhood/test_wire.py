"""What the wire does to messages."""

from gw_spaceheat.apps.neighbourhood.wire import LATENCY_MS, Wire, WireFaults
from gw_spaceheat.core.events import Carried, Received
from gw_spaceheat.core.market.said import say
from gw_spaceheat.messages.gws_street_noted import GwsStreetNoted
from gw_spaceheat.vocabulary.moment import Moment

NOW = Moment(0, 1_460_246_400_000)
NOTED = GwsStreetNoted(subject="a", number=1)


def carried(wire: Wire, times: int = 1) -> list[Carried]:
    found = [each for _ in range(times) for each in wire.handle(say("a", "b", NOTED), NOW)]
    return [each for each in found if isinstance(each, Carried)]


def test_a_good_one_carries_all_to_those_it_leads_to() -> None:
    wire = Wire(["b"], WireFaults(), strict=True)
    (one,) = carried(wire)
    assert (one.to, one.due_mono_ms) == ("b", LATENCY_MS)
    assert isinstance(one.content, Received)
    assert (one.content.src, one.content.message) == ("a", NOTED)
    assert wire.handle(say("a", "c", NOTED), NOW) == ()


def test_one_that_is_gone_for_a_while_loses_all_that_is_sent_then() -> None:
    wire = Wire(["b"], WireFaults(gone_ms=(1000, 3000)))
    arrived = [bool(wire.handle(say("a", "b", NOTED), NOW.later(at_ms))) for at_ms in (999, 1000, 2999, 3000)]
    assert arrived == [True, False, False, True]
    assert (wire.sent, wire.lost) == (4, 2)


def test_a_bad_one_loses_doubles_and_delays_as_often_as_is_said() -> None:
    wire = Wire(["b"], WireFaults(lost=0.3, doubled=0.5, late_ms=1000))
    arrived = carried(wire, 2000)
    assert abs(wire.lost / 2000 - 0.3) < 0.04
    assert abs(wire.doubled / (2000 - wire.lost) - 0.5) < 0.05
    assert len(arrived) == 2000 - wire.lost + wire.doubled
    delays = sorted(each.due_mono_ms for each in arrived)
    assert LATENCY_MS <= delays[0] < 100
    assert 900 < delays[-1] < LATENCY_MS + 1000
