"""Where a house's messages wait for their AtomicTNode."""

from gw_spaceheat.apps.houses_folder import house_folder
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.house.model import House
from gw_spaceheat.stores.outbox import SqliteOutbox

OUTBOX_FOLDER = "outbox"


def open_outbox(house: House, settings: Settings) -> SqliteOutbox:
    """Open what waits for the uplink of a house, once per process and before its runtime; to be closed after it.

    A disk that is full or cannot be read is no reason to fail: it is told by the uplink, and tried again and again.

    Raises:
        StoreBusyError: Another process has the outbox of this house.
        StoreError: The house's name is no alias.
    """
    folder = house_folder(settings, OUTBOX_FOLDER, house.alias)
    outbox = SqliteOutbox(folder, most_bytes=settings.outbox_mb * 1_000_000)
    outbox.open()
    return outbox
