"""A field of panels: what falls on it, how warm it gets, and what comes out of its inverter.

Formulas: J. E. Hay, J. A. Davies 1980 for the sky's diffuse light; D. Faiman 2008, *Assessing the outdoor operating temperature
of photovoltaic modules*; A. P. Dobos 2014, *PVWatts version 5 manual*, for panels and inverter.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.plant.pv.clear_sky import Irradiance
from gw_spaceheat.plant.pv.solar_position import SolarPosition

Values = NDArray[np.float64]

STANDARD_W_M2, STANDARD_C = 1000.0, 25.0
FAIMAN_W_PER_M2_K, FAIMAN_PER_M_S = 25.0, 6.84
INVERTER_EFFICIENCY, REFERENCE_EFFICIENCY = 0.96, 0.9637
LEAST_COS_ZENITH = 0.01745
"""A sun that is lower makes no more of the light around it [-]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Panels that face one way, and their inverter.

    Attributes:
        peak_w: Power under standard conditions [W].
        tilt_deg: From the horizontal [deg].
        azimuth_deg: Where they face: from north over east, 180 is south [deg].
        inverter_w: Largest power of the inverter [W]; None for the panels' peak power.
        albedo: Share of the light that the ground throws back [0-1].
        per_k: Change of power with temperature [1/K].
        soiling: Share of the light that dirt keeps away [0-1].
        horizon_deg: Elevation of the horizon for equal sectors of azimuth from north on [deg]; empty for a flat one.
    """

    peak_w: float
    tilt_deg: float = 30.0
    azimuth_deg: float = 180.0
    inverter_w: float | None = None
    albedo: float = 0.25
    per_k: float = -0.0035
    soiling: float = 0.0
    horizon_deg: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError, naming the figure, for one that cannot be."""
        checks = (
            ("peak_w", self.peak_w >= 0.0, "0 or more"),
            ("tilt_deg", 0.0 <= self.tilt_deg <= 90.0, "0 to 90"),
            ("inverter_w", self.inverter_w is None or self.inverter_w > 0.0, "above 0"),
            ("albedo", 0.0 <= self.albedo <= 1.0, "0 to 1"),
            ("soiling", 0.0 <= self.soiling <= 1.0, "0 to 1"),
        )
        for name, holds, allowed in checks:
            if not holds:
                raise ValueError(f"{name} of a field of panels is {getattr(self, name)}; {allowed} is allowed")


def on_field(field: Field, sun: SolarPosition, sky: Irradiance) -> Values:
    """What falls on the panels [W/m2]: beam, sky, and what the ground throws back.

    Args:
        field: The panels.
        sun: Where the sun stands.
        sky: What comes down.
    """
    tilt = np.radians(field.tilt_deg)
    elevation = np.radians(sun.apparent_elevation_deg)
    up = np.sin(elevation)
    across = np.cos(elevation) * np.cos(np.radians(sun.azimuth_deg - field.azimuth_deg))
    facing = np.maximum(up * np.cos(tilt) + across * np.sin(tilt), 0.0)
    seen = _above_horizon(field, sun)
    direct = np.where(seen, sky.direct_normal_w_m2, 0.0)
    around = sky.direct_normal_w_m2 / sky.extraterrestrial_w_m2
    ratio = np.where(seen, facing / np.maximum(up, LEAST_COS_ZENITH), 0.0)
    half_sky, half_ground = (1.0 + np.cos(tilt)) / 2.0, (1.0 - np.cos(tilt)) / 2.0
    diffuse = sky.diffuse_horizontal_w_m2 * (around * ratio + (1.0 - around) * half_sky)
    ground = sky.global_horizontal_w_m2 * field.albedo * half_ground
    falls: Values = (direct * facing + diffuse + ground) * (1.0 - field.soiling)
    return falls


def _above_horizon(field: Field, sun: SolarPosition) -> NDArray[np.bool_]:
    up: NDArray[np.bool_] = sun.apparent_elevation_deg > 0.0
    if not field.horizon_deg:
        return up
    sectors = np.array([*field.horizon_deg, field.horizon_deg[0]])
    edges = np.linspace(0.0, 360.0, len(sectors))
    above: NDArray[np.bool_] = up & (sun.apparent_elevation_deg > np.interp(sun.azimuth_deg, edges, sectors))
    return above


def power_w(
    field: Field, plane_w_m2: Values, air_c: Values | float, wind_m_s: Values | float, snow: Values | float = 0.0
) -> Values:
    """Power that the inverter gives [W].

    Args:
        field: The panels.
        plane_w_m2: What falls on them [W/m2].
        air_c: Temperature of the air [degC].
        wind_m_s: Wind speed [m/s].
        snow: Share of the panels that snow covers [0-1].
    """
    cell_c = air_c + plane_w_m2 / (FAIMAN_W_PER_M2_K + FAIMAN_PER_M_S * wind_m_s)
    share = plane_w_m2 / STANDARD_W_M2 * (1.0 + field.per_k * (cell_c - STANDARD_C)) * (1.0 - snow)
    return _inverted(field, np.maximum(field.peak_w * share, 0.0))


def _inverted(field: Field, panels_w: Values) -> Values:
    """Alternating current from direct current [W]; by PVWatts, whose efficiency falls at small loads."""
    largest_w = (field.peak_w if field.inverter_w is None else field.inverter_w) / INVERTER_EFFICIENCY
    if largest_w <= 0.0:
        return np.zeros_like(panels_w)
    load = panels_w / largest_w
    on = load > 0.0
    at = np.where(on, load, 1.0)
    efficiency = INVERTER_EFFICIENCY / REFERENCE_EFFICIENCY * (-0.0162 * at - 0.0059 / at + 0.9858)
    return np.where(on, np.clip(efficiency * panels_w, 0.0, INVERTER_EFFICIENCY * largest_w), 0.0)
