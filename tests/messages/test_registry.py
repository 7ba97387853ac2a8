from types import ModuleType

import pytest

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.registry import message_types, message_types_in, register


def module_with(name: str, *tags: str) -> ModuleType:
    module = ModuleType(f"somewhere.{name}")
    for number, tag in enumerate(tags):
        body = {"__module__": module.__name__}
        setattr(module, f"Type{number}", type(Message)(f"Type{number}", (Message,), body, tag=tag, frozen=True))
    return module


def test_a_type_lies_in_the_file_of_its_name() -> None:
    types = message_types()
    assert {name.replace(".", "_") for name in types} == {known.__module__.rpartition(".")[2] for known in types.values()}


def test_the_types_of_a_module_are_those_it_defines_and_not_what_it_imports() -> None:
    module = module_with("tea_time", "tea.time")
    module.Message = Message  # type: ignore[attr-defined]
    module.Imported = message_types()["power.watts"]  # type: ignore[attr-defined]
    assert [known.type_name() for known in message_types_in(module)] == ["tea.time"]


def test_a_name_that_is_there_twice_is_refused() -> None:
    with pytest.raises(TypeError, match=r"tea\.time is defined twice: in somewhere\.tea_time and in somewhere\.tea_time"):
        register([module_with("tea_time", "tea.time", "tea.time")])


def test_a_type_in_a_file_of_another_name_is_refused() -> None:
    with pytest.raises(TypeError, match=r"put it into tea_time\.py"):
        register([module_with("coffee_time", "tea.time")])
