"""The session of one who listens: hears everything on a link, answers nothing, acknowledges nothing.

An Ear must keep pings and acknowledgements too, which an ordinary session deals with itself, and must not answer what was
meant for others. What it says itself, when it asks for what it has missed, is sent once while the link is up, else dropped.
"""

from collections.abc import Sequence

from gw_spaceheat.core.events import (
    Event,
    FiguresAsked,
    Garbled,
    Level,
    LinkChanged,
    LinkFigures,
    Note,
    Received,
    Send,
    Stopping,
    Transmit,
    TransmitFailed,
)
from gw_spaceheat.core.link.tally import Tally
from gw_spaceheat.vocabulary.moment import Moment


class Listener:
    """In the place of a `Session`: passes on all that came in, and tells of the connection."""

    def __init__(self, link: str, alias: str = "") -> None:
        """Remember the link's name, and our own on it; without one nothing can be said."""
        self.link = link
        self._alias = alias
        self.is_up = False
        self._tally = Tally(link)

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """What came in goes on to the node; what cannot be read is counted, and told once per kind and minute."""
        if isinstance(event, Received):
            return () if event.src == self._alias else (event,)  # a broker of MQTT 3.1.1 lets us hear ourselves
        if isinstance(event, Send):
            return self._say(event)
        if isinstance(event, TransmitFailed):
            return self._tally.tell("not sent", event.reason, now)
        if isinstance(event, Garbled):
            return (event, *self._tally.tell(f"refused ({event.kind})", f"{event.reason}, on topic {event.topic}", now))
        if isinstance(event, LinkChanged):
            return self._changed(event)
        if isinstance(event, FiguresAsked):
            return (LinkFigures(self.link, self.is_up, 0, 0, dict(self._tally.counts)),)
        if isinstance(event, Stopping):
            self.is_up = False
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:  # noqa: ARG002 - it asks for no time
        """Nothing falls due here."""
        return ()

    def deadline(self) -> int | None:
        """Never."""
        return None

    def _say(self, send: Send) -> Sequence[Event]:
        if not self.is_up or not self._alias:
            self._tally.count("dropped")
            return ()
        return (Transmit(self.link, self._alias, send.dst, send.message, send.message_id, ack_required=False, qos=1),)

    def _changed(self, event: LinkChanged) -> Sequence[Event]:
        self.is_up = event.up
        if event.up:
            return (event, Note(Level.INFO, f"{self.link}: connected"))
        return (event, Note(Level.WARNING, f"{self.link}: not connected: {event.reason}"))
