"""The actor that writes the Ear's files: keeps what the Ear wants kept, and lives on when the disk does not."""

from collections.abc import Sequence

from gw_spaceheat.core.events import Commit, Event, Level, Note, Persist
from gw_spaceheat.stores.faults import StoreError
from gw_spaceheat.stores.readings import ReadingsStore
from gw_spaceheat.vocabulary.moment import Moment


class EarStore:
    """Hands `Persist` and `Commit` to the store. What could not be written waits in memory for the next commit."""

    def __init__(self, store: ReadingsStore) -> None:
        """Remember the store, which is open as long as this actor lives."""
        self._store = store
        self._failing = False

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:  # noqa: ARG002 - messages carry their own times
        """Keep or commit."""
        try:
            if isinstance(event, Persist):
                self._store.keep(event)
            elif isinstance(event, Commit):
                self._store.commit()
                return self._wrote()
        except StoreError as error:
            return (Note(Level.WARNING, str(error)),)
        except OSError as error:
            return self._failed(error)
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:  # noqa: ARG002 - it asks for no time
        """Nothing falls due here."""
        return ()

    def deadline(self) -> int | None:
        """Never."""
        return None

    def _failed(self, error: OSError) -> Sequence[Event]:
        if self._failing:
            return ()
        self._failing = True
        return (Note(Level.ERROR, f"cannot write what was heard: {error}; make room, it is kept in memory until then"),)

    def _wrote(self) -> Sequence[Event]:
        if not self._failing:
            return ()
        self._failing = False
        return (Note(Level.INFO, "what was heard can be written again"),)
