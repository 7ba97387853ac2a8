"""What source and store do in a step, as the planner believes.

NumPy works on whole grids with these functions, Numba on one number at a time: the source is the same.

Heat above the reference temperature is called energy here. A source that charges a store makes what the house requires and its
offset, or, once the store is hotter, a little more than the store.
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.vocabulary.units import ZERO_C_IN_K

Values = NDArray[np.float64]
Number = TypeVar("Number", float, Values)
"""One number, or a grid of them."""


def lesser(one: Number, other: Number | float) -> Number:
    """The lesser of two numbers, or of each pair; Numba is given another one by `batch.py`."""
    if isinstance(one, float) and isinstance(other, float):
        return min(one, other)  # NumPy takes ten times as long for two numbers
    found: Number = np.minimum(one, other)
    return found


def greater(one: Number, other: Number | float) -> Number:
    """The greater of two numbers, or of each pair."""
    if isinstance(one, float) and isinstance(other, float):
        return max(one, other)
    found: Number = np.maximum(one, other)
    return found


CONDENSER_K = 5.0
EVAPORATOR_K = 7.0
COP_LEAST, COP_MOST = 1.0, 8.0


def efficiency(outdoor_c: Number, supply_c: Number, cop_a: float, cop_b: float, cop_c: float) -> Number:
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
    lift_k = greater(condenser_k - (outdoor_c - EVAPORATOR_K + ZERO_C_IN_K), 1.0)
    share = cop_a + cop_b * outdoor_c + cop_c * supply_c
    cop: Number = lesser(greater(share * condenser_k / lift_k, COP_LEAST), COP_MOST)
    return cop


def heat_and_power(
    store_c: Number,
    outdoor_c: Number,
    least_supply_c: Number,
    power_kw: Number | float,
    minimum_kw: float,
    cop_a: float,
    cop_b: float,
    cop_c: float,
    approach_k: float,
    lift_k_per_kw: float,
    maximum_supply_c: Number | float,
    minimum_outdoor_c: float,
) -> tuple[Number, Number]:
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
        maximum_supply_c: Hottest supply that it can make, or may [degC].
        minimum_outdoor_c: It does not run below [degC].

    Returns:
        Heat and electrical power [kW].
    """
    hot_c = store_c + approach_k
    lift_k = lift_k_per_kw * power_kw * efficiency(outdoor_c, greater(least_supply_c, hot_c), cop_a, cop_b, cop_c)
    supply_c = lesser(greater(least_supply_c, hot_c + lift_k), maximum_supply_c)
    cop = efficiency(outdoor_c, supply_c, cop_a, cop_b, cop_c)
    most_kw = greater(maximum_supply_c - hot_c, 0.0) / (greater(lift_k_per_kw, 1e-9) * cop)
    taken_kw = lesser(most_kw, power_kw)
    runs = (taken_kw >= minimum_kw) & (outdoor_c >= minimum_outdoor_c)
    taken_kw = taken_kw * runs
    return taken_kw * cop, taken_kw


def defrosted(heat_kw: Number, power_kw: Number, frost_share: Number | float, frost_heat_kw: float) -> tuple[Number, Number]:
    """What is left of heat and electricity of a source that defrosts again and again.

    While it defrosts it gives no heat, takes some out of the water, and takes half of its electricity.

    Args:
        heat_kw: Heat that it gives between [kW].
        power_kw: Electricity that it takes between [kW].
        frost_share: Part of its running time that goes into defrosting [0-1].
        frost_heat_kw: Heat that it takes out of the water while it does [kW].

    Returns:
        Mean heat and electrical power [kW].
    """
    left_kw: Number = greater(heat_kw - frost_share * (heat_kw + frost_heat_kw * (power_kw > 0.0)), 0.0)
    return left_kw, power_kw * (1.0 - 0.5 * frost_share)


HAIR_KWH = 1e-9
"""So much more than is needed is made, so that rounding does not leave it to the boost [kWh]."""
NEVER_KW = 1e6
"""A power that no source has [kW]."""
MOMENT_H = 1e-9
"""A step that goes into starting up altogether has so much left, in which nothing can be made [h]."""


def wanted_kw(target_kwh: Number | float, rested_kwh: Number, running_h: Number | float) -> Number:
    """Heat that a source must give, once it has started, to leave an amount at a step's end [kW].

    Args:
        target_kwh: The amount [kWh].
        rested_kwh: Energy at the end if it did not run [kWh].
        running_h: How much of the step is left when it has started; more than nothing [h].
    """
    wanted: Number = (target_kwh - rested_kwh + HAIR_KWH) / running_h
    return wanted


def between_levels(
    wanted_kw: Number,
    lower_heat_kw: Number | float,
    lower_power_kw: Number | float,
    higher_heat_kw: Number,
    higher_power_kw: Number,
    minimum_kw: float,
) -> Number:
    """Power with which a source gives wanted heat between two of its levels, or between nothing and its lowest.

    It changes between the two within a step, so heat and power are mixed alike.

    Args:
        wanted_kw: Heat that is wanted [kW].
        lower_heat_kw: Heat at the lower level [kW]; the next three likewise.
        lower_power_kw: Power there [kW].
        higher_heat_kw: Heat at the higher level [kW].
        higher_power_kw: Power there [kW].
        minimum_kw: Its smallest load [kW].

    Returns:
        Power [kW]; `NEVER_KW` where the wanted heat does not lie between these two, or takes less than the smallest load.
    """
    share = (wanted_kw - lower_heat_kw) / greater(higher_heat_kw - lower_heat_kw, 1e-9)
    power_kw = lower_power_kw + share * (higher_power_kw - lower_power_kw)
    holds = (lower_heat_kw < wanted_kw) & (wanted_kw <= higher_heat_kw) & (power_kw >= minimum_kw)
    between_kw: Number = power_kw * holds + NEVER_KW * (1.0 - holds)
    return between_kw


def charged(
    rested_kwh: Number,
    heat_kw: Number,
    power_kw: Number,
    starting_h: Number | float,
    step_h: Number | float,
    full_kwh: float,
    minimum_kw: float,
    pumps_kw: float,
) -> tuple[Number, Number]:
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
    share = lesser(greater((full_kwh - rested_kwh) / greater(gain_kwh, 1e-9), 0.0), 1.0)
    bought_kwh = (power_kw + pumps_kw * (power_kw > 0.0)) * (step_h - starting_h) * share + minimum_kw * starting_h
    return rested_kwh + gain_kwh * share, bought_kwh


def supplied(
    energy_kwh: Number,
    bought_kwh: Number,
    least_kwh: Number | float,
    boost_kw: float,
    limit_kw: Number | float,
    step_h: Number | float,
    price_usd_per_kwh: Number | float,
    short_usd_per_kwh_h: float,
    beyond_usd_per_kwh: Number | float,
) -> tuple[Number, Number, Number]:
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
        beyond_usd_per_kwh: What is beyond the limit costs so much more.

    Returns:
        Energy and electricity [kWh], and cost [USD].
    """
    boost_kwh = lesser(greater(least_kwh - energy_kwh, 0.0), boost_kw * step_h)
    energy_kwh = energy_kwh + boost_kwh
    bought_kwh = bought_kwh + boost_kwh
    short_kwh = greater(least_kwh - energy_kwh, 0.0)
    beyond_kwh = greater(bought_kwh - limit_kw * step_h, 0.0)
    cost = price_usd_per_kwh * bought_kwh + short_usd_per_kwh_h * step_h * short_kwh + beyond_usd_per_kwh * beyond_kwh
    return energy_kwh, bought_kwh, cost
