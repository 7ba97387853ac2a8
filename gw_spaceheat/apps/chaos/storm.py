"""What happens to a town, and when: drawn from a seed."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from gw_spaceheat.apps.chaos.lines import LINED, Trouble
from gw_spaceheat.apps.chaos.town import Part

SHORTEST_CALM_S, LONGEST_CALM_S = 0.3, 3.0
LONGEST_DEATH_S = 1.0
LONGEST_DELAY_S = 1.5
TWO_AT_ONCE = 0.25
"""How often two parts die together."""
ONLY_KILLED, ONLY_TROUBLED = 0.4, 0.8
"""Where lines can be troubled: so often somebody is killed and no line troubled; up to there the other way round; else both."""


class Blow(NamedTuple):
    """One round.

    Attributes:
        after_s: So long nothing happens first [s].
        victims: Who is killed then.
        dead_s: And stays dead for so long [s].
        lines: Whose line is troubled in that time, and how.
        delay_s: By how much a line delays that delays [s].
    """

    after_s: float
    victims: tuple[Part, ...]
    dead_s: float
    lines: tuple[tuple[Part, Trouble], ...] = ()
    delay_s: float = 0.0

    def __str__(self) -> str:
        """For a person."""
        what = [f"{part} is killed" for part in self.victims] + [f"{part}: {trouble}" for part, trouble in self.lines]
        return f"after {self.after_s:.1f} s, for {self.dead_s:.1f} s: {', '.join(what)}"


class Mortal(Protocol):
    """Whose parts can be killed and started."""

    def kill(self, part: Part) -> None:
        """Kill a part."""
        ...

    def start(self, part: Part) -> None:
        """Start it again."""
        ...


class Breakable(Protocol):
    """Lines that can be troubled."""

    def trouble(self, part: Part, trouble: Trouble, delay_s: float) -> None:
        """Trouble the line of a part."""
        ...

    def heal(self, part: Part) -> None:
        """What goes over it from now on arrives."""
        ...


class Toll(NamedTuple):
    """What was done: how often each part was killed, and how often each trouble was made."""

    deaths: Counter[Part]
    troubles: Counter[Trouble]


def blows(seed: int, rounds: int, *, with_lines: bool = False) -> Iterator[Blow]:
    """So many rounds; the same seed gives the same. Lines are troubled only where there is something that can do it."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    for _ in range(rounds):
        count = 2 if chance.random() < TWO_AT_ONCE else 1
        victims = tuple(chance.sample(list(Part), count))
        blow = Blow(chance.uniform(SHORTEST_CALM_S, LONGEST_CALM_S), victims, chance.uniform(0.0, LONGEST_DEATH_S))
        yield _with_lines(blow, chance) if with_lines else blow


def _with_lines(blow: Blow, chance: random.Random) -> Blow:
    kind = chance.random()
    if kind < ONLY_KILLED:
        return blow
    count = 2 if chance.random() < TWO_AT_ONCE else 1
    lines = tuple((part, chance.choice(list(Trouble))) for part in chance.sample(LINED, count))
    victims = () if kind < ONLY_TROUBLED else blow.victims
    return blow._replace(victims=victims, lines=lines, delay_s=chance.uniform(0.0, LONGEST_DELAY_S))


def storm(
    town: Mortal,
    lines: Breakable,
    rounds: Iterator[Blow],
    pause: Callable[[float], None],
    tell: Callable[[Blow], None] = lambda _: None,
) -> Toll:
    """Let it happen.

    Args:
        town: Whose parts are killed.
        lines: What is troubled.
        rounds: What happens.
        pause: Waits for so long [s].
        tell: Is told of each round before it happens.
    """
    toll = Toll(Counter(), Counter())
    for blow in rounds:
        tell(blow)
        pause(blow.after_s)
        for part, trouble in blow.lines:
            lines.trouble(part, trouble, blow.delay_s)
            toll.troubles[trouble] += 1
        for part in blow.victims:
            town.kill(part)
            toll.deaths[part] += 1
        pause(blow.dead_s)
        for part in sorted(blow.victims, key=list(Part).index):  # the broker first, or nobody could connect
            town.start(part)
        for part, _ in blow.lines:
            lines.heal(part)
    return toll
