"""A house that comes back with thousands of events: how soon it is ready, and how fast they reach the AtomicTNode.

SCADA and AtomicTNode run in this process, over a real broker, each with its threads and its stores on a disk: an event is
read from the outbox, sent, committed by the AtomicTNode, acknowledged, and removed.
"""

import secrets
import tempfile
import threading
import time
from contextlib import ExitStack, closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Literal

from gw_spaceheat.apps.archive import open_archive
from gw_spaceheat.apps.atn import STOP_ORDER, AtnPlan, atn_runtime
from gw_spaceheat.apps.contracts import open_contract_side
from gw_spaceheat.apps.houses import house_to_start
from gw_spaceheat.apps.local import LocalRequest, local_runtime
from gw_spaceheat.apps.outboxes import open_outbox
from gw_spaceheat.apps.process import Life, start_log
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.apps.slots import open_slot_readings
from gw_spaceheat.core.contract.life import Side
from gw_spaceheat.core.events import Send, Urgency
from gw_spaceheat.house.model import House
from gw_spaceheat.links.broker import start_broker
from gw_spaceheat.messages.gridworks_event_problem import GridworksEventProblem
from gw_spaceheat.runtime.clock import SystemClock
from gw_spaceheat.vocabulary.ids import IdSource

HOUSE = "hw1.isone.me.millinocket.oak"
DETAILS = "y" * 850
"""Makes an event of about 1 kB."""
TOGETHER = 500
LOOK_EVERY_S = 0.02
UPLOADED_WITHIN_S = 600.0


def measure(houses: Path, waiting: int = 20_000) -> dict[str, object]:
    """Fill an outbox, start the house, and see it empty.

    Args:
        houses: The house file.
        waiting: How many events wait.

    Raises:
        RuntimeError: They were not uploaded within ten minutes.

    Returns:
        `waiting, left, ready_s` (from the opening of the outbox until everything critical has begun), `upload_s` (from the
        first acknowledgement to the last), `upload_per_s, pats` (of the watchdog), `longest_without_pat_s, broker`.
    """
    house, _ = house_to_start(houses, HOUSE)
    log = start_log("ERROR")
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        broker = opened.enter_context(start_broker(folder / "broker"))
        version: Literal[3, 5] = 5 if broker.version.value == "5" else 3
        here, there = (Settings(data_folder=folder / name, mqtt_version=version) for name in ("house", "cloud"))
        clock = SystemClock()
        _fill(house, here, waiting, clock.now().wall_ms)
        archive = opened.enter_context(closing(open_archive(house.alias, there)))
        atn_side = opened.enter_context(closing(open_contract_side(house, Side.ATOMIC_T_NODE, there)))
        atn = atn_runtime(house, broker.url, there, clock, Life(log), lambda _: None, archive, atn_side, AtnPlan())
        atn.start()
        opened.callback(atn.stop, STOP_ORDER)

        began_s = time.perf_counter()
        ready, pats = threading.Event(), [began_s]
        life = Life(log)
        life.observers = replace(life.observers, on_ready=ready.set, on_healthy=lambda: pats.append(time.perf_counter()))
        scada_side = opened.enter_context(closing(open_contract_side(house, Side.SCADA, here)))
        outbox = opened.enter_context(closing(open_outbox(house, here)))
        slots = opened.enter_context(closing(open_slot_readings(house, here, scada_side)))
        request = LocalRequest(house=house, nodes=None, uplink_url=broker.url, local_url=None)
        scada, order = local_runtime(request, here, clock, life, scada_side, outbox=outbox, slots=slots)
        scada.start()
        opened.callback(scada.stop, order)
        ready.wait(UPLOADED_WITHIN_S)
        ready_s = time.perf_counter() - began_s
        first_s = last_s = began_s
        few, left = max(waiting // 100, 10), waiting
        while left > few and last_s - began_s < UPLOADED_WITHIN_S:
            time.sleep(LOOK_EVERY_S)
            left, last_s = len(outbox), time.perf_counter()
            first_s = last_s if left >= waiting else first_s
        if left > few:
            raise RuntimeError(f"{left} of {waiting} events still wait after {UPLOADED_WITHIN_S:g} s")
    return {
        "waiting": waiting,
        "left": left,
        "ready_s": ready_s,
        "upload_s": last_s - first_s,
        "upload_per_s": (waiting - left) / (last_s - first_s),
        "pats": len(pats) - 1,
        "longest_without_pat_s": max(after - before for before, after in pairwise([*pats, last_s])),
        "broker": broker.kind.value,
    }


def _fill(house: House, settings: Settings, waiting: int, now_ms: int) -> None:
    new_id = IdSource(secrets.token_bytes(16))
    with closing(open_outbox(house, settings)) as outbox:
        for start in range(0, waiting, TOGETHER):
            with outbox.together():
                for _ in range(min(TOGETHER, waiting - start)):
                    message = GridworksEventProblem(
                        message_id=new_id(),
                        time_created_ms=now_ms,
                        src=house.scada_alias,
                        problem_type="error",
                        summary="x",
                        details=DETAILS,
                    )
                    outbox.put(Send("uplink", "a", message, Urgency.EVENT, message.message_id), now_ms)
