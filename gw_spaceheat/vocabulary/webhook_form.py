"""How the other side of a webhook wants to be told."""

from enum import StrEnum


class WebhookForm(StrEnum):
    """A form."""

    NTFY = "ntfy"
    """The text itself, with a title and a priority as headers."""
    SLACK = "slack"
    """JSON with a `text`."""
