"""Drafts of several people at once: each has its own, a step is whole or not at all, and too many let the oldest go."""

import os
import threading
from dataclasses import replace
from operator import methodcaller
from pathlib import Path

import pytest

from gw_spaceheat.apps.neighbourhood.drafts import Drafts, Held, Kept
from gw_spaceheat.core.market.draft import Draft, DraftError


def houses(held: Held | None) -> list[str]:
    assert held is not None
    return [house.id for house in held.draft.houses]


def test_each_has_its_own(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    one, other = (drafts.begin(Held(draft=Draft())) for _ in range(2))
    drafts.edit(one, lambda draft: draft.with_house("1"))
    assert (houses(drafts.held(one)), houses(drafts.held(other))) == (["1"], [])
    assert one != other
    changed = drafts.held(one)
    assert changed is not None
    assert changed.is_changed


def test_a_step_that_fails_changes_nothing(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    word = drafts.begin(Held(draft=Draft().with_house("1")))
    with pytest.raises(DraftError):
        drafts.edit(word, lambda draft: draft.with_house("2").with_house("1"))
    assert houses(drafts.held(word)) == ["1"]


def test_steps_of_two_who_work_on_one_are_all_taken(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    word = drafts.begin(Held(draft=Draft()))
    go = threading.Barrier(8)

    def work(number: int) -> None:
        go.wait(10)
        for step in range(20):
            drafts.edit(word, methodcaller("with_house", f"{number}.{step}"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(houses(drafts.held(word))) == 160


def test_a_word_that_nobody_has(tmp_path: Path) -> None:
    assert Drafts(tmp_path).held("x") is None
    with pytest.raises(DraftError, match="open the street again"):
        Drafts(tmp_path).edit("x", lambda draft: draft)


def test_of_too_many_those_go_that_rest_and_are_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gw_spaceheat.apps.neighbourhood.drafts.MOST_DRAFTS", 3)
    drafts = Drafts(tmp_path)
    changed, resting, used = (drafts.begin(Held(draft=Draft())) for _ in range(3))
    drafts.change(changed, lambda held: replace(held, is_changed=True))
    drafts.held(used)
    drafts.begin(Held(draft=Draft()))
    assert [drafts.held(word) is None for word in (changed, resting, used)] == [False, True, False]


def test_a_server_that_is_started_again_has_them_still(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "drafts")
    kept = Kept(name="mine", stamp=(1, 2, 3))
    word = drafts.begin(Held(draft=Draft(name="d"), kept=kept, warnings=("odd",)))
    assert not (tmp_path / "drafts").exists(), "who only looks writes nothing"
    drafts.edit(word, lambda draft: draft.with_house("1"))
    again = Drafts(tmp_path / "drafts")
    found = again.held(word)
    assert found is not None
    assert (houses(found), found.kept, found.warnings, found.is_changed) == (["1"], kept, ("odd",), True)
    again.edit(word, lambda draft: draft.with_house("2"))
    assert houses(Drafts(tmp_path / "drafts").held(word)) == ["1", "2"]


@pytest.mark.parametrize("word", ["", "x", "../x", "../" + "a" * 19, "/" + "a" * 21, "a" * 21 + ".", "ä" * 22, "a" * 22])
def test_a_word_leads_nowhere_else(tmp_path: Path, word: str) -> None:
    drafts = Drafts(tmp_path / "drafts")
    mine = drafts.begin(Held(draft=Draft()))
    drafts.edit(mine, lambda draft: draft.with_house("1"))
    data = (tmp_path / "drafts" / f"{mine}.draft").read_bytes()
    for place in (tmp_path / "x.draft", tmp_path / f"{'a' * 19}.draft", tmp_path / "drafts" / "x.draft"):
        place.write_bytes(data)
    assert Drafts(tmp_path / "drafts").held(word) is None


def test_a_file_that_is_broken_or_a_link_is_none(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    words = [drafts.begin(Held(draft=Draft())) for _ in range(3)]
    for word in words:
        drafts.edit(word, lambda draft: draft.with_house("1"))
    broken, linked, whole = (tmp_path / f"{word}.draft" for word in words)
    broken.write_bytes(broken.read_bytes()[:-3])
    linked.unlink()
    linked.symlink_to(whole)
    again = Drafts(tmp_path)
    assert [again.held(word) is None for word in words] == [True, True, False]


def test_of_too_many_files_the_oldest_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gw_spaceheat.apps.neighbourhood.drafts.MOST_DRAFTS", 2)
    words = []
    for place in range(3):
        drafts = Drafts(tmp_path)
        words.append(drafts.begin(Held(draft=Draft())))
        drafts.edit(words[-1], lambda draft: draft.with_house("1"))
        os.utime(tmp_path / f"{words[-1]}.draft", (place, place))
    assert [Drafts(tmp_path).held(word) is None for word in words] == [True, False, False]


def test_of_too_large_files_the_oldest_go_and_one_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gw_spaceheat.apps.neighbourhood.drafts.MOST_BYTES", 1)
    drafts = Drafts(tmp_path)
    one, other = (drafts.begin(Held(draft=Draft())) for _ in range(2))
    for word in (one, other):
        drafts.edit(word, lambda draft: draft.with_house("1"))
    assert (drafts.held(one), houses(drafts.held(other))) == (None, ["1"])
    monkeypatch.setattr("gw_spaceheat.apps.neighbourhood.drafts.LARGEST_BYTES", 1)
    with pytest.raises(DraftError, match="are the most"):
        drafts.edit(other, lambda draft: draft.with_house("2"))
    assert houses(drafts.held(other)) == ["1"]


def test_a_step_that_cannot_be_written_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "drafts").write_text("in the way")
    drafts = Drafts(tmp_path / "drafts")
    word = drafts.begin(Held(draft=Draft()))
    with pytest.raises(OSError, match="drafts"):
        drafts.edit(word, lambda draft: draft.with_house("1"))
    assert houses(drafts.held(word)) == []
