"""A SCADA on a bench: with scripted heating and safety, and a real AtomicTNode's side of its contracts as peer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count

from gw_spaceheat.core.contract.atn_side import AtnSide
from gw_spaceheat.core.contract.scada_side import ScadaSide
from gw_spaceheat.core.contract.state import ScadaMemory
from gw_spaceheat.core.events import (
    Command,
    Event,
    HumanReleases,
    HumanTakes,
    Keep,
    LeaseChanged,
    LinkChanged,
    Outcome,
    Readings,
    Received,
    Send,
    StandingWanted,
    Started,
    Verdict,
)
from gw_spaceheat.core.scada import Scada, ScadaOptions
from gw_spaceheat.core.telemetry.clock_label import ClockKnown
from gw_spaceheat.core.telemetry.completeness_memory import CompletenessMemory
from gw_spaceheat.house.model import Actuator, CaptureRule, Channel, Heating, House, MinimumTimes, Node
from gw_spaceheat.messages.analog_dispatch import AnalogDispatch
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.fsm_event import FsmEvent
from gw_spaceheat.messages.gws_command import GwsCommand
from gw_spaceheat.messages.gws_command_answer import GwsCommandAnswer
from gw_spaceheat.messages.gws_contract import GwsContract
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import Moment
from gw_spaceheat.vocabulary.roles import ActorClass, Role
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from tests.houses import bare_house

START = 1_700_000_100_000
TRIGGER = "11111111-1111-4111-8111-111111111111"
RELAY, SOURCE = "a.elt.relay", "a.hp.relay"
SPARED = {SOURCE: MinimumTimes(on_s=600, off_s=300, starts_per_hour=4)}
UPLINK_IS_UP, UPLINK_IS_DOWN = LinkChanged("uplink", up=True, reason=""), LinkChanged("uplink", up=False, reason="cut")


class Scripted:
    """A deciding part that says what it is told to say, and remembers what it heard and how often it was woken."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.say: list[Event] = []
        self.woken = 0
        self.due: int | None = None

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        self.heard.append(event)
        said, self.say = self.say, []
        return said

    def wake(self, now: Moment) -> Sequence[Event]:
        self.woken += 1
        self.due = None
        return ()

    def deadline(self) -> int | None:
        return self.due


def house() -> House:
    minute = CaptureRule(poll_s=60, period_s=60, delta=None)

    def channel(name: str, about: str, by: str, telemetry: TelemetryName, metered: bool = False) -> Channel:
        return Channel(name=name, about=about, captured_by=by, telemetry=telemetry, capture=minute, in_power_metering=metered)

    nodes = [
        Node(alias="a", role=Role.AtomicTNode, actor=ActorClass.AtomicTNode),
        Node(alias="a.s", role=Role.Scada, actor=ActorClass.Scada),
        Node(alias="a.m", role=Role.PowerMeter, actor=ActorClass.PowerMeter),
        Node(alias="a.elt", role=Role.BoostElement, nameplate_w=4500),
        Node(alias=RELAY, role=Role.BooleanActuator, actor=ActorClass.BooleanActuator, actuator=Actuator()),
        Node(alias=SOURCE, role=Role.BooleanActuator, actor=ActorClass.BooleanActuator, actuator=Actuator()),
        Node(alias="a.tank", role=Role.BufferTank),
        Node(alias="a.tank.temp0", role=Role.TankWaterTempSensor, actor=ActorClass.SimpleSensor),
    ]
    channels = [
        channel("a-elt-pwr", "a.elt", "a.m", TelemetryName.PowerW, metered=True),
        channel("a-elt-relay", RELAY, RELAY, TelemetryName.RelayState),
        channel("a-tank-temp0", "a.tank.temp0", "a.tank.temp0", TelemetryName.WaterTempCTimes1000),
    ]
    bare = bare_house()
    heating = Heating(strategy="x", parameters={}, curve=bare.heating.curve, buffer=("a-tank-temp0",), boost=(RELAY,))
    return replace(
        bare,
        nodes={node.alias: node for node in nodes},
        channels={channel.name: channel for channel in channels},
        heating=heating,
    )


class Bench:
    """A SCADA with scripted parts; its peer hears and says what belongs to the contract, at once and without loss.

    Attributes:
        effects: All that the SCADA put out, in order.
        kept: What it wanted kept last of its contracts.
        counted: What it wanted kept last of what it counted.
        obeys: Every command is done and answered at once.
    """

    def __init__(
        self,
        options: ScadaOptions | None = None,
        spared: Mapping[str, MinimumTimes] | None = None,
        memory: ScadaMemory | None = None,
        mono_ms: int = 0,
        wall_ms: int | None = None,
        counted: CompletenessMemory | None = None,
        unreported: Sequence[Readings] = (),
        clock: ClockKnown | None = None,
    ) -> None:
        self.house = house()
        self.heating, self.safety = Scripted(), Scripted()
        digits = count()
        new_id = IdSource(b"bench" if memory is None else b"bench anew")
        side = ScadaSide(self.house, new_id, lambda: next(digits) % 10, memory=memory)
        self.scada = Scada(self.house, self.heating, self.safety, side, new_id, options, spared, counted, unreported, clock)
        self.peer = AtnSide(self.house, IdSource(b"peer"), lambda: next(digits) % 10)
        self.connected = False
        self.obeys = False
        self.mono_ms = mono_ms
        self._wall_zero_ms = START if wall_ms is None else wall_ms - mono_ms
        self.effects: list[Event] = []
        self.kept: ScadaMemory | None = memory
        self.counted = counted

    @property
    def now(self) -> Moment:
        return Moment(self.mono_ms, self._wall_zero_ms + self.mono_ms)

    def step(self, by_ms: int) -> None:
        """The wall clock is stepped; nobody is told."""
        self._wall_zero_ms += by_ms

    def tell(self, event: Event) -> list[Event]:
        """What the SCADA puts out, and what it puts out to what its peer then says."""
        return self._carry(self.scada.handle(event, self.now))

    def leap(self, to_s: float) -> list[Event]:
        """Let time pass, waking both sides whenever they want."""
        told: list[Event] = []
        while (due_ms := self._due_ms()) is not None and due_ms <= to_s * 1000:
            self.mono_ms = max(due_ms, self.mono_ms)
            scada_ms = self.scada.deadline()
            if scada_ms is not None and scada_ms <= self.mono_ms:
                told += self._carry(self.scada.wake(self.now))
            if self.connected:
                told += self._peer_says(self.peer.wake(self.now))
        self.mono_ms = round(to_s * 1000)
        return told

    def rest(self, seconds: float) -> list[Event]:
        """Let so much time pass."""
        return self.leap(self.mono_ms / 1000 + seconds)

    def receive(self, message: Message, src: str = "d1.test.house") -> list[Event]:
        return self.tell(Received("uplink", src, "", False, message, self.now.wall_ms))

    def read_tank(self, celsius: float | None) -> list[Event]:
        return self.tell(Readings("a.tank.temp0", self.now.wall_ms, ("a-tank-temp0",), (celsius,)))

    def done(self, command: Command) -> list[Event]:
        """The actuator has done it."""
        return self.tell(Outcome(command.node, command.value, Verdict.DONE, "", command.trigger, command.value))

    # the contract

    def contract(self) -> list[Event]:
        """A standing contract is wanted, over a link that stands."""
        self.peer.handle(Started(), self.now)
        self.peer.handle(StandingWanted(3000), self.now)
        return self.join()

    def join(self) -> list[Event]:
        """The link stands."""
        self.connected = True
        told = self.tell(UPLINK_IS_UP)
        return told + self._peer_says(self.peer.handle(UPLINK_IS_UP, self.now))

    def cut(self) -> list[Event]:
        """The link is down."""
        self.connected = False
        self.peer.handle(UPLINK_IS_DOWN, self.now)
        return self.tell(UPLINK_IS_DOWN)

    def remote(self) -> list[Event]:
        """RemoteControl, some minutes later."""
        told = self.contract() if self.peer.active is None else []
        for _ in range(20):
            told += self.rest(60)
            if any(isinstance(event, LeaseChanged) and event.by == "remote" for event in told):
                return told
        raise AssertionError("it did not come to RemoteControl")

    def command(self, message: FsmEvent | AnalogDispatch, seconds: float = 60.0) -> GwsCommand:
        """The peer's command, not delivered yet."""
        (command,) = sent(self.peer.command(message, self.now, seconds), GwsCommand)
        return command

    def order(self, name: str = "CloseRelay", to: str = "a-elt-relay", trigger: str = TRIGGER) -> list[Event]:
        """The peer commands, and it is delivered."""
        return self.receive(self.command(dispatch(name, to, trigger)))

    def take(self, for_s: float = 3600) -> list[Event]:
        return self.tell(HumanTakes("Jo", round(for_s * 1000)))

    def release(self) -> list[Event]:
        return self.tell(HumanReleases("Jo"))

    def _due_ms(self) -> int | None:
        due = [self.scada.deadline(), self.peer.deadline() if self.connected else None]
        return min((due_ms for due_ms in due if due_ms is not None), default=None)

    def _carry(self, effects: Sequence[Event]) -> list[Event]:
        """The SCADA's effects, and what comes of them at the peer and at the actuators."""
        told = list(effects)
        self.effects += told
        for effect in effects:
            if isinstance(effect, Keep):
                if isinstance(effect.state, CompletenessMemory):
                    self.counted = effect.state
                else:
                    assert isinstance(effect.state, ScadaMemory)
                    self.kept = effect.state
            elif isinstance(effect, Send) and self.connected and isinstance(effect.message, GwsContract | GwsCommandAnswer):
                arrived = Received("uplink", self.house.scada_alias, "", False, effect.message, self.now.wall_ms)
                told += self._peer_says(self.peer.handle(arrived, self.now))
            elif isinstance(effect, Command) and self.obeys:
                told += self.done(effect)
        return told

    def _peer_says(self, effects: Sequence[Event]) -> list[Event]:
        return [event for effect in effects if isinstance(effect, Send) for event in self.receive(effect.message)]


def sent(events: Sequence[Event], kind: type) -> list:
    """What went to the uplink of one kind of message."""
    sends = [event for event in events if isinstance(event, Send) and event.link == "uplink"]
    return [event.message for event in sends if isinstance(event.message, kind)]


def on_the_bus(events: Sequence[Event]) -> list[ReportEvent]:
    """The reports that were told to the house's own bus."""
    sends = [event for event in events if isinstance(event, Send) and event.link == "local"]
    return [event.message for event in sends if isinstance(event.message, ReportEvent)]


def commands(events: Sequence[Event]) -> list[tuple[str, float, str]]:
    """Node, value and authority of the commands."""
    return [(event.node, event.value, event.by.value) for event in events if isinstance(event, Command)]


def dispatch(name: str = "CloseRelay", to: str = "a-elt-relay", trigger: str = TRIGGER) -> FsmEvent:
    return FsmEvent(
        from_handle="a",
        to_handle=f"a.{to}",
        event_type="change.relay.state",
        event_name=name,
        trigger_id=trigger,
        send_time_unix_ms=START,
    )


def analog(name: str, value: int) -> AnalogDispatch:
    return AnalogDispatch(
        from_handle="a", to_handle=f"a.{name}", about_name=name, value=value, trigger_id=TRIGGER, unix_time_ms=START
    )
