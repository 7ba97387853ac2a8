"""Everything that one trigger caused."""

from collections.abc import Sequence

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import SpaceheatName, Uuid4
from gw_spaceheat.messages.fsm_atomic_report import FsmAtomicReport


class FsmFullReport(Message, frozen=True, kw_only=True, tag="fsm.full.report"):
    """The steps that followed from a trigger, in order, as told by the node at the end of the chain."""

    from_name: SpaceheatName
    trigger_id: Uuid4
    atomic_list: Sequence[FsmAtomicReport]
    version: str = "000"

    def check(self) -> None:
        """Every step must be well formed."""
        for step in self.atomic_list:
            step.check()
