"""A clock that can be held: it stands still then, goes on where it stood, and never back."""

from gw_spaceheat.apps.bench.steady_clock import HELD_LOOK_S, SteadyClock

START_MS = 1_515_367_800_000


def test_it_stands_still_while_it_is_held_and_goes_on_where_it_stood() -> None:
    clock = SteadyClock(1e6, START_MS)
    clock.hold()
    held = clock.now()
    clock.hold()
    assert [clock.now() for _ in range(1_000)] == [held] * 1_000
    assert held.wall_ms - held.mono_ms == START_MS
    assert clock.wait_s(held.mono_ms + 1) == HELD_LOOK_S
    assert clock.wait_s(held.mono_ms) <= 0
    clock.go()
    clock.go()
    while clock.now().mono_ms < held.mono_ms + 10_000:
        pass
    assert clock.wait_s(held.mono_ms + 10_000) <= 0


def test_it_never_goes_back() -> None:
    clock = SteadyClock(1_000.0, START_MS)
    seen = []
    for _ in range(200):
        clock.hold()
        seen.append(clock.now().mono_ms)
        clock.go()
        seen.append(clock.now().mono_ms)
    assert seen == sorted(seen)
