"""Servers that speak as Shellys and Envoys do, or misbehave as devices in cellars do."""

import hashlib
import json
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Device:
    """What a fake device knows: answers by path, and how it misbehaves.

    Attributes:
        mood: `well`, or one of the ways to misbehave in `_Handler`.
        digest: (user, password, realm, algorithm) that it asks for; None for nobody.
        token: Bearer's token that it asks for; empty for none.
        asked: Paths that were asked for and answered.
        switched: What each word to a relay said.
    """

    def __init__(self, answers: dict[str, Callable[[dict[str, str]], Any]]) -> None:
        self.answers = answers
        self.mood = "well"
        self.digest: tuple[str, str, str, str] | None = None
        self.token = ""
        self.open_paths: tuple[str, ...] = ()
        self.stream: list[bytes] = []
        self.asked: list[str] = []
        self.switched: list[dict[str, str]] = []
        self.over = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    device: Device

    def log_message(self, *_arguments: object) -> None: ...

    def do_GET(self) -> None:
        try:
            self._answer()
        except OSError:
            self.close_connection = True

    def _answer(self) -> None:
        url, device = urlsplit(self.path), self.device
        if device.mood == "silence":
            device.over.wait(30)
            self.close_connection = True
        elif device.mood == "hang-up":
            self.close_connection = True
        elif device.mood == "drip":
            self._drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 100_000)
        elif device.mood == "drip-body":
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self._drip(b'{"a":' + b"1" * 100_000)
        elif device.mood == "500":
            self._send(500, b"internal error")
        elif device.mood == "garbage":
            self.wfile.write(b"\x00\xff not http\r\n\r\n")
            self.close_connection = True
        elif device.mood == "no-json":
            self._send(200, b"<html>login</html>")
        elif device.mood == "huge":
            self._send(200, b"[" + b"1," * 100_000 + b"1]")
        elif not self._may(url.path):
            self._challenge()
        elif url.path == "/stream/meter":
            self._send_stream()
        elif url.path in device.answers:
            device.asked.append(self.path)
            answer = device.answers[url.path]({key: values[0] for key, values in parse_qs(url.query).items()})
            self._send(200, answer if isinstance(answer, bytes) else json.dumps(answer).encode())
        else:
            self._send(404, b"not found")

    def _drip(self, data: bytes) -> None:
        for byte in data:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            if self.device.over.wait(0.01):
                break
        self.close_connection = True

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _send_stream(self) -> None:
        self.device.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for chunk in self.device.stream:
            self.wfile.write(chunk)
            self.wfile.flush()
            if self.device.over.wait(0.005):
                break
        self.device.over.wait(30)
        self.close_connection = True

    # RFC 7616

    def _may(self, path: str) -> bool:
        device = self.device
        if path in device.open_paths:
            return True
        if device.token:
            return self.headers.get("Authorization") == f"Bearer {device.token}"
        if device.digest is None:
            return True
        user, password, realm, algorithm = device.digest
        given = dict(re.findall(r'(\w+)="?([^",]+)"?', self.headers.get("Authorization", "")))
        if given.get("username") != user or given.get("realm") != realm or given.get("nonce") != "n0nce":
            return False

        def digest(text: str) -> str:
            return (hashlib.sha256 if algorithm == "SHA-256" else hashlib.md5)(text.encode()).hexdigest()

        secret, wanted = digest(f"{user}:{realm}:{password}"), digest(f"GET:{given['uri']}")
        whole = ":".join([secret, "n0nce", given["nc"], given["cnonce"], "auth", wanted])
        return given.get("response") == digest(whole)

    def _challenge(self) -> None:
        if self.device.digest is None:
            self._send(401, b"token wanted")
            return
        _, _, realm, algorithm = self.device.digest
        self.send_response(401)
        self.send_header("WWW-Authenticate", f'Digest qop="auth", realm="{realm}", nonce="n0nce", algorithm={algorithm}')
        self.send_header("Content-Length", "0")
        self.end_headers()


@contextmanager
def served(device: Device, certificate: Path | None = None) -> Iterator[int]:
    """The device on a port of the loopback interface, with TLS if it has a certificate (PEM, with its key)."""
    handler = type("Handler", (_Handler,), {"device": device})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        device.over.set()
        server.shutdown()
        server.server_close()
        thread.join(10)


def shelly_1(mac: str = "ABCDEF012345") -> Device:
    """A Shelly 2.5: two relays, two meters, in the first's circuit a load of 1800 W."""
    relays = [False, False]

    def status(_query: dict[str, str]) -> Any:
        meters = [{"power": 1800.5 * relays[0], "is_valid": True, "total": 6000}, {"power": 0.0, "is_valid": False, "total": 0}]
        return {"relays": [{"ison": on} for on in relays], "meters": meters, "voltage": 229.5}

    def switch(output: int) -> Callable[[dict[str, str]], Any]:
        def turn(query: dict[str, str]) -> Any:
            relays[output] = query["turn"] == "on"
            device.switched.append(query)
            return {"ison": relays[output]}

        return turn

    answers = {
        "/shelly": lambda _query: {"type": "SHSW-25", "mac": mac, "auth": False, "fw": "1.14.0"},
        "/status": status,
        "/relay/0": switch(0),
        "/relay/1": switch(1),
    }
    device = Device(answers)
    return device


def shelly_em() -> Device:
    """A Shelly EM: two circuits that are measured, energies in watt-hours."""
    emeters = [
        {"power": -350.0, "voltage": 231.0, "is_valid": True, "total": 12_345.6},
        {"power": 20.0, "voltage": 231.0, "is_valid": True, "total": 1.0},
    ]
    return Device(
        {
            "/shelly": lambda _query: {"type": "SHEM", "mac": "E0E0E0E0E0E0"},
            "/status": lambda _query: {"relays": [{"ison": False}], "emeters": emeters},
        }
    )


def shelly_2(mac: str = "A8032ABE54DC") -> Device:
    """A Shelly Plus 1PM with a load of 1800 W, and a three-phase meter as a Pro 3EM has it."""
    on = [False]

    def status(_query: dict[str, str]) -> Any:
        return {
            "switch:0": {
                "id": 0,
                "output": on[0],
                "apower": 1800.5 * on[0],
                "voltage": 229.5,
                "current": 7.84 * on[0],
                "aenergy": {"total": 100.0},
            },
            "em:0": {
                "a_act_power": -20.0,
                "a_voltage": 230.0,
                "a_current": 0.3,
                "total_act_power": 500.0,
                "total_current": 2.5,
            },
            "emdata:0": {"total_act": 98_765.4},
        }

    def switch(query: dict[str, str]) -> Any:
        was, on[0] = on[0], query["on"] == "true"
        device.switched.append(query)
        return {"was_on": was}

    answers = {
        "/rpc/Shelly.GetDeviceInfo": lambda _query: {"id": f"shellyplus1pm-{mac.lower()}", "mac": mac, "gen": 2},
        "/rpc/Shelly.GetStatus": status,
        "/rpc/Switch.Set": switch,
    }
    device = Device(answers)
    return device


def envoy_line(production_w: float = 2000.0, consumption_w: float = 700.0) -> bytes:
    """One line of an Envoy's stream: two phases that share the power."""

    def meter(power_w: float) -> dict[str, Any]:
        phase = {"p": power_w / 2, "q": 1.0, "s": 2.0, "v": 121.5, "i": 4.25, "pf": 1.0, "f": 60.0}
        return {"ph-a": phase, "ph-b": phase, "ph-c": {"p": 0.0, "v": 0.0, "i": 0.0}}

    line = {
        "production": meter(production_w),
        "net-consumption": meter(consumption_w - production_w),
        "total-consumption": meter(consumption_w),
    }
    return b"data: " + json.dumps(line).encode() + b"\n\n"


def envoy(serial: str = "121812345678") -> Device:
    """An Envoy-S: its stream behind digest authentication, its serial number open to all."""
    xml = f"<?xml version='1.0'?><envoy_info><device><sn>{serial}</sn><software>R4.10.35</software></device></envoy_info>"
    device = Device({"/info.xml": lambda _query: xml.encode()})
    device.digest = ("installer", "secret-word", "enphaseenergy.com", "MD5")
    device.open_paths = ("/info.xml",)
    device.stream = [envoy_line()]
    return device
