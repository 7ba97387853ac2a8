"""Over what readings travel, from a broker's URL: RabbitMQ (`amqp://`), an MQTT broker (`mqtt://`), or the embedded one."""

import logging
import os
from collections.abc import Callable
from pathlib import Path

from gw_spaceheat.links.broker import BrokerError, RunningBroker, start_broker
from gw_spaceheat.links.deliveries import OnState, Sink, Source
from gw_spaceheat.links.mqtt_settings import MqttSettings, MqttVersion

EMBEDDED_PORT = 18_833
EMBEDDED_URL = f"mqtt://127.0.0.1:{EMBEDDED_PORT}"
DEAD_LETTERS = "dead_letters.jsonl"


class BadBrokerError(Exception):
    """A URL of no transport that there is."""


def told_in(log: logging.Logger, also: Callable[[bool, str], None] = lambda _up, _text: None) -> OnState:
    """Writes a line when a transport comes up or goes down, and tells somebody else."""

    def tell(up: bool, text: str) -> None:
        if up:
            log.info("connected to %s", text)
        else:
            log.warning("not connected: %s; tries again", text)
        also(up, text)

    return tell


def open_sink(url: str | None, on_state: OnState, queue: str | None = None) -> Sink:
    """What meters send to, not open yet.

    Raises:
        BadBrokerError: Of a scheme that is not known.
        BadUrl, BadAmqpUrl: The URL is out of form.
    """
    seed = int.from_bytes(os.urandom(4))
    if _scheme(url) == "amqp":
        from gw_spaceheat.links.amqp_settings import QUEUE, amqp_settings  # noqa: PLC0415 (pika is wanted for AMQP only)
        from gw_spaceheat.links.amqp_sink import AmqpSink  # noqa: PLC0415

        return AmqpSink(amqp_settings(url or "", queue or QUEUE), on_state, seed)
    from gw_spaceheat.links.mqtt_meters import MqttSink  # noqa: PLC0415

    return MqttSink(_mqtt(url, f"gws-meter-{seed:08x}"), on_state, seed)


def open_source(url: str | None, folder: Path, on_state: OnState, queue: str | None = None) -> Source:
    """Where readings come from, not open yet; as for `open_sink`. Dead letters of MQTT go to a file in the folder."""
    seed = int.from_bytes(os.urandom(4))
    if _scheme(url) == "amqp":
        from gw_spaceheat.links.amqp_settings import QUEUE, amqp_settings  # noqa: PLC0415
        from gw_spaceheat.links.amqp_source import AmqpSource  # noqa: PLC0415

        return AmqpSource(amqp_settings(url or "", queue or QUEUE), on_state, seed)
    from gw_spaceheat.links.mqtt_meters import MqttSource  # noqa: PLC0415

    return MqttSource(_mqtt(url, f"gws-pv-{seed:08x}"), folder / DEAD_LETTERS, on_state, seed)


def start_embedded(folder: Path) -> RunningBroker | None:
    """The embedded broker, if nobody has it yet; None if another process has, which then serves us too.

    Raises:
        BrokerError: It cannot be started for another reason.
    """
    try:
        return start_broker(folder / "broker", port=EMBEDDED_PORT)
    except BrokerError as error:
        if "taken" in str(error):
            return None
        raise


def _scheme(url: str | None) -> str:
    scheme = EMBEDDED_URL if url is None else url
    kind = scheme.partition("://")[0]
    if kind in {"amqp", "amqps"}:
        return "amqp"
    if kind in {"mqtt", "mqtts"}:
        return "mqtt"
    raise BadBrokerError("the broker's URL must begin with amqp://, amqps://, mqtt:// or mqtts://")


def _mqtt(url: str | None, client_id: str) -> MqttSettings:
    return MqttSettings.from_url(EMBEDDED_URL if url is None else url, client_id=client_id, version=MqttVersion.V311)
