"""JSON values into the house's frozen objects, and everything that does not fit into a list of complaints.

The model's own fields are the only description of the file there is: a key is a field's name, a field with a default may be
left out, an unknown key is a complaint. A value that does not fit becomes `BROKEN`, so that the rest is still read and
nothing is told only on the second try.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, NamedTuple, TypeAlias, Union, get_args, get_origin, get_type_hints

from gw_spaceheat.house.faults import nearest

Path: TypeAlias = tuple[str, ...]


class Complaint(NamedTuple):
    """Something in the file that does not fit: the way to it, what stands there, and what to do."""

    path: Path
    value: str
    text: str


Complaints: TypeAlias = list[Complaint]
Converter: TypeAlias = Callable[[object, Path, Complaints], Any]


class _Broken:
    """The type of `BROKEN`."""

    def __repr__(self) -> str:
        return "BROKEN"


BROKEN: Final = _Broken()
"""In the place of a value that could not be read."""


class DoubledObject(dict[str, Any]):
    """A JSON object in which keys stood more than once; the last of each was kept."""

    doubled: tuple[str, ...] = ()


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An `object_pairs_hook` for `json.loads` that does not lose sight of a key that stands twice."""
    unique = dict(pairs)
    if len(unique) == len(pairs):
        return unique
    keys = [key for key, _ in pairs]
    marked = DoubledObject(unique)
    marked.doubled = tuple(key for key in unique if keys.count(key) > 1)
    return marked


def altered(original: Mapping[str, Any], entries: Mapping[str, Any]) -> dict[str, Any]:
    """Entries made from an original object; it is not forgotten that keys stood twice in that."""
    if not isinstance(original, DoubledObject):
        return dict(entries)
    marked = DoubledObject(entries)
    marked.doubled = original.doubled
    return marked


def shown(value: object) -> str:
    """A value as the file writes it, short enough for one line."""
    if isinstance(value, dict):
        return "{...}" if value else "{}"
    if isinstance(value, list):
        return "[...]" if value else "[]"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def json_object(value: object, path: Path, complaints: Complaints) -> dict[str, Any] | None:
    """The value if it is a JSON object, else a complaint and None; complains about each key that stands twice."""
    if not isinstance(value, dict):
        complaints.append(Complaint(path, shown(value), "must be an object, in braces"))
        return None
    if isinstance(value, DoubledObject):
        for key in value.doubled:
            complaints.append(
                Complaint((*path, key), shown(value[key]), "stands twice; names are unique, rename or remove one")
            )
    return value


def read_fields(
    model: Any, value: Mapping[str, object], path: Path, complaints: Complaints, given: Mapping[str, object]
) -> dict[str, Any]:
    """The fields of a model that are there and fit, by name; complains about the rest and about unknown keys.

    Args:
        model: A frozen dataclass of the house's model.
        value: A JSON object.
        path: The way to it.
        complaints: Complaints are added here.
        given: Fields that the object's place in the file already tells; they may be repeated but not contradicted.
    """
    converters = _converters(model)
    found = dict(given)
    for key, raw in value.items():
        convert = converters.get(key)
        if convert is None:
            hint = nearest(key, converters)
            complaints.append(Complaint((*path, key), shown(raw), f"unknown key; {hint}"))
        elif key in given:
            if raw != given[key]:
                complaints.append(
                    Complaint((*path, key), shown(raw), f"must be {shown(given[key])}, as it is named; leave it out")
                )
        else:
            result = convert(raw, (*path, key), complaints)
            if result is not BROKEN:
                found[key] = result
    return found


def read_object(
    model: Any, value: object, path: Path, complaints: Complaints, given: Mapping[str, object] | None = None
) -> Any:
    """An object of the model, or BROKEN if something that has no default is missing or does not fit."""
    entries = json_object(value, path, complaints)
    if entries is None:
        return BROKEN
    found = read_fields(model, entries, path, complaints, given or {})
    whole = True
    for key in _required(model):
        if key not in found:
            whole = False
            if key not in entries:
                complaints.append(Complaint((*path, key), "", "is missing; add it"))
    return model(**found) if whole else BROKEN


# one converter per type of field ------------------------------------------------------------------------


@cache
def _converters(model: Any) -> dict[str, Converter]:
    hints = get_type_hints(model)
    return {item.name: _converter(hints[item.name]) for item in fields(model)}


@cache
def _required(model: Any) -> tuple[str, ...]:
    return tuple(item.name for item in fields(model) if item.default is MISSING and item.default_factory is MISSING)


@cache
def _converter(kind: Any) -> Converter:
    if kind in _PLAIN:
        return _PLAIN[kind]
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _word_of(kind)
    if is_dataclass(kind):
        return _object_of(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple:
        return _list_of(_converter(arguments[0]))
    if origin is Mapping:
        return _mapping_of(_converter(arguments[1]))
    if origin in (Union, UnionType):
        return _one_of(arguments)
    raise TypeError(f"the house's model has a field of a type that no file can hold: {kind}")


def _text(value: object, path: Path, complaints: Complaints) -> object:
    if isinstance(value, str):
        return value
    complaints.append(Complaint(path, shown(value), "must be a text, in quotes"))
    return BROKEN


def _whole_number(value: object, path: Path, complaints: Complaints) -> object:
    if type(value) is int:
        return value
    complaints.append(Complaint(path, shown(value), "must be a whole number"))
    return BROKEN


def _number(value: object, path: Path, complaints: Complaints) -> object:
    if type(value) is float or (type(value) is int and abs(value) < 1 << 53):
        number = float(value)
        if math.isfinite(number):
            return number
    complaints.append(Complaint(path, shown(value), "must be a number"))
    return BROKEN


def _truth(value: object, path: Path, complaints: Complaints) -> object:
    if isinstance(value, bool):
        return value
    complaints.append(Complaint(path, shown(value), "must be true or false"))
    return BROKEN


_PLAIN: dict[Any, Converter] = {str: _text, int: _whole_number, float: _number, bool: _truth}
_NAMES: dict[Any, str] = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", NoneType: "null"}


def _word_of(words: type[StrEnum]) -> Converter:
    known = {str(word): word for word in words}

    def convert(value: object, path: Path, complaints: Complaints) -> object:
        if isinstance(value, str):
            word = known.get(value)
            if word is not None:
                return word
            complaints.append(Complaint(path, shown(value), f"unknown {words.__name__}; {nearest(value, known)}"))
        else:
            complaints.append(Complaint(path, shown(value), f"must be one of the words of {words.__name__}, in quotes"))
        return BROKEN

    return convert


def _object_of(model: Any) -> Converter:
    def convert(value: object, path: Path, complaints: Complaints) -> object:
        return read_object(model, value, path, complaints)

    return convert


def _list_of(item: Converter) -> Converter:
    def convert(value: object, path: Path, complaints: Complaints) -> object:
        if not isinstance(value, list):
            complaints.append(Complaint(path, shown(value), "must be a list, in square brackets"))
            return BROKEN
        items = [item(raw, (*path, str(index)), complaints) for index, raw in enumerate(value)]
        return tuple(each for each in items if each is not BROKEN)

    return convert


def _mapping_of(item: Converter) -> Converter:
    def convert(value: object, path: Path, complaints: Complaints) -> object:
        entries = json_object(value, path, complaints)
        if entries is None:
            return BROKEN
        items = {key: item(raw, (*path, key), complaints) for key, raw in entries.items()}
        return {key: each for key, each in items.items() if each is not BROKEN}

    return convert


def _one_of(kinds: tuple[Any, ...]) -> Converter:
    """Whichever of several types fits: by its JSON type, and among objects the one that shares most keys."""
    nothing = NoneType in kinds
    plain = tuple(kind for kind in kinds if kind in _PLAIN)
    models = tuple(kind for kind in kinds if is_dataclass(kind))

    def convert(value: object, path: Path, complaints: Complaints) -> object:
        if value is None and nothing:
            return None
        if type(value) in plain:
            return _PLAIN[type(value)](value, path, complaints)
        if type(value) is int and float in plain:
            return _number(value, path, complaints)
        if models:
            keys = value.keys() if isinstance(value, dict) else set()
            best = max(models, key=lambda model: len(_converters(model).keys() & keys))  # type: ignore[arg-type]
            return read_object(best, value, path, complaints)
        wanted = " or ".join(_NAMES[kind] for kind in kinds)
        complaints.append(Complaint(path, shown(value), f"must be {wanted}"))
        return BROKEN

    return convert
