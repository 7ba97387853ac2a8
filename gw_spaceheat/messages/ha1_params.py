"""What the planner knows of a house: its need of heat and its heat pump."""

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import WireInteger


class Ha1Params(Message, frozen=True, kw_only=True, tag="ha1.params"):
    """Parameters of the load and heat pump models; the defaults are those that GridWorks starts a house with.

    Attributes:
        alpha_times10: Load at 0 degF [kW x 10].
        beta_times100: Change of the load with outdoor temperature [kW/degF x 100].
        gamma_ex6: Change of the load with wind [kW/(mph degF) x 10^6].
        intermediate_power_kw: A load [kW] ...
        intermediate_rswt_f: ... and the supply temperature that it needs [degF].
        dd_power_kw: The load of the design day [kW] ...
        dd_rswt_f: ... and the supply temperature that it needs [degF].
        dd_delta_t_f: Supply minus return on the design day [degF].
        hp_max_kw_el: Largest electrical power of the heat pump [kW].
        max_ewt_f: Hottest water that may enter the heat pump [degF].
        load_overestimation_percent: Margin on the forecast load [%].
        cop_intercept: COP at 0 degF outdoors.
        cop_oat_coeff: Change of the COP with outdoor temperature [1/degF].
        cop_lwt_coeff: Change of the COP with supply temperature [1/degF].
        cop_min: Smallest COP ...
        cop_min_oat_f: ... below this outdoor temperature [degF].
        hp_turn_on_minutes: From the order to heat until there is heat [min].
    """

    alpha_times10: WireInteger = 55
    beta_times100: WireInteger = -10
    gamma_ex6: WireInteger = 0
    intermediate_power_kw: float = 1.5
    intermediate_rswt_f: WireInteger = 100
    dd_power_kw: float = 5.5
    dd_rswt_f: WireInteger = 150
    dd_delta_t_f: WireInteger = 20
    hp_max_kw_el: float = 11.0
    max_ewt_f: WireInteger = 170
    load_overestimation_percent: WireInteger = 0
    cop_intercept: float = 1.02
    cop_oat_coeff: float = 0.0257
    cop_lwt_coeff: float = 0.0
    cop_min: float = 1.4
    cop_min_oat_f: float = 15.0
    hp_turn_on_minutes: WireInteger = 12
    version: str = "006"
