"""What the pages are served from: the houses of a broker as they are heard, and the house files, each read once."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from gw_spaceheat.actors.human_door import SPEAKER
from gw_spaceheat.actors.local_bus import SCADA
from gw_spaceheat.apps.connections import local_mqtt_settings, mqtt_settings
from gw_spaceheat.apps.houses import find_house
from gw_spaceheat.apps.process import fresh_seed
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.events import Event, LinkChanged, Received
from gw_spaceheat.core.watching import HouseNow, Watching
from gw_spaceheat.house.faults import HouseFileError
from gw_spaceheat.house.model import House
from gw_spaceheat.house.parse import house_aliases
from gw_spaceheat.links.mqtt import Mqtt, Taken
from gw_spaceheat.links.mqtt_settings import MqttSettings
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.codec import encode
from gw_spaceheat.messages.gws_look import LONGEST_LOOK_S, GwsLook
from gw_spaceheat.messages.send_snap import SendSnap
from gw_spaceheat.runtime.clock import Clock
from gw_spaceheat.vocabulary.moment import SECOND_MS

UPLINK = "uplink"
LOCAL = "local"
LONGEST_PAUSE_S = 5.0
"""A page that people look at is back at its broker sooner than a daemon [s]."""
LOOK_EVERY_S = 1.0
LOOK_FOR_S = 10.0
LOOK_AGAIN_S = 3.0
"""Whoever looks wants to be told so often, for so long, and says so again while he looks; in real time [s]."""
Say = Callable[[Message], bool]
"""Says something on the house's own bus; whether it could be."""
_log = logging.getLogger(__name__)


class Watch:
    """The houses of one or two brokers; the links' threads write, the server's threads read."""

    def __init__(self, own_house: str, clock: Clock, shared_bus: bool) -> None:
        """Remember.

        Args:
            own_house: The house whose own bus is listened to.
            clock: Tells the time at which what came is judged.
            shared_bus: Its bus is the broker of the uplink.
        """
        links = frozenset({LOCAL, UPLINK} if shared_bus else {LOCAL})
        self._watching = Watching(own_house, links)
        self._clock = clock
        self._lock = threading.Lock()
        self._up: dict[str, str] = {}
        self._own_house = own_house
        self._say: Say | None = None
        self._look_again_mono_ms = 0

    def speaks_by(self, say: Say) -> None:
        """How the house is asked, if it is at all; before anything is heard."""
        self._say = say

    def look(self, house: House, every_s: float = LOOK_EVERY_S) -> None:
        """Somebody looks at this house just now; if it is ours, its devices tell for a while what they scan.

        Many who look at once ask once. Never blocks; called in any thread.

        Args:
            house: The house.
            every_s: How often he wants to be told of each device, in real time [s].
        """
        if self._say is None or house.alias != self._own_house:
            return
        now = self._clock.now()
        with self._lock:
            if now.mono_ms < self._look_again_mono_ms:
                return
            pace = self._clock.pace
            for_s = min(round(LOOK_FOR_S * pace) or 1, LONGEST_LOOK_S)
            told_every_s = min(round(every_s * pace) or 1, for_s)
            self._watching.look(house.alias, for_s * SECOND_MS, now)
            if self._say(GwsLook(to_g_node_alias=house.scada_alias, every_s=told_every_s, for_s=for_s)):
                self._look_again_mono_ms = now.mono_ms + round(LOOK_AGAIN_S * pace * SECOND_MS)

    def post(self, event: Event) -> None:
        """What a link tells; called in its thread."""
        if isinstance(event, Received):
            with self._lock:
                self._watching.take(event, self._clock.now())
        elif isinstance(event, LinkChanged):
            _log.info("%s: %s", event.link, "connected" if event.up else event.reason)
            with self._lock:
                self._up[event.link] = "" if event.up else event.reason or "lost"

    def house(self, alias: str) -> HouseNow | None:
        """What is known of a house now; None if nothing was heard of it."""
        with self._lock:
            return self._watching.house(alias)

    def aliases(self) -> tuple[str, ...]:
        """The houses of which anything was heard."""
        with self._lock:
            return self._watching.aliases()

    def trouble(self) -> str:
        """Why nothing new can come; empty if it can."""
        with self._lock:
            return "; ".join(f"{link}: {reason}" for link, reason in sorted(self._up.items()) if reason)


class HouseFiles:
    """The houses that the settings name; each is read when it is asked for, and again when its file has changed."""

    def __init__(self, path: Path) -> None:
        """Remember the file, or the folder."""
        self._path = path
        self._lock = threading.Lock()
        self._known: dict[str, House | None] = {}
        self._aliases: tuple[str, ...] = ()
        self._stamp: tuple[object, ...] = ()

    def aliases(self) -> tuple[str, ...]:
        """All of them; a file that is wrong has none."""
        with self._lock:
            self._look()
            return self._aliases

    def house(self, alias: str) -> House | None:
        """The house of this alias; None if no file has it in a form that can be read."""
        with self._lock:
            self._look()
            if alias not in self._aliases:
                return None
            if alias not in self._known:
                try:
                    self._known[alias] = find_house(self._path, alias)
                except (HouseFileError, OSError) as error:
                    _log.warning("%s is not shown: %s", alias, error)
                    self._known[alias] = None
            return self._known[alias]

    def _look(self) -> None:
        files = sorted(self._path.glob("*.json")) if self._path.is_dir() else [self._path]
        stamp = tuple((str(file), file.stat().st_mtime_ns) for file in files if file.exists())
        if stamp == self._stamp:
            return
        self._stamp, self._known, found = stamp, {}, list[str]()
        for file in files:
            try:
                found += house_aliases(file.read_text(encoding="utf-8"), file.name)
            except (HouseFileError, OSError, UnicodeDecodeError) as error:
                _log.warning("%s cannot be read: %s", file.name, error)
        self._aliases = tuple(found)


@contextmanager
def watching(settings: Settings, uplink_url: str | None, local_url: str | None, house: str, clock: Clock) -> Iterator[Watch]:
    """Listen to the broker of the uplink, and to the house's own where that is another one; raises BadUrl."""
    seed = fresh_seed()
    name = f"web-{seed[:4].hex()}"
    watch = Watch(house, clock, shared_bus=local_url == uplink_url)
    transports: dict[str, MqttSettings] = {}
    if uplink_url is not None:
        transports[UPLINK] = mqtt_settings(settings, uplink_url, name, ("gw/#",))
    if local_url is not None and local_url != uplink_url:
        transports[LOCAL] = local_mqtt_settings(settings, local_url, uplink_url, name, ("gw/#",))
    speaker = f"{SPEAKER}{seed[:4].hex()}"
    own_bus = LOCAL if LOCAL in transports else UPLINK
    links: dict[str, Mqtt] = {}

    def say(message: Message) -> bool:
        """To the SCADA, over the house's own bus."""
        return links[own_bus].publish(*encode(message, src=speaker, dst=SCADA, message_id=""), qos=0) is Taken.YES

    def post(event: Event) -> None:
        """Whoever comes to the house's own bus asks for what is known, and need not wait for the next readings."""
        watch.post(event)
        if isinstance(event, LinkChanged) and event.up and event.link == own_bus and local_url is not None:
            say(SendSnap(from_g_node_alias=house))

    if local_url is not None:
        watch.speaks_by(say)
    links |= {
        link: Mqtt(
            replace(transport, longest_pause_s=LONGEST_PAUSE_S),
            link,
            post,
            seed=int.from_bytes(seed[:3]),
            wall_ms=lambda: clock.now().wall_ms,
        )
        for link, transport in transports.items()
    }
    try:
        for link in links.values():
            link.open()
        yield watch
    finally:
        for link in links.values():
            link.close()
