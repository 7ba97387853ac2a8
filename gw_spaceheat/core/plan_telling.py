"""How a plan is told to whoever keeps or shows it."""

from collections.abc import Callable
from dataclasses import dataclass

from gw_spaceheat.core.events import Send, Urgency
from gw_spaceheat.core.planner.plan import Plan
from gw_spaceheat.messages.gws_plan import GwsPlan
from gw_spaceheat.vocabulary.moment import SECOND_MS
from gw_spaceheat.vocabulary.units import W_PER_KW

LISTENERS = "ear"
"""Nobody acts on it: it is addressed to whoever listens to everything."""
USD_PER_MWH_X1000 = 1_000_000.0


@dataclass(frozen=True, slots=True)
class PlanTelling:
    """Makes a message of a plan.

    Attributes:
        link: Over which link it goes.
        src: Alias of who plans.
        new_id: Gives identifiers [uuid4].
    """

    link: str
    src: str
    new_id: Callable[[], str]

    def told(self, plan: Plan) -> Send:
        """The message; it is not kept for later if nobody is there."""
        steps = plan.steps
        end_ms = steps[-1].start_ms + steps[-1].length_ms
        message = GwsPlan(
            message_id=self.new_id(),
            src=self.src,
            made_ms=plan.made_ms,
            edges_s=[at_ms // SECOND_MS for at_ms in (*(step.start_ms for step in steps), end_ms)],
            power_w_list=[max(round(step.power_kw * W_PER_KW), 0) for step in steps],
            stored_wh_list=[round(kwh * W_PER_KW) for kwh in (*(step.energy_kwh for step in steps), plan.end_kwh)],
            price_x1000_list=[round(step.price_usd_per_kwh * USD_PER_MWH_X1000) for step in steps],
        )
        return Send(self.link, LISTENERS, message, Urgency.PLAIN, message.message_id)
