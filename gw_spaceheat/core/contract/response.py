"""Whether what is commanded is seen at the meter: the conditions under which the AtomicTNode may rely on this house.

- A switching of an actuator with a metered step must be seen at the meter within the actuator's stated response time. What a
  minimum time holds back is judged from when it may follow, and what is switched again before it could be judged, not at all.
- The mean of the last 50 responses, each as a part of its actuator's stated time, must not be above one half.
- Once a day the metering is attested: the meter says the serial number of the house file, and every metered load that was
  switched in the last 24 h was seen to step. A load that rests shows nothing, and nothing is held against it. What a meter said
  of itself holds for two days; only then its silence is held against it. When a process begins it has a while to answer.

A failure stands until the same actuator is seen to respond again, whoever commands it, and at the longest for an hour: a house
that is not allowed to switch its load cannot show that it does.

A meter is scanned now and then, so the step may be seen one scan later than it happened; that much is allowed for.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec import UNSET

from gw_spaceheat.core.contract.response_memory import NOTHING_KNOWN, LoadMemory, MeterMemory, ResponseMemory
from gw_spaceheat.core.events import Command, MeterAnswered, Readings
from gw_spaceheat.house.model import Channel, House
from gw_spaceheat.messages.base import given
from gw_spaceheat.messages.gws_contract import AttestationSays
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Moment
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

KEPT_RESPONSES = 50
MOST_MEAN_SHARE = 0.5
READING_ON_ITS_WAY_MS = 2 * SECOND_MS
"""So long after a reading was taken it may come in."""
FORGIVEN_AFTER_MS = HOUR_MS
ATTESTED_FOR_MS = DAY_MS
SAID_FOR_MS = 2 * DAY_MS
"""What a meter said of itself holds for so long; it is asked once a day, so one answer may be missed."""
NEVER_SAID_MS = -1
"""Until when that holds which was never said, UTC [ms]."""
ALWAYS_MS = 1 << 62
FIRST_WORD_MS = 5 * MINUTE_MS
"""So long after a process has begun nothing is made of a meter's silence."""


class Load(NamedTuple):
    """An actuator whose switching is seen at a meter.

    Attributes:
        node: Alias of the actuator.
        channels: Power channels that show it.
        step_w: Smallest change of their sum that switching causes [W].
        response_ms: Within this the change must have happened [ms].
        scan_ms: The meter is read this often [ms].
    """

    node: str
    channels: tuple[str, ...]
    step_w: float
    response_ms: int
    scan_ms: int


class Seen(NamedTuple):
    """A switching was seen at the meter, so long after it could happen [ms]."""

    node: str
    took_ms: int


class _Expected(NamedTuple):
    """A step that must be seen."""

    value: float
    rises: bool
    from_ms: int
    from_mono_ms: int
    before_w: float
    due_mono_ms: int


def metered_loads(house: House) -> dict[str, Load]:
    """The loads of a house: actuators with a metered step, shown by the power channels of what they switch.

    That is the node above the actuator (`a.elt1` for `a.elt1.relay`) or the actuator itself; where neither has a power
    channel, the channels of the house's metered power together.
    """
    powers = [channel for channel in house.channels.values() if channel.telemetry is TelemetryName.PowerW]
    loads = {}
    for node in house.nodes.values():
        if node.actuator is None or node.actuator.smallest_step_w is None:
            continue
        own = [channel for channel in powers if channel.about in (node.alias, node.parent)]
        shown: list[Channel] = own or [channel for channel in powers if channel.in_power_metering]
        if shown:
            scan_ms = round(max(channel.capture.poll_s for channel in shown) * 1000)
            response_ms = round(node.actuator.expected_response_s * 1000)
            names = tuple(channel.name for channel in shown)
            loads[node.alias] = Load(node.alias, names, node.actuator.smallest_step_w, response_ms, scan_ms)
    return loads


def meter_serials(house: House) -> dict[str, str]:
    """The serial numbers that the power meters of a house must answer with, by component; those that have none are left out."""
    captured_by = {
        channel.captured_by for channel in house.channels.values() if channel.telemetry is TelemetryName.PowerW
    } & house.nodes.keys()
    components = {house.nodes[alias].component for alias in captured_by} & house.components.keys()
    return {name: house.components[name].serial for name in sorted(components) if house.components[name].serial}


class Responses:
    """Watches commands and the meter."""

    def __init__(self, loads: Mapping[str, Load], serials: Mapping[str, str], memory: ResponseMemory = NOTHING_KNOWN) -> None:
        """Go on with what is remembered; nothing is expected yet."""
        self._loads = loads
        self._serials = serials
        self._by_channel: dict[str, list[Load]] = {}
        for load in loads.values():
            for name in load.channels:
                self._by_channel.setdefault(name, []).append(load)
        self._memory = {known.node: known for known in memory.loads if known.node in loads}
        self._shares = list(memory.shares)
        self._said = {known.component: known for known in memory.meters if known.component in serials}
        self._patient_until_mono_ms: int | None = None
        self._hear()
        self._power_w: dict[str, float | None] = {}
        self._values: dict[str, float] = {}
        self._blocked_mono_ms: dict[str, int] = {}
        self._expected: dict[str, _Expected] = {}

    @property
    def channels(self) -> frozenset[str]:
        """The power channels that are watched."""
        return frozenset(self._by_channel)

    @property
    def memory(self) -> ResponseMemory:
        """What is to be remembered over a restart."""
        loads = tuple(self._memory[node] for node in sorted(self._memory))
        return ResponseMemory(loads, tuple(self._shares), self._meters)

    def begin(self, now: Moment) -> None:
        """The process begins: its meters have a while to answer. What was said later than now was said under a wrong clock."""
        self._patient_until_mono_ms = now.mono_ms + FIRST_WORD_MS
        for known in self._said.values():
            if known.said_ms > now.wall_ms:
                self._said[known.component] = MeterMemory(known.component, known.serial, now.wall_ms)
        self._hear()

    def commanded(self, command: Command, now: Moment) -> None:
        """A command was given, by whomever."""
        load = self._loads.get(command.node)
        if load is None:
            return
        before = self._values.get(load.node)
        self._values[load.node] = command.value
        expected = self._expected.get(load.node)
        if before is None or before == command.value or (expected is not None and expected.value == command.value):
            return  # nothing changes that could be seen, or it is given once more
        before_w = self._sum_w(load)
        if self._expected.pop(load.node, None) is not None or before_w is None:
            return  # it has not got to where it was sent, or there is no eye on the meter: nothing to compare with
        blocked_ms = max(self._blocked_mono_ms.get(load.node, now.mono_ms) - now.mono_ms, 0)
        self._expect(load, _Expected(command.value, command.value > before, now.wall_ms, now.mono_ms, before_w, 0), blocked_ms)

    def block(self, node: str, until_mono_ms: int) -> None:
        """A minimum time holds the actuator back until then [mono ms]: what is expected of it is expected from then on."""
        load = self._loads.get(node)
        if load is None:
            return
        self._blocked_mono_ms[node] = until_mono_ms
        expected = self._expected.get(node)
        if expected is not None:
            self._expect(load, expected, max(until_mono_ms - expected.from_mono_ms, 0))

    def read(self, readings: Readings) -> list[Seen]:
        """Power was captured; what was expected and is seen now."""
        seen = []
        touched: dict[str, Load] = {}
        for name, value in zip(readings.channels, readings.values, strict=True):
            if name in self._by_channel:
                self._power_w[name] = value
                touched.update((load.node, load) for load in self._by_channel[name])
        for load in touched.values():
            expected = self._expected.get(load.node)
            power_w = self._sum_w(load)
            if expected is None or power_w is None:
                continue
            step_w = power_w - expected.before_w if expected.rises else expected.before_w - power_w
            if step_w >= load.step_w:
                seen.append(self._see(load, expected, readings.taken_ms))
        return seen

    def answered(self, event: MeterAnswered, now: Moment) -> bool:
        """A meter said its serial number; False if it is no affair of ours, or if a later word of that meter is known."""
        said_ms = now.wall_ms - event.age_ms
        known = self._said.get(event.component)
        if event.component not in self._serials or (known is not None and known.said_ms > said_ms):
            return False
        self._said[event.component] = MeterMemory(event.component, event.serial, said_ms)
        self._hear()
        return True

    def clock_stepped(self, by_ms: int) -> None:
        """The wall clock was set by so much [ms]: what is under way cannot be timed, and is not judged."""
        self._expected.clear()
        for known in self._said.values():
            self._said[known.component] = MeterMemory(known.component, known.serial, known.said_ms + by_ms)
        self._hear()

    def wake(self, now: Moment) -> bool:
        """Judge what was not seen in time; whether anything failed."""
        due = [node for node, expected in self._expected.items() if expected.due_mono_ms <= now.mono_ms]
        for node in due:
            del self._expected[node]
            self._remember(node, switched_ms=now.wall_ms, failed_ms=now.wall_ms)
            self._keep_share(1.0)
        return bool(due)

    def deadline(self) -> int | None:
        """When the next step must have been seen [mono ms]."""
        return min((expected.due_mono_ms for expected in self._expected.values()), default=None)

    def fault(self, now: Moment) -> str:
        """Why the response conditions fail, for a person; empty if they do not."""
        for known in self._memory.values():
            if known.failed_ms is not None and now.wall_ms - known.failed_ms < FORGIVEN_AFTER_MS:
                load = self._loads[known.node]
                return (
                    f"{known.node} was switched and no step of {load.step_w:g} W was seen within {load.response_ms / 1000:g} s"
                )
        if len(self._shares) == KEPT_RESPONSES:
            mean = sum(self._shares) / KEPT_RESPONSES
            if mean > MOST_MEAN_SHARE:
                return f"the last {KEPT_RESPONSES} responses took {mean:.0%} of the stated time on average"
        return ""

    def attestation(self, now: Moment) -> AttestationSays:
        """What can be said today about the metering."""
        unseen = [known.node for known in self._memory.values() if _is_unseen(known, now)]
        if now.wall_ms <= self._matches_until_ms:
            return AttestationSays(serial_number_matches=True, steps_seen=not unseen, unseen=sorted(unseen))
        return AttestationSays(
            serial_number_matches=False,
            steps_seen=not unseen,
            unseen=sorted(unseen),
            strange_meters=self._strange or UNSET,
            silent_meters=[component for component, until_ms in self._said_until_ms if now.wall_ms > until_ms] or UNSET,
        )

    def counts_from_mono_ms(self, says: AttestationSays) -> int | None:
        """From when on it counts what speaks against the metering [mono ms]; None if at once."""
        is_only_silent = says.steps_seen and not given(says.strange_meters) and bool(given(says.silent_meters))
        return self._patient_until_mono_ms if is_only_silent else None

    def _hear(self) -> None:
        """What meters said has changed: worked out here once, since it is looked at with everything that happens."""
        self._meters = tuple(self._said[component] for component in sorted(self._said))
        self._strange = [known.component for known in self._meters if known.serial != self._serials[known.component]]
        self._said_until_ms = [
            (component, self._said[component].said_ms + SAID_FOR_MS if component in self._said else NEVER_SAID_MS)
            for component in self._serials
            if component not in self._strange
        ]
        soonest_ms = min((until_ms for _, until_ms in self._said_until_ms), default=ALWAYS_MS)
        self._matches_until_ms = NEVER_SAID_MS if self._strange else soonest_ms

    def _expect(self, load: Load, expected: _Expected, blocked_ms: int) -> None:
        allowed_ms = blocked_ms + load.response_ms + load.scan_ms + READING_ON_ITS_WAY_MS
        self._expected[load.node] = expected._replace(due_mono_ms=expected.from_mono_ms + allowed_ms)

    def _see(self, load: Load, expected: _Expected, taken_ms: int) -> Seen:
        del self._expected[load.node]
        blocked_ms = max(self._blocked_mono_ms.get(load.node, 0) - expected.from_mono_ms, 0)
        took_ms = max(taken_ms - expected.from_ms - blocked_ms - load.scan_ms, 0)
        self._keep_share(min(took_ms / load.response_ms, 1.0))
        if took_ms > load.response_ms:
            self._remember(load.node, switched_ms=taken_ms, failed_ms=taken_ms)
        else:
            self._memory[load.node] = LoadMemory(load.node, taken_ms, taken_ms, None)
        return Seen(load.node, took_ms)

    def _remember(self, node: str, *, switched_ms: int, failed_ms: int) -> None:
        known = self._memory.get(node, LoadMemory(node))
        self._memory[node] = LoadMemory(node, switched_ms, known.seen_ms, failed_ms)

    def _keep_share(self, share: float) -> None:
        self._shares = [*self._shares, share][-KEPT_RESPONSES:]

    def _sum_w(self, load: Load) -> float | None:
        total_w = 0.0
        for name in load.channels:
            power_w = self._power_w.get(name)
            if power_w is None:
                return None
            total_w += power_w
        return total_w


def attested(says: AttestationSays) -> str:
    """What speaks against the metering, for a person; empty if nothing does."""
    if says.serial_number_matches and says.steps_seen:
        return ""
    strange, silent = given(says.strange_meters) or (), given(says.silent_meters) or ()
    if strange or not (says.serial_number_matches or silent):
        return "the power meter says another serial number than the house file's" + _listed(strange)
    if not says.steps_seen:
        return f"no step was seen at the meter for a day though switched: {', '.join(says.unseen)}"
    if silent:
        return f"the power meter has not said its serial number{_listed(silent)}"
    return ""


def _listed(components: Sequence[str]) -> str:
    return f": {', '.join(components)}" if components else ""


def _is_unseen(known: LoadMemory, now: Moment) -> bool:
    """Whether a load was switched in the last day and has not been seen to step in it."""
    if known.switched_ms is None or now.wall_ms - known.switched_ms > ATTESTED_FOR_MS:
        return False
    return known.seen_ms is None or now.wall_ms - known.seen_ms > ATTESTED_FOR_MS
