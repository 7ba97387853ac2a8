"""A report as an event, which is kept until the peer has acknowledged it."""

from gw_spaceheat.messages.base import Malformed, Message
from gw_spaceheat.messages.formats import UnixMs
from gw_spaceheat.messages.report import Report


class ReportEvent(Message, frozen=True, kw_only=True, tag="report.event"):
    """The report, under the report's own identifier."""

    message_id: str
    time_created_ms: UnixMs
    src: str = ""
    report: Report
    version: str = "002"

    def check(self) -> None:
        """The identifier must be the report's, because it is what will be acknowledged."""
        if self.message_id != self.report.id:
            raise Malformed(f"MessageId {self.message_id!r} must be the Report's Id {self.report.id!r}")
        self.report.check()
