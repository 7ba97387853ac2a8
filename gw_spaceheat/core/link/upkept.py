"""A session whose outbox is looked after: what waits in it for long is thinned, or given up, by somebody who knows how."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from gw_spaceheat.core.events import Event, Urgency
from gw_spaceheat.core.link.session import Session
from gw_spaceheat.core.link.states import State
from gw_spaceheat.vocabulary.moment import Moment


class Upkeep(Protocol):
    """Looks after the messages of an outbox."""

    def wake(self, now: Moment, passing: Collection[Urgency]) -> Sequence[Event]:
        """Do some of what is due, but leave alone what travels so: it is on its way to a peer who answers."""
        ...

    def deadline(self) -> int | None:
        """When it wants to be woken [mono ms]."""
        ...


class Upkept:
    """Takes the place of a session, and does what it does; between its messages the outbox is looked after."""

    def __init__(self, session: Session, upkeep: Upkeep) -> None:
        """Remember; both work on the same outbox."""
        self._session = session
        self._upkeep = upkeep

    @property
    def link(self) -> str:
        """Name of the link."""
        return self._session.link

    @property
    def state(self) -> State:
        """What the session can do at present."""
        return self._session.state

    @property
    def is_up(self) -> bool:
        """Whether the link is set up, so that something can be sent."""
        return self._session.is_up

    @property
    def waiting(self) -> int:
        """How many messages wait for their acknowledgement."""
        return self._session.waiting

    @property
    def counts(self) -> Mapping[str, int]:
        """How often something was refused, dropped or given up, by kind."""
        return self._session.counts

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """What the session does."""
        return self._session.handle(event, now)

    def wake(self, now: Moment) -> Sequence[Event]:
        """Look after the outbox if it is time; then send what is due, which may just have been put there."""
        due_ms = self._upkeep.deadline()
        if due_ms is None or now.mono_ms < due_ms:
            return self._session.wake(now)
        notes = self._upkeep.wake(now, self._session.passing)
        self._session.look_what_is_gone()
        return [*notes, *self._session.wake(now)]

    def deadline(self) -> int | None:
        """When either wants to be woken [ms, monotonic]."""
        due_ms, upkeep_ms = self._session.deadline(), self._upkeep.deadline()
        if due_ms is None or upkeep_ms is None:
            return upkeep_ms if due_ms is None else due_ms
        return min(due_ms, upkeep_ms)
