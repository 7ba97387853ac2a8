"""Whom the pool asks first: what a house wants beyond its own roofs comes from all roofs alike, or from those that did well.

Each way of choosing is told what roofs answer and what jobs got in the end, and says what the roofs' places are from then on.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np

from gw_spaceheat.core.market.energy import Values

MOST_TOLD = 20
FIRST_RANK = 10
"""Where every roof begins in the original's ranking; lower is asked earlier."""
REWARD_STEP, PENALTY_STEP = 0.2, 0.02
"""How far a roof that gave everything that it was to give moves towards being asked always, and one that gave nothing of it
away from that [0-1]. Penalties are small so that a cloudy morning does not undo what many days have shown."""


class Choosing(Protocol):
    """A way of choosing among roofs.

    Attributes:
        is_order: Whether places are an order, the lowest first, or weights: a roof is asked by what it has left, times its own.
    """

    is_order: bool

    def places(self) -> Values | None:
        """The roofs' places as they are now; None for all alike, by what each has left."""
        ...

    def answered(self, roof: int, *, accepted: bool) -> None:
        """A roof has accepted what it is to give, or declined it."""
        ...

    def settled(self, offered_wh: Values, got_wh: Values) -> None:
        """A job has ended: what each roof was to give when a start was offered, and what it gave [Wh]."""
        ...


class ProRata:
    """All alike: each gives by what it has left."""

    is_order = False

    def __init__(self, _roofs: int) -> None:
        """There is nothing to remember."""

    def places(self) -> Values | None:
        """None."""
        return None

    def answered(self, roof: int, *, accepted: bool) -> None:
        """Nothing follows."""

    def settled(self, offered_wh: Values, got_wh: Values) -> None:
        """Nothing follows."""


class Ranking:
    """As in the original: a roof that accepts moves up by one, one that declines moves down; the first gives first."""

    is_order = True

    def __init__(self, roofs: int) -> None:
        """All begin with the same rank."""
        self._ranks = np.full(roofs, float(FIRST_RANK))

    def places(self) -> Values | None:
        """The ranks."""
        return self._ranks.copy()

    def answered(self, roof: int, *, accepted: bool) -> None:
        """One up, or one down."""
        self._ranks[roof] += -1.0 if accepted else 1.0

    def settled(self, offered_wh: Values, got_wh: Values) -> None:
        """Nothing follows: the original learns of answers only."""


class Learning:
    """A learning automaton, as in the project from which the original comes: roofs that keep their word are asked more often.

    It has a probability for each roof. When a job ends, the reward of a roof is the share that it gave of what it was to give
    when the job got its start, by what share of the roofs' energy that was; the probability of a roof with much reward rises
    and those of all others fall in proportion, and with little reward the other way round (linear, with rewards between 0 and
    1). An automaton would throw dice for each job; here the probabilities are weights, as dice would have it on the mean. So it
    begins as `ProRata`.
    """

    is_order = False

    def __init__(self, roofs: int) -> None:
        """All are as likely."""
        self._likely = np.full(roofs, 1.0 / max(roofs, 1))

    def places(self) -> Values | None:
        """The probabilities."""
        return self._likely.copy()

    def answered(self, roof: int, *, accepted: bool) -> None:
        """Nothing follows: what counts is what is given in the end."""

    def settled(self, offered_wh: Values, got_wh: Values) -> None:
        """Rewards for those that were to give something."""
        total_wh = float(offered_wh.sum())
        others = len(self._likely) - 1
        if total_wh <= 0.0 or others < 1:
            return
        for roof in np.flatnonzero(offered_wh > 0.0).tolist():
            part = float(offered_wh[roof]) / total_wh
            reward = min(max(float(got_wh[roof]) / float(offered_wh[roof]), 0.0), 1.0)
            up, down = REWARD_STEP * part * reward, PENALTY_STEP * part * (1.0 - reward)
            chosen = np.zeros(others + 1)
            chosen[roof] = 1.0
            self._likely += up * (chosen - self._likely)
            self._likely += down * ((1.0 - chosen) / others - self._likely)
        self._likely /= self._likely.sum()


class Cheapest(ProRata):
    """The roof that wants least gives first; those that want the same are alike. Prices do not change by what happens."""


CHEAPEST = "cheapest"
CHOICES: dict[str, Callable[[int], Choosing]] = {
    "pro_rata": ProRata,
    "ranking": Ranking,
    "learning": Learning,
    CHEAPEST: Cheapest,
}
"""Ways of choosing, by name; each is made for so many roofs."""


class UnknownChoiceError(ValueError):
    """There is no way of choosing, or no roof, of that name; the text says which there are."""


def choosing(name: str, roofs: int) -> Choosing:
    """A way of choosing among so many roofs, by its name; raises UnknownChoiceError if there is none."""
    made = CHOICES.get(name)
    if made is None:
        raise UnknownChoiceError(f"there is no way of choosing {name}; known are {', '.join(sorted(CHOICES))}")
    return made(roofs)


def prices_of(roofs: Sequence[str], wanted: Mapping[str, float], usual: float) -> tuple[float, ...]:
    """What each roof wants.

    Args:
        roofs: All of them, by name.
        wanted: What some of them want.
        usual: What all others want.

    Raises:
        UnknownChoiceError: There is no such roof.
    """
    for name in wanted:
        if name not in roofs:
            raise UnknownChoiceError(f"there is no roof {name}; known are {', '.join(roofs[:MOST_TOLD])}")
    return tuple(wanted.get(name, usual) for name in roofs)


def cheapest_first(left_wh: Values, wanted_wh: Values, prices: Sequence[float]) -> Values:
    """What each roof gives of what is wanted if the cheapest give first, and equal ones by what they have; see below."""
    given_wh, still_wh, each = np.zeros_like(left_wh), wanted_wh.astype(np.float64), np.asarray(prices, dtype=np.float64)
    for price in np.unique(each):
        alike = each == price
        there_wh = left_wh[alike].sum(axis=0)
        used_wh = np.minimum(there_wh, still_wh)
        given_wh[alike] = left_wh[alike] * np.divide(used_wh, there_wh, out=np.zeros_like(there_wh), where=there_wh > 0.0)
        still_wh = still_wh - used_wh
    return given_wh


def lowest_first(left_wh: Values, wanted_wh: Values, places: Values) -> Values:
    """What each roof gives of what is wanted if the lowest place gives first: a row for a roof, a column for a stretch [Wh].

    Args:
        left_wh: What each has [Wh].
        wanted_wh: What is wanted in each stretch, no more than all have [Wh].
        places: Of each roof, or of each roof in each stretch.
    """
    order = np.argsort(np.broadcast_to(_column(places), left_wh.shape), axis=0, kind="stable")
    in_order_wh = np.take_along_axis(left_wh, order, axis=0)
    before_wh = np.cumsum(in_order_wh, axis=0) - in_order_wh
    given_wh = np.empty_like(left_wh)
    np.put_along_axis(given_wh, order, np.clip(wanted_wh - before_wh, 0.0, in_order_wh), axis=0)
    return given_wh


def by_weight(left_wh: Values, wanted_wh: Values, weights: Values) -> Values:
    """What each roof gives of what is wanted if each is asked by what it has, times its weight; see above.

    What is asked of one that it has not, others are asked for.
    """
    given_wh = np.zeros_like(left_wh)
    weight = _column(weights) * left_wh
    for _ in range(len(left_wh)):
        still_wh = wanted_wh - given_wh.sum(axis=0)
        has = np.where(left_wh - given_wh > ENOUGH_WH, weight, 0.0)
        total = has.sum(axis=0)
        if not ((still_wh > ENOUGH_WH) & (total > 0.0)).any():
            break
        asked_wh = has * np.divide(still_wh, total, out=np.zeros_like(total), where=total > 0.0)
        given_wh += np.minimum(asked_wh, left_wh - given_wh)
    still_wh, over_wh = np.maximum(wanted_wh - given_wh.sum(axis=0), 0.0), left_wh - given_wh
    there_wh = over_wh.sum(axis=0)
    given_wh += over_wh * np.divide(still_wh, there_wh, out=np.zeros_like(there_wh), where=there_wh > 0.0)
    return np.minimum(given_wh, left_wh)


ENOUGH_WH = 1e-9


def _column(values: Sequence[float] | Values) -> Values:
    array = np.asarray(values, dtype=np.float64)
    return array[:, None] if array.ndim == 1 else array
