"""What happens to a town is drawn from a seed, and done in order."""

import pytest

from gw_spaceheat.apps.chaos.lines import LINED, Trouble
from gw_spaceheat.apps.chaos.storm import (
    LONGEST_CALM_S,
    LONGEST_DEATH_S,
    LONGEST_DELAY_S,
    SHORTEST_CALM_S,
    Blow,
    blows,
    storm,
)
from gw_spaceheat.apps.chaos.town import Part


class Told:
    """A town that only remembers what was done to it."""

    def __init__(self) -> None:
        self.story: list[tuple[str, object]] = []

    def kill(self, part: Part) -> None:
        self.story.append(("kill", part))

    def start(self, part: Part) -> None:
        self.story.append(("start", part))

    def trouble(self, part: Part, trouble: Trouble, delay_s: float) -> None:
        self.story.append((trouble.value, (part, delay_s)))

    def heal(self, part: Part) -> None:
        self.story.append(("heal", part))

    def pause(self, seconds: float) -> None:
        self.story.append(("pause", seconds))


def test_the_same_seed_gives_the_same_rounds_and_every_part_dies() -> None:
    drawn = list(blows(7, 200))
    assert drawn == list(blows(7, 200))
    assert drawn != list(blows(8, 200))
    assert {part for blow in drawn for part in blow.victims} == set(Part)
    assert all(SHORTEST_CALM_S <= blow.after_s <= LONGEST_CALM_S and 0 <= blow.dead_s <= LONGEST_DEATH_S for blow in drawn)
    assert {len(blow.victims) for blow in drawn} == {1, 2}


def test_lines_are_troubled_only_where_there_are_such() -> None:
    assert all(not blow.lines and blow.victims for blow in blows(7, 200))
    drawn = list(blows(7, 200, with_lines=True))
    assert drawn == list(blows(7, 200, with_lines=True))
    assert {trouble for blow in drawn for _, trouble in blow.lines} == set(Trouble)
    assert {part for blow in drawn for part, _ in blow.lines} == set(LINED)
    assert {(bool(blow.victims), bool(blow.lines)) for blow in drawn} == {(True, False), (False, True), (True, True)}
    assert all(0 <= blow.delay_s <= LONGEST_DELAY_S for blow in drawn)


def test_whoever_is_killed_is_started_again_the_broker_first_and_lines_are_healed_at_last() -> None:
    town = Told()
    rounds = [
        Blow(0.5, (Part.EAR, Part.BROKER), 0.25),
        Blow(1.0, (), 0.5, ((Part.SCADA, Trouble.DELAY),), 0.75),
        Blow(1.0, (Part.ATN,), 0.0, ((Part.ATN, Trouble.CUT),)),
    ]
    told: list[Blow] = []
    toll = storm(town, town, iter(rounds), town.pause, told.append)
    assert town.story == [
        ("pause", 0.5),
        ("kill", Part.EAR),
        ("kill", Part.BROKER),
        ("pause", 0.25),
        ("start", Part.BROKER),
        ("start", Part.EAR),
        ("pause", 1.0),
        ("delayed", (Part.SCADA, 0.75)),
        ("pause", 0.5),
        ("heal", Part.SCADA),
        ("pause", 1.0),
        ("cut", (Part.ATN, 0.0)),
        ("kill", Part.ATN),
        ("pause", 0.0),
        ("start", Part.ATN),
        ("heal", Part.ATN),
    ]
    assert toll.deaths == {Part.EAR: 1, Part.BROKER: 1, Part.ATN: 1}
    assert toll.troubles == {Trouble.DELAY: 1, Trouble.CUT: 1}
    assert told == rounds


@pytest.mark.parametrize(
    ("blow", "text"),
    [
        (Blow(0.5, (Part.EAR, Part.BROKER), 0.25), "after 0.5 s, for 0.2 s: ear is killed, broker is killed"),
        (Blow(1.0, (Part.ATN,), 0.0, ((Part.SCADA, Trouble.REFUSE),)), "after 1.0 s, for 0.0 s: atn is killed, scada: refused"),
    ],
)
def test_a_round_is_told(blow: Blow, text: str) -> None:
    assert str(blow) == text
