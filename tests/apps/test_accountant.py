"""The accountant reads the meter at every full hour and nothing else."""

from gw_spaceheat.apps.accountant import Accountant
from gw_spaceheat.core.events import Started, Stopping
from gw_spaceheat.vocabulary.moment import HOUR_MS, Moment

START = Moment(7_000, 1_515_387_600_000)


def test_each_hour_is_counted_once() -> None:
    read_at: list[int] = []
    hours: list[int] = []
    meter_wh = iter([100.0, 350.0, 350.0, 1350.5])

    def read(wall_ms: int) -> float:
        read_at.append(wall_ms)
        return next(meter_wh)

    accountant = Accountant(read, hours.append)
    assert accountant.deadline() is None
    assert accountant.wake(START) == ()
    assert accountant.handle(Started(), START) == ()
    for hour in (1, 2, 3):
        assert accountant.deadline() == START.mono_ms + hour * HOUR_MS
        assert accountant.wake(START.later(hour * HOUR_MS - 1)) == ()
        assert accountant.wake(START.later(hour * HOUR_MS)) == ()
    assert accountant.energy_wh == [250.0, 0.0, 1000.5]
    assert hours == [1, 2, 3]
    assert read_at == [START.wall_ms + hour * HOUR_MS for hour in range(4)]
    assert accountant.handle(Stopping(), START.later(4 * HOUR_MS)) == ()
