"""A time without readings, within a certificate of completeness."""

from gw_spaceheat.messages.base import Malformed, Message
from gw_spaceheat.messages.formats import UnixMs


class GwsMissingSpan(Message, frozen=True, kw_only=True, tag="gws.missing.span"):
    """A time without readings.

    Attributes:
        from_unix_ms: Its beginning, UTC [ms].
        to_unix_ms: Its end, UTC [ms].
        because: Why, for a person: "sensor stale", "daemon down", "power cut".
    """

    from_unix_ms: UnixMs
    to_unix_ms: UnixMs
    because: str
    version: str = "000"

    def check(self) -> None:
        """It must go forward."""
        if self.to_unix_ms < self.from_unix_ms:
            raise Malformed("a span ends before it begins")
