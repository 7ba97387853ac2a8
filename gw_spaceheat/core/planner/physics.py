"""What source and store do in a step, as the planner believes.

NumPy works on whole grids with these functions, Numba on one number at a time: the source is the same.

Heat above the reference temperature is called energy here. A source that charges a store makes what the house requires and its
offset, or, once the store is hotter, a little more than the store.
"""

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.vocabulary.units import ZERO_C_IN_K

Values = NDArray[np.float64]

CONDENSER_K = 5.0
EVAPORATOR_K = 7.0
COP_LEAST, COP_MOST = 1.0, 8.0


def efficiency(outdoor_c: Values, supply_c: Values, cop_a: float, cop_b: float, cop_c: float) -> Values:
    """Coefficient of performance: a share of Carnot's that depends on both temperatures, within 1 and 8.

    `(a + b*outdoor + c*supply) * T_c / (T_c - T_e)`, condenser 5 K above the supply and evaporator 7 K below outdoors.
    Source: pooled fit to the Heat Pump Keymark's air/water points (8 % mean error).

    Args:
        outdoor_c: Outdoor temperature [degC].
        supply_c: Supply temperature [degC].
        cop_a: The share at 0 degC [-].
        cop_b: Its change with outdoor temperature [1/K].
        cop_c: Its change with supply temperature [1/K].
    """
    condenser_k = supply_c + CONDENSER_K + ZERO_C_IN_K
    lift_k = np.maximum(condenser_k - (outdoor_c - EVAPORATOR_K + ZERO_C_IN_K), 1.0)
    share = cop_a + cop_b * outdoor_c + cop_c * supply_c
    return np.minimum(np.maximum(share * condenser_k / lift_k, COP_LEAST), COP_MOST)


def heat_and_power(
    store_c: Values,
    outdoor_c: Values,
    least_supply_c: Values,
    power_kw: float,
    minimum_kw: float,
    cop_a: float,
    cop_b: float,
    cop_c: float,
    approach_k: float,
    lift_k_per_kw: float,
    maximum_supply_c: float,
    minimum_outdoor_c: float,
) -> tuple[Values, Values]:
    """Heat that a running source gives and electricity that it takes, both nothing where it cannot run.

    It modulates down when its supply would get too hot, and stops below its smallest load.

    Args:
        store_c: Temperature of the store as the source sees it [degC].
        outdoor_c: Outdoor temperature [degC].
        least_supply_c: It makes at least so hot water [degC].
        power_kw: Power that is asked of it [kW].
        minimum_kw: Its smallest load [kW].
        cop_a: See `efficiency`; the next two likewise.
        cop_b: See there.
        cop_c: See there.
        approach_k: Its supply is at least so much hotter than the store [K].
        lift_k_per_kw: And by so much for each kW of heat [K/kW].
        maximum_supply_c: Hottest supply that it can make [degC].
        minimum_outdoor_c: It does not run below [degC].

    Returns:
        Heat and electrical power [kW].
    """
    hot_c = store_c + approach_k
    lift_k = lift_k_per_kw * power_kw * efficiency(outdoor_c, np.maximum(least_supply_c, hot_c), cop_a, cop_b, cop_c)
    supply_c = np.minimum(np.maximum(least_supply_c, hot_c + lift_k), maximum_supply_c)
    cop = efficiency(outdoor_c, supply_c, cop_a, cop_b, cop_c)
    most_kw = np.maximum(maximum_supply_c - hot_c, 0.0) / np.maximum(lift_k_per_kw, 1e-9) / cop
    taken_kw = np.minimum(most_kw, power_kw)
    runs = (taken_kw >= minimum_kw) & (outdoor_c >= minimum_outdoor_c)
    taken_kw = taken_kw * runs
    return taken_kw * cop, taken_kw


def charged(
    rested_kwh: Values,
    heat_kw: Values,
    power_kw: Values,
    starting_h: float,
    step_h: float,
    full_kwh: float,
    minimum_kw: float,
    pumps_kw: float,
) -> tuple[Values, Values]:
    """A step in which the source runs: energy at its end, and electricity bought.

    A store that is full takes no more, and the source is off for the rest of the step.

    Args:
        rested_kwh: Energy at the end if it did not run [kWh].
        heat_kw: What it gives [kW].
        power_kw: What it takes [kW].
        starting_h: How much of the step goes into starting up [h].
        step_h: Length of the step [h].
        full_kwh: The most that the store takes [kWh].
        minimum_kw: What it takes while starting up [kW].
        pumps_kw: What its pumps take while it runs [kW].

    Returns:
        Energy and electricity [kWh].
    """
    gain_kwh = heat_kw * (step_h - starting_h)
    share = np.minimum(np.maximum((full_kwh - rested_kwh) / np.maximum(gain_kwh, 1e-9), 0.0), 1.0)
    bought_kwh = (power_kw + pumps_kw * (power_kw > 0.0)) * (step_h - starting_h) * share + minimum_kw * starting_h
    return rested_kwh + gain_kwh * share, bought_kwh


def supplied(
    energy_kwh: Values,
    bought_kwh: Values,
    least_kwh: float,
    boost_kw: float,
    limit_kw: float,
    step_h: float,
    price_usd_per_kwh: float,
    short_usd_per_kwh_h: float,
    limit_usd_per_kwh: float,
) -> tuple[Values, Values, Values]:
    """The end of a step: what is missing is boosted as far as that goes, and everything has its price.

    Args:
        energy_kwh: Energy at the end of the step [kWh].
        bought_kwh: Electricity bought in it [kWh].
        least_kwh: So much heat is needed at its end [kWh].
        boost_kw: Power of the resistive elements [kW].
        limit_kw: Electrical power that should not be exceeded [kW].
        step_h: Length of the step [h].
        price_usd_per_kwh: Price of electricity.
        short_usd_per_kwh_h: Price of what is still missing, for as long as it is missing.
        limit_usd_per_kwh: Price of what is beyond the limit.

    Returns:
        Energy and electricity [kWh], and cost [USD].
    """
    boost_kwh = np.minimum(np.maximum(least_kwh - energy_kwh, 0.0), boost_kw * step_h)
    energy_kwh = energy_kwh + boost_kwh
    bought_kwh = bought_kwh + boost_kwh
    short_kwh = np.maximum(least_kwh - energy_kwh, 0.0)
    beyond_kwh = np.maximum(bought_kwh - limit_kw * step_h, 0.0)
    cost = price_usd_per_kwh * bought_kwh + short_usd_per_kwh_h * step_h * short_kwh + limit_usd_per_kwh * beyond_kwh
    return energy_kwh, bought_kwh, cost
