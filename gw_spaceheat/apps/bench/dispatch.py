"""How long a command takes: from the AtomicTNode over a broker to the driver in the house, and the answer back.

SCADA and AtomicTNode run in this process, each with its own threads, MQTT connection, durable store and keys, under a contract
in RemoteControl; every command is signed, judged, logged and made durable before the driver is called.
"""

import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median, quantiles
from typing import Literal

from gw_spaceheat.apps.archive import open_archive
from gw_spaceheat.apps.atn import NODE, STOP_ORDER, AtnPlan, atn_runtime
from gw_spaceheat.apps.contracts import open_contract_side
from gw_spaceheat.apps.houses import house_to_start
from gw_spaceheat.apps.live_plant import live_plant
from gw_spaceheat.apps.local import LocalRequest, local_runtime
from gw_spaceheat.apps.process import Life, start_log
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.apps.site_keys import make_key, trust_key
from gw_spaceheat.core.atn_view import AtnView, ContractView
from gw_spaceheat.core.contract.life import Side
from gw_spaceheat.core.events import DispatchAsked, StatusAsked
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.links.broker import start_broker
from gw_spaceheat.runtime.clock import PacedClock
from gw_spaceheat.runtime.threaded import ThreadedRuntime
from gw_spaceheat.stores import ed25519
from gw_spaceheat.stores.keys import KeyFolder

HOUSE = "hw1.isone.me.millinocket.oak"
RELAY = "a.zone1.pump.relay"
SPEED = 30.0
"""The contract's hold time of two minutes passes so much faster; threads, network and disk do not."""
READY_WITHIN_S = 60.0
DONE_WITHIN_S = 5.0
SLOW_MS = 35.0
"""Nagle's algorithm against delayed acknowledgements costs 40 ms; nothing else here comes near."""
POWER_W = 3000


class TimedSite(SimulatedSite):
    """A simulated site that tells when one of its actuators was written."""

    def watch(self, node: str) -> None:
        """Remember whose writing is told, from now on."""
        self._watched = node
        self.written = threading.Event()
        self.written_s = 0.0

    def write(self, node_alias: str, value: float) -> None:
        """As of any site."""
        if node_alias == self._watched:
            self.written_s = time.perf_counter()
            self.written.set()
        super().write(node_alias, value)


class _Views:
    """The newest view of the AtomicTNode."""

    def __init__(self) -> None:
        self.came = threading.Event()
        self.view: AtnView | None = None

    def show(self, view: AtnView | ContractView) -> None:
        if isinstance(view, AtnView):
            self.view = view
            self.came.set()


def measure(houses: Path, number: int = 300, pause_s: float = 0.02, signed: bool = True) -> dict[str, object]:
    """Command one relay again and again.

    Args:
        houses: The house file.
        number: How many commands.
        pause_s: Between the answer and the next command [s].
        signed: With keys on both sides.

    Raises:
        RuntimeError: RemoteControl did not begin, or a command was not done.
    """
    house, _ = house_to_start(houses, HOUSE)
    log = start_log("ERROR")
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        broker = opened.enter_context(start_broker(folder / "broker"))
        version: Literal[3, 5] = 5 if broker.version.value == "5" else 3
        here, there = (Settings(data_folder=folder / name, mqtt_version=version) for name in ("house", "cloud"))
        if signed:
            _introduce(here.keys_path(), house.scada_alias, there.keys_path())
            _introduce(there.keys_path(), house.alias, here.keys_path())
        clock = PacedClock(SPEED, round(time.time() * 1000))
        site = TimedSite(live_plant(house, 1, clock.now().wall_ms), lambda: clock.now().wall_ms)
        site.watch(RELAY)
        scada_side = opened.enter_context(closing(open_contract_side(house, Side.SCADA, here)))
        request = LocalRequest(house=house, nodes=None, uplink_url=broker.url, local_url=None)
        scada, order = local_runtime(request, here, clock, Life(log), scada_side, site)
        views = _Views()
        atn_side = opened.enter_context(closing(open_contract_side(house, Side.ATOMIC_T_NODE, there)))
        plan = AtnPlan(standing_w=POWER_W)
        archive = opened.enter_context(closing(open_archive(house.alias, there)))
        atn = atn_runtime(house, broker.url, there, clock, Life(log), views.show, archive, atn_side, plan)
        for runtime, stop_order in ((scada, order), (atn, STOP_ORDER)):
            runtime.start()
            opened.callback(runtime.stop, stop_order)
        _wait(lambda: _view(atn, views).mode == "RemoteControl", READY_WITHIN_S, "RemoteControl did not begin")
        to_driver_ms = [_command(atn, site, number, pause_s) for number in range(number)]
    return {
        "house": HOUSE,
        "number": number,
        "signed": signed,
        "broker": broker.kind.value,
        "p50_ms": median(to_driver_ms),
        "p99_ms": quantiles(to_driver_ms, n=100)[98],
        "fastest_ms": min(to_driver_ms),
        "slowest_ms": max(to_driver_ms),
        "slower_than_35_ms": sum(each > SLOW_MS for each in to_driver_ms),
        "from_to": "asked of the AtomicTNode, to the driver in the house",
        "reference_p50_ms": 83.0,
    }


def _introduce(folder: Path, alias: str, to: Path) -> None:
    """Make a side's key, and have the other side trust it."""
    make_key(folder)
    trust_key(to, alias, ed25519.public_of(KeyFolder(folder).secret() or b""))


def _command(atn: ThreadedRuntime, site: TimedSite, number: int, pause_s: float) -> float:
    """One command; how long until the driver was called [ms]."""
    time.sleep(pause_s)
    site.written.clear()
    asked_s = time.perf_counter()
    atn.post(NODE, DispatchAsked(RELAY, float(number % 2 == 0)))
    if not site.written.wait(DONE_WITHIN_S):
        raise RuntimeError(f"command {number} was not done within {DONE_WITHIN_S:g} s")
    return (site.written_s - asked_s) * 1000.0


def _view(atn: ThreadedRuntime, views: _Views) -> AtnView:
    views.came.clear()
    atn.post(NODE, StatusAsked())
    if not views.came.wait(DONE_WITHIN_S) or views.view is None:
        raise RuntimeError("the AtomicTNode does not answer")
    return views.view


def _wait(holds: Callable[[], bool], within_s: float, else_text: str) -> None:
    until_s = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > until_s:
            raise RuntimeError(else_text)
        time.sleep(0.05)
