"""What a strategy is, and how one is found by name."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from gw_spaceheat.core.heating import strategies
from gw_spaceheat.core.heating.parameters import SharedParameters
from gw_spaceheat.core.heating.view import View
from gw_spaceheat.house.model import House
from gw_spaceheat.vocabulary.moment import Moment


class UnknownStrategyError(ValueError):
    """There is no strategy of that name; the text names those that there are."""


class Strategy(Protocol):
    """When the heat source should run. It is asked at every pass while the tanks can be seen, and must be quick.

    One that goes by a schedule has five methods more: `follow(schedule)`, `next_change_ms(wall_ms)`, which says when it is to
    be asked although nothing new was read, `supply_offset_k(wall_ms)`, what it asks of a source whose supply can be set, and
    `room_offset_k(wall_ms)`, how far above their set-points rooms are kept, with `rooms_may_wait(wall_ms)`, above what they
    need no warm buffer.
    """

    def source_wanted(self, view: View, running_ms: int | None, now: Moment) -> bool:
        """Whether the source should run; running_ms says for how long it has been, None if it is off."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """A strategy's module.

    Attributes:
        parameters: Its numbers.
        strategy: Builds it for a house, from its own kind of parameters.
    """

    parameters: type[SharedParameters]
    strategy: Callable[[Any, House], Strategy]


def strategy_names() -> tuple[str, ...]:
    """Names of all strategies: the files in `strategies/`."""
    return tuple(sorted(each.name for each in pkgutil.iter_modules(strategies.__path__)))


def find_strategy(name: str) -> Found:
    """The strategy of that name.

    Raises:
        UnknownStrategyError: There is none.
    """
    if name not in strategy_names():
        raise UnknownStrategyError(f"strategy {name} is unknown; known are {', '.join(strategy_names())}")
    module = importlib.import_module(f"{strategies.__name__}.{name}")
    return Found(parameters=module.Parameters, strategy=module.Strategy)
