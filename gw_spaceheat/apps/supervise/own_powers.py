"""What houses with their own SCADA meter, for the supervision server."""

from gw_spaceheat.apps.web import HouseFiles
from gw_spaceheat.core.supervision.own_houses import WHOLE
from gw_spaceheat.core.watching import HouseNow
from gw_spaceheat.views.house_values import meter_channel


def own_powers(files: HouseFiles, now: HouseNow) -> dict[str, tuple[float, int]]:
    """Watts, and when they were taken (UTC [ms]), by channel; of a house without a known file only the whole."""
    house = files.house(now.alias)
    found = dict[str, tuple[float, int]]()
    if house is not None:
        whole = meter_channel(house)
        for name, (number, taken_ms) in now.values.items():
            channel = house.channels.get(name)
            if channel is not None and channel.telemetry.scale.si_unit == "W" and name != whole:
                found[name] = (channel.telemetry.from_wire(number), taken_ms)
    if now.power_w is not None and now.power_ms is not None:
        found[WHOLE] = (float(now.power_w), now.power_ms)
    return found
