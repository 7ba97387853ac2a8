"""Asks the supervision server over the broker, as a person at a console does."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import msgspec

from gw_spaceheat.apps.connections import mqtt_settings
from gw_spaceheat.apps.process import fresh_seed
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.events import Event, LinkChanged, PlainReceived
from gw_spaceheat.links.mqtt import Mqtt
from gw_spaceheat.links.mqtt_settings import MqttSettings
from gw_spaceheat.messages.supervision import ANSWER_TOPIC, ASK_TOPIC, Answer, Ask

ANSWER_WITHIN_S = 8.0
AGAIN_AFTER_S = 1.0
EXPIRES_S = 10
LINK = "console"


class NoServerError(Exception):
    """No supervision server answers; the text says what to do."""


class Console:
    """Asks, one question at a time."""

    def __init__(self, settings: MqttSettings, name: str) -> None:
        """Remember; nothing is opened. The name is of this console alone, and under it the answers come."""
        self._name, self._where = name, settings.where
        self._answers: dict[str, Answer] = {}
        self._news = threading.Condition()
        self._reason = "it does not answer"
        self._asked = 0
        tuned = replace(
            settings,
            client_id=f"console-{name}",
            subscriptions=(f"{ANSWER_TOPIC}/{name}",),
            first_pause_s=0.2,
            longest_pause_s=1.0,
        )
        self._transport = Mqtt(
            tuned, LINK, self._post, plain=lambda topic, payload, kept: PlainReceived(LINK, topic, payload, kept)
        )

    def open(self) -> None:
        """Begin to connect."""
        self._transport.open()

    def close(self) -> None:
        """Take leave of the broker."""
        self._transport.close()

    def ask(self, line: str, within_s: float | None = None) -> Answer:
        """Let the server carry out a line; it is asked again each second, and does it once.

        Raises:
            NoServerError: There is no answer in time [s].
        """
        self._asked += 1
        number = f"{self._name}-{self._asked}"
        question = msgspec.json.encode(Ask(number, line))
        until_s = time.monotonic() + (ANSWER_WITHIN_S if within_s is None else within_s)
        with self._news:
            while number not in self._answers:
                left_s = until_s - time.monotonic()
                if left_s <= 0:
                    raise NoServerError(self._failure())
                if self._transport.up:
                    self._transport.publish(f"{ASK_TOPIC}/{self._name}", question, 0, expires_s=EXPIRES_S)
                self._news.wait(min(AGAIN_AFTER_S, left_s))
            return self._answers.pop(number)

    def _failure(self) -> str:
        if not self._transport.up:
            return f"the broker cannot be had: {self._reason}"
        return f"no supervision server answers at {self._where}; start one there: gws supervise run"

    def _post(self, event: Event) -> None:
        with self._news:
            if isinstance(event, LinkChanged):
                self._reason = event.reason
            elif isinstance(event, PlainReceived):
                try:
                    answer = msgspec.json.decode(event.payload, type=Answer)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                    return
                self._answers = {answer.id: answer}
            self._news.notify_all()


@contextmanager
def console(settings: Settings, url: str) -> Iterator[Console]:
    """A console at a broker; raises BadUrl."""
    made = Console(mqtt_settings(settings, url, "", ()), fresh_seed()[:4].hex())
    made.open()
    try:
        yield made
    finally:
        made.close()
