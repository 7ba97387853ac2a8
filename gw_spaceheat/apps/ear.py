"""The Ear's process: hears every house of a broker and writes every message."""

from collections.abc import Callable
from pathlib import Path

from gw_spaceheat.actors.ear_store import EarStore
from gw_spaceheat.apps.connections import listening_link, mqtt_settings
from gw_spaceheat.apps.process import Life, fresh_seed
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.ear import Ear
from gw_spaceheat.core.events import Commit, Event, Note, Persist
from gw_spaceheat.core.scada import UPLINK
from gw_spaceheat.runtime.clock import Clock
from gw_spaceheat.runtime.host import Hosted
from gw_spaceheat.runtime.threaded import Options, ThreadedRuntime
from gw_spaceheat.stores.readings import ReadingsStore

EAR = "ear"
STORE = "store"
LATE_MS = 30_000
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
        return life.live(_runtime(store, url, settings, clock, life), STOP_ORDER, seconds)
    finally:
        store.close()


def _runtime(store: ReadingsStore, url: str, settings: Settings, clock: Clock, life: Life) -> ThreadedRuntime:
    seed = fresh_seed()
    transport = mqtt_settings(settings, url, f"ear-{seed[:4].hex()}", ("gw/#",))
    post: Callable[[Event], None] = lambda event: runtime.post(UPLINK, event)  # noqa: E731 - the runtime is made below
    hosted = [
        Hosted(EAR, Ear(), critical=True),
        Hosted(STORE, EarStore(store), late_after_ms=LATE_MS, critical=True),
        Hosted(UPLINK, listening_link(transport, UPLINK, post, clock, int.from_bytes(seed[:3])), late_after_ms=LATE_MS),
    ]
    runtime = ThreadedRuntime(clock, _route, hosted, life.observers, Options())
    return runtime


def _route(source: str, event: Event) -> tuple[str, ...]:
    if isinstance(event, Note):
        return ()
    if isinstance(event, Persist | Commit):
        return (STORE,)
    return (EAR,) if source == UPLINK else ()
