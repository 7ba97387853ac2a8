"""The ways to tell a person that the settings name."""

import json
import logging
from collections.abc import Callable, Mapping

from gw_spaceheat.actors.alert_sink import CannotTellError
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.events import AlertTold
from gw_spaceheat.links.mail import MailError, MailServer, send_mail
from gw_spaceheat.links.webhook import WebhookError, post_webhook

Tell = Callable[[AlertTold], None]
LOG, MAIL, WEBHOOK, MQTT = "log", "mail", "webhook", "mqtt"
TOPIC = "gw-alerts"
_log = logging.getLogger("gw_spaceheat.alerts")


def sinks_of(settings: Settings, publish: Callable[[str, bytes], bool] | None) -> Mapping[str, Tell]:
    """The log, and what else the settings name; raises ValueError for an address that cannot be understood.

    Args:
        settings: The process's settings.
        publish: Hands a message to a broker, whether it was taken; None where there is none.
    """
    sinks: dict[str, Tell] = {LOG: _tell_log}
    if settings.alerts_mail is not None:
        sinks[MAIL] = _mail(settings)
    if settings.alerts_webhook is not None:
        sinks[WEBHOOK] = _webhook(settings)
    if settings.alerts_mqtt and publish is not None:
        sinks[MQTT] = _mqtt(publish)
    return sinks


def title_of(alert: AlertTold) -> str:
    """In a few words."""
    return f"{'over: ' if alert.over else ''}{alert.rule}: {alert.subject}"


def _tell_log(alert: AlertTold) -> None:
    _log.log(logging.INFO if alert.over else logging.WARNING, "%s", alert.text)


def _mail(settings: Settings) -> Tell:
    assert settings.alerts_mail is not None  # noqa: S101 - the caller has looked
    server = MailServer.from_url(settings.alerts_mail.get_secret_value())
    sender, recipients = settings.alerts_mail_from, tuple(settings.alerts_mail_to.split(","))

    def tell(alert: AlertTold) -> None:
        try:
            send_mail(server, sender, tuple(one.strip() for one in recipients), title_of(alert), alert.text)
        except MailError as error:
            raise CannotTellError(str(error)) from error

    return tell


def _webhook(settings: Settings) -> Tell:
    assert settings.alerts_webhook is not None  # noqa: S101 - the caller has looked
    url, form = settings.alerts_webhook.get_secret_value(), settings.alerts_webhook_form

    def tell(alert: AlertTold) -> None:
        try:
            post_webhook(url, form, title_of(alert), alert.text, urgent=alert.urgent and not alert.over)
        except WebhookError as error:
            raise CannotTellError(str(error)) from error

    return tell


def _mqtt(publish: Callable[[str, bytes], bool]) -> Tell:
    def tell(alert: AlertTold) -> None:
        said = {
            "rule": alert.rule,
            "subject": alert.subject,
            "over": alert.over,
            "urgent": alert.urgent,
            "text": alert.text,
            "since_unix_ms": alert.since_ms,
            "told_unix_ms": alert.at_ms,
        }
        word = "".join(letter if letter.isalnum() else "-" for letter in alert.rule)
        if not publish(f"{TOPIC}/{word}", json.dumps(said).encode()):
            raise CannotTellError("the broker does not take it")

    return tell
