"""What an algorithm sees at a decision."""

from dataclasses import dataclass


@dataclass(slots=True)
class Seen:
    """The state of things at one decision; one object is filled anew for each, so an algorithm keeps none of it.

    Attributes:
        wall_s: When, UTC [s].
        balance_wh: Production less consumption since the netting period began [Wh].
        net_w: Production less consumption, loads that are on included [W].
        production_w: What the sun gives [W].
        base_w: Consumption of everything but the loads [W].
        elapsed_s: How much of the netting period is covered by the balance [s].
        remaining_s: How much of it is left [s].
        buy_per_kwh: What debt costs.
        sell_per_kwh: What surplus brings.
        states: Which loads are on.
        load_w: What each takes when it is on: nominal, or as measured [W].
        minute: Of the local day [0-1439]; day of the year goes with it.
    """

    wall_s: float = 0.0
    balance_wh: float = 0.0
    net_w: float = 0.0
    production_w: float = 0.0
    base_w: float = 0.0
    elapsed_s: float = 0.0
    remaining_s: float = 3600.0
    buy_per_kwh: float = 0.0
    sell_per_kwh: float = 0.0
    states: tuple[bool, ...] = ()
    load_w: tuple[float, ...] = ()
    period_s: float = 3600.0
