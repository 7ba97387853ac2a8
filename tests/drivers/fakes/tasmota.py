"""A plug with Tasmota on a real broker: answers commands as Tasmota does."""

import json
import threading
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

LOAD_W = 1800.5


class Plug:
    """One plug; `deaf` ones do not answer."""

    def __init__(self, host: str, port: int, topic: str, mac: str = "5C:CF:7F:00:00:01", relays: int = 1) -> None:
        self.topic, self.mac = topic, mac
        self.on = [False] * relays
        self.deaf = False
        self.energy: dict[str, Any] | None = None
        self._listening = threading.Event()
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_connect = lambda client, *_: client.subscribe(f"cmnd/{topic}/#")
        self._client.on_subscribe = lambda *_: self._listening.set()
        self._client.on_message = self._obey
        self._client.connect(host, port)
        self._client.loop_start()
        assert self._listening.wait(10)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def say(self, topic: str, body: bytes, *, retain: bool = False) -> None:
        self._client.publish(topic, body, qos=1, retain=retain).wait_for_publish(10)

    def _obey(self, _client: object, _data: object, message: Any) -> None:
        if self.deaf:
            return
        word, said = message.topic.rpartition("/")[2], message.payload.decode()
        if word.startswith("POWER"):
            relay = int(word[5:] or "1") - 1
            if relay < len(self.on):
                self.on[relay] = said == "ON"
                name = "POWER" if len(self.on) == 1 else word
                self._answer("RESULT", {name: said})
        elif word == "STATUS":
            self._answer(f"STATUS{said}", self._status(said))

    def _status(self, which: str) -> dict[str, Any]:
        if which == "5":
            return {"StatusNET": {"Hostname": self.topic, "Mac": self.mac}}
        if which == "11":
            names = ["POWER"] if len(self.on) == 1 else [f"POWER{number}" for number in range(1, len(self.on) + 1)]
            return {"StatusSTS": {name: "ON" if on else "OFF" for name, on in zip(names, self.on, strict=True)}}
        default = {"Total": 12.345, "Power": LOAD_W * self.on[0], "Voltage": 230, "Current": 7.83 * self.on[0]}
        return {"StatusSNS": {"Time": "2026-01-01T00:00:00", "ENERGY": default if self.energy is None else self.energy}}

    def _answer(self, word: str, body: dict[str, Any]) -> None:
        self._client.publish(f"stat/{self.topic}/{word}", json.dumps(body))
