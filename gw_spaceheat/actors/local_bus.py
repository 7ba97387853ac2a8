"""The house's own bus: the actors of one house, spread over several processes, and whoever else in the house wants to follow.

Every captured reading goes to the local broker on `gw/<node>/to/s/synced-readings` (dots of the node as dashes); commands for
actuators that live in another process go out on `gw/s/to/<node>/gws-actuator-command`, their outcomes come back
on `gw/<node>/to/s/gws-command-answer`, a device's loss and return, and channels that give no believable value, on
`gw/<node>/to/s/glitch`, the serial number that a power meter says on `gw/<node>/to/s/gws-meter-serial`. Nothing on this bus is
kept or sent again: what is late in the cellar is of no use. Instead whoever comes (back) to the bus tells its latest readings
and serial numbers anew, and a SCADA that comes asks all others for theirs (`gw/s/to/all/send-snap`). Whoever only looks may
ask the SCADA for that too (`gw/human-.../to/s/send-snap`), so that he need not wait for the next readings. Whoever goes on
looking says so now and then (`gw/human-.../to/s/gws-look`, passed on as `gw/s/to/all/gws-look`), and for that time hears every
scan, captured or not, on `gw/<node>/to/onlookers/gws-scan`.

A person at the house commands it over this bus too: `gw/human-.../to/s/gws-human-...`, answered on
`gw/s/to/human-.../gws-human-answer`; see `human_door.py`.
"""

from collections.abc import Callable, Collection, Sequence

from msgspec import UNSET, UnsetType

from gw_spaceheat.actors.human_door import SPEAKER, HumanDoor, Request
from gw_spaceheat.core.events import (
    Authority,
    Command,
    DeviceBack,
    DeviceLost,
    Event,
    LeaseChanged,
    LinkChanged,
    LookedAt,
    MeterAnswered,
    MinimumTime,
    Outcome,
    Readings,
    Received,
    Scanned,
    Send,
    Urgency,
    Verdict,
)
from gw_spaceheat.core.telemetry.presence import patience_ms
from gw_spaceheat.house.model import House, wire_name
from gw_spaceheat.messages.analog_dispatch import AnalogDispatch
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.fsm_event import FsmEvent
from gw_spaceheat.messages.glitch import Glitch
from gw_spaceheat.messages.gws_actuator_command import GwsActuatorCommand
from gw_spaceheat.messages.gws_command_answer import GwsCommandAnswer
from gw_spaceheat.messages.gws_look import GwsLook
from gw_spaceheat.messages.gws_meter_serial import GwsMeterSerial
from gw_spaceheat.messages.gws_scan import GwsScan
from gw_spaceheat.messages.send_snap import SendSnap
from gw_spaceheat.messages.synced_readings import SyncedReadings
from gw_spaceheat.vocabulary.moment import SECOND_MS, Moment
from gw_spaceheat.vocabulary.roles import ActorClass, Role

LINK = "local"
SCADA = "s"
"""Short name of the SCADA on the local bus."""
ALL = "all"
"""Short name of everyone who has devices."""
ONLOOKERS = "onlookers"
"""Short name of all who look at the house."""
FRESH_MS = 10 * SECOND_MS
ONLOOKER_PAUSE_MS = 2 * SECOND_MS
"""All that is known is told to whoever looks at most so often [ms]."""
RELAY_EVENT = "change.relay.state"
RELAY_VALUES = {"CloseRelay": 1.0, "OpenRelay": 0.0}
NO_VALUE = "the device gives no believable value for them"


def subscriptions(house: House, here: Collection[str]) -> tuple[str, ...]:
    """What a process that hosts these nodes must hear."""
    topics = [f"gw/s/to/{wire_name(alias)}/#" for alias in here if house.nodes[alias].actuator is not None]
    topics.append(f"gw/s/to/{ALL}/#")
    if any(house.nodes[alias].actor is ActorClass.Scada for alias in here):
        topics.append("gw/+/to/s/#")
    return tuple(topics)


class LocalBus:
    """Translates between what the actors of this process say to each other and the local broker's messages."""

    def __init__(self, house: House, here: Collection[str], new_id: Callable[[], str], *, door_is_open: bool = True) -> None:
        """Remember which nodes act in this process, and whether persons may command the house over the bus."""
        self._house = house
        self._here = frozenset(here)
        self._new_id = new_id
        self._alias_of = {wire_name(alias): alias for alias in house.nodes}
        self._scada_here = any(house.nodes[alias].role is Role.Scada for alias in here)
        self._door = HumanDoor(house, LINK, lambda to, answer: self._send(to, answer, SCADA), is_open=door_is_open)
        self._latest: dict[str, Readings] = {}
        self._taken_ms: dict[str, int] = {}
        self._answers: dict[str, tuple[MeterAnswered, int]] = {}
        self._said_ms: dict[str, int] = {}
        self._onlooker_mono_ms: int | None = None

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Carry what concerns the others out, and what concerns us in."""
        if isinstance(event, Readings):
            return self._tell_readings(event, now)
        if isinstance(event, Scanned):
            return (self._tell_scan(event),)
        if isinstance(event, Command):
            return (self._tell_command(event, now),)
        if isinstance(event, Outcome):
            told = self._door.ended(event, now)
            if told is not None:
                return told
            return (self._tell_outcome(event, now),) if event.node in self._here else ()
        if isinstance(event, MeterAnswered):
            self._answers[event.component] = (event, now.mono_ms - event.age_ms)
            return self._tell_serial(event.component, now)
        if isinstance(event, LeaseChanged):
            return self._door.lease_changed(event, now)
        if isinstance(event, MinimumTime):
            return self._door.held_back(event, now)
        if isinstance(event, DeviceLost):
            for name in event.channels:
                self._latest.pop(name, None)
            return (self._tell_glitch(event.node, "Warning", ",".join(event.channels), event.reason, now),)
        if isinstance(event, DeviceBack):
            return (self._tell_glitch(event.node, "Info", ",".join(event.channels), "", now),)
        if isinstance(event, Received):
            return self._heard(event, now)
        if isinstance(event, LinkChanged) and event.up:
            return (*self._ask_for_latest(), *self._tell_latest(now))
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:  # noqa: ARG002 - it asks for no time
        """Nothing falls due here."""
        return ()

    def deadline(self) -> int | None:
        """Never."""
        return None

    # out

    def _tell_readings(self, event: Readings, now: Moment) -> Sequence[Event]:
        """The values, and, because the wire has no word for a missing one, a glitch about those that are not there."""
        self._latest.update(dict.fromkeys(event.channels, event))
        told: list[Event] = []
        pairs = tuple(zip(event.channels, event.values, strict=True))
        there = [(name, self._house.channels[name].telemetry.to_wire(value)) for name, value in pairs if value is not None]
        missing = [name for name, value in pairs if value is None]
        if there:
            message = SyncedReadings(
                channel_name_list=[name for name, _ in there],
                value_list=[value for _, value in there],
                scada_read_time_unix_ms=event.taken_ms,
            )
            told.append(self._send(SCADA, message, event.source))
        if missing:
            told.append(self._tell_glitch(event.source, "Warning", ",".join(missing), NO_VALUE, now))
        return told

    def _tell_scan(self, event: Scanned) -> Event:
        pairs = tuple(zip(event.channels, event.values, strict=True))
        there = [(name, self._house.channels[name].telemetry.to_wire(value)) for name, value in pairs if value is not None]
        message = GwsScan(
            channel_name_list=[name for name, _ in there],
            value_list=[value for _, value in there],
            missing_list=[name for name, value in pairs if value is None],
            scada_read_time_unix_ms=event.taken_ms,
            due_unix_ms=event.due_ms,
        )
        return self._send(ONLOOKERS, message, event.source)

    def _ask_for_latest(self) -> Sequence[Event]:
        if not self._scada_here:
            return ()
        return (self._send(ALL, SendSnap(from_g_node_alias=self._house.scada_alias), SCADA),)

    def _tell_onlooker(self, now: Moment) -> Sequence[Event]:
        """All that is known, from all processes; many who ask at once are told once."""
        told_ms = self._onlooker_mono_ms
        if not self._scada_here or (told_ms is not None and now.mono_ms < told_ms + ONLOOKER_PAUSE_MS):
            return ()
        self._onlooker_mono_ms = now.mono_ms
        return (*self._ask_for_latest(), *self._tell_latest(now))

    def _tell_latest(self, now: Moment) -> Sequence[Event]:
        """What was captured and said last, with the times of that; no readings so old that their device may hang."""
        told: list[Event] = [effect for component in self._answers for effect in self._tell_serial(component, now)]
        for scan in {id(scan): scan for scan in self._latest.values()}.values():
            names = [name for name in scan.channels if self._latest[name] is scan]
            if now.wall_ms - scan.taken_ms <= patience_ms(self._house.channels, names):
                values = tuple(scan.values[scan.channels.index(name)] for name in names)
                told += self._tell_readings(Readings(scan.source, scan.taken_ms, tuple(names), values), now)
        return told

    def _tell_serial(self, component: str, now: Moment) -> Sequence[Event]:
        """What a meter said last of itself; the time by the clock of now, which may have been set since."""
        said, said_mono_ms = self._answers[component]
        source = next((alias for alias in sorted(self._here) if self._house.nodes[alias].component == component), None)
        if source is None:
            return ()
        message = GwsMeterSerial(
            from_g_node_alias=self._house.scada_alias,
            component=component,
            serial=said.serial,
            said_unix_ms=now.wall_ms - (now.mono_ms - said_mono_ms),
        )
        return (self._send(SCADA, message, source),)

    def _tell_command(self, command: Command, now: Moment) -> Event:
        to = wire_name(command.node)
        boss = command.by.value
        node = self._house.nodes[command.node]
        ttl_s = FRESH_MS / SECOND_MS
        if node.role is Role.AnalogActuator:
            asked = AnalogDispatch(
                from_handle=boss,
                to_handle=f"{boss}.{to}",
                about_name=to,
                value=self._house.dispatch_to_wire(command.node, command.value),
                trigger_id=command.trigger,
                unix_time_ms=now.wall_ms,
            )
            message = GwsActuatorCommand(fencing_token=command.token, time_to_live_s=ttl_s, dispatch=asked)
        else:
            event = FsmEvent(
                from_handle=boss,
                to_handle=f"{boss}.{to}",
                event_type=RELAY_EVENT,
                event_name="CloseRelay" if command.value else "OpenRelay",
                trigger_id=command.trigger,
                send_time_unix_ms=now.wall_ms,
            )
            message = GwsActuatorCommand(fencing_token=command.token, time_to_live_s=ttl_s, event=event)
        return self._send(to, message, SCADA)

    def _tell_outcome(self, event: Outcome, now: Moment) -> Event:
        message = GwsCommandAnswer(
            from_g_node_alias=self._house.scada_alias,
            trigger_id=event.trigger,
            node=event.node,
            value=event.value,
            verdict=event.verdict.value,
            reason=event.reason,
            read_back=UNSET if event.read_back is None else event.read_back,
            answer_unix_ms=now.wall_ms,
        )
        return self._send(SCADA, message, event.node)

    def _tell_glitch(self, node: str, level: str, channels: str, reason: str, now: Moment) -> Event:
        message = Glitch(
            from_g_node_alias=self._house.scada_alias,
            node=wire_name(node),
            type=level,
            summary=channels,
            details=reason,
            created_ms=now.wall_ms,
        )
        return self._send(SCADA, message, node)

    def _send(self, dst: str, message: Message, src: str) -> Send:
        return Send(LINK, dst, message, Urgency.PLAIN, self._new_id(), src=wire_name(src))

    # in

    def _heard(self, event: Received, now: Moment) -> Sequence[Event]:
        message = event.message
        source = self._alias_of.get(event.src, event.src)
        if source in self._here:
            return ()  # our own echo
        if isinstance(message, SyncedReadings):
            return self._heard_readings(source, message)
        if isinstance(message, GwsActuatorCommand):
            return self._heard_command(message, now)
        if isinstance(message, SendSnap):
            return self._tell_latest(now) if event.src == SCADA else self._tell_onlooker(now)
        if isinstance(message, GwsLook):
            return self._heard_look(event, message)
        if not self._scada_here:
            return ()
        if isinstance(message, Request):
            return self._door.ask(event, message, now)
        if isinstance(message, GwsCommandAnswer) and message.node == source:
            outcome = self._heard_outcome(message)
            return (outcome, *(self._door.ended(outcome, now) or ()))
        if isinstance(message, Glitch):
            return self._heard_glitch(source, message, now)
        if isinstance(message, GwsMeterSerial):
            return self._heard_serial(source, message, now)
        return ()

    def _heard_outcome(self, message: GwsCommandAnswer) -> Outcome:
        verdict = Verdict(message.verdict) if message.verdict in Verdict._value2member_map_ else Verdict.DEVICE_FAILED
        read_back = None if isinstance(message.read_back, UnsetType) else message.read_back
        return Outcome(message.node, message.value, verdict, message.reason, message.trigger_id, read_back)

    def _heard_glitch(self, source: str, message: Glitch, now: Moment) -> Sequence[Event]:
        """A device is lost or back; or it works, and some of its channels have no value."""
        channels = tuple(name for name in message.summary.split(",") if self._is_read_by(name, source))
        if message.type == "Info":
            return (DeviceBack(source, channels),)
        if message.details == NO_VALUE:
            return (Readings(source, now.wall_ms, channels, (None,) * len(channels)),) if channels else ()
        return (DeviceLost(source, message.details, channels),)

    def _heard_serial(self, source: str, message: GwsMeterSerial, now: Moment) -> Sequence[Event]:
        """A meter said who it is to the node that reads it; what was heard before is not heard twice."""
        component, said_ms = message.component, message.said_unix_ms
        node = self._house.nodes.get(source)
        if node is None or node.component != component or self._said_ms.get(component) == said_ms:
            return ()
        self._said_ms[component] = said_ms
        return (MeterAnswered(component, message.serial, max(now.wall_ms - said_ms, 0)),)

    def _is_read_by(self, name: str, source: str) -> bool:
        channel = self._house.channels.get(name)
        return channel is not None and channel.captured_by == source

    def _heard_look(self, event: Received, message: GwsLook) -> Sequence[Event]:
        """Somebody looks: the devices here are to know, and, if the SCADA is here, those elsewhere by way of it."""
        is_for_us = event.src.startswith(SPEAKER) if self._scada_here else event.src == SCADA
        if not is_for_us or message.to_g_node_alias != self._house.scada_alias:
            return ()
        looked_at = LookedAt(message.every_s * SECOND_MS, message.for_s * SECOND_MS)
        return (looked_at, self._send(ALL, message, SCADA)) if self._scada_here else (looked_at,)

    def _heard_readings(self, source: str, message: SyncedReadings) -> Sequence[Event]:
        """What is ours to know, and was not told before: the latest readings are told anew whenever somebody asks."""
        taken_ms = message.scada_read_time_unix_ms
        known = [
            (name, self._house.channels[name].telemetry.from_wire(value))
            for name, value in zip(message.channel_name_list, message.value_list, strict=True)
            if self._is_read_by(name, source) and self._taken_ms.get(name) != taken_ms
        ]
        if not known:
            return ()
        names, values = zip(*known, strict=True)
        self._taken_ms.update(dict.fromkeys(names, taken_ms))
        return (Readings(source, taken_ms, names, values),)

    def _heard_command(self, message: GwsActuatorCommand, now: Moment) -> Sequence[Event]:
        asked = message.asked()
        boss, _, to = asked.to_handle.rpartition(".")
        node = self._alias_of.get(to, "")
        if node not in self._here or boss not in Authority._value2member_map_:
            return ()
        if isinstance(asked, AnalogDispatch):
            sent_ms, value = asked.unix_time_ms, self._house.dispatch_from_wire(node, asked.value)
        elif asked.event_name in RELAY_VALUES:
            sent_ms, value = asked.send_time_unix_ms, RELAY_VALUES[asked.event_name]
        else:
            return ()
        valid_until_mono_ms = now.mono_ms + round(message.time_to_live_s * SECOND_MS) - max(now.wall_ms - sent_ms, 0)
        reason, token = "over the local bus", message.fencing_token
        return (Command(node, value, Authority(boss), reason, asked.trigger_id, valid_until_mono_ms, token),)
