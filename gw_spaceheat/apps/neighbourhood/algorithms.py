"""All schedulers by name: the core's, and those that need a solver's library.

The original's names are understood as it spells them.
"""

import pkgutil
from importlib import import_module

from gw_spaceheat.apps.neighbourhood import schedulers
from gw_spaceheat.core.market.scheduler import Scheduler, UnknownSchedulerError, scheduler, scheduler_names


def algorithm_names() -> tuple[str, ...]:
    """Names of all schedulers, as their files have them: `l_bfgs_b` for L-BFGS-B."""
    return tuple(sorted({*scheduler_names(), *(module.name for module in pkgutil.iter_modules(schedulers.__path__))}))


def file_name(name: str) -> str:
    """The name of a scheduler's file: L-BFGS-B lies in `l_bfgs_b`."""
    return name.lower().replace("-", "_")


def algorithm(name: str) -> Scheduler:
    """The scheduler of a name.

    Raises:
        UnknownSchedulerError: There is none.
    """
    file = file_name(name)
    if file in scheduler_names():
        return scheduler(file)
    if file not in algorithm_names():
        raise UnknownSchedulerError(f"there is no scheduler {name}; known are {', '.join(algorithm_names())}")
    found: Scheduler = import_module(f"{schedulers.__name__}.{file}").schedule
    return found
