"""Something went wrong in the sender's software."""

from enum import StrEnum

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import UnixMs


class ProblemType(StrEnum):
    """How much it matters."""

    error = "error"
    warning = "warning"


class GridworksEventProblem(Message, frozen=True, kw_only=True, tag="gridworks.event.problem"):
    """What went wrong at `src`, in one line and in full; `problem_type` is a word of ProblemType."""

    message_id: str
    time_created_ms: UnixMs
    src: str = ""
    problem_type: str
    summary: str
    details: str = ""
    version: str = "001"
