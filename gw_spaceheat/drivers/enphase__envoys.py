"""Enphase Envoy-S: what the roof gives and the house takes, by HTTP inside the house.

`GET /stream/meter` answers without end with lines `data: {...}`, about one a second; one whole line is taken, and the
connection is closed. In it stand `production`, `net-consumption` and `total-consumption`, each with `ph-a`, `ph-b` and
`ph-c`, each with `p` [W], `v` [V] and `i` [A]. Digest authentication as user `installer`. `GET /info.xml` says its serial
number to anybody. This is bound to the firmware: from version 7 on an Envoy wants a token of the maker's cloud, and this
driver does not get one.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gw_spaceheat.drivers.about import REOPENED, About
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses.http import HttpDevice
from gw_spaceheat.drivers.parts import (
    address_number,
    address_text,
    believable,
    check_identity,
    json_object,
    number,
    part,
    secret,
)
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

MAKE_MODEL = "Enphase__EnvoyS"
ABOUT = About(
    device=MakeModel(frozenset({Kind.PowerMeter}), Bus.Http, inputs=16, fastest_poll_s=2.0),
    title="Enphase Envoy-S (metered): PV and house meter, HTTP",
    measures="Power [W] of production, consumption and their difference, in all and per phase; voltage [V] and current [A] "
    "per phase.",
    span="1 MW, 10 kA, 100 kV at most. An Envoy that does not answer is missing, never 0 W.",
    source="The stream as published at siliconjunction.blogspot.com in April 2019; RFC 7616 (digest), RFC 6750 (token)",
    recovers=REOPENED + " Its serial number is asked for again then.",
    wiring=("Ethernet or WiFi in the house; its current transformers as the installer set them up",),
    address={"host": "192.168.1.43", "port": 80},
    registers={
        "production, total-consumption, net-consumption": "sum of the phases; only power",
        "production/ph-a and the like": "one phase: power, voltage or current",
    },
    options={
        "user": "default `installer`",
        "password_file": "firmware before 7: file with the password, readable for the service only",
        "token_file": "firmware 7 and later: file with the token, readable for the service only; the owner gets it from "
        "entrez.enphaseenergy.com",
        "certificate_file": "firmware 7 and later: the Envoy's own certificate, got inside the house by "
        "`openssl s_client -connect HOST:443 </dev/null | openssl x509 >envoy.pem`; the port is then 443 by itself",
    },
    identity="Its serial number in /info.xml; another Envoy is refused when it is opened.",
)
STREAM, INFO, PREFIX = "/stream/meter", "/info.xml", "data:"
PORT, TLS_PORT = 80, 443
METERS = ("production", "net-consumption", "total-consumption")
PHASES = ("ph-a", "ph-b", "ph-c")
_SERIAL = re.compile(rb"<sn>\s*([0-9]{6,20})\s*</sn>")
_LETTERS = {TelemetryName.PowerW: "p", TelemetryName.VoltageRmsMilliVolts: "v", TelemetryName.CurrentRmsMicroAmps: "i"}


def place(channel: Channel) -> tuple[str, tuple[str, ...], str]:
    """Meter, phases and letter of a channel's quantity; DeviceError if the Envoy has no such one."""
    meter, _, phase = channel.register.partition("/")
    letter = _LETTERS.get(channel.telemetry)
    whole = meter in METERS and phase in ("", *PHASES)
    if not whole or letter is None or (not phase and letter != "p"):
        text = f"channel {channel.name}: an Envoy has no {channel.telemetry} of {channel.register!r}; see its page"
        raise DeviceError(text)
    return meter, (phase,) if phase else PHASES, letter


def value_of(line: dict[str, Any], meter: str, phases: Sequence[str], letter: str) -> float | None:
    """A quantity, summed over the phases that the Envoy has; None if it has none of them."""
    found = [value for phase in phases if (value := number(part(line, meter, phase, letter))) is not None]
    return sum(found) if found else None


def serial_number(body: bytes) -> str:
    """The serial number in the answer to /info.xml; DeviceError if there is none."""
    found = _SERIAL.search(body)
    if found is None:
        raise DeviceError(f"{MAKE_MODEL}: its {INFO} tells no serial number; is it an Envoy?")
    return found[1].decode("ascii")


class EnvoyS:
    """One Envoy."""

    def __init__(self, component: Component, channels: Sequence[Channel], host: str, port: int) -> None:
        """Remember; DeviceError if a channel asks for what it has not."""
        self._component = component
        self._host, self._port = host, port
        self._places = [(channel, *place(channel)) for channel in channels]
        self._http: HttpDevice | None = None

    def open(self) -> None:
        """See that it is the Envoy of the house file; raises DeviceError."""
        options = self._component.options
        token, certificate = secret(self._component, "token_file"), options.get("certificate_file")
        if bool(token) != (certificate is not None):
            raise DeviceError(
                f"component {self._component.id}: token_file and certificate_file go together, and one is missing"
            )
        if certificate is not None:
            self._http = HttpDevice(self._host, self._port, token=token, certificate=Path(str(certificate)))
        else:
            user = str(options.get("user", "installer"))
            self._http = HttpDevice(self._host, self._port, user, secret(self._component), digest=True)
        check_identity(self._component, self.identify())

    def close(self) -> None:
        """Let the connection go."""
        http, self._http = self._http, None
        if http is not None:
            http.close()

    def read(self) -> Mapping[str, float | None]:
        """All channels, of one line of the stream; raises DeviceError."""
        line = json_object(self._opened().first_line(STREAM, PREFIX), f"{self._host}{STREAM}")
        return {
            channel.name: believable(channel, value_of(line, meter, phases, letter))
            for channel, meter, phases, letter in self._places
        }

    def identify(self) -> str:
        """Its serial number; raises DeviceError."""
        return serial_number(self._opened().get(INFO))

    def _opened(self) -> HttpDevice:
        if self._http is None:
            raise DeviceError(f"{self._component.id} is not open")
        return self._http


def build(
    node: Node,
    channels: Sequence[Channel],
    component: Component,
    site: SimulatedSite | None,  # noqa: ARG001 - only simulated devices need it
) -> EnvoyS:
    """Make the driver; DeviceError if the host is not said or a channel asks for what an Envoy has not."""
    usual_port = TLS_PORT if "certificate_file" in component.options else PORT
    port = address_number(node, component, "port", usual_port)
    return EnvoyS(component, channels, address_text(node, component, "host"), port)
