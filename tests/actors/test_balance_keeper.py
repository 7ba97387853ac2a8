"""What a manager must know across a restart is written once a minute, and at once when a load was switched."""

from dataclasses import replace
from pathlib import Path

import pytest

from gw_spaceheat.actors.balance_keeper import EVERY_MS, BalanceKeeper
from gw_spaceheat.core.events import Level, Note, Stopping
from gw_spaceheat.core.netbalance.keeper import KeptLoad
from gw_spaceheat.core.netbalance.live_events import BalanceKept
from gw_spaceheat.core.netbalance.manager import Kept
from gw_spaceheat.stores.json_file import JsonFile
from gw_spaceheat.vocabulary.moment import Moment

KEPT = Kept(
    1_700_000_010.0, 1_700_000_000.0, 12.5, 10.0, (KeptLoad(on=True, changed_s=3.0, day=1, starts=2, on_s=4.0), KeptLoad())
)
NOTHING = Kept(0.0, 0.0, 0.0, 0.0, ())


def at(mono_ms: int) -> Moment:
    return Moment(mono_ms, 1_700_000_000_000 + mono_ms)


def test_it_is_written_at_once_then_once_a_minute_and_when_a_load_was_switched(tmp_path: Path) -> None:
    file = JsonFile(tmp_path / "kept.json")
    keeper = BalanceKeeper(file)
    keeper.handle(BalanceKept(KEPT), at(0))
    assert file.read(Kept, NOTHING) == KEPT
    later = replace(KEPT, balance_wh=20.0)
    keeper.handle(BalanceKept(later), at(10_000))
    assert file.read(Kept, NOTHING) == KEPT
    assert keeper.deadline() == 10_000 + EVERY_MS
    keeper.wake(at(10_000 + EVERY_MS))
    assert file.read(Kept, NOTHING) == later
    assert keeper.deadline() is None
    switched = replace(later, loads=(KeptLoad(), KeptLoad()))
    keeper.handle(BalanceKept(switched), at(80_000))
    assert file.read(Kept, NOTHING) == switched


def test_the_end_writes_the_newest(tmp_path: Path) -> None:
    file = JsonFile(tmp_path / "kept.json")
    keeper = BalanceKeeper(file)
    assert keeper.handle(Stopping(), at(0)) == ()
    keeper.handle(BalanceKept(KEPT), at(0))
    newest = replace(KEPT, balance_wh=1.0)
    keeper.handle(BalanceKept(newest), at(1))
    keeper.handle(Stopping(), at(2))
    assert file.read(Kept, NOTHING) == newest


def test_a_full_disk_is_told_once_and_once_that_it_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = BalanceKeeper(JsonFile(tmp_path / "kept.json"))

    def full(*_words: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(JsonFile, "write", full)
        (note,) = keeper.handle(BalanceKept(KEPT), at(0))
        assert isinstance(note, Note)
        assert note.level is Level.ERROR
        assert keeper.handle(BalanceKept(KEPT), at(1)) == ()
    (over,) = keeper.handle(BalanceKept(KEPT), at(2))
    assert isinstance(over, Note)
    assert over.level is Level.INFO
