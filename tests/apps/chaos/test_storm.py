"""What happens to a town is drawn from a seed, and done in order."""

from gw_spaceheat.apps.chaos.storm import LONGEST_CALM_S, LONGEST_DEATH_S, SHORTEST_CALM_S, Blow, blows, storm
from gw_spaceheat.apps.chaos.town import Part


class Told:
    """A town that only remembers what was done to it."""

    def __init__(self) -> None:
        self.story: list[tuple[str, object]] = []

    def kill(self, part: Part) -> None:
        self.story.append(("kill", part))

    def start(self, part: Part) -> None:
        self.story.append(("start", part))

    def pause(self, seconds: float) -> None:
        self.story.append(("pause", seconds))


def test_the_same_seed_gives_the_same_rounds_and_every_part_dies() -> None:
    drawn = list(blows(7, 200))
    assert drawn == list(blows(7, 200))
    assert drawn != list(blows(8, 200))
    assert {part for blow in drawn for part in blow.victims} == set(Part)
    assert all(SHORTEST_CALM_S <= blow.after_s <= LONGEST_CALM_S and 0 <= blow.dead_s <= LONGEST_DEATH_S for blow in drawn)
    assert {len(blow.victims) for blow in drawn} == {1, 2}


def test_whoever_is_killed_is_started_again_the_broker_first() -> None:
    town = Told()
    deaths = storm(town, iter([Blow(0.5, (Part.EAR, Part.BROKER), 0.25), Blow(1.0, (Part.ATN,), 0.0)]), town.pause)
    assert town.story == [
        ("pause", 0.5),
        ("kill", Part.EAR),
        ("kill", Part.BROKER),
        ("pause", 0.25),
        ("start", Part.BROKER),
        ("start", Part.EAR),
        ("pause", 1.0),
        ("kill", Part.ATN),
        ("pause", 0.0),
        ("start", Part.ATN),
    ]
    assert deaths == {Part.EAR: 1, Part.BROKER: 1, Part.ATN: 1}
