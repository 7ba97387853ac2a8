"""Finds the message types: every module of this package that holds one. There is no list to edit."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from gw_spaceheat import messages
from gw_spaceheat.messages.base import Message


def message_types_in(module: ModuleType) -> list[type[Message]]:
    """The message types that a module defines: not those it imports, nor bases, whose tag is only their own name."""
    return [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type)
        and issubclass(thing, Message)
        and thing.__module__ == module.__name__
        and thing.type_name() != thing.__name__
    ]


def register(modules: Iterable[ModuleType]) -> dict[str, type[Message]]:
    """Message types by the wire's name.

    Raises:
        TypeError: Two types have one name, or a type does not lie in the file of its name; names both. It is our own mistake.
    """
    types: dict[str, type[Message]] = {}
    for module in modules:
        for message_type in message_types_in(module):
            name = message_type.type_name()
            if name in types:
                raise TypeError(
                    f"{name} is defined twice: in {types[name].__module__} and in {module.__name__}; give one another tag"
                )
            if module.__name__.rpartition(".")[2] != name.replace(".", "_"):
                raise TypeError(f"{name} is defined in {module.__name__}; put it into {name.replace('.', '_')}.py")
            types[name] = message_type
    return types


@cache
def message_types() -> Mapping[str, type[Message]]:
    """All message types of today's wire, by name. Imports them at the first call."""
    found = sorted(info.name for info in iter_modules(messages.__path__) if not info.name.startswith("legacy"))
    return register(import_module(f"{messages.__name__}.{name}") for name in found)
