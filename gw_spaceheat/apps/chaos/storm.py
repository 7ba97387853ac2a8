"""What happens to a town, and when: drawn from a seed."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from gw_spaceheat.apps.chaos.town import Part

SHORTEST_CALM_S, LONGEST_CALM_S = 0.3, 3.0
LONGEST_DEATH_S = 1.0
TWO_AT_ONCE = 0.25
"""How often two parts die together."""


class Blow(NamedTuple):
    """One round.

    Attributes:
        after_s: So long nothing happens first [s].
        victims: Who is killed then.
        dead_s: And stays dead for so long [s].
    """

    after_s: float
    victims: tuple[Part, ...]
    dead_s: float


class Mortal(Protocol):
    """Whose parts can be killed and started."""

    def kill(self, part: Part) -> None:
        """Kill a part."""
        ...

    def start(self, part: Part) -> None:
        """Start it again."""
        ...


def blows(seed: int, rounds: int) -> Iterator[Blow]:
    """So many rounds; the same seed gives the same."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    for _ in range(rounds):
        count = 2 if chance.random() < TWO_AT_ONCE else 1
        victims = tuple(chance.sample(list(Part), count))
        yield Blow(chance.uniform(SHORTEST_CALM_S, LONGEST_CALM_S), victims, chance.uniform(0.0, LONGEST_DEATH_S))


def storm(town: Mortal, rounds: Iterator[Blow], pause: Callable[[float], None]) -> Counter[Part]:
    """Let it happen; the answer is how often each part has died. Pause waits for so long [s]."""
    deaths: Counter[Part] = Counter()
    for blow in rounds:
        pause(blow.after_s)
        for part in blow.victims:
            town.kill(part)
            deaths[part] += 1
        pause(blow.dead_s)
        for part in sorted(blow.victims, key=list(Part).index):  # the broker first, or nobody could connect
            town.start(part)
    return deaths
