"""The session with a peer over one link: what may be sent now, what must wait, and what is sent again.

    State and input                  what follows
    ------------------------------   ----------------------------------------------------------------------------------
    up:   asked whether it is up     told so, to a node that has begun again
    down: event                      kept in the outbox
    down: plain, now                 dropped and counted; how many were, is told when the link is back
    up:   now                        sent with QoS 0, once
    up:   plain                      sent with QoS 1, once
    up:   event                      kept in the outbox and sent at once, beside whatever older ones are being sent again
    any:  held                       as an event while the gate is open; while it is shut, kept in the outbox and not sent
    any:  the gate opens or shuts    what is held is sent like all that is old, or stays from now on
    up:   acknowledgement            the outbox lets go; the next old message takes its place
    up:   the link goes down         what was on its way counts as not sent
    down: the link comes up          the outbox is sent again from its oldest on, five at a time, then one per acknowledgement
    any:  asked for its figures      told

An event that is not acknowledged within five seconds is sent again, after twice as long each time. A peer that acknowledges
nothing at all is tried ever more gently, up to five old messages in five minutes; when it is heard again, everything begins
anew. A broker's own acknowledgement counts for nothing here: brokers acknowledge what their access lists drop.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from heapq import heappop, heappush
from typing import Any, cast

from gw_spaceheat.core.events import (
    Event,
    FiguresAsked,
    Garbled,
    Gate,
    Level,
    LinkAsked,
    LinkChanged,
    LinkFigures,
    Note,
    Received,
    Send,
    Started,
    Stopping,
    Transmit,
    TransmitFailed,
    Urgency,
)
from gw_spaceheat.core.link.outbox import Entry, Outbox
from gw_spaceheat.core.link.tally import Tally, clipped
from gw_spaceheat.messages.gridworks_ack import GridworksAck
from gw_spaceheat.messages.gridworks_ping import GridworksPing
from gw_spaceheat.vocabulary.moment import MINUTE_MS, SECOND_MS, Moment

MOST_DOUBLINGS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSettings:
    """What a session must know of its link.

    Attributes:
        link: Name of the link ("uplink", "local").
        alias: Who we are on it; the sender of every message that names no other.
        peer: Short name of the one peer, to whom answers go; empty on a bus with many, where they go to whoever asked.
        in_flight: How many old messages are on their way at the same time (at least 1).
        ack_timeout_ms: A message not acknowledged after this is sent again [ms].
        longest_wait_ms: The most that lies between two attempts at one message [ms].
        away_after_ms: A peer not heard for this long, with something unanswered, has been away [ms].
    """

    link: str
    alias: str
    peer: str = ""
    in_flight: int = 5
    ack_timeout_ms: int = 5 * SECOND_MS
    longest_wait_ms: int = 5 * MINUTE_MS
    away_after_ms: int = 30 * SECOND_MS


class State(StrEnum):
    """What a session can do at present."""

    DOWN = "down"
    UP = "up"
    ENDED = "ended"


class Input(StrEnum):
    """What can happen to a session."""

    STARTED = "started"
    STOPPING = "stopping"
    LINK_UP = "link up"
    LINK_DOWN = "link down"
    LINK_ASKED = "link asked"
    FIGURES_ASKED = "figures asked"
    GATE = "gate"
    SEND_EVENT = "send event"
    SEND_HELD = "send held"
    SEND_PLAIN = "send plain"
    SEND_NOW = "send now"
    ACKNOWLEDGED = "acknowledged"
    PING = "ping"
    MESSAGE = "message"
    ECHO = "echo"
    GARBLED = "garbled"
    TRANSMIT_FAILED = "transmit failed"


_SEND_INPUTS = {
    Urgency.EVENT: Input.SEND_EVENT,
    Urgency.HELD: Input.SEND_HELD,
    Urgency.PLAIN: Input.SEND_PLAIN,
    Urgency.NOW: Input.SEND_NOW,
}
_KEPT = frozenset((Urgency.EVENT, Urgency.HELD))

Effects = Sequence[Event]


class Session:
    """One end of a link, as a machine: takes `Send`, puts out `Transmit`; takes what came in, puts out what concerns the node.

    It passes on `Received` messages (but for acknowledgements, pings and our own echo, which it deals with), each
    `LinkChanged`, and what was refused, so that a node may count it.
    """

    def __init__(self, settings: SessionSettings, outbox: Outbox) -> None:
        """Remember; what the outbox already holds is sent when the link first comes up."""
        self._settings = settings
        self._outbox = outbox
        self._tally = Tally(settings.link)
        self._own_names = {settings.alias}
        self._state = State.DOWN
        self._gate_is_open = False
        self._held_given_up = 0
        self._down_reason = ""
        self._dropped_while_down = 0
        self._heard_mono_ms = 0
        self._begin_anew()

    @property
    def link(self) -> str:
        """Name of the link."""
        return self._settings.link

    @property
    def state(self) -> State:
        """What the session can do at present."""
        return self._state

    @property
    def waiting(self) -> int:
        """How many messages wait for their acknowledgement."""
        return len(self._outbox)

    @property
    def counts(self) -> Mapping[str, int]:
        """How often something was refused, dropped or given up, by kind."""
        return self._tally.counts

    def handle(self, event: Event, now: Moment) -> Effects:
        """Something was asked for, came in, or happened to the connection. What is not a link's business changes nothing."""
        given = self._input(event)
        if given is None:
            return ()
        followed = TABLE.get((self._state, given))
        if followed is None:
            return self._tally.tell("out of order", f"{given} while {self._state}; ignored", now)
        self._state, action = followed
        return action(self, event, now)

    def wake(self, now: Moment) -> Effects:
        """Send again what is due."""
        return self._old_ones(now) if self._state is State.UP else ()

    def deadline(self) -> int | None:
        """When the next old message may be sent [ms, monotonic]; None while there is none, or the link is down."""
        if self._state is not State.UP:
            return None
        if len(self._slots) >= self._settings.in_flight:
            return min(self._slots.values())
        return self._due[0][0] if self._due else None

    def _input(self, event: Event) -> Input | None:
        kind = type(event)
        if kind is Received:
            return self._came_in(event)  # type: ignore[arg-type]  # the line above says that it is one
        if kind is Send:
            return _SEND_INPUTS[event.urgency]  # type: ignore[attr-defined]
        if isinstance(event, LinkChanged):
            return Input.LINK_UP if event.up else Input.LINK_DOWN
        return _OTHER_INPUTS.get(kind)

    def _came_in(self, event: Received) -> Input:
        if event.src in self._own_names:
            return Input.ECHO
        kind = type(event.message)
        if kind is GridworksAck:
            return Input.ACKNOWLEDGED
        return Input.PING if kind is GridworksPing else Input.MESSAGE

    # the link itself --------------------------------------------------------------------------------------------------

    def _stay(self, _event: Event, _now: Moment) -> Effects:
        return ()

    def _come_up(self, event: LinkChanged, now: Moment) -> Effects:
        waiting = f"; {len(self._outbox)} messages are waiting to be sent" if len(self._outbox) else ""
        dropped = f"; {self._dropped_while_down} that could not wait were dropped meanwhile" if self._dropped_while_down else ""
        self._dropped_while_down = 0
        self._down_reason = ""
        self._heard_mono_ms = now.mono_ms
        self._begin_anew()
        return [event, Note(Level.INFO, f"{self._settings.link}: connected{waiting}{dropped}"), *self._old_ones(now)]

    def _go_down(self, event: LinkChanged, now: Moment) -> Effects:
        self._begin_anew()
        return [event, *self._stay_down(event, now)]

    def _stay_down(self, event: LinkChanged, _now: Moment) -> Effects:
        if event.reason == self._down_reason:
            return ()
        self._down_reason = event.reason
        return (Note(Level.WARNING, f"{self._settings.link}: not connected: {clipped(event.reason)}; goes on trying"),)

    def _tell_link(self, _event: Event, _now: Moment) -> Effects:
        """Whoever asks has missed that it came up."""
        return (LinkChanged(self._settings.link, up=True, reason=""),)

    def _tell_figures(self, _event: Event, _now: Moment) -> Effects:
        up, outbox = self._state is State.UP, self._outbox
        return (LinkFigures(self._settings.link, up, len(outbox), outbox.size_bytes, dict(self._tally.counts)),)

    def _set_gate(self, event: Gate, now: Moment) -> Effects:
        """What is held may be sent from now on, or not any more; what is on its way already may still arrive."""
        if event.is_open == self._gate_is_open:
            return ()
        self._gate_is_open = event.is_open
        if not event.is_open:
            return ()
        self._walked_to = 0  # those that were passed over
        effects: list[Event] = []
        if self._held_given_up:
            text = f"{self._settings.link}: {self._held_given_up} messages were given up while they could not be sent"
            effects.append(Note(Level.WARNING, f"{text}; {len(self._outbox)} follow now"))
            self._held_given_up = 0
        return [*effects, *self._old_ones(now)] if self._state is State.UP else effects

    # what is to be sent -----------------------------------------------------------------------------------------------

    def _keep(self, event: Send, now: Moment) -> Effects:
        if not event.message_id:
            text = f"a {event.message.type_name()} without an identifier cannot be acknowledged and was dropped"
            return self._tally.tell("without identifier", text, now, Level.ERROR)
        notes: list[Event] = []
        for lost in self._outbox.put(event, now.wall_ms):
            self._attempts.pop(lost.message_id, None)
            self._slots.pop(lost.message_id, None)
            if lost.urgency is Urgency.HELD and not self._gate_is_open:  # nobody could have taken it; told when it matters
                self._held_given_up += 1
                continue
            text = (
                f"a {lost.message.type_name()} was given up, because too much waits for an answer; look whether the peer runs"
            )
            notes += self._tally.tell("outbox full", text, now, Level.ERROR)
        return notes

    def _keep_and_send(self, event: Send, now: Moment) -> Effects:
        notes = self._keep(event, now)
        entry = self._outbox.find(event.message_id)
        if entry is None or event.message_id in self._attempts:
            return notes
        return [*notes, self._attempt(entry, now)]

    def _hold_or_send(self, event: Send, now: Moment) -> Effects:
        return self._keep_and_send(event, now) if self._gate_is_open else self._keep(event, now)

    def _send_once(self, event: Send, _now: Moment) -> Effects:
        return (self._transmit(event),)

    def _drop(self, _event: Event, _now: Moment) -> Effects:
        self._tally.count("dropped while down")
        self._dropped_while_down += 1
        return ()

    def _transmit(self, send: Send, sequence: int = 0) -> Transmit:
        src = send.src or self._settings.alias
        self._own_names.add(src)
        return Transmit(
            self._settings.link,
            src,
            send.dst,
            send.message,
            send.message_id,
            send.urgency in _KEPT,
            0 if send.urgency is Urgency.NOW else 1,
            self._outbox.stream if sequence else "",
            sequence if self._outbox.stream else 0,
        )

    # what came in -----------------------------------------------------------------------------------------------------

    def _forget(self, event: Received, _now: Moment) -> Effects:
        message_id = cast(GridworksAck, event.message).ack_message_id
        if not self._outbox.forget(message_id):
            self._tally.count("acknowledged twice")
        self._attempts.pop(message_id, None)
        self._slots.pop(message_id, None)
        return ()

    def _forget_and_go_on(self, event: Received, now: Moment) -> Effects:
        self._forget(event, now)
        self._heard(now)
        return self._old_ones(now)

    def _answer(self, event: Received, now: Moment) -> Effects:
        ack = GridworksAck(ack_message_id=cast(GridworksPing, event.message).message_id)
        answer = Send(self._settings.link, self._settings.peer or event.src, ack, Urgency.PLAIN, message_id="")
        self._heard(now)
        return [self._transmit(answer), *self._old_ones(now)]

    def _pass_on(self, event: Event, _now: Moment) -> Effects:
        return (event,)

    def _pass_on_and_go_on(self, event: Event, now: Moment) -> Effects:
        self._heard(now)
        return [event, *self._old_ones(now)]

    def _count_echo(self, _event: Event, _now: Moment) -> Effects:
        self._tally.count("echo")
        return ()

    def _refuse(self, event: Garbled, now: Moment) -> Effects:
        return [event, *self._tally.tell(f"refused ({event.kind})", f"{event.reason}, on topic {event.topic}", now)]

    def _note_failure(self, event: TransmitFailed, now: Moment) -> Effects:
        if not event.lasting:
            return self._tally.tell("not sent", event.reason, now)
        self._outbox.forget(event.message_id)
        self._attempts.pop(event.message_id, None)
        self._slots.pop(event.message_id, None)
        return self._tally.tell("cannot be sent", f"{event.reason}; given up", now, Level.ERROR)

    # sending again ----------------------------------------------------------------------------------------------------

    def _begin_anew(self) -> None:
        """As if nothing had been tried: the outbox will be walked from its oldest message on."""
        self._walked_to = 0
        self._attempts: dict[str, int] = {}
        self._due: list[tuple[int, int, str]] = []
        self._slots: dict[str, int] = {}
        self._unanswered = 0

    def _heard(self, now: Moment) -> None:
        away = self._unanswered and now.mono_ms - self._heard_mono_ms >= self._settings.away_after_ms
        self._heard_mono_ms = now.mono_ms
        self._unanswered = 0
        if away:
            self._begin_anew()

    def _old_ones(self, now: Moment) -> list[Event]:
        """Send again, oldest first, as much as may be on its way at once."""
        if not len(self._outbox):  # as nearly always when all is well
            self._attempts.clear()
            self._due.clear()
            self._slots.clear()
            return []
        for message_id in [message_id for message_id, until in self._slots.items() if until <= now.mono_ms]:
            del self._slots[message_id]
            self._unanswered += 1
        sent: list[Event] = []
        while len(self._slots) < self._settings.in_flight:
            entry = self._next(now)
            if entry is None:
                break
            sent.append(self._attempt(entry, now))
            self._slots[entry.send.message_id] = now.mono_ms + self._patience_ms()
        return sent

    def _next(self, now: Moment) -> Entry | None:
        """What was not tried yet, then what is to be tried again: a few that the peer never takes must not hold up the rest."""
        with_held = self._gate_is_open
        while (entry := self._outbox.after(self._walked_to, with_held=with_held)) is not None:
            self._walked_to = entry.sequence
            if entry.send.message_id not in self._attempts:
                return entry
        while self._due and (self._due[0][0] <= now.mono_ms or self._due[0][2] not in self._attempts):
            message_id = heappop(self._due)[2]
            entry = self._outbox.find(message_id) if message_id in self._attempts else None
            if entry is None:
                continue
            if with_held or entry.send.urgency is not Urgency.HELD:
                return entry
            del self._attempts[message_id]  # as if it had not been tried: it is walked to when the gate opens
        return None

    def _attempt(self, entry: Entry, now: Moment) -> Transmit:
        message_id = entry.send.message_id
        attempts = self._attempts.get(message_id, 0)
        self._attempts[message_id] = attempts + 1
        heappush(self._due, (now.mono_ms + self._doubled_ms(attempts), entry.sequence, message_id))
        return self._transmit(entry.send, entry.sequence)

    def _patience_ms(self) -> int:
        """How long a message takes up its place among those on their way: longer, the longer the peer acknowledges nothing."""
        return self._doubled_ms(self._unanswered // self._settings.in_flight)

    def _doubled_ms(self, times: int) -> int:
        return min(self._settings.ack_timeout_ms << min(times, MOST_DOUBLINGS), self._settings.longest_wait_ms)


TABLE: Mapping[tuple[State, Input], tuple[State, Callable[[Session, Any, Moment], Effects]]] = {
    (State.DOWN, Input.STARTED): (State.DOWN, Session._stay),
    (State.DOWN, Input.STOPPING): (State.ENDED, Session._stay),
    (State.DOWN, Input.LINK_UP): (State.UP, Session._come_up),
    (State.DOWN, Input.LINK_DOWN): (State.DOWN, Session._stay_down),
    (State.DOWN, Input.GATE): (State.DOWN, Session._set_gate),
    (State.DOWN, Input.LINK_ASKED): (State.DOWN, Session._stay),
    (State.DOWN, Input.FIGURES_ASKED): (State.DOWN, Session._tell_figures),
    (State.DOWN, Input.SEND_EVENT): (State.DOWN, Session._keep),
    (State.DOWN, Input.SEND_HELD): (State.DOWN, Session._keep),
    (State.DOWN, Input.SEND_PLAIN): (State.DOWN, Session._drop),
    (State.DOWN, Input.SEND_NOW): (State.DOWN, Session._drop),
    (State.DOWN, Input.ACKNOWLEDGED): (State.DOWN, Session._forget),
    (State.DOWN, Input.MESSAGE): (State.DOWN, Session._pass_on),
    (State.DOWN, Input.ECHO): (State.DOWN, Session._count_echo),
    (State.DOWN, Input.GARBLED): (State.DOWN, Session._refuse),
    (State.DOWN, Input.TRANSMIT_FAILED): (State.DOWN, Session._note_failure),
    (State.UP, Input.STARTED): (State.UP, Session._stay),
    (State.UP, Input.STOPPING): (State.ENDED, Session._stay),
    (State.UP, Input.LINK_DOWN): (State.DOWN, Session._go_down),
    (State.UP, Input.GATE): (State.UP, Session._set_gate),
    (State.UP, Input.LINK_ASKED): (State.UP, Session._tell_link),
    (State.UP, Input.FIGURES_ASKED): (State.UP, Session._tell_figures),
    (State.UP, Input.SEND_EVENT): (State.UP, Session._keep_and_send),
    (State.UP, Input.SEND_HELD): (State.UP, Session._hold_or_send),
    (State.UP, Input.SEND_PLAIN): (State.UP, Session._send_once),
    (State.UP, Input.SEND_NOW): (State.UP, Session._send_once),
    (State.UP, Input.ACKNOWLEDGED): (State.UP, Session._forget_and_go_on),
    (State.UP, Input.PING): (State.UP, Session._answer),
    (State.UP, Input.MESSAGE): (State.UP, Session._pass_on_and_go_on),
    (State.UP, Input.ECHO): (State.UP, Session._count_echo),
    (State.UP, Input.GARBLED): (State.UP, Session._refuse),
    (State.UP, Input.TRANSMIT_FAILED): (State.UP, Session._note_failure),
    (State.ENDED, Input.LINK_DOWN): (State.ENDED, Session._stay),
    (State.ENDED, Input.GATE): (State.ENDED, Session._set_gate),
    (State.ENDED, Input.LINK_ASKED): (State.ENDED, Session._stay),
    (State.ENDED, Input.FIGURES_ASKED): (State.ENDED, Session._tell_figures),
    (State.ENDED, Input.SEND_EVENT): (State.ENDED, Session._keep),
    (State.ENDED, Input.SEND_HELD): (State.ENDED, Session._keep),
    (State.ENDED, Input.SEND_PLAIN): (State.ENDED, Session._drop),
    (State.ENDED, Input.SEND_NOW): (State.ENDED, Session._drop),
    (State.ENDED, Input.ACKNOWLEDGED): (State.ENDED, Session._forget),
    (State.ENDED, Input.ECHO): (State.ENDED, Session._count_echo),
    (State.ENDED, Input.GARBLED): (State.ENDED, Session._refuse),
    (State.ENDED, Input.TRANSMIT_FAILED): (State.ENDED, Session._note_failure),
}
"""State and input to the next state and what is done; a pair that is not here is refused and changes nothing.

The input tells which event it is, so that each action takes its own kind only.
"""


_OTHER_INPUTS: Mapping[type[Event], Input] = {
    Started: Input.STARTED,
    LinkAsked: Input.LINK_ASKED,
    FiguresAsked: Input.FIGURES_ASKED,
    Gate: Input.GATE,
    Stopping: Input.STOPPING,
    Garbled: Input.GARBLED,
    TransmitFailed: Input.TRANSMIT_FAILED,
}
