"""What happens and what should be done, as frozen values: all that passes between machines, actors and links.

One machine's effect is another's event: a `Readings` that a sensor puts out is what the SCADA handles, the `Command` that the
SCADA puts out is what the relay handles, a `Send` is what the link handles. So there is one closed list, in groups: facts (what
happened), effects (what should be done), and the runtime's own words.
"""

from enum import StrEnum

import msgspec

from gw_spaceheat.messages.base import Message


class Event(msgspec.Struct, frozen=True, tag=True, gc=False):
    """Base of all events and effects."""


# facts ------------------------------------------------------------------------------------------------


class Readings(Event, frozen=True, tag=True):
    """What one device captured in one scan.

    Attributes:
        source: Alias of the capturing node.
        taken_ms: When it was read, UTC [ms].
        channels: Names of the captured channels; those that need not be captured now are left out.
        values: One per channel, in the channel's SI unit; None where the device gave no believable value (never zero instead).
    """

    source: str
    taken_ms: int
    channels: tuple[str, ...]
    values: tuple[float | None, ...]


class LookedAt(Event, frozen=True, tag=True):
    """Somebody looks at the house: its devices tell what they scan, whether or not it is worth capturing.

    Attributes:
        every_ms: So often he wants to be told [ms].
        for_ms: For how long from now on, unless he asks again [ms].
    """

    every_ms: int
    for_ms: int


class Scanned(Event, frozen=True, tag=True):
    """What one device showed in one scan, for whoever looks; it is reported and kept nowhere.

    Attributes:
        source: Alias of the node that reads it.
        taken_ms: When it was read, or when that failed, UTC [ms].
        due_ms: When it is to be told next, UTC [ms].
        channels: Names of all its channels.
        values: One per channel, in the channel's SI unit; None where there is no believable value.
    """

    source: str
    taken_ms: int
    due_ms: int
    channels: tuple[str, ...]
    values: tuple[float | None, ...]


class DeviceLost(Event, frozen=True, tag=True):
    """A device stopped answering, or answers nonsense. Told once.

    Attributes:
        node: Alias of the node whose actor tells it.
        reason: One line for a person, with what to do.
        channels: Names of the channels that are missing from now on.
    """

    node: str
    reason: str
    channels: tuple[str, ...]


class DeviceBack(Event, frozen=True, tag=True):
    """A lost device answers again. Told once."""

    node: str
    channels: tuple[str, ...]


class Verdict(StrEnum):
    """How a command ended."""

    DONE = "Done"
    REFUSED = "Refused"
    OUT_OF_RANGE = "OutOfRange"
    DEVICE_FAILED = "DeviceFailed"


class Outcome(Event, frozen=True, tag=True):
    """The end of a command, told by the actuator's actor (or by the SCADA when it is refused).

    Attributes:
        node: Alias of the actuator.
        value: What was asked.
        verdict: How it ended.
        reason: Why, for a person; empty when done.
        trigger: Identifier of the command [uuid4].
        read_back: What the device says it now has; None if it cannot say.
    """

    node: str
    value: float
    verdict: Verdict
    reason: str
    trigger: str
    read_back: float | None


class Received(Event, frozen=True, tag=True):
    """A message came in over a link and was decoded.

    Attributes:
        link: Name of the link ("uplink", "local").
        src: Who sent it, as the envelope's header says.
        message_id: The header's identifier; empty if it has none.
        ack_required: The sender wants an acknowledgement after our own commit.
        message: The payload.
        arrived_ms: When it came, UTC [ms].
        dst: Short name of the receiver, as it stands in the topic; empty if the link does not say.
        stream: Name of the sender's outbox that numbered it; empty if none has.
        sequence: Its number within that stream, from 1; 0 if it has none.
        receipt: Number of what came in over this transport, rising; the broker keeps it until `Committed` says so. 0 where the
            broker keeps nothing for us.
    """

    link: str
    src: str
    message_id: str
    ack_required: bool
    message: Message
    arrived_ms: int
    dst: str = ""
    stream: str = ""
    sequence: int = 0
    receipt: int = 0


class PlainReceived(Event, frozen=True, tag=True):
    """A message without an envelope came in over a link.

    Attributes:
        link: Name of the link.
        topic: Where it came from.
        payload: What it says.
        kept: The broker had kept it, and it may be of any age.
        receipt: What the transport wants to hear when the message is safe; 0 if it does not.
    """

    link: str
    topic: str
    payload: bytes
    kept: bool = False
    receipt: int = 0


class Garbled(Event, frozen=True, tag=True):
    """Something came in that cannot be accepted; counted, and told once per kind and minute."""

    link: str
    topic: str
    kind: str
    reason: str


class LinkChanged(Event, frozen=True, tag=True):
    """A link came up (connected and subscribed; whether the peer is there is another matter) or went down."""

    link: str
    up: bool
    reason: str


class LinkAsked(Event, frozen=True, tag=True):
    """A node that has just begun, perhaps again, asks whether this link is up; it is answered by `LinkChanged` if it is."""

    link: str


class FiguresAsked(Event, frozen=True, tag=True):
    """Somebody who looks in from outside asks a link for its `LinkFigures`."""


class LinkFigures(Event, frozen=True, tag=True):
    """How a link stands, for whoever watches over the process; a person may see them, and nothing is decided by them.

    Attributes:
        link: Which link.
        up: It is connected and subscribed.
        waiting: Messages in the outbox.
        size_bytes: How many bytes they have together [bytes].
        counts: How often something was refused, dropped or given up since the start, by kind.
    """

    link: str
    up: bool
    waiting: int
    size_bytes: int
    counts: dict[str, int]


class Stuck(Event, frozen=True, tag=True):
    """An actor is late by its declared time, died, or was restarted; told by the supervisor."""

    actor: str
    reason: str
    back: bool


# effects ------------------------------------------------------------------------------------------------


class Authority(StrEnum):
    """Who commands; exactly one of them at any time."""

    SAFETY = "safety"
    HUMAN = "human"
    REMOTE = "remote"
    LOCAL = "local"


class Command(Event, frozen=True, tag=True):
    """A request to an actuator.

    Attributes:
        node: Alias of the actuator.
        value: 0 or 1 for a relay; the quantity in SI for an analogue output.
        by: Who asks.
        reason: Why, in a few words, for the record and for a person.
        trigger: Identifier of the command [uuid4], found again in its outcome.
        valid_until_mono_ms: After this it must not be acted on.
        token: The fencing token of the lease under which it was given; an actuator refuses one that is older than another it
            has seen.
        off_after_s: The device itself switches off after this, whoever is still there then [s]; 0 for not at all.
    """

    node: str
    value: float
    by: Authority
    reason: str
    trigger: str
    valid_until_mono_ms: int
    token: int = 0
    off_after_s: float = 0.0


class Urgency(StrEnum):
    """How a message must travel."""

    EVENT = "event"
    """Kept in the outbox until the peer acknowledges it."""
    HELD = "held"
    """The same, but sent only while the gate of the link is open."""
    NOW = "now"
    """At once, QoS 0, never queued, never sent again (power on change)."""
    PLAIN = "plain"
    """QoS 1 while the link is up, dropped while it is down (snapshots, answers)."""


class Send(Event, frozen=True, tag=True):
    """A message for a peer.

    Attributes:
        link: Which link it goes over ("uplink", "local").
        dst: Short name of the receiver, as it stands in the topic.
        message: The payload.
        urgency: How it must travel.
        message_id: Identifier for the envelope [uuid4]; an EVENT is acknowledged under it.
        src: Who sends; empty for the link's own alias.
    """

    link: str
    dst: str
    message: Message
    urgency: Urgency
    message_id: str
    src: str = ""


class Gate(Event, frozen=True, tag=True):
    """Whether what is `HELD` may go over a link now; shut until it is said.

    Attributes:
        link: Which link.
        is_open: It may.
    """

    link: str
    is_open: bool


class Level(StrEnum):
    """How much a note matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Note(Event, frozen=True, tag=True):
    """One line for the log, written for the person in the cellar with a torch."""

    level: Level
    text: str


# the runtime's own words ------------------------------------------------------------------------------------------------


class Started(Event, frozen=True, tag=True):
    """The first event of every machine and actor."""


class Stopping(Event, frozen=True, tag=True):
    """The last: put what you drive into its defined stop state and let go."""


class ClockStepped(Event, frozen=True, tag=True):
    """What is known of the wall clock has changed.

    Attributes:
        by_ms: By how much the wall time of a `Moment` was stepped against the monotonic one [ms]; 0 if it was not.
        synchronised: Whether a time service confirms it.
        corrects_from_ms: The clock had not been set before: what was labelled from then on [ms], by the clock as it was, is
            corrected by adding `by_ms`. None if all labels stand as they are.
    """

    by_ms: int
    synchronised: bool = True
    corrects_from_ms: int | None = None


# inside a node ------------------------------------------------------------------------------------------------


class Latest(Event, frozen=True, tag=True):
    """The latest value of every channel, frozen for the length of one pass; None where it is missing or stale.

    Attributes:
        values: Channel name to value in the channel's SI unit. The host must not change it during the call and a machine must
            not keep it afterwards.
    """

    values: dict[str, float | None]


class TakesOver(Event, frozen=True, tag=True):
    """Local heating has command from now on and takes the actuators as they are.

    Attributes:
        states: What each actuator was commanded to be last, by alias; None for one that never was.
    """

    states: dict[str, float | None]


class Wish(Event, frozen=True, tag=True):
    """What a deciding part of the node wants of an actuator; whoever has the authority gets it. Put out when it changes."""

    node: str
    value: float
    reason: str


class Release(Event, frozen=True, tag=True):
    """Safety no longer overrides this actuator; whoever has the authority gets it again."""

    node: str


class ActuatorTrouble(Event, frozen=True, tag=True):
    """An actuator does not obey, or obeys again; told once each."""

    node: str
    reason: str
    back: bool


class StateChanged(Event, frozen=True, tag=True):
    """A named state machine inside the node went to another state, for the report's state list."""

    machine: str
    state: str


# between a link's session and what carries its messages -------------------------------------------------------------------


class Transmit(Event, frozen=True, tag=True):
    """A message that is to go over the wire now; put out by a link's session, carried out by its transport.

    Attributes:
        link: Name of the link.
        src: Who sends, as the envelope's header says.
        dst: Short name of the receiver, as it stands in the topic.
        message: The payload.
        message_id: The header's identifier; empty if it has none.
        ack_required: The receiver is asked to acknowledge after its own commit.
        qos: MQTT quality of service, 0 or 1.
        stream: Name of the outbox that numbers it; empty if none does.
        sequence: Its number within that stream, from 1; 0 if it has none.
        gives_way: It has waited for long: whatever is sent meanwhile goes before it.
    """

    link: str
    src: str
    dst: str
    message: Message
    message_id: str
    ack_required: bool
    qos: int
    stream: str = ""
    sequence: int = 0
    gives_way: bool = False


class LinkConnected(Event, frozen=True, tag=True):
    """The broker has accepted us; the subscriptions are still to be granted. For the link's session only."""

    link: str


class TransmitFailed(Event, frozen=True, tag=True):
    """The transport could not take a message.

    Attributes:
        link: Name of the link.
        message_id: The message's identifier; empty if it has none.
        reason: Why, for a person.
        lasting: It would fail in the same way every time, so that it is not worth trying again.
    """

    link: str
    message_id: str
    reason: str
    lasting: bool


class Carried(Event, frozen=True, tag=True):
    """A message on its way from one end of a loopback to another, in virtual time.

    Attributes:
        to: Name of the hosted end that it is for.
        due_mono_ms: When it arrives there, on the monotonic clock.
        content: What arrives.
    """

    to: str
    due_mono_ms: int
    content: Received | Garbled


# at a console of the AtomicTNode --------------------------------------------------------------------------------------


class DispatchAsked(Event, frozen=True, tag=True):
    """A person wants a node of the house to be commanded.

    Attributes:
        node: Alias of the node, with dots or as on the wire.
        value: 0 or 1 for a relay; the quantity in SI, a whole number, for an analogue output.
    """

    node: str
    value: float


class SnapshotAsked(Event, frozen=True, tag=True):
    """A person wants a fresh snapshot of the house."""


class StatusAsked(Event, frozen=True, tag=True):
    """A person wants to see what is known; the answer is a view, itself an event."""


class ContractAsked(Event, frozen=True, tag=True):
    """A person wants to see how the contract stands; the answer is a view, itself an event."""


# what the Ear and the AtomicTNode keep ---------------------------------------------------------------------------------


class Persist(Event, frozen=True, tag=True):
    """A message that is to be kept; safe only after the next `Commit`.

    Attributes:
        house: Alias of the house that it is about.
        arrived_ms: When it came, UTC [ms].
        src: Who sent it.
        dst: Short name of the receiver; empty if the link does not say.
        message_id: The envelope's identifier; empty if it has none.
        message: The payload.
        stream: Name of the sender's outbox that numbered it; empty if none has.
        sequence: Its number within that stream, from 1; 0 if it has none.
    """

    house: str
    arrived_ms: int
    src: str
    dst: str
    message_id: str
    message: Message
    stream: str = ""
    sequence: int = 0


class Commit(Event, frozen=True, tag=True):
    """Everything given to the store so far must be on disk now.

    Attributes:
        receipt: Up to this one it holds all that came in; 0 where nobody waits for that.
    """

    receipt: int = 0


class Committed(Event, frozen=True, tag=True):
    """What came in up to this receipt is on disk, or is not to be kept: the broker need not keep it any more."""

    receipt: int


class Archive(Event, frozen=True, tag=True):
    """A message that must be durable in the archive before the effect that goes with it is acted on.

    Attributes:
        message: The message.
        then: What is acted on afterwards, and not at all if the message cannot be made durable: its acknowledgement.
    """

    message: Persist
    then: Send


class Retell(Event, frozen=True, tag=True):
    """Somebody has missed messages that the archive may have, and is to get them.

    Attributes:
        link: Over which link he asked.
        dst: Who, by his alias.
        stream: Name of the stream.
        ranges: Which numbers: the first and the last of each range.
    """

    link: str
    dst: str
    stream: str
    ranges: tuple[tuple[int, int], ...]


# a contract, and who commands under it ---------------------------------------------------------------------------------


class Keep(Event, frozen=True, tag=True):
    """This state must be durable before any effect that follows it in the list is acted on.

    Attributes:
        name: Whose state it is; a newer one takes the place of the older.
        state: All that is needed to build the machine again as it is now.
    """

    name: str
    state: msgspec.Struct


class Append(Event, frozen=True, tag=True):
    """One more line of an append-only log; durable together with the `Keep` that follows it.

    Attributes:
        log: Which log.
        line: The line, without its end.
    """

    log: str
    line: str


class ModeChanged(Event, frozen=True, tag=True):
    """Who heats while a contract is active has changed, or a contract began or ended.

    Attributes:
        remote: The AtomicTNode commands and data go up; else the SCADA heats by itself.
        cause: Why, for a person.
        at_ms: When, UTC [ms].
    """

    remote: bool
    cause: str
    at_ms: int


class LeaseChanged(Event, frozen=True, tag=True):
    """The lease on the house changed hands. What was commanded under an older token must not be acted on any more.

    Attributes:
        by: Who holds it now: local, remote or human.
        token: The fencing token of the new lease.
        cause: Why, for a person.
        at_ms: When, UTC [ms].
        until_ms: When a person's lease ends by itself, UTC [ms]; None for the other two.
    """

    by: Authority
    token: int
    cause: str
    at_ms: int
    until_ms: int | None = None


class Obey(Event, frozen=True, tag=True):
    """A command of the AtomicTNode that was found good and is to be passed to its actuator.

    Attributes:
        node: Alias of the actuator.
        value: 0 or 1 for a relay; the quantity in SI for an analogue output.
        trigger: Identifier of the command [uuid4], found again in its outcome.
        sequence: Its number; 0 for a bare command.
        token: The fencing token under which it was given.
        valid_until_mono_ms: After this it must not be acted on.
    """

    node: str
    value: float
    trigger: str
    sequence: int
    token: int
    valid_until_mono_ms: int


class HumanTakes(Event, frozen=True, tag=True):
    """A person at the house takes command for a time [ms]; said again, the time begins anew."""

    who: str
    for_ms: int


class HumanReleases(Event, frozen=True, tag=True):
    """A person at the house gives the command back."""

    who: str


class HumanSets(Event, frozen=True, tag=True):
    """A person who has taken command wants an actuator so.

    Attributes:
        who: Who.
        node: Alias of the actuator.
        value: 0 or 1 for a relay; the quantity in SI for an analogue output.
        trigger: Identifier of the command [uuid4], found again in its outcome.
    """

    who: str
    node: str
    value: float
    trigger: str


class LocalControlAsked(Event, frozen=True, tag=True):
    """The home owner wants the house to heat by itself, or does not mind any more."""

    who: str
    asked: bool


class SafetyActs(Event, frozen=True, tag=True):
    """Safety overrides something now, or nothing any more."""

    acts: bool
    reason: str


class MinimumTime(Event, frozen=True, tag=True):
    """A minimum on or off time holds an actuator back until then [mono ms]; it cannot follow a command earlier."""

    node: str
    until_mono_ms: int


class MeterAnswered(Event, frozen=True, tag=True):
    """A power meter said its serial number.

    Attributes:
        component: Identifier of the meter in the house file.
        serial: What it said.
        age_ms: How long ago that was [ms]; 0 for just now.
    """

    component: str
    serial: str
    age_ms: int = 0


class ContractQuit(Event, frozen=True, tag=True):
    """This side ends the running contract before its time."""

    cause: str


class SlotWanted(Event, frozen=True, tag=True):
    """The AtomicTNode is to offer a contract for one market slot.

    Attributes:
        start_s: When it begins, UTC [s]; a full hour.
        avg_power_w: Power that the house shall take on average [W].
        oil_boiler_on: The house burns oil instead and takes none.
    """

    start_s: int
    avg_power_w: int
    oil_boiler_on: bool = False


class StandingWanted(Event, frozen=True, tag=True):
    """The AtomicTNode is to keep a standing contract: offered, and renewed until `StandingReleased`.

    Attributes:
        avg_power_w: Power that the house shall take on average [W].
        oil_boiler_on: The house burns oil instead and takes none.
    """

    avg_power_w: int
    oil_boiler_on: bool = False


class StandingReleased(Event, frozen=True, tag=True):
    """The standing contract is not renewed any more; the one that runs ends in its time."""


class PricesHeard(Event, frozen=True, tag=True):
    """Energy prices, without delivery, as somebody expects or has made them; later ones take the place of earlier ones.

    Attributes:
        start_ms: When the first holds from, UTC [ms].
        step_ms: How long each holds [ms].
        usd_per_kwh: The prices [USD/kWh].
        made_ms: When they were made, UTC [ms].
        source: Who made them.
    """

    start_ms: int
    step_ms: int
    usd_per_kwh: tuple[float, ...]
    made_ms: int
    source: str


class WeatherHeard(Event, frozen=True, tag=True):
    """A weather forecast; later ones take the place of earlier ones.

    Attributes:
        times_ms: For when its values are, rising, UTC [ms].
        outdoor_c: Outdoor temperature [degC].
        wind_m_s: Wind speed [m/s]; empty where it is not forecast.
        made_ms: When it was made, UTC [ms].
        source: Who made it.
    """

    times_ms: tuple[int, ...]
    outdoor_c: tuple[float, ...]
    wind_m_s: tuple[float, ...]
    made_ms: int
    source: str


class NeedHeard(Event, frozen=True, tag=True):
    """Heat that a house will need, known from elsewhere; it takes the place of what is learned from the house's own hours.

    Attributes:
        start_ms: When the first holds from, UTC [ms].
        step_ms: How long each holds [ms].
        need_kw: Heat need [kW].
    """

    start_ms: int
    step_ms: int
    need_kw: tuple[float, ...]


class Switched(Event, frozen=True, tag=True):
    """An actuator was switched, by whoever commands it; told to those whom it concerns beside the actuator."""

    node: str
    value: float


class FollowSchedule(Event, frozen=True, tag=True):
    """When the heat source is to run, until a later schedule takes the place of this one.

    Attributes:
        made_ms: For when it was made, UTC [ms].
        edges_ms: Start of each step, and the end of the last, UTC [ms].
        runs: Whether it runs, for each step.
        supply_offset_k: Supply temperature to be asked of a source that can be set, above what the house requires [K], for each
            step; empty if the house is to ask as it always does.
    """

    made_ms: int
    edges_ms: tuple[int, ...]
    runs: tuple[bool, ...]
    supply_offset_k: tuple[float, ...] = ()


class BidMade(Event, frozen=True, tag=True):
    """What is to be bid for a market slot; a later one for the same slot takes the place of an earlier one.

    Attributes:
        start_ms: Start of the slot, UTC [ms].
        usd_per_kwh: Energy prices, from the dearest to the cheapest.
        kw: What is bought at each, on average over the slot [kW].
        planned_kw: What is bought at the price that is expected [kW].
    """

    start_ms: int
    usd_per_kwh: tuple[float, ...]
    kw: tuple[float, ...]
    planned_kw: float


class ModeWished(Event, frozen=True, tag=True):
    """The AtomicTNode asks that the house heats by itself, or commands again."""

    local: bool


class AlertTold(Event, frozen=True, tag=True):
    """A person is to be told that something is wrong, or that it is over.

    Attributes:
        rule: Name of the rule.
        subject: Of what: a house, and what of it.
        over: It is over.
        urgent: It cannot wait.
        text: The whole of it, in words.
        since_ms: Since when it is, or was, so, UTC [ms].
        at_ms: When it is told, UTC [ms].
    """

    rule: str
    subject: str
    over: bool
    urgent: bool
    text: str
    since_ms: int
    at_ms: int


# of neighbourhood supervision -------------------------------------------------------------------------------------------


class DemoHouse(Event, frozen=True, tag=True):
    """A house whose devices are to be simulated.

    Attributes:
        neighbourhood: Number of its neighbourhood.
        house: Its number there.
        consumers: The number and the name of each consumer.
        suppliers: The number of each supplier.
    """

    neighbourhood: int
    house: int
    consumers: tuple[tuple[int, str], ...]
    suppliers: tuple[int, ...]


class DemoHouses(Event, frozen=True, tag=True):
    """All houses whose devices are to be simulated, from now on."""

    houses: tuple[DemoHouse, ...]
