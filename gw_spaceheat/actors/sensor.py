"""The actor of a device that is read: one event per scan, one word when it is lost and one when it is back."""

from collections.abc import Collection, Sequence

from gw_spaceheat.actors.identity import Identity
from gw_spaceheat.core.events import DeviceBack, DeviceLost, Event, LookedAt, Readings, Scanned, Started, Stopping
from gw_spaceheat.core.telemetry.capture import Capture
from gw_spaceheat.core.telemetry.looking import Looking
from gw_spaceheat.core.telemetry.plausible import Plausibility
from gw_spaceheat.drivers.base import DeviceError, SensorDriver, WrongDeviceError, glance_of
from gw_spaceheat.house.model import Channel, Node
from gw_spaceheat.vocabulary.moment import Moment
from gw_spaceheat.vocabulary.slots import early_ms, next_slot

LONGEST_BACK_OFF_POLLS = 16


class SensorActor:
    """Reads one device, of one channel or of many (thermistor, multi-probe board, power meter, flow meter).

    Polls are aligned to the wall clock. A device that fails is asked again ever more seldom, up to 16 poll periods; every
    failure to open or read is the device's own affair and harms nobody else. What is captured goes by what the device shows;
    what of it cannot be is put out as missing. A device that has to say its serial number is asked for it after a scan of its
    own, never in place of one; one that a driver refuses to open because it is another is told as such too.

    While somebody looks at the house, whole scans are told as well, whether or not they are captured; a device that may be read
    at will is then read as often as he wants. Neither changes anything about what is captured.
    """

    def __init__(
        self,
        node: Node,
        channels: Sequence[Channel],
        driver: SensorDriver,
        tank_probes: Collection[str] = (),
        identity: Identity | None = None,
    ) -> None:
        """Remember; the driver is opened on `Started`.

        Args:
            node: The node that acts.
            channels: What it reads.
            driver: How.
            tank_probes: Names of the channels that show the water of a tank.
            identity: Asks for the device's serial number; None if it has none to say.
        """
        self.node = node
        self._alias = node.alias
        self.capture = Capture(channels)
        self._plausibility = Plausibility(channels, tank_probes)
        self.poll_ms = round(min(channel.capture.poll_s for channel in channels) * 1000)
        self.driver = driver
        self._identity = identity
        self._next_mono_ms: int | None = None
        self._open = False
        self._failures = 0
        self._looking = Looking()
        self._look_mono_ms: int | None = None
        self._glance = glance_of(driver)
        self._shown: Sequence[float | None] = ()
        self._shown_ms = 0

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Begin on `Started`, let go on `Stopping`."""
        if isinstance(event, Started):
            return self._scan(now)
        if isinstance(event, LookedAt):
            return self._looked_at(event, now)
        if isinstance(event, Stopping):
            self._next_mono_ms = self._look_mono_ms = None
            self.driver.close()
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        """Scan, if it is time."""
        if self._next_mono_ms is not None and now.mono_ms >= self._next_mono_ms:
            wait_ms = early_ms(now, self.poll_ms)
            if not wait_ms:
                return self._scan(now)
            self._next_mono_ms = now.mono_ms + wait_ms
        if self._look_mono_ms is not None and now.mono_ms >= self._look_mono_ms:
            return self._read_for_onlooker(now)
        return ()

    def deadline(self) -> int | None:
        """The next poll, or the next time that whoever looks wants it read [mono ms]."""
        if self._look_mono_ms is None or self._next_mono_ms is None:
            return self._next_mono_ms
        return min(self._look_mono_ms, self._next_mono_ms)

    @property
    def healthy(self) -> bool:
        """Whether the device answered when it was last read."""
        return self._open and not self._failures

    @property
    def asks_mono_ms(self) -> int | None:
        """The first poll from then on asks for the serial number too [mono ms]; None if none does."""
        return None if self._identity is None else self._identity.due_mono_ms

    def scanned(self, values: Sequence[float | None], now: Moment, changed: Sequence[int] | None = None) -> Sequence[Event]:
        """The device was read just now; what follows from it, and when it is read next.

        Args:
            values: What it showed, in the order of its channels.
            now: The present moment.
            changed: As of `Capture.select`.
        """
        self._next_mono_ms = next_slot(now, self.poll_ms)
        chosen = self.capture.select(values, now, changed)
        found = self._found() if self._failures else ()
        if chosen is None:
            return found
        names, shown = chosen
        return (*found, Readings(self._alias, now.wall_ms, names, self._plausibility.judge(names, shown)))

    def _scan(self, now: Moment) -> Sequence[Event]:
        self._next_mono_ms = next_slot(now, self.poll_ms)
        try:
            if not self._open:
                self.driver.open()
                self._open = True
            values = self.driver.read()
        except DeviceError as error:
            return self._failed(error, now)
        shown = [values.get(name) for name in self.capture.names]
        told = (*self.scanned(shown, now), *self._show(shown, now))
        if self._identity is None or now.mono_ms < self._identity.due_mono_ms:
            return told
        return (*told, *self._identity.ask(now))

    def _looked_at(self, event: LookedAt, now: Moment) -> Sequence[Event]:
        """Whoever begins to look is told at once what is known; for one who goes on, so do the readings."""
        begins = self._looking.ask(event, now)
        if self._next_mono_ms is None:
            return ()
        if not begins:
            if self._glance is not None and self.healthy and self._look_mono_ms is None:
                self._look_mono_ms = self._looking.next_read(now)
            return ()
        if self._failures:
            return self._show((None,) * len(self.capture.names), now)
        return self._show(self._shown, now, self._shown_ms) if self._glance is None else self._read_for_onlooker(now)

    def _read_for_onlooker(self, now: Moment) -> Sequence[Event]:
        """Between two polls, only to show it; a device that fails has failed."""
        self._look_mono_ms = None
        if self._glance is None or not self.healthy:
            return ()
        try:
            values = self._glance()
        except DeviceError as error:
            return self._failed(error, now)
        return self._show([values.get(name) for name in self.capture.names], now)

    def _show(self, shown: Sequence[float | None], now: Moment, taken_ms: int | None = None) -> tuple[Event, ...]:
        """A whole scan, if somebody looks who is to be told again."""
        self._shown = shown
        self._shown_ms = now.wall_ms if taken_ms is None else taken_ms
        if not self._looking.wants(now):
            return ()
        if self._glance is not None and not self._failures:
            self._look_mono_ms = self._looking.next_read(now)
        due_ms = self._looking.due_ms(self.deadline(), now)
        values = self._plausibility.glance(shown)
        return (Scanned(self._alias, self._shown_ms, due_ms, self.capture.names, values),)

    def _found(self) -> tuple[Event, ...]:
        self._failures = 0
        return (DeviceBack(self.node.alias, self.capture.names),)

    def _failed(self, error: DeviceError, now: Moment) -> Sequence[Event]:
        self._failures += 1
        self._look_mono_ms = None
        if self._identity is not None:
            self._identity.ask_soon()
        if self._next_mono_ms is not None:
            self._next_mono_ms += self.poll_ms * (min(1 << (self._failures - 1), LONGEST_BACK_OFF_POLLS) - 1)
        if self._open:
            self._open = False
            self.driver.close()
        shown = self._show((None,) * len(self.capture.names), now)
        if self._failures > 1:
            return shown
        self.capture.forget()
        self._plausibility.forget()
        lost = DeviceLost(self.node.alias, str(error), self.capture.names)
        if self._identity is not None and isinstance(error, WrongDeviceError):
            return (lost, self._identity.answered(error.found), *shown)
        return (lost, *shown)
