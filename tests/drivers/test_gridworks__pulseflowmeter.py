"""Pulses of 0 to 200 per second, counted exactly; bounce that is not; and flow from them."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses.gpio import take_gpio
from gw_spaceheat.drivers.gridworks__pulseflowmeter import MAKE_MODEL
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from tests.drivers.fakes.gpio import FakeGpio
from tests.drivers.parts import channel, component, sensor

FLOW = channel("flow", TelemetryName.GpmTimes100)
PER_LITRE = 450
METER = component(MAKE_MODEL, pin=27, options={"pulses_per_litre": PER_LITRE})


def run(pins: FakeGpio, hertz: float, seconds: int, bounce_s: float = 0.0) -> int:
    """Pulses at a rate, from now on, each with an echo after bounce_s if that is not zero; how many there were."""
    start_s = pins.now_s
    number = 0
    while hertz and (at_s := start_s + (number + 1) / hertz) <= start_s + seconds + 1e-9:
        pins.pulse(27, at_s)
        if bounce_s:
            pins.pulse(27, at_s + bounce_s)
        number += 1
    pins.now_s = start_s + seconds
    return number


@pytest.mark.parametrize("hertz", [0, 0.1, 1, 7.3, 50, 137, 200])
@pytest.mark.parametrize("bounce_s", [0.0, 0.001])
def test_every_pulse_is_counted_once(pins: FakeGpio, hertz: float, bounce_s: float) -> None:
    meter = sensor(METER, FLOW)
    meter.open()
    pulses = run(pins, hertz, 60, bounce_s)
    assert take_gpio().pulses(27).number == pulses
    assert pulses == int(hertz * 60 + 1e-6)


@pytest.mark.parametrize("hertz", [1, 7.3, 50, 137, 200])
def test_the_flow_is_exact_and_does_not_depend_on_when_it_is_read(pins: FakeGpio, hertz: float) -> None:
    meter = sensor(METER, FLOW)
    meter.open()
    assert meter.read() == {"flow": None}, "nothing is known yet"
    start_s, number = pins.now_s, 0
    for scan, until_s in enumerate((7.0, 12.1, 15.0, 23.7)):
        while (number + 1) / hertz <= until_s:
            number += 1
            pins.pulse(27, start_s + number / hertz)
        pins.now_s = start_s + until_s
        flow = meter.read()["flow"]
        if scan:
            assert flow == pytest.approx(hertz / PER_LITRE, rel=1e-9)


def test_a_pump_that_stops_is_seen_within_the_still_time(pins: FakeGpio) -> None:
    meter = sensor(METER, FLOW)
    meter.open()
    run(pins, 100, 5)
    meter.read()
    run(pins, 100, 5)
    flows = [meter.read()["flow"]]
    for _ in range(6):
        run(pins, 0, 2)
        flows.append(meter.read()["flow"])
    assert flows[0] == pytest.approx(100 / PER_LITRE)
    assert all(after <= before for before, after in pairwise(flows)), "it falls, and never rises"
    assert flows[1] <= 0.5 / PER_LITRE
    assert flows[-1] == 0.0


def test_no_flow_from_the_start_is_none_after_the_still_time(pins: FakeGpio) -> None:
    meter = sensor(METER, FLOW)
    meter.open()
    run(pins, 0, 5)
    assert meter.read() == {"flow": None}
    run(pins, 0, 6)
    assert meter.read() == {"flow": 0.0}


@settings(max_examples=100)
@given(st.lists(st.floats(0.005, 3.0), min_size=2, max_size=60), st.integers(1, 10))
def test_volume_is_kept_whatever_the_scans(gaps_s: list[float], every: int) -> None:
    """Flow times time, summed over scans that see pulses, is what the pulses stand for."""
    pins = FakeGpio()
    with pytest.MonkeyPatch.context() as patch:
        pins.put_in_place(patch)
        meter = sensor(METER, FLOW)
        meter.open()
        at_s = pins.now_s
        litres, counted_from_s, last_s = 0.0, None, 0.0
        for index, gap_s in enumerate(gaps_s, 1):
            at_s += gap_s
            pins.pulse(27, at_s)
            if index % every == 0:
                flow = meter.read()["flow"]
                if counted_from_s is not None:
                    litres += flow * (at_s - last_s)
                counted_from_s = counted_from_s if counted_from_s is not None else index
                last_s = at_s
        meter.close()
    whole = len(gaps_s) // every * every
    assert litres * PER_LITRE == pytest.approx(max(0, whole - (counted_from_s or whole)), abs=1e-6)


@settings(max_examples=100)
@given(st.lists(st.sampled_from(["pulse", "glance", "scan"]), max_size=80), st.floats(0.05, 4.0))
def test_glances_leave_the_scans_as_they_are(steps: list[str], step_s: float) -> None:
    with pytest.MonkeyPatch.context() as patch:
        pins = FakeGpio()
        pins.put_in_place(patch)
        meter = sensor(METER, FLOW)
        meter.open()

        def scans(*, with_glances: bool) -> list[float | None]:
            found = []
            for number, step in enumerate(steps, 1):
                pins.now_s = start_s + number * step_s
                if step == "pulse":
                    pins.pulse(27, pins.now_s)
                elif step == "scan":
                    found.append(meter.read()["flow"])
                elif with_glances:
                    meter.glance()
            return found

        start_s = pins.now_s
        alone = scans(with_glances=False)
        meter.close()
        pins.now_s = start_s
        meter.open()
        assert scans(with_glances=True) == alone
        meter.close()


def test_a_glance_shows_the_flow_of_now(pins: FakeGpio) -> None:
    """Over the time since the last glance, or since the last scan if nobody has looked since."""
    meter = sensor(METER, FLOW)
    meter.open()
    run(pins, 100, 5)
    meter.read()
    run(pins, 100, 1)
    assert meter.glance()["flow"] == pytest.approx(100 / PER_LITRE)
    run(pins, 40, 1)
    assert meter.glance()["flow"] == pytest.approx(40 / PER_LITRE, rel=0.05)
    run(pins, 80, 60)
    mean = (100 + 40 + 60 * 80) / 62
    assert meter.read()["flow"] == pytest.approx(mean / PER_LITRE, rel=0.01)
    run(pins, 20, 1)
    assert meter.glance()["flow"] == pytest.approx(20 / PER_LITRE, rel=0.1)


def test_closing_stops_the_count_and_opening_begins_anew(pins: FakeGpio) -> None:
    meter = sensor(METER, FLOW)
    meter.open()
    meter.close()
    meter.close()
    assert pins.callbacks == {}
    meter.open()
    assert meter.read() == {"flow": None}


def test_what_is_wrong_is_said(pins: FakeGpio) -> None:
    with pytest.raises(DeviceError, match="`pulses_per_litre`"):
        sensor(component(MAKE_MODEL, pin=27), FLOW)
    with pytest.raises(DeviceError, match="not counted"):
        sensor(METER, FLOW).read()
    sensor(METER, FLOW).open()
    with pytest.raises(DeviceError, match="another program"):
        sensor(METER, FLOW).open()
