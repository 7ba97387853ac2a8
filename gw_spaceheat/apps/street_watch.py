"""What a supervision server has left with the broker about its streets, as it stands now: for whoever looks."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

import msgspec

from gw_spaceheat.apps.connections import mqtt_settings
from gw_spaceheat.apps.process import fresh_seed
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.events import Event, PlainReceived
from gw_spaceheat.links.mqtt import Mqtt
from gw_spaceheat.messages.supervision import ROOT
from gw_spaceheat.messages.supervision_state import HouseWhole, Street

_Key = TypeVar("_Key")
_Told = TypeVar("_Told")
LINK = "streets"
TOPICS = (f"{ROOT}/+/State", f"{ROOT}/+/House/+/State")
MOST_STREETS, MOST_HOUSES = 100, 2_000
LARGEST_BYTES = 2_000_000
LONGEST_PAUSE_S = 5.0
_STREET = re.compile(rf"{ROOT}/(0|[1-9][0-9]{{0,8}})/State", re.ASCII)
_HOUSE = re.compile(rf"{ROOT}/(0|[1-9][0-9]{{0,8}})/House/(0|[1-9][0-9]{{0,8}})/State", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Known:
    streets: dict[int, Street]
    houses: dict[tuple[int, int], HouseWhole]


class StreetWatch:
    """The streets of a broker; its link's thread writes, the server's threads read."""

    def __init__(self) -> None:
        """Nothing was heard."""
        self._lock = threading.Lock()
        self._known = _Known({}, {})

    def take(self, topic: str, payload: bytes) -> None:
        """A state that was told; an empty one is of what is there no more, nonsense is left out."""
        if len(payload) > LARGEST_BYTES:
            return
        street, house = _STREET.fullmatch(topic), _HOUSE.fullmatch(topic)
        with self._lock:
            if street is not None:
                self._put(self._known.streets, int(street[1]), payload, Street, MOST_STREETS)
            elif house is not None:
                self._put(self._known.houses, (int(house[1]), int(house[2])), payload, HouseWhole, MOST_HOUSES)

    def streets(self) -> tuple[Street, ...]:
        """All streets by number."""
        with self._lock:
            return tuple(self._known.streets[number] for number in sorted(self._known.streets))

    def house(self, neighbourhood: int, house: int) -> HouseWhole | None:
        """All of a house; None if nothing was told of it."""
        with self._lock:
            return self._known.houses.get((neighbourhood, house))

    def post(self, event: Event) -> None:
        """What the link tells; called in its thread."""
        if isinstance(event, PlainReceived):
            self.take(event.topic, event.payload)

    @staticmethod
    def _put(known: dict[_Key, _Told], key: _Key, payload: bytes, kind: type[_Told], most: int) -> None:
        if not payload:
            known.pop(key, None)
            return
        try:
            told = msgspec.json.decode(payload, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return
        if key in known or len(known) < most:
            known[key] = told


@contextmanager
def watching_streets(settings: Settings, url: str | None) -> Iterator[StreetWatch]:
    """Listen to what supervision servers leave with a broker; None for nobody; raises BadUrl."""
    watch = StreetWatch()
    if url is None:
        yield watch
        return
    transport = mqtt_settings(settings, url, f"streets-{fresh_seed()[:4].hex()}", TOPICS)
    link = Mqtt(
        replace(transport, longest_pause_s=LONGEST_PAUSE_S, wants_kept=True),
        LINK,
        watch.post,
        plain=lambda topic, payload, kept: PlainReceived(LINK, topic, payload, kept),
    )
    link.open()
    try:
        yield watch
    finally:
        link.close()
