"""Work in a process of its own: progress, what it printed, how it failed, one at a time, cancelled."""

import threading
from collections.abc import Sequence

import pytest

from gw_spaceheat.apps import beside as module
from gw_spaceheat.apps.beside import Beside, CannotStartError, Work

WAIT_S = 60.0


@pytest.fixture
def python(monkeypatch: pytest.MonkeyPatch) -> None:
    """The words are a program and not a command of ours."""
    real = module.subprocess.Popen

    def popen(words: Sequence[str], **how: object) -> object:
        return real([words[0], "-c", words[3]], **how)  # type: ignore[call-overload]

    monkeypatch.setattr(module.subprocess, "Popen", popen)


class Ended:
    """What came of a program, once it is over."""

    def __init__(self, program: str, trouble: str = "") -> None:
        self.beside: Beside[str] = Beside("errand")
        self.kept: list[bytes] = []
        self.trouble = trouble
        self.over = threading.Event()
        self.beside.start("asked", 9, lambda _identifier: [program], self._keep, lambda _identifier: self.over.set())

    def _keep(self, _identifier: str, output: bytes) -> str:
        self.kept.append(output)
        return self.trouble

    def work(self) -> Work[str]:
        assert self.over.wait(WAIT_S)
        for thread in threading.enumerate():
            if thread.name == "errand":
                thread.join(WAIT_S)
        work = self.beside.work()
        assert work is not None
        return work


@pytest.mark.usefixtures("python")
@pytest.mark.parametrize(
    ("program", "trouble", "ended", "done"),
    [
        ("import sys; print('3/7', file=sys.stderr); print('out', end='')", "", "done", (3, 7)),
        ("print('out', end='')", "it cannot be kept", "it cannot be kept", (0, 9)),
        ("import sys; print('what is wrong', file=sys.stderr); sys.exit(2)", "", "what is wrong", (0, 9)),
        ("import sys; sys.exit(3)", "", "it ended with code 3", (0, 9)),
    ],
)
def test_how_it_ends(program: str, trouble: str, ended: str, done: tuple[int, int]) -> None:
    errand = Ended(program, trouble)
    work = errand.work()
    assert (work.asked, work.ended, (work.done, work.steps)) == ("asked", ended, done)
    assert errand.kept == ([] if "exit" in program else [b"out"])


@pytest.mark.usefixtures("python")
def test_one_at_a_time_cancelled_and_another_one() -> None:
    errand = Ended("import threading; threading.Event().wait(60)")
    with pytest.raises(CannotStartError, match="Another errand runs"):
        errand.beside.start("other", 1, lambda _: [""], lambda *_: "")
    errand.beside.cancel()
    assert errand.work().ended == "cancelled"
    assert errand.kept == []
    errand.beside.cancel()
    assert errand.beside.start("third", 1, lambda _: ["pass"], lambda *_: "").asked == "third"
