"""What supervision servers leave with a broker: read as it stands, nonsense left out, bounded, and over a real broker."""

import json
from pathlib import Path

import pytest
from paho.mqtt import publish

from gw_spaceheat.apps import street_watch
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.apps.street_watch import StreetWatch, watching_streets
from gw_spaceheat.core.supervision.houses import House, Neighbourhood
from gw_spaceheat.core.supervision.telling import house_told, neighbourhood_told
from gw_spaceheat.links.broker import start_broker
from tests.scenarios.scene import Gathered, settings_for

STREET, HOUSE = "Neighborhood/0/State", "Neighborhood/0/House/1/State"


def street(number: int = 0, **changes: object) -> bytes:
    return json.dumps({"neighbourhood": number, "time_ms": 5, "houses": [{"house": 1, "name": "one"}], **changes}).encode()


def test_the_newest_counts_and_an_empty_one_takes_it_away() -> None:
    watch = StreetWatch()
    watch.take(STREET, street())
    watch.take(STREET, street(time_ms=9))
    assert [(one.neighbourhood, one.time_ms, one.houses[0].name) for one in watch.streets()] == [(0, 9, "one")]
    watch.take(STREET, b"")
    assert watch.streets() == ()


def test_streets_are_in_order_and_houses_found() -> None:
    watch = StreetWatch()
    for number in (10, 2, 1):
        watch.take(f"Neighborhood/{number}/State", street(number))
    watch.take(HOUSE, json.dumps({"neighbourhood": 0, "house": 1, "consumers": [{"number": 3, "power_w": None}]}).encode())
    assert [one.neighbourhood for one in watch.streets()] == [1, 2, 10]
    house = watch.house(0, 1)
    assert house is not None
    assert (house.consumers[0].number, house.consumers[0].power_w) == (3, None)
    assert watch.house(0, 2) is None


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        (STREET, b"{"),
        (STREET, b"[]"),
        (STREET, b"{}"),
        (STREET, b'{"neighbourhood": "x"}'),
        (STREET, b"\xff"),
        (STREET, b"[" * 100_000),
        (STREET, street(houses=[{"house": 1, "totals": {"power_w": "much"}}])),
        (STREET, b" " * (street_watch.LARGEST_BYTES + 1)),
        ("Neighborhood/01/State", street()),
        ("Neighborhood/x/State", street()),
        ("Neighborhood/0/State/more", street()),
        ("gw/a/to/b/State", street()),
    ],
)
def test_nonsense_is_left_out(topic: str, payload: bytes) -> None:
    watch = StreetWatch()
    watch.take(topic, payload)
    assert watch.streets() == ()


def test_there_are_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(street_watch, "MOST_STREETS", 2)
    watch = StreetWatch()
    for number in range(5):
        watch.take(f"Neighborhood/{number}/State", street(number))
    watch.take("Neighborhood/1/State", street(1, time_ms=8))
    assert [(one.neighbourhood, one.time_ms) for one in watch.streets()] == [(0, 5), (1, 8)]


def test_what_the_server_tells_is_what_is_read() -> None:
    town = Neighbourhood(0)
    town.houses[7] = House(7, "seven")
    watch = StreetWatch()
    watch.take(STREET, json.dumps(neighbourhood_told(town, 1_700_000_000_000)).encode())
    watch.take("Neighborhood/0/House/7/State", json.dumps(house_told(0, town.houses[7], 1_700_000_000_000)).encode())
    (told,) = watch.streets()
    assert (told.houses[0].house, told.houses[0].name, told.totals.power_w) == (7, "seven", 0.0)
    assert watch.house(0, 7) is not None


class _Seen(StreetWatch):
    """Tells when something was taken."""

    def __init__(self) -> None:
        super().__init__()
        self.events: Gathered[str] = Gathered()

    def take(self, topic: str, payload: bytes) -> None:
        super().take(topic, payload)
        self.events.add(topic)


def test_over_a_broker_what_it_has_kept_is_there_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(street_watch, "StreetWatch", _Seen)
    with start_broker(tmp_path / "broker") as broker:
        publish.single(STREET, street(), qos=1, retain=True, hostname="127.0.0.1", port=broker.port)
        with watching_streets(settings_for(broker, tmp_path), broker.url) as watch:
            assert isinstance(watch, _Seen)
            watch.events.wait(lambda topic: topic == STREET)
            assert [one.neighbourhood for one in watch.streets()] == [0]


def test_without_a_broker_there_is_nothing() -> None:
    with watching_streets(Settings(), None) as watch:
        assert watch.streets() == ()
