"""The process of the supervision server: one connection to the broker for all houses, and one for devices that it simulates."""

import platform
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path

from gw_spaceheat.actors.demo_devices import SWITCH_TOPICS, DemoDevices
from gw_spaceheat.actors.human_door import SPEAKER
from gw_spaceheat.actors.local_bus import SCADA
from gw_spaceheat.actors.supervision import Files, Supervision
from gw_spaceheat.apps.connections import mqtt_settings
from gw_spaceheat.apps.process import Life, fresh_seed
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.apps.supervise.own_powers import own_powers
from gw_spaceheat.apps.web import HouseFiles
from gw_spaceheat.core.events import DemoHouses, Event, PlainReceived
from gw_spaceheat.core.supervision.console import carry_out
from gw_spaceheat.core.supervision.server import Server
from gw_spaceheat.core.watching import Watching
from gw_spaceheat.links.mqtt import Mqtt
from gw_spaceheat.links.mqtt_settings import MqttSettings
from gw_spaceheat.messages.codec import encode
from gw_spaceheat.messages.send_snap import SendSnap
from gw_spaceheat.messages.supervision import ASK_TOPIC, DEVICE_TOPICS, REGISTRY_TOPIC, ROOT, SERVER_TOPIC
from gw_spaceheat.runtime.clock import Clock
from gw_spaceheat.runtime.host import Hosted
from gw_spaceheat.runtime.threaded import Options, ThreadedRuntime
from gw_spaceheat.stores.folder_lock import FolderLock
from gw_spaceheat.stores.json_file import JsonFile

FOLDER = "supervision"
"""Folder of the server within the data folder."""
NAME_FILE, TOWN_FILE, HEARD_FILE, BEFORE_FILE = "server.json", "houses.json", "heard.json", "houses-before.json"
SUPERVISION, DEMO = "supervision", "demo"
LATE_MS = 30_000
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 2.0
SESSION_S = 300
"""So long the broker keeps what devices say with QoS 1 while the server is away [s]."""
MOST_QUEUED = 10_000
STOP_ORDER = ((DEMO,), (SUPERVISION,))
OWN_TOPICS = ("gw/#",)


def run_supervision(
    settings: Settings, url: str, houses: Path | None, clock: Clock, life: Life, seconds: float | None = None
) -> int:
    """Supervise until a signal comes (or for some seconds), and give the exit code.

    Args:
        settings: The process's settings.
        url: Of the broker.
        houses: House file or folder, which tell what houses with a SCADA meter; None: only their total is known.
        clock: The time.
        life: Gets notes and deaths.
        seconds: End after this [s]; None to go on.

    Raises:
        StoreBusyError: Another server keeps its houses in this folder.
        BadUrl: The broker's URL cannot be understood.
        OSError: The folder cannot be made or read.
    """
    folder = settings.data_folder / FOLDER
    lock = FolderLock(folder, "its houses")
    lock.take()
    try:
        runtime = supervision_runtime(new_server(settings), settings, url, houses, clock, life)
        return life.live(runtime, STOP_ORDER, seconds)
    finally:
        lock.give_back()


def new_server(settings: Settings) -> Server:
    """The machine, under its own name, so that others know it again: a word that is kept with its houses, and where they lie.

    So a copy of the folder elsewhere is another server.

    Raises:
        OSError: The word cannot be read or kept.
    """
    folder = settings.data_folder / FOLDER
    file = JsonFile(folder / NAME_FILE)
    word = file.read(str, "")
    if not word:
        word = fresh_seed()[:6].hex()
        file.write(word)
    return Server(sha256(f"{word} {platform.node()} {folder.resolve()}".encode()).hexdigest()[:12], carry_out)


def supervision_runtime(
    server: Server, settings: Settings, url: str, houses: Path | None, clock: Clock, life: Life
) -> ThreadedRuntime:
    """Everything of the process, not yet started; raises BadUrl."""
    folder = settings.data_folder / FOLDER
    name = server.leader.server
    filters = (*DEVICE_TOPICS, SERVER_TOPIC, REGISTRY_TOPIC, f"{ASK_TOPIC}/+", *OWN_TOPICS)
    transport = mqtt_settings(settings, url, f"supervision-{name}", filters)
    files = HouseFiles(houses) if houses is not None else HouseFiles(folder / "none")
    on_own_bus = url == settings.local_url  # then the broker is also the bus of the house that the settings name
    line = _line(replace(transport, session_s=SESSION_S), SUPERVISION, lambda event: runtime.post(SUPERVISION, event), clock)
    of_devices = mqtt_settings(settings, url, f"demo-{name}", SWITCH_TOPICS)
    demo_line = _line(of_devices, DEMO, lambda event: runtime.post(DEMO, event), clock)
    hosted = [
        Hosted(
            SUPERVISION,
            Supervision(
                server,
                line,
                Files(*(JsonFile(folder / name) for name in (TOWN_FILE, HEARD_FILE, BEFORE_FILE))),
                Watching(settings.atn_alias if on_own_bus else "", frozenset({SUPERVISION})),
                partial(own_powers, files),
                _greeting(settings.atn_alias) if on_own_bus else None,
            ),
            late_after_ms=LATE_MS,
            critical=True,
        ),
        Hosted(DEMO, DemoDevices(demo_line), late_after_ms=LATE_MS),
    ]
    runtime = ThreadedRuntime(clock, _route, hosted, life.observers, Options(look_every_s=life.look_every_s))
    return runtime


def plain(link: str, topic: str, payload: bytes, kept: bool) -> Event | None:  # called by the transport, by position
    """What is ours is plain; what is of a house's SCADA has an envelope."""
    return PlainReceived(link, topic, payload, kept) if topic.startswith(f"{ROOT}/") else None


def _greeting(house: str) -> tuple[str, bytes]:
    """Asks a house on its own bus to tell what is known."""
    speaker = f"{SPEAKER}{fresh_seed()[:4].hex()}"
    return encode(SendSnap(from_g_node_alias=house), src=speaker, dst=SCADA, message_id="")


def _line(settings: MqttSettings, link: str, post: Callable[[Event], None], clock: Clock) -> Mqtt:
    tuned = replace(
        settings, first_pause_s=FIRST_PAUSE_S, longest_pause_s=LONGEST_PAUSE_S, most_queued=MOST_QUEUED, wants_kept=True
    )
    seed = int.from_bytes(fresh_seed()[:3])
    return Mqtt(tuned, link, post, seed=seed, plain=partial(plain, link), wall_ms=lambda: clock.now().wall_ms)


def _route(_source: str, event: Event) -> tuple[str, ...]:
    return (DEMO,) if isinstance(event, DemoHouses) else ()
