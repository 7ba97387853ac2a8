"""The actor of the supervision server: one connection for all, and a folder in which everything is kept."""

from collections.abc import Callable, Mapping, Sequence

from gw_spaceheat.core.events import DemoHouses, Event, Level, LinkChanged, Note, PlainReceived, Received, Started, Stopping
from gw_spaceheat.core.supervision.calibration import BadTable
from gw_spaceheat.core.supervision.kept import KeptHeard, KeptTown, kept_heard, restore_heard
from gw_spaceheat.core.supervision.own_houses import take_own
from gw_spaceheat.core.supervision.server import Publish, Server
from gw_spaceheat.core.watching import HouseNow, Watching
from gw_spaceheat.links.mqtt import Mqtt, Taken
from gw_spaceheat.stores.json_file import JsonFile
from gw_spaceheat.vocabulary.moment import MINUTE_MS, SECOND_MS, Moment

KEEP_EVERY_MS = 5 * MINUTE_MS
"""How often what was heard goes to the disk [ms]; what persons make goes there at once."""
OWN_EVERY_MS = SECOND_MS


class Files:
    """Where the server keeps what it knows: what persons have made, what was heard, and houses that gave way to a leader's."""

    def __init__(self, town: JsonFile, heard: JsonFile, before: JsonFile) -> None:
        """Remember."""
        self.town, self.heard, self.before = town, heard, before


class Supervision:
    """Carries mail between the machine, the broker and the disk."""

    def __init__(
        self,
        server: Server,
        transport: Mqtt,
        files: Files,
        watching: Watching,
        powers: Callable[[HouseNow], Mapping[str, tuple[float, int]]],
        greeting: tuple[str, bytes] | None = None,
    ) -> None:
        """Remember.

        Args:
            server: What decides.
            transport: The connection; it is opened at the start and closed at the stop.
            files: Where everything is kept.
            watching: What is heard of houses that have their own SCADA.
            powers: What such a house meters: watts, and when they were taken (UTC [ms]), by name.
            greeting: Said at each connection, so that a house tells at once what is known; None for nothing.
        """
        self._server, self._transport, self._files = server, transport, files
        self._watching, self._powers, self._greeting = watching, powers, greeting
        self._kept_version = -1
        self._keep_mono_ms = 0
        self._own_mono_ms = 0
        self._own_news = False
        self._demo = DemoHouses(())
        self._failing = ""

    @property
    def server(self) -> Server:
        """For looking at what it knows."""
        return self._server

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Mail from the network thread or the runtime."""
        if isinstance(event, PlainReceived):
            self._server.take(event.topic, event.payload, now, kept=event.kept)
            self._settle(event.receipt)
            return ()
        if isinstance(event, Received):
            self._watching.take(event, now)
            self._own_news = True
            self._settle(event.receipt)
            return ()
        if isinstance(event, LinkChanged):
            self._server.link(now, up=event.up)
            if event.up and self._greeting is not None:
                self._transport.publish(*self._greeting, 0)
            text = "connected" if event.up else event.reason
            return [Note(Level.INFO if event.up else Level.WARNING, text), *self._lines()]
        if isinstance(event, Started):
            notes = self._restore(now)
            self._transport.open()
            return notes
        if isinstance(event, Stopping):
            self._transport.close()
            return self._keep(now, everything=True)
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        """Let the machine go on, carry out what it says, and keep what has changed."""
        if self._own_news and now.mono_ms >= self._own_mono_ms:
            self._own_mono_ms = now.mono_ms + OWN_EVERY_MS
            self._own_news = not self._server.leader.leads(now)  # who does not lead gives no numbers, and looks again
            for alias in self._watching.aliases():
                house = self._watching.house(alias)
                if house is not None:
                    take_own(self._server, alias, self._powers(house), now)
        effects: list[Event] = [*self._send(self._server.wake(now)), *self._lines()]
        demo = self._server.demo_houses()
        if demo != self._demo:
            self._demo = demo
            effects.append(demo)
        return effects + self._keep(now, everything=now.mono_ms >= self._keep_mono_ms)

    def deadline(self) -> int | None:
        """When the machine wants to be woken [mono ms]."""
        return self._server.deadline()

    def _settle(self, receipt: int) -> None:
        if receipt:
            self._transport.acknowledge(receipt)

    def _send(self, publishes: Sequence[Publish]) -> list[Event]:
        failed = [
            publish
            for publish in publishes
            if self._transport.publish(
                publish.topic, publish.payload, publish.qos, retain=publish.retain, expires_s=publish.expires_s
            )
            is Taken.QUEUE_FULL
        ]
        for publish in failed:
            self._server.again(publish)
        return [Note(Level.WARNING, f"the line is too slow: {len(failed)} messages are said later")] if failed else []

    def _lines(self) -> list[Event]:
        lines, self._server.lines = self._server.lines, []
        return [Note(Level.WARNING if line.bad else Level.INFO, line.text) for line in lines]

    def _restore(self, now: Moment) -> list[Event]:
        self._keep_mono_ms = now.mono_ms + KEEP_EVERY_MS
        try:
            self._server.restore(self._files.town.read(KeptTown, KeptTown()))
            restore_heard(self._files.heard.read(KeptHeard, {}), self._server.town)
        except (OSError, BadTable) as error:
            return [Note(Level.ERROR, f"what was kept cannot be read, and the server begins with what it could read: {error}")]
        self._kept_version = self._server.version
        return []

    def _keep(self, now: Moment, *, everything: bool) -> list[Event]:
        try:
            if self._server.before is not None:
                self._files.before.write(self._server.before)
                self._server.before = None
            if self._kept_version != self._server.version:
                self._files.town.write(self._server.registry())
                self._kept_version = self._server.version
            if everything:
                self._keep_mono_ms = now.mono_ms + KEEP_EVERY_MS
                self._files.heard.write(kept_heard(self._server.town))
        except OSError as error:
            was, self._failing = self._failing, str(error)
            return [] if was == self._failing else [Note(Level.WARNING, f"nothing can be kept: {error}; is the disk full?")]
        self._failing = ""
        return []
