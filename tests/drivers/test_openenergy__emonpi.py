"""An emonPi over a real broker: what it said last, unless that is old or had been kept by the broker."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses import mqtt
from gw_spaceheat.drivers.openenergy__emonpi import MAKE_MODEL, EmonPi
from gw_spaceheat.links.broker import RunningBroker, start_broker
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName as T
from tests.drivers.fakes.tasmota import Plug
from tests.drivers.parts import channel, component, sensor

CHANNELS = (
    channel("p", T.PowerW, "power1"),
    channel("v", T.VoltageRmsMilliVolts, "vrms"),
    channel("tank", T.WaterTempCTimes1000, "t1"),
)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RunningBroker]:
    with start_broker(tmp_path / "broker") as running:
        yield running


@pytest.fixture
def speaker(broker: RunningBroker) -> Iterator[Plug]:
    made = Plug("127.0.0.1", broker.port, "unused")
    yield made
    made.close()


def opened(broker: RunningBroker) -> EmonPi:
    made = sensor(component(MAKE_MODEL, host="127.0.0.1", port=broker.port, topic="emon/emonpi"), *CHANNELS)
    assert isinstance(made, EmonPi)
    made.open()
    return made


def heard(pi: EmonPi, topic: str, payload: bytes) -> None:
    bus = pi._bus.get()
    with bus._changed:
        assert bus._changed.wait_for(lambda: bus._said.get(topic, (None,))[0] == payload, 10)


@pytest.mark.parametrize(
    ("said", "value"),
    [(b"1234", 1234.0), (b"-20.5", -20.5), (b"nan", None), (b"1e9", None), (b"", None), (b"on", None), (b"\xff", None)],
)
def test_what_was_said_last(broker: RunningBroker, speaker: Plug, said: bytes, value: float | None) -> None:
    pi = opened(broker)
    speaker.say("emon/emonpi/vrms", b"121.5")
    speaker.say("emon/emonpi/t1", b"300.0")
    speaker.say("emon/emonpi/power1", said)
    heard(pi, "emon/emonpi/power1", said)
    assert pi.read() == {"p": value, "v": 121.5, "tank": None}
    pi.close()


def test_what_the_broker_had_kept_is_no_reading(broker: RunningBroker, speaker: Plug) -> None:
    speaker.say("emon/emonpi/power1", b"1234", retain=True)
    pi = opened(broker)
    heard(pi, "emon/emonpi/power1", b"1234")
    with pytest.raises(DeviceError, match="has said nothing under emon/emonpi for 30 s"):
        pi.read()
    pi.close()


def test_an_old_word_is_missing(broker: RunningBroker, speaker: Plug, monkeypatch: pytest.MonkeyPatch) -> None:
    pi = opened(broker)
    speaker.say("emon/emonpi/power1", b"1234")
    heard(pi, "emon/emonpi/power1", b"1234")
    real = mqtt.time.monotonic
    later = threading.Event()
    monkeypatch.setattr(mqtt.time, "monotonic", lambda: real() + (31.0 if later.is_set() else 0.0))
    assert pi.read()["p"] == 1234.0
    later.set()
    with pytest.raises(DeviceError, match="is the emonPi on"):
        pi.read()
    later.clear()
    pi.close()


def test_a_channel_names_a_value() -> None:
    for register in ("", "power1/#", "+"):
        with pytest.raises(DeviceError, match="such as power1"):
            sensor(component(MAKE_MODEL, topic="emon/emonpi"), channel("p", T.PowerW, register))
