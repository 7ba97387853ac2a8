"""How the three thermistors of a tank are corrected."""

from gw_spaceheat.messages.base import Message


class Gw1TankTempCalibration(Message, frozen=True, kw_only=True, tag="gw1.tank.temp.calibration"):
    """At each depth, from the top: corrected = m * read + b."""

    depth1_m: float = 1.0
    depth1_b: float = 0.0
    depth2_m: float = 1.0
    depth2_b: float = 0.0
    depth3_m: float = 1.0
    depth3_b: float = 0.0
    version: str = "000"
