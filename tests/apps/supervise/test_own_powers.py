"""What a house with a SCADA meters."""

from pathlib import Path

import pytest

from gw_spaceheat.apps.settings import houses_file
from gw_spaceheat.apps.supervise.own_powers import own_powers
from gw_spaceheat.apps.web import HouseFiles
from gw_spaceheat.core.supervision.own_houses import WHOLE
from gw_spaceheat.core.watching import HouseNow
from tests.scenarios.scene import OAK, house


def heard(values: dict[str, tuple[int, int]], power_w: int | None = 2_000) -> HouseNow:
    return HouseNow(OAK, 9, None, power_w, None if power_w is None else 5, values, {}, (), None, None)


def watts() -> list[str]:
    return [name for name, channel in house(OAK).channels.items() if channel.telemetry.scale.si_unit == "W"]


def test_its_metered_devices() -> None:
    names = watts()
    values = {name: (100 + number, 7) for number, name in enumerate(names)} | {"unheard-of": (5, 7)}
    found = own_powers(HouseFiles(houses_file()), heard(values))
    assert found
    assert set(found) < set(names) | {WHOLE}
    assert found.pop(WHOLE) == (2_000.0, 5)
    assert all(power == (float(values[name][0]), 7) for name, power in found.items())


@pytest.mark.parametrize(("power_w", "found"), [(2_000, {WHOLE: (2_000.0, 5)}), (None, {})])
def test_of_a_house_without_a_file_its_total(tmp_path: Path, power_w: int | None, found: dict[str, tuple[float, int]]) -> None:
    assert own_powers(HouseFiles(tmp_path), heard({}, power_w)) == found
