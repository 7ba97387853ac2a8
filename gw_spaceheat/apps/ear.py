"""The Ear's process: hears every house of a broker, writes every message, and asks for what it has missed."""

import platform
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from gw_spaceheat.actors.ear_store import EarStore
from gw_spaceheat.apps.connections import listening_link, mqtt_settings
from gw_spaceheat.apps.process import Life, fresh_seed
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.ear import Ear
from gw_spaceheat.core.events import Commit, Committed, Event, Keep, LinkFigures, Note, Persist, Send
from gw_spaceheat.core.scada import UPLINK
from gw_spaceheat.runtime.clock import Clock
from gw_spaceheat.runtime.host import Hosted
from gw_spaceheat.runtime.threaded import Options, ThreadedRuntime
from gw_spaceheat.stores.compaction import KeptDays
from gw_spaceheat.stores.readings import ReadingsStore

EAR = "ear"
EAR_ALIAS = "ear"
"""Under this name it asks for what it has missed; the broker's access list knows it by the same."""
STORE = "store"
LATE_MS = 30_000
STORE_LATE_MS = 300_000
"""Joining a month of a house takes 20 s here, and longer on a small machine; what is heard meanwhile waits."""
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 2.0
"""What is said while nobody listens is not said again, so an Ear is back at its broker sooner than those who speak [s]."""
STOP_ORDER = ((UPLINK,), (EAR,), (STORE,))


def run_ear(folder: Path, url: str, settings: Settings, clock: Clock, life: Life, seconds: float | None = None) -> int:
    """Listen until a signal comes (or for some seconds), and give the exit code.

    Raises:
        StoreBusyError: Another Ear writes to this folder.
        BadUrl: The broker's URL cannot be understood.
        OSError: The folder cannot be made.
    """
    store = ReadingsStore(folder)
    store.open()
    try:
        return life.live(ear_runtime(store, url, settings, clock, life), STOP_ORDER, seconds)
    finally:
        store.close()


def ear_runtime(store: ReadingsStore, url: str, settings: Settings, clock: Clock, life: Life) -> ThreadedRuntime:
    """Everything of an Ear, not yet started; the store is open and is closed by whoever opened it.

    Raises:
        BadUrl: The URL cannot be understood.
        OSError: What was kept cannot be read.
    """
    seed = fresh_seed()
    name = _lasting_name(store.folder) if settings.ear_session_s else seed[:4].hex()
    transport = mqtt_settings(settings, url, f"ear-{name}", ("gw/#",))
    transport = replace(
        transport, first_pause_s=FIRST_PAUSE_S, longest_pause_s=LONGEST_PAUSE_S, session_s=settings.ear_session_s
    )
    post: Callable[[Event], None] = lambda event: runtime.post(UPLINK, event)  # noqa: E731 - the runtime is made below
    link = listening_link(transport, UPLINK, EAR_ALIAS, post, clock, int.from_bytes(seed[:3]))
    kept = KeptDays(settings.ear_messages_days, settings.ear_readings_days)
    hosted = [
        Hosted(EAR, Ear(known=store.heard()), critical=True),
        Hosted(STORE, EarStore(store, kept), late_after_ms=STORE_LATE_MS, critical=True),
        Hosted(UPLINK, link, late_after_ms=LATE_MS),
    ]
    runtime = ThreadedRuntime(clock, _route, hosted, life.observers, Options(look_every_s=life.look_every_s))
    return runtime


def _lasting_name(folder: Path) -> str:
    """The same for the same folder of the same machine, so that the broker knows the Ear again."""
    return sha256(f"{platform.node()} {folder.resolve()}".encode()).hexdigest()[:12]


def _route(source: str, event: Event) -> tuple[str, ...]:
    if isinstance(event, Note | LinkFigures):
        return ()
    if isinstance(event, Persist | Keep | Commit):
        return (STORE,)
    if isinstance(event, Send | Committed):
        return (UPLINK,)
    return (EAR,) if source == UPLINK else ()
