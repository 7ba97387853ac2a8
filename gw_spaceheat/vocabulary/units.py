"""Units at the edges. Inside the code everything is SI, with the unit in the name: `_w`, `_wh`, `_c`, `_k`, `_s`, `_kg_s`."""

WATER_J_PER_KG_K = 4186.0
"""Specific heat capacity of water near 50 degC [J/(kg K)]."""
LITRES_PER_GALLON = 3.785411784
J_PER_KWH = 3.6e6
W_PER_KW = 1000.0
ZERO_C_IN_K = 273.15
