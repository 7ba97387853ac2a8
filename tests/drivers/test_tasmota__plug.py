"""Tasmota over a real broker: questions and answers, a deaf plug, a broker that goes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gw_spaceheat.drivers.base import DeviceError, WrongDeviceError
from gw_spaceheat.drivers.buses import mqtt
from gw_spaceheat.drivers.tasmota__plug import MAKE_MODEL
from gw_spaceheat.house.model import Component
from gw_spaceheat.links.broker import RunningBroker, start_broker
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName as T
from tests.drivers.fakes.tasmota import Plug
from tests.drivers.parts import actuator, channel, component, sensor

MAC = "5C:CF:7F:00:00:01"
METER = (
    channel("p", T.PowerW),
    channel("i", T.CurrentRmsMicroAmps),
    channel("v", T.VoltageRmsMilliVolts),
    channel("e", T.WattHours),
)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBroker]:
    with start_broker(tmp_path_factory.mktemp("broker")) as running:
        yield running


@pytest.fixture
def plug(broker: RunningBroker, request: pytest.FixtureRequest) -> Iterator[Plug]:
    made = Plug("127.0.0.1", broker.port, f"plug-{abs(hash(request.node.name)) % 10_000}", relays=getattr(request, "param", 1))
    yield made
    made.close()


def of_plug(broker: RunningBroker, plug: Plug, serial: str = MAC) -> Component:
    return component(MAKE_MODEL, host="127.0.0.1", port=broker.port, topic=plug.topic, serial=serial)


def test_it_switches_and_its_meter_follows(broker: RunningBroker, plug: Plug) -> None:
    of = of_plug(broker, plug)
    relay, meter = actuator(of, 1), sensor(of, *METER)
    relay.open()
    meter.open()
    assert meter.read() == {"p": 0.0, "i": 0.0, "v": 230.0, "e": 12_345.0}
    relay.write(1.0)
    assert (relay.read_back(), meter.read()["p"], meter.read()["i"]) == (1.0, 1800.5, 7.83)
    relay.write(0.0)
    assert (relay.read_back(), meter.identify()) == (0.0, MAC)
    relay.close()
    meter.close()


@pytest.mark.parametrize("plug", [3], indirect=True)
def test_several_relays_and_phases(broker: RunningBroker, plug: Plug) -> None:
    of = of_plug(broker, plug)
    third, fourth = actuator(of, 3), actuator(of, 4)
    third.open()
    third.write(1.0)
    assert (plug.on, third.read_back()) == ([False, False, True], 1.0)
    fourth.open()
    with pytest.raises(DeviceError, match="tells nothing of relay 4"):
        fourth.read_back()
    plug.energy = {"Power": [10, 20, 30], "Total": "broken"}
    meter = sensor(of, channel("p2", T.PowerW, "2"), channel("e", T.WattHours))
    meter.open()
    assert meter.read() == {"p2": 20.0, "e": None}


def test_another_plug_is_refused(broker: RunningBroker, plug: Plug) -> None:
    with pytest.raises(WrongDeviceError, match=f"serial number AA:00, the device answers {MAC}"):
        actuator(of_plug(broker, plug, "AA:00"), 1).open()


def test_a_deaf_plug_is_an_error_in_time_and_passes(broker: RunningBroker, plug: Plug, monkeypatch: pytest.MonkeyPatch) -> None:
    meter = sensor(of_plug(broker, plug), *METER)
    meter.open()
    monkeypatch.setattr(mqtt, "TIMEOUT_S", 0.2)
    plug.deaf = True
    with pytest.raises(DeviceError, match=r"nothing was said on stat/.*/STATUS8 within 0.2 s"):
        meter.read()
    plug.deaf = False
    monkeypatch.undo()
    assert meter.read()["v"] == 230.0


def test_a_broker_that_goes_and_comes_is_found_again(tmp_path: Path) -> None:
    with start_broker(tmp_path / "one") as first:
        port = first.port
        plug = Plug("127.0.0.1", port, "plug")
        meter = sensor(of_plug(first, plug), *METER)
        meter.open()
        meter.read()
        plug.close()
    bus = meter._bus.get()
    with bus._changed:
        assert bus._changed.wait_for(lambda: not bus._up, 10), "the loss is not noticed"
    with pytest.raises(DeviceError, match="the connection was lost"):
        meter.read()
    with start_broker(tmp_path / "two", port=port):
        plug = Plug("127.0.0.1", port, "plug")
        with bus._changed:
            assert bus._changed.wait_for(lambda: bool(bus._heard_filters), 30), "the broker is not found again"
        assert meter.read()["v"] == 230.0
        plug.close()
    meter.close()


def test_no_broker_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mqtt, "TIMEOUT_S", 0.2)
    with pytest.raises(DeviceError, match=r"broker 127.0.0.1:9: .*; is mosquitto running"):
        sensor(component(MAKE_MODEL, host="127.0.0.1", port=9, topic="plug"), *METER).open()
    for of_channel in (channel("t", T.WaterTempCTimes1000), channel("p", T.PowerW, "4")):
        with pytest.raises(DeviceError, match="has no"):
            sensor(component(MAKE_MODEL, topic="plug"), of_channel)
