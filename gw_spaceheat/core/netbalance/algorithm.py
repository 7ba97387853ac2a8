"""What an algorithm is, and how one is found by its name."""

import pkgutil
from collections.abc import Mapping
from dataclasses import fields
from importlib import import_module
from typing import Any, Protocol

from gw_spaceheat.core.netbalance import algorithms
from gw_spaceheat.core.netbalance.load import Load
from gw_spaceheat.core.netbalance.seen import Seen


class AlgorithmError(ValueError):
    """There is no such algorithm or setting, or a value that cannot be; the text says which there are."""


class Algorithm(Protocol):
    """Says which loads should be on; what a load may do is not its affair."""

    def decide(self, seen: Seen) -> tuple[bool, ...]:
        """The states wanted from now on, in the order of the loads; called with rising times."""
        ...


def algorithm_names() -> tuple[str, ...]:
    """Names of all algorithms, as on the command line."""
    return tuple(sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(algorithms.__path__)))


def algorithm_module(name: str) -> Any:
    """The module of an algorithm.

    Raises:
        AlgorithmError: There is none of that name.
    """
    if name not in algorithm_names():
        raise AlgorithmError(f"there is no algorithm {name!r}; there are {', '.join(algorithm_names())}")
    return import_module(f"{algorithms.__name__}.{name.replace('-', '_')}")


def setting_names(name: str) -> tuple[str, ...]:
    """Names of an algorithm's settings."""
    return tuple(field.name for field in fields(algorithm_module(name).Settings))


def settings_of(name: str, given: Mapping[str, str]) -> Any:
    """Settings of an algorithm from texts; a tuple's parts are separated by commas, or set singly as `name.1`.

    Raises:
        AlgorithmError: There is no such algorithm or setting, or a text is not a value of its kind.
    """
    settings_class = algorithm_module(name).Settings
    values: dict[str, Any] = {field.name: field.default for field in fields(settings_class)}
    for key, text in given.items():
        whole, _, part = key.partition(".")
        if whole not in values:
            raise AlgorithmError(f"algorithm {name} has no setting {whole!r}; it has {', '.join(values) or 'none'}")
        values[whole] = _with_part(values[whole], key, text, part) if part else _parsed(values[whole], key, text)
    return settings_class(**values)


def _with_part(default: Any, key: str, text: str, part: str) -> tuple[float, ...]:
    if not isinstance(default, tuple) or not part.isdigit() or not 1 <= int(part) <= 64:
        raise AlgorithmError(f"{key}: only a setting of each load has parts, counted from 1")
    number, at = float(_parsed(0.0, key, text)), int(part) - 1
    grown = [*default, *[default[-1]] * (at + 1 - len(default))]
    grown[at] = number
    return tuple(grown)


def _parsed(default: Any, key: str, text: str) -> Any:
    try:
        if isinstance(default, bool):
            return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}[text.lower()]
        if isinstance(default, tuple):
            return tuple(float(part) for part in text.split(","))
        return type(default)(text)
    except (KeyError, ValueError) as error:
        raise AlgorithmError(f"{key}={text}: not a value like {default!r}") from error


def make_algorithm(name: str, settings: Any, loads: tuple[Load, ...]) -> Algorithm:
    """A fresh algorithm for these loads, in their order.

    Raises:
        AlgorithmError: There is none of that name, or the settings do not go with the loads.
    """
    made: Algorithm = algorithm_module(name).make(settings, loads)
    return made


def for_each_load(values: tuple[float, ...], loads: tuple[Load, ...]) -> tuple[float, ...]:
    """A setting of each load: the last value holds for all further loads."""
    return tuple(values[min(index, len(values) - 1)] for index in range(len(loads)))
