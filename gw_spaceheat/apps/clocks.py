"""The clocks of processes in real time."""

from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.apps.slots import dating_file
from gw_spaceheat.house.model import House
from gw_spaceheat.runtime.clock import SystemClock
from gw_spaceheat.runtime.time_service import boot_id, sync_of_system
from gw_spaceheat.stores.slot_readings import SlotReadings


def system_clock() -> SystemClock:
    """The clock of a process that keeps no readings; it asks the time service, and remembers nothing."""
    return SystemClock(boot=boot_id(), sync=sync_of_system)


def house_clock(house: House, settings: Settings, slots: SlotReadings) -> SystemClock:
    """The clock of a SCADA: it goes on where the process before stopped, and never behind anything that was labelled.

    Args:
        house: The house.
        settings: The process's settings.
        slots: What was read and not reported, open; it learns from when on labels are provisional.
    """
    file = dating_file(house, settings)
    clock = SystemClock(
        boot=boot_id(), remembered=file.read(), newest_ms=slots.newest_ms(), remember=file.write, sync=sync_of_system
    )
    slots.undated_from(clock.dating.undated_ms if clock.dating.awaits else None)
    return clock
