"""Drafts of several people at once: each has its own, a step is whole or not at all, and too many let the oldest go."""

import threading
from dataclasses import replace
from operator import methodcaller

import pytest

from gw_spaceheat.apps.neighbourhood.drafts import Drafts, Held
from gw_spaceheat.core.market.draft import Draft, DraftError


def houses(held: Held | None) -> list[str]:
    assert held is not None
    return [house.id for house in held.draft.houses]


def test_each_has_its_own() -> None:
    drafts = Drafts()
    one, other = (drafts.begin(Held(draft=Draft())) for _ in range(2))
    drafts.edit(one, lambda draft: draft.with_house("1"))
    assert (houses(drafts.held(one)), houses(drafts.held(other))) == (["1"], [])
    assert one != other
    changed = drafts.held(one)
    assert changed is not None
    assert changed.is_changed


def test_a_step_that_fails_changes_nothing() -> None:
    drafts = Drafts()
    word = drafts.begin(Held(draft=Draft().with_house("1")))
    with pytest.raises(DraftError):
        drafts.edit(word, lambda draft: draft.with_house("2").with_house("1"))
    assert houses(drafts.held(word)) == ["1"]


def test_steps_of_two_who_work_on_one_are_all_taken() -> None:
    drafts = Drafts()
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


def test_a_word_that_nobody_has() -> None:
    assert Drafts().held("x") is None
    with pytest.raises(DraftError, match="open the street again"):
        Drafts().edit("x", lambda draft: draft)


def test_of_too_many_those_go_that_rest_and_are_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gw_spaceheat.apps.neighbourhood.drafts.MOST_DRAFTS", 3)
    drafts = Drafts()
    changed, resting, used = (drafts.begin(Held(draft=Draft())) for _ in range(3))
    drafts.change(changed, lambda held: replace(held, is_changed=True))
    drafts.held(used)
    drafts.begin(Held(draft=Draft()))
    assert [drafts.held(word) is None for word in (changed, resting, used)] == [False, True, False]
