"""The actor of a device that is commanded: acts once per command, reads back, and tells how it ended."""

from collections.abc import Sequence

from gw_spaceheat.core.events import (
    Command,
    DeviceBack,
    DeviceLost,
    Event,
    LookedAt,
    Outcome,
    Readings,
    Scanned,
    Started,
    Stopping,
    Verdict,
)
from gw_spaceheat.core.telemetry.capture import Capture
from gw_spaceheat.core.telemetry.looking import Looking
from gw_spaceheat.drivers.base import ActuatorDriver, DeviceError, TimedDriver
from gw_spaceheat.house.model import Actuator, Channel, Node
from gw_spaceheat.vocabulary.moment import SECOND_MS, Moment
from gw_spaceheat.vocabulary.slots import early_ms, next_slot


class ActuatorActor:
    """Drives one relay or analogue output and, where it has a state channel, reports what the output really is.

    On `Started` it opens the device and puts the output into its process-start state, on `Stopping` into its process-stop
    state. Whoever sends a command, one that has expired, or was given under an older lease than another that came here, is
    refused.

    While somebody looks at the house, the output is read back as often as he wants, and shown to him; what is captured does not
    change by that.
    """

    def __init__(self, node: Node, channel: Channel | None, driver: ActuatorDriver, fence: int = 0) -> None:
        """Remember; the driver is opened on `Started`.

        Args:
            node: The actuator.
            channel: Its state; None if nothing is to be reported but outcomes.
            driver: The device.
            fence: Fencing token of the lease that was current when the process started; older ones are refused.
        """
        self.node = node
        self.actuator = node.actuator or Actuator()
        self.driver = driver
        self.capture = None if channel is None else Capture([channel])
        self.poll_ms = round(channel.capture.poll_s * 1000) if channel is not None else 0
        self._next_mono_ms: int | None = None
        self._open = False
        self._lost = False
        self._acted: dict[str, int] = {}  # triggers that could come again, and until when [mono ms]
        self._fence = fence
        self._taken_ms = 0
        self._looking = Looking()
        self._look_mono_ms: int | None = None

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Obey a command; begin and end in the defined states."""
        if isinstance(event, Command):
            return self._obey(event, now)
        if isinstance(event, Started):
            return self._set_state(self.actuator.fail_states.process_start, now) + self._look(now)
        if isinstance(event, LookedAt):
            return self._looked_at(event, now)
        if isinstance(event, Stopping):
            told = self._set_state(self.actuator.fail_states.process_stop, now)
            self._next_mono_ms = self._look_mono_ms = None
            self.driver.close()
            return told
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        """Read the output back, if it is time."""
        if self._next_mono_ms is not None and now.mono_ms >= self._next_mono_ms:
            wait_ms = early_ms(now, self.poll_ms)
            if not wait_ms:
                return self._look(now)
            self._next_mono_ms = now.mono_ms + wait_ms
        if self._look_mono_ms is not None and now.mono_ms >= self._look_mono_ms:
            return self._read_for_onlooker(now)
        return ()

    def deadline(self) -> int | None:
        """The next read-back [mono ms]."""
        if self._look_mono_ms is None or self._next_mono_ms is None:
            return self._next_mono_ms
        return min(self._look_mono_ms, self._next_mono_ms)

    def _obey(self, command: Command, now: Moment) -> Sequence[Event]:
        if command.trigger in self._acted:
            return ()  # delivered twice, perhaps after another one: act once
        problem = self._problem(command, now)
        if problem is not None:
            return (Outcome(command.node, command.value, problem[0], problem[1], command.trigger, None),)
        self._acted = {trigger: until_ms for trigger, until_ms in self._acted.items() if until_ms >= now.mono_ms}
        self._acted[command.trigger] = command.valid_until_mono_ms
        self._fence = command.token
        try:
            self._ensure_open()
            self._write(command)
            read_back = self.driver.read_back()
        except DeviceError as error:
            failed = Outcome(command.node, command.value, Verdict.DEVICE_FAILED, str(error), command.trigger, None)
            return (failed, *self._lose(error, now))
        if read_back is not None and read_back != command.value:
            reason = f"asked for {command.value:g}, the device says {read_back:g}"
            verdict = Verdict.DEVICE_FAILED
        else:
            reason, verdict = "", Verdict.DONE
        outcome = Outcome(command.node, command.value, verdict, reason, command.trigger, read_back)
        return (outcome, *self._found(), *self._report(read_back, now))

    def _write(self, command: Command) -> None:
        """Have the device do it; where it is to go off by itself and cannot, it does not go on."""
        if not command.value or not command.off_after_s:
            self.driver.write(command.value)
        elif isinstance(self.driver, TimedDriver):
            self.driver.write_on(command.off_after_s)
        else:
            raise DeviceError(f"{self.node.alias} cannot go off by itself, and is to do so after {command.off_after_s:.0f} s")

    def _problem(self, command: Command, now: Moment) -> tuple[Verdict, str] | None:
        if command.node != self.node.alias:
            return Verdict.REFUSED, f"{self.node.alias} got a command for {command.node}"
        if command.token < self._fence:
            return Verdict.REFUSED, f"given under lease {command.token}, which is over; it has obeyed lease {self._fence}"
        if now.mono_ms > command.valid_until_mono_ms:
            late_s = (now.mono_ms - command.valid_until_mono_ms) / 1000
            return Verdict.REFUSED, f"too old by {late_s:.1f} s; the actuator's thread was busy"
        if not self.actuator.minimum <= command.value <= self.actuator.maximum:
            limits = f"{self.actuator.minimum:g} to {self.actuator.maximum:g}"
            return Verdict.OUT_OF_RANGE, f"{self.node.alias} takes {limits}, not {command.value:g}"
        return None

    def _set_state(self, value: float | None, now: Moment) -> tuple[Event, ...]:
        try:
            self._ensure_open()
            if value is not None:
                self.driver.write(value)
            return (*self._found(), *self._report(self.driver.read_back(), now))
        except DeviceError as error:
            return self._lose(error, now)

    def _look(self, now: Moment) -> tuple[Event, ...]:
        if self.capture is None:
            return ()
        self._next_mono_ms = next_slot(now, self.poll_ms)
        try:
            self._ensure_open()
            read_back = self.driver.read_back()
        except DeviceError as error:
            return self._lose(error, now)
        return (*self._found(), *self._report(read_back, now))

    def _looked_at(self, event: LookedAt, now: Moment) -> tuple[Event, ...]:
        """Whoever begins to look is told at once what is known; for one who goes on, so do the readings."""
        begins = self._looking.ask(event, now)
        if self._next_mono_ms is None:
            return ()
        if begins:
            return self._show(None, now) if self._lost else self._read_for_onlooker(now)
        if not self._lost and self._look_mono_ms is None:
            self._look_mono_ms = self._looking.next_read(now)
        return ()

    def _read_for_onlooker(self, now: Moment) -> tuple[Event, ...]:
        """Between two polls, only to show it; a device that fails has failed."""
        self._look_mono_ms = None
        if self._lost or not self._open:
            return ()
        try:
            return self._show(self.driver.read_back(), now)
        except DeviceError as error:
            return self._lose(error, now)

    def _show(self, read_back: float | None, now: Moment) -> tuple[Event, ...]:
        """The state, if somebody looks who is to be told again."""
        if self.capture is None or not self._looking.wants(now):
            return ()
        if not self._lost:
            self._look_mono_ms = self._looking.next_read(now)
        due_ms = self._looking.due_ms(self.deadline(), now)
        return (Scanned(self.node.alias, now.wall_ms, due_ms, self.capture.names, (read_back,)),)

    def _report(self, read_back: float | None, now: Moment) -> tuple[Event, ...]:
        if self.capture is None:
            return ()
        shown = self._show(read_back, now)
        chosen = self.capture.select([read_back], now)
        if chosen is None:
            return shown
        if now.wall_ms <= self._taken_ms < now.wall_ms + SECOND_MS:
            self._taken_ms += 1  # a millisecond has one state: what it became is dated after what it was
        else:
            self._taken_ms = now.wall_ms
        return (Readings(self.node.alias, self._taken_ms, *chosen), *shown)

    def _ensure_open(self) -> None:
        if not self._open:
            self.driver.open()
            self._open = True

    def _lose(self, error: DeviceError, now: Moment) -> tuple[Event, ...]:
        if self._open:
            self._open = False
            self.driver.close()
        lost_before, self._lost, self._look_mono_ms = self._lost, True, None
        shown = self._show(None, now)
        if lost_before:
            return shown
        if self.capture is not None:
            self.capture.forget()
        return (DeviceLost(self.node.alias, str(error), self._channels()), *shown)

    def _found(self) -> tuple[Event, ...]:
        if not self._lost:
            return ()
        self._lost = False
        return (DeviceBack(self.node.alias, self._channels()),)

    def _channels(self) -> tuple[str, ...]:
        return () if self.capture is None else self.capture.names
