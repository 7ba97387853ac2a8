"""A line to a person by a webhook: ntfy's form (the text itself) or Slack's (JSON)."""

from urllib.parse import urlsplit

import httpx

from gw_spaceheat.vocabulary.webhook_form import WebhookForm

TIMEOUT_S = 10.0


class WebhookError(OSError):
    """It could not be told; says why, without the address, which may be a secret."""


def post_webhook(url: str, form: WebhookForm, title: str, text: str, *, urgent: bool) -> None:
    """Tell one; raises WebhookError."""
    host = urlsplit(url).hostname or "?"
    try:
        if form is WebhookForm.SLACK:
            answer = httpx.post(url, json={"text": text}, timeout=TIMEOUT_S, follow_redirects=False)
        else:
            headers = {"Title": title.encode("ascii", "replace").decode(), "Priority": "high" if urgent else "default"}
            answer = httpx.post(url, content=text.encode(), headers=headers, timeout=TIMEOUT_S, follow_redirects=False)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise WebhookError(f"webhook at {host}: {type(error).__name__}") from error
    if not answer.is_success:
        raise WebhookError(f"webhook at {host} answers {answer.status_code}")
