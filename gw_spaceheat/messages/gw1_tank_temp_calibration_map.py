"""How the thermistors of all tanks are corrected."""

from collections.abc import Mapping

from gw_spaceheat.messages.base import Malformed, Message
from gw_spaceheat.messages.formats import PositiveInteger
from gw_spaceheat.messages.gw1_tank_temp_calibration import Gw1TankTempCalibration

MOST_TANKS = 6


class Gw1TankTempCalibrationMap(Message, frozen=True, kw_only=True, tag="gw1.tank.temp.calibration.map"):
    """The buffer and the store tanks, these by number from 1."""

    buffer: Gw1TankTempCalibration
    tank: Mapping[PositiveInteger, Gw1TankTempCalibration]
    version: str = "000"

    def check(self) -> None:
        """The tanks are numbered without a gap."""
        numbers = sorted(self.tank)
        if not 1 <= len(numbers) <= MOST_TANKS or numbers != list(range(1, len(numbers) + 1)):
            raise Malformed(f"Tank must have the numbers 1 to at most {MOST_TANKS} without a gap, got {numbers}")
