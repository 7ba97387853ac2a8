"""What the SCADA tells its peer: reports per slot, snapshots, layout, glitches. It writes messages and decides nothing."""

from collections.abc import Callable, Iterable, Set
from math import floor

from msgspec.structs import replace

from gw_spaceheat.core.events import ActuatorTrouble, Command, Level, Note, Outcome, Readings, StateChanged, Verdict
from gw_spaceheat.core.telemetry.layout import layout_of
from gw_spaceheat.core.telemetry.presence import Change, Presence
from gw_spaceheat.core.telemetry.slot_buffer import SlotBuffer, scales_of
from gw_spaceheat.core.telemetry.slot_clock import SlotClock
from gw_spaceheat.house.model import House, wire_name
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.fsm_atomic_report import FsmActionType, FsmAtomicReport, FsmReportType
from gw_spaceheat.messages.fsm_event import CHANGE_RELAY_STATE
from gw_spaceheat.messages.fsm_full_report import FsmFullReport
from gw_spaceheat.messages.glitch import Glitch
from gw_spaceheat.messages.gridworks_event_shutdown import GridworksEventShutdown
from gw_spaceheat.messages.gridworks_event_startup import GridworksEventStartup
from gw_spaceheat.messages.report import Report
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.messages.single_machine_state import SingleMachineState
from gw_spaceheat.messages.single_reading import SingleReading
from gw_spaceheat.messages.snapshot_spaceheat import SnapshotSpaceheat
from gw_spaceheat.messages.synced_readings import SyncedReadings
from gw_spaceheat.vocabulary.moment import Moment
from gw_spaceheat.vocabulary.roles import Role
from gw_spaceheat.vocabulary.slots import REPORT_SLOT_MS, slot_start

RELAY_STATE_ENUM = "relay.closed.or.open"
OUTPUT_STATE_ENUM = "gws.output.state"
CLOCK, CLOCK_STATE_ENUM, CORRECTED = "clock", "gws.clock.state", "Corrected"
"""The mark of a slot whose readings were dated after the clock had been set."""
LOCAL_CONTROL = "auto.h"
"""Handle of local control; what it consists of comes after a dot."""


def handle_of(machine: str) -> tuple[str, str]:
    """The handle and the state enumeration, as the wire has them, of a machine as our parts name it."""
    name = machine.replace("_", "-")
    handle = {"heating": LOCAL_CONTROL, "safety": "safety"}.get(machine, f"{LOCAL_CONTROL}.{name}")
    return handle, f"gws.{machine.replace('_', '.')}.state"


def relay_state(value: float) -> str:
    """A relay's state as the wire says it."""
    return "RelayClosed" if value else "RelayOpen"


class Reporter:
    """Gathers a slot's contents and makes messages."""

    def __init__(self, house: House, new_id: Callable[[], str], grace_ms: int, *, awaits_clock: bool = False) -> None:
        """Nothing has been gathered; the first slot opens at the first `due`.

        Args:
            house: The house.
            new_id: Gives identifiers [uuid4].
            grace_ms: How long after a slot's end its report is made [ms].
            awaits_clock: Nothing is reported before `correct`: nobody knows yet into which slots it falls.
        """
        self._house = house
        self._alias = house.scada_alias
        self._asset_alias = house.terminal_asset_alias
        self._instance_id = house.scada_instance_id
        self._new_id = new_id
        self._slots = SlotClock(REPORT_SLOT_MS, grace_ms)
        self._scales = scales_of(house.channels)
        self._awaits_clock = awaits_clock
        self._began_ms: int | None = None
        self._buffers: dict[int, SlotBuffer] = {}
        self._restored_slots: set[int] = set()
        self._restored: set[tuple[str, int, tuple[str, ...]]] = set()
        """Which scans were given back: one that still waits in a mailbox comes a second time."""
        self._states: dict[str, SingleMachineState] = {}
        self._relay_states: dict[str, float] = {}
        self._shown: dict[str, tuple[int, list[SingleReading]]] = {}
        """What the last snapshot showed of each source, and of which version; between two snapshots little changes."""

    # gathering

    def restore(self, scans: Iterable[Readings], from_ms: int = 0) -> None:
        """Take what was captured before a restart and not reported; before the first `due`.

        Slots of theirs that are over are reported with the first `due` after that.

        Args:
            scans: All of channels of this house.
            from_ms: A slot's beginning, UTC [ms]: what was read before is late, and reported there.
        """
        for scan in scans:
            slot_ms = max(slot_start(scan.taken_ms, REPORT_SLOT_MS), from_ms)
            self._buffer(slot_ms).add_scan(scan)
            self._restored_slots.add(slot_ms)
            self._restored.add((scan.source, scan.taken_ms, scan.channels))

    def correct(self, from_ms: int, by_ms: int, now: Moment) -> None:
        """The clock is set: what was gathered gets its right dates, and is reported with the next `due`, slot by slot.

        Args:
            from_ms: What was labelled from then on, UTC [ms], was labelled wrongly.
            by_ms: What must be added to those labels [ms].
            now: The present moment, by the clock as it is now.
        """
        gathered, self._buffers = self._buffers, {}
        self._awaits_clock = False
        first_ms = now.wall_ms if self._began_ms is None else self._began_ms + by_ms
        self._restored_slots = set(range(slot_start(first_ms, REPORT_SLOT_MS), now.wall_ms, REPORT_SLOT_MS))
        for slot_ms in sorted(gathered):
            for right_ms, part in gathered[slot_ms].corrected(from_ms, by_ms).items():
                self._buffer(right_ms).add(part)
                self._restored_slots.add(right_ms)
        for slot_ms in self._restored_slots:
            if slot_ms + REPORT_SLOT_MS > from_ms + by_ms:
                self._buffer(slot_ms).add_state(CLOCK, CLOCK_STATE_ENUM, CORRECTED, max(slot_ms, from_ms + by_ms))
        self._restored = {
            (source, taken_ms + by_ms * (taken_ms >= from_ms), names) for source, taken_ms, names in self._restored
        }
        self._states = {
            handle: replace(state, unix_ms=state.unix_ms + by_ms * (state.unix_ms >= from_ms))
            for handle, state in self._states.items()
        }

    def take(self, readings: Readings) -> None:
        """Keep what was captured; a missing value is not a reading and is told by a glitch instead."""
        if self._restored and (readings.source, readings.taken_ms, readings.channels) in self._restored:
            return
        slot_ms = readings.taken_ms - readings.taken_ms % REPORT_SLOT_MS
        buffer = self._buffers.get(slot_ms) or self._buffer(slot_ms)
        buffer.add_scan(readings)

    def _buffer(self, slot_ms: int) -> SlotBuffer:
        """Contents of the slot that begins at slot_ms; of the open one if that slot has been reported already."""
        slot_ms = max(slot_ms, self._slots.open_ms)
        buffer = self._buffers.get(slot_ms)
        if buffer is None:
            buffer = self._buffers[slot_ms] = SlotBuffer(self._scales)
        return buffer

    def _open_at(self, now: Moment) -> SlotBuffer:
        return self._buffer(slot_start(now.wall_ms, REPORT_SLOT_MS))

    def state_changed(self, event: StateChanged, now: Moment) -> None:
        """Keep a change of state of one of the node's own machines."""
        handle, state_enum = handle_of(event.machine)
        self._open_at(now).add_state(handle, state_enum, event.state, now.wall_ms)
        self._states[handle] = SingleMachineState(
            machine_handle=handle, state_enum=state_enum, state=event.state, unix_ms=now.wall_ms
        )

    def commanded(self, command: Command, now: Moment) -> None:
        """Keep that a command was given, before it is acted on."""
        handle = f"{command.by.value}.{wire_name(command.node)}"
        step = self._output_step if self._house.nodes[command.node].role is Role.AnalogActuator else self._relay_step
        self._open_at(now).add_command(
            FsmFullReport(
                from_name=wire_name(command.node), trigger_id=command.trigger, atomic_list=[step(command, handle, now)]
            )
        )

    def _relay_step(self, command: Command, handle: str, now: Moment) -> FsmAtomicReport:
        return FsmAtomicReport(
            machine_handle=handle,
            state_enum=RELAY_STATE_ENUM,
            report_type=FsmReportType.Event.value,
            event_enum=CHANGE_RELAY_STATE,
            event="CloseRelay" if command.value else "OpenRelay",
            from_state=relay_state(self._relay_states.get(command.node, 0.0)),
            to_state=relay_state(command.value),
            unix_time_ms=now.wall_ms,
            trigger_id=command.trigger,
        )

    def _output_step(self, command: Command, handle: str, now: Moment) -> FsmAtomicReport:
        return FsmAtomicReport(
            machine_handle=handle,
            state_enum=OUTPUT_STATE_ENUM,
            report_type=FsmReportType.Action.value,
            action_type=FsmActionType.Analog010VSignalSet.value,
            action=self._house.dispatch_to_wire(command.node, command.value),
            unix_time_ms=now.wall_ms,
            trigger_id=command.trigger,
        )

    def command_ended(self, outcome: Outcome, now: Moment) -> None:
        """Keep how a command to a relay ended: its new state. An analogue output has its channel for that."""
        node = self._house.nodes.get(outcome.node)
        if outcome.verdict is not Verdict.DONE or node is None or node.role is Role.AnalogActuator:
            return
        self._relay_states[outcome.node] = outcome.value
        handle = wire_name(outcome.node)
        self._open_at(now).add_state(handle, RELAY_STATE_ENUM, relay_state(outcome.value), now.wall_ms)
        self._states[handle] = SingleMachineState(
            machine_handle=handle, state_enum=RELAY_STATE_ENUM, state=relay_state(outcome.value), unix_ms=now.wall_ms
        )

    # messages

    def due(self, now: Moment) -> list[ReportEvent]:
        """The reports of the slots that are over, oldest first; none while the clock is awaited."""
        if self._began_ms is None:
            self._began_ms = now.wall_ms
        if self._awaits_clock:
            return []
        over = self._slots.over(now)
        if not self._restored_slots and not self._restored:
            return [self._report(start_ms, now) for start_ms in over]
        before = [start_ms for start_ms in self._restored_slots if start_ms < self._slots.open_ms]
        reports = [self._report(start_ms, now) for start_ms in sorted({*before, *over})]
        self._restored_slots.difference_update(before)
        if over and not self._restored_slots:
            self._restored.clear()
        return reports

    def flush(self, now: Moment) -> list[ReportEvent]:
        """At the end: the reports of the slots that are over, and of the open one as far as it went.

        None while the clock is awaited: what was captured is kept elsewhere for the next process.
        """
        if self._awaits_clock:
            return []
        reports = self.due(now)
        remaining = sorted(self._buffers)
        return [*reports, *(self._report(start_ms, now) for start_ms in remaining)]

    def deadline(self) -> int | None:
        """When the open slot is over [mono ms]."""
        return self._slots.deadline()

    def _report(self, slot_start_ms: int, now: Moment) -> ReportEvent:
        identifier = self._new_id()
        closed = self._buffers.pop(slot_start_ms, None) or SlotBuffer(self._scales)
        report = Report(
            from_g_node_alias=self._alias,
            from_g_node_instance_id=self._instance_id,
            about_g_node_alias=self._asset_alias,
            slot_start_unix_s=slot_start_ms // 1000,
            slot_duration_s=REPORT_SLOT_MS // 1000,
            channel_reading_list=closed.channel_readings(),
            state_list=closed.states(),
            fsm_report_list=closed.commands(),
            message_created_ms=now.wall_ms,
            id=identifier,
        )
        return ReportEvent(message_id=identifier, time_created_ms=now.wall_ms, src=self._alias, report=report)

    def snapshot(self, presence: Presence, now: Moment) -> SnapshotSpaceheat:
        """The latest value of every channel that has one, and the latest state of every machine and relay."""
        readings: list[SingleReading] = []
        for source, version in presence.version.items():
            shown = self._shown.get(source)
            if shown is None or shown[0] != version:
                shown = self._shown[source] = (version, self._readings_of(source, presence))
            readings += shown[1]
        return SnapshotSpaceheat(
            from_g_node_alias=self._alias,
            from_g_node_instance_id=self._instance_id,
            snapshot_time_unix_ms=now.wall_ms,
            latest_reading_list=readings,
            latest_state_list=list(self._states.values()),
        )

    def _readings_of(self, source: str, presence: Presence) -> list[SingleReading]:
        latest, taken_ms, scales = presence.latest, presence.taken_ms(source), self._scales
        readings = []
        for name in presence.channels_of(source):
            value = latest[name]
            if value is not None:
                slope, offset = scales[name]
                number = floor(slope * value + offset)
                readings.append(SingleReading(channel_name=name, value=number, scada_read_time_unix_ms=taken_ms[name]))
        return readings

    def live(self, event: Readings, wanted: Set[str]) -> SyncedReadings | None:
        """The wanted channels of a scan as they are shown at once; None if it has no value of any."""
        names, numbers = [], []
        for name, value in zip(event.channels, event.values, strict=True):
            if value is not None and name in wanted:
                slope, offset = self._scales[name]
                names.append(name)
                numbers.append(floor(slope * value + offset))
        if not names:
            return None
        return SyncedReadings(channel_name_list=names, value_list=numbers, scada_read_time_unix_ms=event.taken_ms)

    def layout(self, now: Moment) -> Message:
        """The nodes and channels of the house."""
        return layout_of(self._house, self._new_id(), now.wall_ms)

    def startup(self, now: Moment) -> GridworksEventStartup:
        """The daemon has started."""
        return GridworksEventStartup(message_id=self._new_id(), time_created_ms=now.wall_ms, src=self._alias)

    def shutdown(self, reason: str, now: Moment) -> GridworksEventShutdown:
        """The daemon stops."""
        return GridworksEventShutdown(message_id=self._new_id(), time_created_ms=now.wall_ms, src=self._alias, reason=reason)

    def glitch(self, change: Change, now: Moment) -> Glitch:
        """Channels went missing, or came back."""
        state = "back" if change.back else "missing"
        about = ", ".join(change.channels) or change.node
        return self._glitch(change.node, "Info" if change.back else "Warning", f"{about}: {state}", change.reason, now)

    def actor_trouble(self, actor: str, reason: str, back: bool, now: Moment) -> Glitch:
        """An actor is stuck, died, or runs again."""
        level, state = ("Info", "runs again") if back else ("Error", "is stuck or died")
        return self._glitch(actor, level, f"actor {actor} {state}", reason, now)

    def disobedience(self, trouble: ActuatorTrouble, now: Moment) -> Glitch:
        """An actuator does not obey, or obeys again."""
        level, state = ("Info", "obeys again") if trouble.back else ("Warning", "does not obey")
        return self._glitch(trouble.node, level, f"{trouble.node} {state}", trouble.reason, now)

    def disobedience_note(self, trouble: ActuatorTrouble) -> Note:
        """The same for the log."""
        if trouble.back:
            return Note(Level.INFO, f"{trouble.node}: obeys again")
        return Note(Level.WARNING, f"{trouble.node}: does not obey: {trouble.reason}; commanded again until it does")

    def unknown(self, readings: Readings) -> Note:
        """Readings that the house file knows nothing of."""
        names = ", ".join(readings.channels[:3])
        return Note(Level.ERROR, f"{readings.source}: readings of {names} ignored: not its channels by the house file")

    def _glitch(self, node: str, level: str, summary: str, details: str, now: Moment) -> Glitch:
        return Glitch(
            from_g_node_alias=self._alias,
            node=wire_name(node),
            type=level,
            summary=summary,
            details=details,
            created_ms=now.wall_ms,
        )

    def note(self, change: Change) -> Note:
        """The same for the log."""
        about = ", ".join(change.channels) or change.node
        if change.back:
            return Note(Level.INFO, f"{change.node}: back: {about}")
        return Note(Level.WARNING, f"{change.node}: missing: {about}: {change.reason}")
