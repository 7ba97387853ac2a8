"""Silence becomes missing, told once when lost and once when back."""

from dataclasses import replace

from gw_spaceheat.core.telemetry.presence import Presence
from gw_spaceheat.house.model import CaptureRule, Channel, House
from gw_spaceheat.vocabulary.moment import Moment
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from tests.houses import bare_house


def house() -> House:
    rule = CaptureRule(poll_s=60, period_s=60, delta=None)
    channels = [
        Channel(name=name, about=f"a.{name}", captured_by=source, telemetry=TelemetryName.WaterTempCTimes1000, capture=rule)
        for name, source in (("top", "a.probes"), ("bottom", "a.probes"), ("room", "a.room"))
    ]
    return replace(bare_house(), channels={channel.name: channel for channel in channels})


def at(second: float) -> Moment:
    return Moment(round(second * 1000), 1_700_000_000_000 + round(second * 1000))


def test_a_silent_source_is_told_once_and_once_when_it_is_back() -> None:
    presence = Presence(house())
    presence.start(at(0))
    presence.take("a.probes", ("top", "bottom"), (50.0, 40.0), 0, at(0))
    presence.take("a.room", ("room",), (20.0,), 0, at(0))
    assert presence.deadline() == 155_000
    assert presence.look(at(154)) == []
    presence.take("a.room", ("room",), (20.0,), 0, at(150))
    changes = presence.look(at(155))
    assert [(change.node, change.channels, change.back) for change in changes] == [("a.probes", ("top", "bottom"), False)]
    assert presence.latest == {"top": None, "bottom": None, "room": 20.0}
    assert presence.look(at(200)) == []
    back = presence.take("a.probes", ("top", "bottom"), (51.0, 41.0), 0, at(210))
    assert [(change.node, change.back) for change in back] == [("a.probes", True)]
    assert presence.latest["top"] == 51.0


def test_a_source_never_heard_of_is_missed_from_the_start() -> None:
    presence = Presence(house())
    presence.start(at(0))
    assert {change.node for change in presence.look(at(155))} == {"a.probes", "a.room"}


def test_one_blind_channel_of_many() -> None:
    presence = Presence(house())
    presence.start(at(0))
    presence.take("a.probes", ("top", "bottom"), (50.0, 40.0), 0, at(0))
    gone = presence.take("a.probes", ("top", "bottom"), (None, 40.0), 0, at(60))
    again = presence.take("a.probes", ("top", "bottom"), (None, 40.0), 0, at(120))
    back = presence.take("a.probes", ("top", "bottom"), (50.0, 40.0), 0, at(180))
    assert [(change.channels, change.back) for change in gone] == [(("top",), False)]
    assert again == []
    assert [(change.channels, change.back) for change in back] == [(("top",), True)]


def test_told_lost_by_its_actor_only_once() -> None:
    presence = Presence(house())
    presence.start(at(0))
    assert len(presence.lose("a.room", "no such file")) == 1
    assert presence.lose("a.room", "no such file") == []
    assert presence.lose("a.stranger", "who?") == []


def test_of_a_lost_source_only_what_it_shows_is_back() -> None:
    presence = Presence(house())
    presence.start(at(0))
    presence.take("a.probes", ("top", "bottom"), (50.0, 40.0), 0, at(0))
    presence.lose("a.probes", "unplugged")
    first = presence.take("a.probes", ("top",), (51.0,), 0, at(10))
    second = presence.take("a.probes", ("bottom",), (41.0,), 0, at(20))
    assert [(change.channels, change.back) for change in first] == [(("top",), True)]
    assert [(change.channels, change.back) for change in second] == [(("bottom",), True)]


def test_it_knows_which_channels_a_source_captures() -> None:
    presence = Presence(house())
    assert presence.knows("a.probes", ("top",))
    assert not presence.knows("a.probes", ("room",))
    assert not presence.knows("a.nobody", ("top",))
