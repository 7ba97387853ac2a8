"""An Envoy-S: one whole line of its stream, behind digest authentication."""

import shutil
import subprocess
from pathlib import Path

import pytest

from gw_spaceheat.drivers.base import DeviceError, WrongDeviceError
from gw_spaceheat.drivers.buses import http
from gw_spaceheat.drivers.enphase__envoys import MAKE_MODEL
from gw_spaceheat.house.model import Component
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName as T
from tests.drivers.fakes.http import envoy, envoy_line, served
from tests.drivers.parts import channel, component, sensor

CHANNELS = (
    channel("pv", T.PowerW, "production"),
    channel("load", T.PowerW, "total-consumption"),
    channel("net", T.PowerW, "net-consumption"),
    channel("pv-a", T.PowerW, "production/ph-a"),
    channel("v-b", T.VoltageRmsMilliVolts, "total-consumption/ph-b"),
    channel("i-a", T.CurrentRmsMicroAmps, "net-consumption/ph-a"),
)
SAYS = {"pv": 2000.0, "load": 700.0, "net": -1300.0, "pv-a": 1000.0, "v-b": 121.5, "i-a": 4.25}


@pytest.fixture
def word(tmp_path: Path) -> Path:
    file = tmp_path / "word"
    file.write_text("secret-word\n")
    return file


def of_port(port: int, word: Path, serial: str = "121812345678") -> Component:
    return component(MAKE_MODEL, host="127.0.0.1", port=port, serial=serial, options={"password_file": str(word)})


def test_one_line_is_one_scan(word: Path) -> None:
    fake = envoy()
    with served(fake) as port:
        meter = sensor(of_port(port, word), *CHANNELS)
        meter.open()
        assert meter.read() == SAYS
        fake.stream = [envoy_line(0.0, 300.0)]
        assert meter.read()["pv"] == 0.0, "a real zero"
        assert meter.identify() == "121812345678"
        meter.close()


@pytest.mark.parametrize(
    ("stream", "outcome"),
    [
        ([b"data: {}\n"], dict.fromkeys(SAYS)),
        ([b'data: {"production": {"ph-a": {"p": "x"}}}\n'], dict.fromkeys(SAYS)),
        ([b'data: {"production": {"ph-a": {"p": 1e300}}}\n'], dict.fromkeys(SAYS)),
        ([b"data: {\n"], "no JSON object"),
        ([b"data: [1]\n"], "no JSON object"),
        ([envoy_line()[:-30]], "no whole line|does not answer well"),
    ],
)
def test_what_is_not_there_is_missing_and_never_zero(
    word: Path, monkeypatch: pytest.MonkeyPatch, stream: list[bytes], outcome: object
) -> None:
    monkeypatch.setattr(http, "TIMEOUT_S", 0.3)
    fake = envoy()
    fake.stream = stream
    with served(fake) as port:
        meter = sensor(of_port(port, word), *CHANNELS)
        meter.open()
        if isinstance(outcome, str):
            with pytest.raises(DeviceError, match=outcome):
                meter.read()
        else:
            assert meter.read() == outcome
        meter.close()


@pytest.mark.parametrize("mood", ["500", "silence", "garbage", "hang-up"])
def test_an_envoy_in_trouble_is_an_error_and_passes(word: Path, monkeypatch: pytest.MonkeyPatch, mood: str) -> None:
    monkeypatch.setattr(http, "TIMEOUT_S", 0.3)
    fake = envoy()
    with served(fake) as port:
        meter = sensor(of_port(port, word), *CHANNELS)
        meter.open()
        fake.mood = mood
        with pytest.raises(DeviceError, match="/stream/meter"):
            meter.read()
        fake.mood = "well"
        assert meter.read() == SAYS
        meter.close()


def test_a_wrong_password_and_another_envoy_are_refused(word: Path) -> None:
    with served(envoy()) as port:
        with pytest.raises(WrongDeviceError, match="serial number 1, the device answers 121812345678"):
            sensor(of_port(port, word, "1"), *CHANNELS).open()
        word.write_text("wrong-word")
        meter = sensor(of_port(port, word), *CHANNELS)
        meter.open()
        with pytest.raises(DeviceError, match="answers 401") as caught:
            meter.read()
        assert "wrong-word" not in str(caught.value)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two certificates that their owners signed themselves, as Envoys do; each in one file with its key."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the Debian package openssl")
    folder = tmp_path_factory.mktemp("envoys")
    for name in ("envoy", "other"):
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj", f"/CN={name}")
        parts = ("-keyout", f"{name}.key", "-out", f"{name}.pem")
        subprocess.run(["openssl", "req", "-x509", *key, *parts], cwd=folder, check=True, capture_output=True, timeout=30)
        (folder / f"{name}.whole").write_text((folder / f"{name}.pem").read_text() + (folder / f"{name}.key").read_text())
    return folder


def with_token(port: int, token: Path, certificate: Path) -> Component:
    options = {"token_file": str(token), "certificate_file": str(certificate)}
    return component(MAKE_MODEL, host="127.0.0.1", port=port, serial="121812345678", options=options)


def test_firmware_7_wants_a_token_and_shows_its_own_certificate(word: Path, certificates: Path) -> None:
    fake = envoy()
    fake.digest, fake.token = None, "secret-word"
    with served(fake, certificates / "envoy.whole") as port:
        meter = sensor(with_token(port, word, certificates / "envoy.pem"), *CHANNELS)
        meter.open()
        assert meter.read() == SAYS
        meter.close()
        word.write_text("old-word")
        meter.open()
        with pytest.raises(DeviceError, match="another or a newer token; see token_file") as caught:
            meter.read()
        assert "old-word" not in str(caught.value)
        meter.close()
        assert [path for path in fake.asked if path.startswith("/stream")] == ["/stream/meter"]


def test_the_token_is_shown_to_nobody_with_another_certificate(word: Path, certificates: Path) -> None:
    fake = envoy()
    fake.digest, fake.token = None, "secret-word"
    with served(fake, certificates / "other.whole") as port:
        meter = sensor(with_token(port, word, certificates / "envoy.pem"), *CHANNELS)
        with pytest.raises(DeviceError, match="certificate verify failed"):
            meter.open()
        assert fake.asked == []


def test_a_token_goes_with_a_certificate(word: Path, tmp_path: Path) -> None:
    for options in ({"token_file": str(word)}, {"certificate_file": str(word)}):
        with pytest.raises(DeviceError, match="token_file and certificate_file go together"):
            sensor(component(MAKE_MODEL, host="127.0.0.1", options=options), *CHANNELS).open()
    with pytest.raises(DeviceError, match="it must be PEM"):
        sensor(with_token(443, word, tmp_path / "no.pem"), *CHANNELS).open()


def test_what_it_has_not_is_said_when_it_is_built() -> None:
    for telemetry, register in (
        (T.PowerW, ""),
        (T.PowerW, "production/ph-d"),
        (T.VoltageRmsMilliVolts, "production"),
        (T.WattHours, "production"),
    ):
        with pytest.raises(DeviceError, match="an Envoy has no"):
            sensor(component(MAKE_MODEL, host="x"), channel("x", telemetry, register))
