"""A house whose SCADA and AtomicTNode have kept something, made by their own machines over a wire in virtual time."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from gw_spaceheat.apps.contracts import ContractSide, open_contract_side
from gw_spaceheat.apps.houses import find_house
from gw_spaceheat.apps.settings import Settings, read_settings
from gw_spaceheat.core.contract.atn_side import AtnSide
from gw_spaceheat.core.contract.life import Side
from gw_spaceheat.core.contract.response import meter_serials
from gw_spaceheat.core.contract.scada_side import ScadaSide
from gw_spaceheat.core.contract.state import AtnMemory, ScadaMemory
from gw_spaceheat.core.events import (
    Authority,
    Command,
    DispatchAsked,
    Event,
    LinkChanged,
    MeterAnswered,
    Obey,
    Outcome,
    Received,
    Send,
    StandingWanted,
    Started,
    Verdict,
)
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import MINUTE_MS, Moment
from tests.faults.two_sides import TEN_O_CLOCK_MS, close_relay
from tests.scenarios.scene import GARAGE, HOUSES

HOUSE = find_house(HOUSES, GARAGE)
RELAY = "a.elt1.relay"


class Commanding(AtnSide):
    """An AtomicTNode's side that commands when a person asks."""

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        if isinstance(event, DispatchAsked):
            return self.command(close_relay(self._new_id, now), now)
        return super().handle(event, now)


class Both:
    """Both sides, each with its own folder and keys, and a wire that loses nothing; started again, they need another seed."""

    def __init__(self, scada: Settings, atn: Settings, seed: bytes = b"both") -> None:
        self.scada: ContractSide[ScadaMemory] = open_contract_side(HOUSE, Side.SCADA, scada)
        self.atn: ContractSide[AtnMemory] = open_contract_side(HOUSE, Side.ATOMIC_T_NODE, atn)
        self.ids = IdSource(seed)
        self.house_machine = ScadaSide(
            HOUSE,
            self.ids,
            lambda: 3,
            memory=self.scada.memory(),
            head=self.scada.head(),
            keys=self.scada.keys,
        )
        self.cloud_machine = Commanding(
            HOUSE, self.ids, lambda: 4, memory=self.atn.memory(), head=self.atn.head(), keys=self.atn.keys
        )
        self.nodes = {
            Side.SCADA: self.scada.durable(self.house_machine),
            Side.ATOMIC_T_NODE: self.atn.durable(self.cloud_machine),
        }
        self.now = Moment(0, TEN_O_CLOCK_MS)
        self.told: list[Event] = []

    def give(self, side: Side, event: Event) -> None:
        self.take(side, self.nodes[side].handle(event, self.now))

    def take(self, side: Side, effects: Sequence[Event]) -> None:
        self.told += effects
        for effect in effects:
            if isinstance(effect, Send):
                src = HOUSE.scada_alias if side is Side.SCADA else HOUSE.alias
                self.give(side.other, Received("uplink", src, "", ack_required=False, message=effect.message, arrived_ms=0))
            if isinstance(effect, Obey):
                given = Command(effect.node, effect.value, Authority.REMOTE, "dispatched", effect.trigger, 10**9)
                self.give(side, given)
                self.give(side, Outcome(effect.node, effect.value, Verdict.DONE, "", effect.trigger, effect.value))

    def run(self, minutes: int) -> None:
        until_ms = self.now.mono_ms + minutes * MINUTE_MS
        while self.now.mono_ms < until_ms:
            self.now = self.now.later(1000)
            for side, node in self.nodes.items():
                due_ms = node.deadline()
                if due_ms is not None and due_ms <= self.now.mono_ms:
                    self.take(side, node.wake(self.now))

    def start(self) -> None:
        for side in Side:
            self.give(side, Started())
            self.give(side, LinkChanged("uplink", up=True, reason=""))
        for component, serial in meter_serials(HOUSE).items():
            self.give(Side.SCADA, MeterAnswered(component, serial))

    def contract(self) -> None:
        """A standing contract, in RemoteControl."""
        self.start()
        self.give(Side.ATOMIC_T_NODE, StandingWanted(4500))
        self.run(10)
        assert self.house_machine.remote

    def command(self) -> None:
        self.give(Side.ATOMIC_T_NODE, DispatchAsked(RELAY, 1.0))

    def close(self) -> None:
        self.scada.close()
        self.atn.close()


def settings_in(folder: Path, patched: pytest.MonkeyPatch) -> Settings:
    """Settings whose data lie in a folder."""
    with patched.context() as here:
        here.setenv("GWS_DATA_FOLDER", str(folder))
        return read_settings(folder / "no.env")
