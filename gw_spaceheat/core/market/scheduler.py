"""Schedulers: found by the name of their file in `schedulers/`; they decide as a street's day goes on."""

import pkgutil
from collections.abc import Callable
from importlib import import_module

from gw_spaceheat.core.market import schedulers
from gw_spaceheat.core.market.online import Rule
from gw_spaceheat.core.market.timetable import Timetable

Schedule = dict[int, int]
"""Number of each job in the timetable, and the slot with which it starts."""
Scheduler = Callable[[Timetable, int], Schedule]
"""Decides for a street; the second argument is a seed for whatever is left to chance."""


class UnknownSchedulerError(ValueError):
    """There is no scheduler of that name; the text says which there are."""


def scheduler_names() -> tuple[str, ...]:
    """Names of all schedulers."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(schedulers.__path__)))


def scheduler(name: str) -> Scheduler:
    """The scheduler of a name.

    Raises:
        UnknownSchedulerError: There is none.
    """
    if name not in scheduler_names():
        raise UnknownSchedulerError(f"there is no scheduler {name}; known are {', '.join(scheduler_names())}")
    found: Scheduler = import_module(f"{schedulers.__name__}.{name}").schedule
    return found


def rule_names() -> tuple[str, ...]:
    """Names of the schedulers that have a rule."""
    return tuple(name for name in scheduler_names() if hasattr(import_module(f"{schedulers.__name__}.{name}"), "RULE"))


def rule_of(name: str) -> Rule:
    """How a scheduler decides where jobs come by messages.

    Raises:
        UnknownSchedulerError: There is none of that name, or it must know everything beforehand.
    """
    scheduler(name)
    found: Rule | None = getattr(import_module(f"{schedulers.__name__}.{name}"), "RULE", None)
    if found is None:
        raise UnknownSchedulerError(f"{name} decides about whole streets and not by messages; lst does")
    return found
