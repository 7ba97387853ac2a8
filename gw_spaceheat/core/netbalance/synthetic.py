"""SYNTHETIC days of production and consumption: a sun with clouds, a house with spikes and appliances."""

import numpy as np

from gw_spaceheat.core.netbalance.trace import Numbers, Trace

SUMMER_S = 1_654_732_800.0
"""2022-06-09T00:00Z."""


def synthetic_trace(days: int, seed: int = 1, start_s: float = SUMMER_S, step_s: float = 10.0) -> Trace:
    """Days that no one measured.

    Args:
        days: How many.
        seed: Draws clouds, spikes and appliances.
        start_s: When it begins, UTC [s].
        step_s: Time between samples [s].
    """
    draw = np.random.default_rng(seed)
    count = round(days * 86_400.0 / step_s)
    wall_s: Numbers = np.asarray(start_s + np.arange(1, count + 1) * step_s, dtype=np.float64)
    sun = np.maximum(np.sin((wall_s % 86_400.0 / 86_400.0 - 0.21) / 0.58 * np.pi), 0.0)
    sun[(wall_s % 86_400.0 < 0.21 * 86_400.0) | (wall_s % 86_400.0 > 0.79 * 86_400.0)] = 0.0
    knots_s = start_s + np.arange(0.0, days * 86_400.0 + 600.0, 600.0)
    wander = np.cumsum(draw.normal(0.0, 0.25, len(knots_s)))
    wander -= np.convolve(wander, np.ones(30) / 30.0, mode="same")
    clear = np.clip(0.75 + np.interp(wall_s, knots_s, wander), 0.1, 1.0)
    production: Numbers = 2400.0 * sun**1.2 * clear
    base = 180.0 + 40.0 * np.sin(wall_s / 1700.0)
    for start in draw.integers(0, max(count - 100, 1), 10 * days):
        base[start : start + 2] += 8000.0
    for start in draw.integers(0, max(count - 100, 1), 4 * days):
        base[start : start + 70] += 1000.0
    return Trace(wall_s, production, base, np.zeros(count, dtype=bool))
