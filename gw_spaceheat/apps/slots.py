"""Where the readings of a house wait for their report."""

from gw_spaceheat.apps.contracts import ContractSide
from gw_spaceheat.apps.houses_folder import house_folder
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.contract.state import ScadaMemory
from gw_spaceheat.core.telemetry.completeness import COMPLETENESS
from gw_spaceheat.core.telemetry.completeness_memory import CompletenessMemory
from gw_spaceheat.house.model import House
from gw_spaceheat.stores.dating import DatingFile
from gw_spaceheat.stores.slot_readings import NEVER_REPORTED, Reported, SlotReadings

SLOTS_FOLDER = "slots"
DATING_FILE = "clock.json"


def dating_file(house: House, settings: Settings) -> DatingFile:
    """Where the SCADA of a house keeps how its labels are made."""
    return DatingFile(house_folder(settings, SLOTS_FOLDER, house.alias) / DATING_FILE)


def open_slot_readings(house: House, settings: Settings, contract: ContractSide[ScadaMemory]) -> SlotReadings:
    """Open what a house has captured and not reported, once per process and before its runtime; to be closed after it.

    The contract's store, which only one process can have, knows up to where was reported. A disk that is full or cannot be read
    is no reason to fail: it is told by the keeper, and tried again and again.

    Raises:
        StoreError: The house's name is no alias.
    """
    slots = SlotReadings(house_folder(settings, SLOTS_FOLDER, house.alias))
    counted = contract.store.state(COMPLETENESS, CompletenessMemory)
    last = NEVER_REPORTED if counted is None else Reported(counted.to_s, counted.alive_ms)
    slots.open(last, dating_file(house, settings).read())
    return slots
