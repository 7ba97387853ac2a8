"""The end of a process: told by signals and threads, whatever the one who waits is doing."""

import signal
import sys
import threading
from types import FrameType

import pytest

from gw_spaceheat.runtime.ending import Ending, ended_by_signals

PATIENCE_S = 30.0
NUMBER = signal.SIGUSR2


def test_it_is_set_once_and_for_all() -> None:
    ending = Ending()
    assert not ending.is_set()
    assert not ending.wait(0.0)
    assert not ending.wait(-1.0)
    ending.set()
    ending.set()
    assert ending.is_set()
    assert [ending.wait(), ending.wait(0.0), ending.is_set()] == [True, True, True]


def test_all_who_wait_go_on() -> None:
    ending = Ending()
    heard = [threading.Event() for _ in range(4)]

    def wait(one: threading.Event) -> None:
        if ending.wait(PATIENCE_S):
            one.set()

    threads = [threading.Thread(target=wait, args=(one,)) for one in heard]
    for thread in threads:
        thread.start()
    ending.set()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert all(one.is_set() for one in heard)


@pytest.mark.parametrize("step", range(3))
def test_a_signal_at_any_step_into_the_wait_ends_it(step: int) -> None:
    """It comes at the so-many-th call or return; the third is the call that blocks."""
    ending = Ending()
    steps = 0

    def count(_frame: FrameType, _kind: str, _of: object) -> None:
        nonlocal steps
        if steps == step:
            signal.raise_signal(NUMBER)
        steps += 1

    with ended_by_signals(ending, NUMBER):
        sys.setprofile(count)
        try:
            assert ending.wait(PATIENCE_S)
        finally:
            sys.setprofile(None)
    assert steps > step


@pytest.mark.parametrize("numbers", [(), (NUMBER,)])
def test_signals_are_handled_as_before_afterwards(numbers: tuple[signal.Signals, ...]) -> None:
    watched = numbers or (signal.SIGTERM, signal.SIGINT)
    before = [signal.getsignal(number) for number in watched]
    for number in watched:
        ending = Ending()
        with ended_by_signals(ending, *numbers):
            signal.raise_signal(number)
            assert ending.wait(PATIENCE_S)
    assert [signal.getsignal(number) for number in watched] == before
