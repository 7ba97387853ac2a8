"""The session with a peer over one link: what may be sent now, what must wait, and what is sent again.

The link is *set up* when it is connected and every subscription is granted; the *peer* is there when something of it was heard
since connecting. Both may come in either order, and the link is active when both have. On a link without one peer (the bus
inside a house) set up is active.

    State and input                  what follows
    ------------------------------   ----------------------------------------------------------------------------------
    set up: asked whether it is up   told so, to a node that has begun again
    not set up: event                kept in the outbox
    not set up: plain, now           dropped and counted; how many were, is told when the link is back
    set up: now                      sent with QoS 0, once
    set up: plain                    sent with QoS 1, once
    set up: event                    kept in the outbox and sent at once, beside whatever older ones are being sent again
    any: held                        as an event while the gate is open; while it is shut, kept in the outbox and not sent
    any: the gate opens or shuts     what is held is sent like all that is old, or stays from now on
    becomes set up                   the peer is asked whether it is there
    becomes active                   the outbox is sent again in its order, five at a time, then one per acknowledgement
    active: acknowledgement          the outbox lets go; the next old message takes its place
    active: a silent minute          the peer is asked; without an answer within five seconds it is awaited
    awaits peer                      what is old stays until the peer is heard; it is asked every minute
    the link goes down               what was on its way counts as not sent

An event that is not acknowledged within five seconds is sent again, after twice as long each time, and the peer is asked, at
most once a minute: so he who is heard and does not hear us is found, too. A peer that answers and yet acknowledges nothing
is tried ever more gently, up to five old messages in five minutes; when it is heard again after a silence, everything begins
anew. A broker's own acknowledgement counts for nothing here: brokers acknowledge what their access lists drop.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
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
    LinkConnected,
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
from gw_spaceheat.core.link.link_events import Kind, LinkEvents
from gw_spaceheat.core.link.outbox import Entry, Outbox
from gw_spaceheat.core.link.peer_watch import PeerWatch, Seen
from gw_spaceheat.core.link.states import Input, State
from gw_spaceheat.core.link.tally import Tally, clipped
from gw_spaceheat.core.link.walk import Walk
from gw_spaceheat.core.table import Table
from gw_spaceheat.messages.gridworks_ack import GridworksAck
from gw_spaceheat.messages.gridworks_event_comm_mqtt_connect import GridworksEventCommMqttConnect
from gw_spaceheat.messages.gridworks_event_comm_mqtt_disconnect import GridworksEventCommMqttDisconnect
from gw_spaceheat.messages.gridworks_event_comm_mqtt_fully_subscribed import GridworksEventCommMqttFullySubscribed
from gw_spaceheat.messages.gridworks_event_comm_peer_active import GridworksEventCommPeerActive
from gw_spaceheat.messages.gridworks_event_comm_response_timeout import GridworksEventCommResponseTimeout
from gw_spaceheat.messages.gridworks_ping import GridworksPing
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import MINUTE_MS, SECOND_MS, Moment
from gw_spaceheat.vocabulary.upload_order import UploadOrder

MOST_DOUBLINGS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSettings:
    """What a session must know of its link.

    Attributes:
        link: Name of the link ("uplink", "local").
        alias: Who we are on it; the sender of every message that names no other.
        peer: Short name of the one peer, to whom answers go and who is watched; empty on a bus with many, where answers go to
            whoever asked and nobody is watched.
        in_flight: How many old messages are on their way at the same time (at least 1).
        ack_timeout_ms: A message not acknowledged after this is sent again; a peer that was asked and has not answered after
            this is awaited [ms].
        longest_wait_ms: The most that lies between two attempts at one message [ms].
        away_after_ms: A peer not heard for this long, with something unanswered, has been away [ms].
        silence_ms: A peer not heard for this long is asked whether it is there [ms]; None where nothing can be silently
            broken, as over the good wire of a simulation: it is asked once, at set-up, and believed to be there from then on.
        tells_peer: The peer is told, by GridWorks' events, of what became of the link.
        order: Which of the messages that waited go first.
    """

    link: str
    alias: str
    peer: str = ""
    in_flight: int = 5
    ack_timeout_ms: int = 5 * SECOND_MS
    longest_wait_ms: int = 5 * MINUTE_MS
    away_after_ms: int = 30 * SECOND_MS
    silence_ms: int | None = MINUTE_MS
    tells_peer: bool = False
    order: UploadOrder = UploadOrder.OLDEST_FIRST


_SEND_INPUTS = {
    Urgency.EVENT: Input.SEND_EVENT,
    Urgency.HELD: Input.SEND_HELD,
    Urgency.PLAIN: Input.SEND_PLAIN,
    Urgency.NOW: Input.SEND_NOW,
}
_KEPT = frozenset((Urgency.EVENT, Urgency.HELD))
_EVENTS = frozenset((Urgency.EVENT,))

Effects = Sequence[Event]


class Session:
    """One end of a link, as a machine: takes `Send`, puts out `Transmit`; takes what came in, puts out what concerns the node.

    It passes on `Received` messages (but for acknowledgements, pings and our own echo, which it deals with), each
    `LinkChanged`, and what was refused, so that a node may count it.
    """

    def __init__(self, settings: SessionSettings, outbox: Outbox, new_id: Callable[[], str] | None = None) -> None:
        """Remember; what the outbox already holds is sent when the link first becomes active.

        Args:
            settings: What it must know of its link.
            outbox: What must not be lost, perhaps of an earlier process.
            new_id: Gives the identifiers of questions and events [uuid4], never the same in two processes; None for a series
                that is always the same, which is good enough where nobody is told anything.
        """
        if settings.tells_peer and (new_id is None or not settings.peer):
            raise ValueError("what tells the peer of its link needs a peer, and identifiers of its own")
        self._settings = settings
        self._outbox = outbox
        self._walk = Walk(outbox, settings.order)
        self._new_id = new_id or IdSource(settings.link.encode())
        self._watch = PeerWatch(settings.silence_ms if settings.peer else None, settings.ack_timeout_ms)
        self._events: LinkEvents | None = None
        if settings.tells_peer:
            self._events = LinkEvents(settings.link, settings.alias, settings.peer, self._new_id)
        self._tally = Tally(settings.link)
        self._own_names = {settings.alias}
        self._state = State.NOT_STARTED
        self._gate_is_open = False
        self._held_given_up = 0
        self._down_reason = ""
        self._dropped_while_down = 0
        self._heard_mono_ms = 0
        self._connected_at = Moment(0, 0)
        self._ping_put_off: Received | None = None
        self._silence_told = False
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
    def is_up(self) -> bool:
        """Whether the link is set up, so that something can be sent."""
        return self._state is State.ACTIVE or self._state is State.AWAITING_PEER

    @property
    def waiting(self) -> int:
        """How many messages wait for their acknowledgement."""
        return len(self._outbox)

    @property
    def counts(self) -> Mapping[str, int]:
        """How often something was refused, dropped or given up, by kind."""
        return self._tally.counts

    @property
    def passing(self) -> Collection[Urgency]:
        """What travels so is on its way to a peer that is heard, and is to be left alone; held ones if the gate is open."""
        if self._state is not State.ACTIVE:
            return ()
        return _KEPT if self._gate_is_open else _EVENTS

    def look_what_is_gone(self) -> None:
        """Others have let go of something in the outbox, perhaps."""
        if self._events is not None:
            for message_id in self._events.waiting:
                if self._outbox.find(message_id) is None:
                    self._events.gone(message_id)

    def handle(self, event: Event, now: Moment) -> Effects:
        """Something was asked for, came in, or happened to the connection. What is not a link's business changes nothing."""
        given = self._input(event)
        return () if given is None else self._follow(given, event, now)

    def wake(self, now: Moment) -> Effects:
        """Ask the peer, or give it up; send again what is due."""
        if not self.is_up:
            return ()
        seen = self._watch.look(now.mono_ms)
        effects: list[Event] = []
        if seen is Seen.SILENCE:
            effects.append(self._ask(now))
        elif seen is Seen.NO_ANSWER:
            effects += self._follow(Input.RESPONSE_TIMEOUT, None, now)
        if self._state is not State.ACTIVE:
            return effects
        again = self._old_ones(now)
        if again and self._watch.may_ask(now.mono_ms):
            effects.append(self._ask(now))
        return effects + again if effects else again

    def deadline(self) -> int | None:
        """When an old message may be sent, or the peer is to be asked or given up [ms, monotonic]; None for never."""
        watch_ms = self._watch.due_mono_ms
        if self._state is not State.ACTIVE:
            return watch_ms
        if len(self._slots) >= self._settings.in_flight:
            due_ms = min(self._slots.values())
        elif self._due:
            due_ms = self._due[0][0]
        else:
            return watch_ms
        return due_ms if watch_ms is None or due_ms < watch_ms else watch_ms

    def _follow(self, given: Input, event: Event | None, now: Moment) -> Effects:
        followed = TABLE.get((self._state, given))
        if followed is None:
            return self._tally.tell("out of order", f"{given} while {self._state}; ignored", now)
        self._state, action = followed
        return action(self, event, now)

    def _input(self, event: Event) -> Input | None:
        kind = type(event)
        if kind is Received:
            return self._came_in(event)  # type: ignore[arg-type]  # the line above says that it is one
        if kind is Send:
            return _SEND_INPUTS[event.urgency]  # type: ignore[attr-defined]
        if isinstance(event, LinkChanged):
            return Input.SUBSCRIBED if event.up else Input.LINK_DOWN
        if kind is LinkConnected:
            return Input.CONNECTED if self._settings.peer else Input.CONNECTED_TO_MANY
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

    def _end(self, _event: Event, _now: Moment) -> Effects:
        self._watch.rest()
        return ()

    def _begin_connection(self, _event: Event, now: Moment) -> Effects:
        self._connected_at = now
        self._ping_put_off = None
        return ()

    def _come_up(self, event: LinkChanged, now: Moment) -> Effects:
        """It is set up; the peer was not heard yet, or there is none."""
        waiting = f"; {len(self._outbox)} messages are waiting to be sent" if len(self._outbox) else ""
        dropped = f"; {self._dropped_while_down} that could not wait were dropped meanwhile" if self._dropped_while_down else ""
        self._dropped_while_down = 0
        self._down_reason = ""
        self._heard_mono_ms = now.mono_ms
        self._silence_told = False
        self._begin_anew()
        effects: list[Event] = [event, Note(Level.INFO, f"{self._settings.link}: connected{waiting}{dropped}")]
        if self._settings.peer:
            effects += self._tell_peer(GridworksEventCommMqttConnect, self._connected_at, now)
            effects += self._tell_peer(GridworksEventCommMqttFullySubscribed, now, now)
            effects.append(self._ask(now))
        return effects

    def _come_up_with_peer(self, event: LinkChanged, now: Moment) -> Effects:
        """It is set up, and the peer was heard before, or there is none."""
        effects = [*self._come_up(event, now)]
        ping, self._ping_put_off = self._ping_put_off, None
        if ping is not None:
            effects.append(self._acknowledge(ping))
        if self._settings.peer:
            effects += self._find_peer(now)
        return [*effects, *self._old_ones(now)]

    def _go_down(self, event: LinkChanged, now: Moment) -> Effects:
        self._begin_anew()
        self._watch.rest()
        return [event, *self._tell_peer(GridworksEventCommMqttDisconnect, now, now), *self._stay_down(event, now)]

    def _stay_down(self, event: LinkChanged, _now: Moment) -> Effects:
        if event.reason == self._down_reason:
            return ()
        self._down_reason = event.reason
        return (Note(Level.WARNING, f"{self._settings.link}: not connected: {clipped(event.reason)}; goes on trying"),)

    def _tell_link(self, _event: Event, _now: Moment) -> Effects:
        """Whoever asks has missed that it came up."""
        return (LinkChanged(self._settings.link, up=True, reason=""),)

    def _tell_figures(self, _event: Event, _now: Moment) -> Effects:
        outbox = self._outbox
        return (LinkFigures(self._settings.link, self.is_up, len(outbox), outbox.size_bytes, dict(self._tally.counts)),)

    def _set_gate(self, event: Gate, now: Moment) -> Effects:
        """What is held may be sent from now on, or not any more; what is on its way already may still arrive."""
        if event.is_open == self._gate_is_open:
            return ()
        self._gate_is_open = event.is_open
        if not event.is_open:
            return ()
        self._walk.begin()  # those that were passed over
        effects: list[Event] = []
        if self._held_given_up:
            text = f"{self._settings.link}: {self._held_given_up} messages were given up while they could not be sent"
            effects.append(Note(Level.WARNING, f"{text}; {len(self._outbox)} follow now"))
            self._held_given_up = 0
        return [*effects, *self._old_ones(now)] if self._state is State.ACTIVE else effects

    # the peer ---------------------------------------------------------------------------------------------------------

    def _ask(self, now: Moment) -> Transmit:
        """Is the peer there? The broker has to answer as well (QoS 1), so that a dead connection is found by it, too."""
        ping_id = self._new_id()
        self._watch.asked(ping_id, now.mono_ms)
        ping = GridworksPing(message_id=ping_id)
        return Transmit(self._settings.link, self._settings.alias, self._settings.peer, ping, ping_id, ack_required=True, qos=1)

    def _find_peer(self, now: Moment) -> list[Event]:
        """It was heard, for the first time or again; of one who did not answer it is to be seen whether he does now."""
        self._heard(now)
        told = self._tell_peer(GridworksEventCommPeerActive, now, now)
        if not self._silence_told:
            return [Note(Level.INFO, f"{self._settings.link}: the peer ({self._settings.peer}) is heard"), *told]
        return [*told] if self._watch.waits else [self._ask(now), *told]

    def _lose_peer(self, event: Event, now: Moment) -> Effects:
        self._begin_anew()
        told = self._tell_peer(GridworksEventCommResponseTimeout, now, now)
        return [*told, *self._miss_peer(event, now)]

    def _miss_peer(self, _event: Event, _now: Moment) -> Effects:
        self._tally.count("no answer")
        if self._silence_told:
            return ()
        self._silence_told = True
        text = f"{self._settings.link}: the peer ({self._settings.peer}) does not answer; look whether it runs"
        return (Note(Level.WARNING, f"{text}; what must arrive waits, and it is asked every minute"),)

    def _tell_peer(self, kind: Kind, at: Moment, now: Moment) -> Effects:
        """Keep an event about the link, and send it if it can be sent."""
        if self._events is None:
            return ()
        event = self._events.make(kind, at)
        if event is None:
            self._tally.count("link event left out")
            return ()
        return self._keep_and_send(event, now) if self.is_up else self._keep(event, now)

    # what is to be sent -----------------------------------------------------------------------------------------------

    def _keep(self, event: Send, now: Moment) -> Effects:
        if not event.message_id:
            text = f"a {event.message.type_name()} without an identifier cannot be acknowledged and was dropped"
            return self._tally.tell("without identifier", text, now, Level.ERROR)
        notes: list[Event] = []
        for lost in self._outbox.put(event, now.wall_ms):
            self._leaves(lost.message_id)
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

    def _transmit(self, send: Send, sequence: int = 0, *, gives_way: bool = False) -> Transmit:
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
            gives_way,
        )

    # what came in -----------------------------------------------------------------------------------------------------

    def _forget(self, event: Received, _now: Moment) -> Effects:
        message_id = cast(GridworksAck, event.message).ack_message_id
        is_answer = self._outbox.forget(message_id) or self._watch.answered(message_id)
        self._leaves(message_id)
        if not is_answer:
            self._tally.count("acknowledged twice")
        elif self._silence_told:
            self._silence_told = False
            return (Note(Level.INFO, f"{self._settings.link}: the peer ({self._settings.peer}) answers again"),)
        return ()

    def _leaves(self, message_id: str) -> None:
        """It is no longer in the outbox."""
        self._attempts.pop(message_id, None)
        self._slots.pop(message_id, None)
        if self._events is not None:
            self._events.gone(message_id)

    def _forget_and_go_on(self, event: Received, now: Moment) -> Effects:
        notes = self._forget(event, now)
        self._heard(now)
        return [*notes, *self._old_ones(now)]

    def _find_and_forget(self, event: Received, now: Moment) -> Effects:
        notes = self._forget(event, now)
        return [*notes, *self._find_peer(now), *self._old_ones(now)]

    def _acknowledge(self, ping: Received) -> Transmit:
        ack = GridworksAck(ack_message_id=cast(GridworksPing, ping.message).message_id)
        answer = Send(self._settings.link, self._settings.peer or ping.src, ack, Urgency.PLAIN, message_id="")
        return self._transmit(answer)

    def _answer(self, event: Received, now: Moment) -> Effects:
        self._heard(now)
        return [self._acknowledge(event), *self._old_ones(now)]

    def _find_and_answer(self, event: Received, now: Moment) -> Effects:
        return [*self._find_peer(now), *self._answer(event, now)]

    def _put_answer_off(self, event: Received, _now: Moment) -> Effects:
        """It is answered when something can be sent."""
        self._ping_put_off = event
        return ()

    def _pass_on(self, event: Event, _now: Moment) -> Effects:
        return (event,)

    def _pass_on_and_go_on(self, event: Event, now: Moment) -> Effects:
        self._heard(now)
        return [event, *self._old_ones(now)]

    def _find_and_pass_on(self, event: Event, now: Moment) -> Effects:
        return [*self._find_peer(now), *self._pass_on_and_go_on(event, now)]

    def _count_echo(self, _event: Event, _now: Moment) -> Effects:
        self._tally.count("echo")
        return ()

    def _refuse(self, event: Garbled, now: Moment) -> Effects:
        return [event, *self._tally.tell(f"refused ({event.kind})", f"{event.reason}, on topic {event.topic}", now)]

    def _note_failure(self, event: TransmitFailed, now: Moment) -> Effects:
        if not event.lasting:
            return self._tally.tell("not sent", event.reason, now)
        self._outbox.forget(event.message_id)
        self._leaves(event.message_id)
        return self._tally.tell("cannot be sent", f"{event.reason}; given up", now, Level.ERROR)

    # sending again ----------------------------------------------------------------------------------------------------

    def _begin_anew(self) -> None:
        """As if nothing had been tried: the outbox will be walked from its beginning."""
        self._walk.begin()
        self._attempts: dict[str, int] = {}
        self._due: list[tuple[int, int, str]] = []
        self._slots: dict[str, int] = {}
        self._unanswered = 0

    def _heard(self, now: Moment) -> None:
        away = self._unanswered and now.mono_ms - self._heard_mono_ms >= self._settings.away_after_ms
        self._heard_mono_ms = now.mono_ms
        self._watch.heard(now.mono_ms)
        self._unanswered = 0
        if away:
            self._begin_anew()

    def _old_ones(self, now: Moment) -> list[Event]:
        """Send again, in the order of the walk, as much as may be on its way at once."""
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
            sent.append(self._attempt(entry, now, gives_way=True))
            self._slots[entry.send.message_id] = now.mono_ms + self._patience_ms()
        return sent

    def _next(self, now: Moment) -> Entry | None:
        """What was not tried yet, then what is to be tried again: a few that the peer never takes must not hold up the rest."""
        with_held = self._gate_is_open
        while (entry := self._walk.next(with_held=with_held)) is not None:
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

    def _attempt(self, entry: Entry, now: Moment, *, gives_way: bool = False) -> Transmit:
        message_id = entry.send.message_id
        attempts = self._attempts.get(message_id, 0)
        self._attempts[message_id] = attempts + 1
        heappush(self._due, (now.mono_ms + self._doubled_ms(attempts), entry.sequence, message_id))
        return self._transmit(entry.send, entry.sequence, gives_way=gives_way)

    def _patience_ms(self) -> int:
        """How long a message takes up its place among those on their way: longer, the longer the peer acknowledges nothing."""
        return self._doubled_ms(self._unanswered // self._settings.in_flight)

    def _doubled_ms(self, times: int) -> int:
        return min(self._settings.ack_timeout_ms << min(times, MOST_DOUBLINGS), self._settings.longest_wait_ms)


Action = Callable[[Session, Any, Moment], Effects]

_ALWAYS: Mapping[Input, Action] = {
    Input.FIGURES_ASKED: Session._tell_figures,
    Input.GATE: Session._set_gate,
    Input.ECHO: Session._count_echo,
    Input.GARBLED: Session._refuse,
    Input.TRANSMIT_FAILED: Session._note_failure,
}
_NOT_SET_UP: Mapping[Input, Action] = {
    **_ALWAYS,
    Input.LINK_ASKED: Session._stay,
    Input.SEND_EVENT: Session._keep,
    Input.SEND_HELD: Session._keep,
    Input.SEND_PLAIN: Session._drop,
    Input.SEND_NOW: Session._drop,
}
_SET_UP: Mapping[Input, Action] = {
    **_ALWAYS,
    Input.STARTED: Session._stay,
    Input.LINK_ASKED: Session._tell_link,
    Input.SEND_EVENT: Session._keep_and_send,
    Input.SEND_HELD: Session._hold_or_send,
    Input.SEND_PLAIN: Session._send_once,
    Input.SEND_NOW: Session._send_once,
}

STAYS: Mapping[State, Mapping[Input, Action]] = {
    State.NOT_STARTED: _NOT_SET_UP,
    State.CONNECTING: {
        **_NOT_SET_UP,
        Input.STARTED: Session._stay,
        Input.LINK_DOWN: Session._stay_down,
        Input.ACKNOWLEDGED: Session._forget,
        Input.MESSAGE: Session._pass_on,
    },
    State.AWAITING_SETUP_AND_PEER: {**_NOT_SET_UP, Input.STARTED: Session._stay},
    State.AWAITING_SETUP: {
        **_NOT_SET_UP,
        Input.STARTED: Session._stay,
        Input.ACKNOWLEDGED: Session._forget,
        Input.PING: Session._put_answer_off,
        Input.MESSAGE: Session._pass_on,
    },
    State.AWAITING_PEER: {**_SET_UP, Input.RESPONSE_TIMEOUT: Session._miss_peer},
    State.ACTIVE: {
        **_SET_UP,
        Input.ACKNOWLEDGED: Session._forget_and_go_on,
        Input.PING: Session._answer,
        Input.MESSAGE: Session._pass_on_and_go_on,
    },
    State.ENDED: {**_NOT_SET_UP, Input.LINK_DOWN: Session._stay, Input.ACKNOWLEDGED: Session._forget},
}
"""What changes no state, and what is done."""

LEADS: Mapping[State, Mapping[Input, tuple[State, Action]]] = {
    State.NOT_STARTED: {
        Input.STARTED: (State.CONNECTING, Session._stay),
        Input.STOPPING: (State.ENDED, Session._end),
    },
    State.CONNECTING: {
        Input.CONNECTED: (State.AWAITING_SETUP_AND_PEER, Session._begin_connection),
        Input.CONNECTED_TO_MANY: (State.AWAITING_SETUP, Session._begin_connection),
        Input.STOPPING: (State.ENDED, Session._end),
    },
    State.AWAITING_SETUP_AND_PEER: {
        Input.SUBSCRIBED: (State.AWAITING_PEER, Session._come_up),
        Input.ACKNOWLEDGED: (State.AWAITING_SETUP, Session._forget),
        Input.PING: (State.AWAITING_SETUP, Session._put_answer_off),
        Input.MESSAGE: (State.AWAITING_SETUP, Session._pass_on),
        Input.LINK_DOWN: (State.CONNECTING, Session._stay_down),
        Input.STOPPING: (State.ENDED, Session._end),
    },
    State.AWAITING_SETUP: {
        Input.SUBSCRIBED: (State.ACTIVE, Session._come_up_with_peer),
        Input.LINK_DOWN: (State.CONNECTING, Session._stay_down),
        Input.STOPPING: (State.ENDED, Session._end),
    },
    State.AWAITING_PEER: {
        Input.ACKNOWLEDGED: (State.ACTIVE, Session._find_and_forget),
        Input.PING: (State.ACTIVE, Session._find_and_answer),
        Input.MESSAGE: (State.ACTIVE, Session._find_and_pass_on),
        Input.LINK_DOWN: (State.CONNECTING, Session._go_down),
        Input.STOPPING: (State.ENDED, Session._end),
    },
    State.ACTIVE: {
        Input.RESPONSE_TIMEOUT: (State.AWAITING_PEER, Session._lose_peer),
        Input.LINK_DOWN: (State.CONNECTING, Session._go_down),
        Input.STOPPING: (State.ENDED, Session._end),
    },
}
"""Which state follows on which input, and what is done."""

TABLE: Mapping[tuple[State, Input], tuple[State, Action]] = {
    **{(state, given): (state, action) for state, row in STAYS.items() for given, action in row.items()},
    **{(state, given): followed for state, row in LEADS.items() for given, followed in row.items()},
}
"""State and input to the next state and what is done; a pair that is not here is refused and changes nothing.

The input tells which event it is, so that each action takes its own kind only.
"""

STATES: Table[State, Input] = Table(
    State.NOT_STARTED, {state: {given: after for given, (after, _) in row.items()} for state, row in LEADS.items()}
)
"""The ways from state to state, for the docs."""


_OTHER_INPUTS: Mapping[type[Event], Input] = {
    Started: Input.STARTED,
    LinkAsked: Input.LINK_ASKED,
    FiguresAsked: Input.FIGURES_ASKED,
    Gate: Input.GATE,
    Stopping: Input.STOPPING,
    Garbled: Input.GARBLED,
    TransmitFailed: Input.TRANSMIT_FAILED,
}
