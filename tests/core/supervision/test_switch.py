"""A switch command from desired to confirmed, or not."""

from collections.abc import Callable

import pytest

from gw_spaceheat.core.supervision.switch import TIME_TO_LIVE_MS, KeptSwitch, Standing, Switch
from gw_spaceheat.vocabulary.moment import Moment

START = Moment(5_000, 1_700_000_000_000)


def at(ms: int) -> Moment:
    return START.later(ms)


def desired(on: bool = True) -> Switch:
    switch = Switch()
    switch.desire(on, START)
    return switch


def test_it_is_sent_again_until_its_time_is_over() -> None:
    switch = desired()
    sent = [ms for ms in range(0, 2 * TIME_TO_LIVE_MS, 500) if switch.due(at(ms))]
    assert sent == [0, 2_000, 4_000, 6_000, 8_000]
    assert not switch.expire(at(TIME_TO_LIVE_MS - 1))
    assert switch.expire(at(TIME_TO_LIVE_MS))
    assert not switch.expire(at(TIME_TO_LIVE_MS + 1))
    assert switch.standing is Standing.UNCONFIRMED


def test_one_that_could_not_be_sent_in_time_is_never_sent() -> None:
    switch = desired()
    assert not switch.due(at(TIME_TO_LIVE_MS))


@pytest.mark.parametrize(
    ("what", "standing"),
    [
        (lambda switch: switch.hear(True), Standing.CONFIRMED),
        (lambda switch: switch.hear(False), Standing.DESIRED),
        (lambda switch: switch.see(True), Standing.DESIRED),  # it may have been on before
        (lambda switch: [switch.see(False), switch.see(True)], Standing.CONFIRMED),
        (lambda switch: [switch.see(True), switch.see(False)], Standing.DESIRED),
    ],
)
def test_what_confirms(what: Callable[[Switch], object], standing: Standing) -> None:
    switch = desired()
    what(switch)
    assert switch.standing is standing
    assert switch.due(at(0)) is (standing is Standing.DESIRED)


def test_a_late_echo_confirms_too_and_another_ends_that() -> None:
    switch = desired()
    switch.expire(at(TIME_TO_LIVE_MS))
    assert switch.hear(True)
    assert not switch.hear(True)
    assert switch.standing is Standing.CONFIRMED
    assert switch.hear(False)
    assert switch.standing is Standing.UNCONFIRMED
    assert switch.told is False


def test_a_device_that_nobody_switched_only_tells() -> None:
    switch = Switch()
    assert not switch.hear(True)
    assert not switch.see(True)
    assert (switch.standing, switch.told, switch.kept()) == (Standing.NEVER, True, None)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Standing.DESIRED, Standing.UNCONFIRMED),
        (Standing.CONFIRMED, Standing.CONFIRMED),
        (Standing.UNCONFIRMED, Standing.UNCONFIRMED),
    ],
)
def test_a_restart_keeps_what_is_desired_and_sends_nothing_old(before: Standing, after: Standing) -> None:
    switch = Switch()
    switch.restore(KeptSwitch(True, 7, before))
    assert (switch.on, switch.standing, switch.since_ms) == (True, after, 7)
    assert not switch.due(at(0))
