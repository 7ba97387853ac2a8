"""The words of the console: `newHouse 2`, or as `newHouse(2)`; houses and devices go by their numbers, which never change.

A house is named by its number in neighbourhood 0, or as `1/3` for house 3 of neighbourhood 1.
"""

import difflib
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from gw_spaceheat.core.supervision.calibration import BadTable, calibration_of
from gw_spaceheat.core.supervision.houses import MOST_NAME, House, TooMany, Unknown
from gw_spaceheat.core.supervision.intake import Place
from gw_spaceheat.core.supervision.server import DEMO_NAME, Server
from gw_spaceheat.core.supervision.switch import TIME_TO_LIVE_MS
from gw_spaceheat.core.supervision.telling import (
    consumer_told,
    house_in_brief,
    house_told,
    neighbourhood_told,
    supplier_told,
    switch_told,
    totals_told,
)
from gw_spaceheat.messages.supervision import Answer, Kind
from gw_spaceheat.vocabulary.moment import SECOND_MS, Moment

MOST_LINE = 4_000
MOST_AT_ONCE = 200
LONGEST_TIME_TO_LIVE_S = 3_600
DEMO_DEVICES = (("heater", "fridge", "lamp"), ("solar panel",))
"""Consumers and suppliers of a house of the demonstration."""
DEMO_RELAY = "relay"
"""One more consumer, in the second house."""


class BadLine(ValueError):
    """A line that cannot be carried out; the text says what is wrong and what to write."""


class Given(NamedTuple):
    """What was done: in words, and as data."""

    text: str
    data: object


class Word(NamedTuple):
    """A command: how it is written, what it is for, from how many to how many arguments it takes, what does it."""

    form: str
    about: str
    least: int
    most: int
    do: Callable[[Server, Sequence[str], Moment], Given]


def carry_out(server: Server, line: str, now: Moment) -> Answer:
    """Carry out a line; never raises because of what stands in it."""
    try:
        word, arguments = parsed(line)
        given = word.do(server, arguments, now)
    except (BadLine, Unknown, TooMany, BadTable) as error:
        return Answer("", done=False, text=str(error))
    return Answer("", done=True, text=given.text, data=given.data)


def parsed(line: str) -> tuple[Word, Sequence[str]]:
    """The command of a line and its arguments; raises BadLine."""
    if len(line) > MOST_LINE:
        raise BadLine(f"a line has at most {MOST_LINE} characters")
    called = re.fullmatch(r"\s*([A-Za-z]+)\s*\((.*)\)\s*", line, re.DOTALL)
    parts = [called[1], *_parts(called[2].replace(",", " "))] if called else _parts(line)
    if not parts:
        raise BadLine("nothing was said; help tells all commands")
    name, arguments = parts[0], parts[1:]
    word = WORDS.get(name)
    if word is None:
        same = [known for known in WORDS if known.lower() == name.lower()]
        near = same or difflib.get_close_matches(name, WORDS, n=1)
        raise BadLine(f"{name[:40]!r} is no command{f'; did you mean {near[0]}?' if near else '; help tells all'}")
    if not word.least <= len(arguments) <= word.most:
        raise BadLine(f"{name} takes {_count(word)}: write {word.form}")
    return word, arguments


def _parts(text: str) -> list[str]:
    """Words, of which one with spaces stands between quotation marks; raises BadLine."""
    found = re.findall(r"\"([^\"]*)\"|'([^']*)'|([^\s\"']+)|([\"'])", text)
    if any(lonely for *_, lonely in found):
        raise BadLine("a quotation mark has no partner")
    return ["".join(groups) for groups in found]


def _count(word: Word) -> str:
    if word.least == word.most:
        return f"{word.least or 'no'} argument{'' if word.least == 1 else 's'}"
    return f"from {word.least} to {word.most} arguments"


def joined(arguments: Sequence[str]) -> str:
    """A line from the words of a command line; raises BadLine for one that cannot stand in a line."""
    quoted = []
    for argument in arguments:
        mark = next((mark for mark in ('"', "'") if mark not in argument), None)
        if mark is None:
            raise BadLine(f"{argument[:40]!r} has both kinds of quotation marks")
        quoted.append(argument if re.fullmatch(r"[\w/.+-]+", argument) else f"{mark}{argument}{mark}")
    return " ".join(quoted)


# arguments ------------------------------------------------------------------------------------------------------------


def _number(text: str, what: str, least: int, most: int) -> int:
    if re.fullmatch(r"[+-]?[0-9]{1,9}", text, re.ASCII) is None or not least <= int(text) <= most:
        raise BadLine(f"{text[:40]!r} is no {what}: a whole number from {least} to {most}")
    return int(text)


def _real(text: str, what: str, least: float, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise BadLine(f"{text[:40]!r} is no {what}: a number from {least:g} to {most:g}")
    return value


def _place(text: str) -> Place:
    neighbourhood, slash, house = text.rpartition("/")
    if not slash:
        neighbourhood = "0"
    return (
        _number(neighbourhood, "number of a neighbourhood", 0, 999_999_999),
        _number(house, "number of a house", 1, 999_999_999),
    )


def _found(server: Server, text: str) -> tuple[Place, House]:
    place = _place(text)
    return place, server.town.house(*place)


def _name(text: str) -> str:
    if not text.isprintable() or not text.strip() or len(text) > MOST_NAME:
        raise BadLine(f"{text[:40]!r} is no name: from 1 to {MOST_NAME} characters that can be printed")
    return text


def _device_number(text: str, kind: Kind) -> int:
    return _number(text, f"number of a {kind.lower()}", 1, 999_999_999)


def _switched(text: str) -> bool:
    if text not in {"0", "1", "on", "off"}:
        raise BadLine(f"{text[:40]!r} is neither 0 nor 1 (off, on)")
    return text in {"1", "on"}


# commands -------------------------------------------------------------------------------------------------------------


def _new_house(server: Server, arguments: Sequence[str], now: Moment) -> Given:
    count = _number(arguments[0], "count of houses", 1, MOST_AT_ONCE) if arguments else 1
    number = _number(arguments[1], "number of a neighbourhood", 0, 999_999_999) if len(arguments) > 1 else 0
    neighbourhood = server.town.neighbourhood(number)
    made = [neighbourhood.add_house().number for _ in range(count)]
    for house in made:
        server.changed((number, house), now)
    text = f"neighbourhood {number}: {'house' if count == 1 else 'houses'} {', '.join(map(str, made))}"
    return Given(text, {"neighbourhood": number, "houses": made})


def _show_houses(server: Server, arguments: Sequence[str], now: Moment) -> Given:
    wanted = _number(arguments[0], "number of a neighbourhood", 0, 999_999_999) if arguments else None
    if wanted is not None and wanted not in server.town.neighbourhoods:
        raise Unknown(f"there is no neighbourhood {wanted}; showHouses without a number shows all")
    shown = [each for number, each in sorted(server.town.neighbourhoods.items()) if wanted in {None, number}]
    lines = []
    for each in shown:
        lines += [f"Neighborhood/{each.number}/House/{house.number}: {_brief(house, now)}" for house in each.houses.values()]
        lines.append(f"Neighborhood/{each.number}: {_totals(each.totals(now.wall_ms)._asdict())}")
    return Given(
        "\n".join(lines) or "there are no houses; newHouse makes one", [neighbourhood_told(each, now.wall_ms) for each in shown]
    )


def _show_house(server: Server, arguments: Sequence[str], now: Moment) -> Given:
    place, house = _found(server, arguments[0])
    told = house_told(place[0], house, now.wall_ms)
    lines = [f"house {place[0]}/{place[1]}{_called(house)}: {_totals(house.totals(now.wall_ms)._asdict())}"]
    lines += [f"  {_consumer_line(consumer_told(each, house.voltage_v, now.wall_ms))}" for each in house.consumers.values()]
    lines += [f"  {_supplier_line(supplier_told(each, now.wall_ms))}" for each in house.suppliers.values()]
    return Given("\n".join(lines), told)


def _remove_house(server: Server, arguments: Sequence[str], now: Moment) -> Given:
    place, _ = _found(server, arguments[0])
    del server.town.neighbourhoods[place[0]].houses[place[1]]
    server.removed(place)
    server.changed(None, now)
    return Given(f"house {place[0]}/{place[1]} is removed", {"neighbourhood": place[0], "house": place[1]})


def _new_consumer(server: Server, arguments: Sequence[str], now: Moment) -> Given:
    return _new_devices(server, arguments, Kind.CONSUMER, now)


def _new_supplier(server: Server, arguments: Sequence[str], now: Moment) -> Given:
    return _new_devices(server, arguments, Kind.SUPPLIER, now)


def _new_devices(server: Server, arguments: Sequence[str], kind: Kind, now: Moment) -> Given:
    place, house = _found(server, arguments[0])
    count = _number(arguments[1], f"count of {kind.lower()}s", 1, MOST_AT_ONCE) if len(arguments) == 3 else 1
    name = _name(arguments[-1])
    add = house.add_consumer if kind is Kind.CONSUMER else house.add_supplier
    made = [add(name).number for _ in range(count)]
    server.changed(place, now)
    text = f"house {place[0]}/{place[1]}: {kind.lower()} {', '.join(map(str, made))} ({name})"
    return Given(text, {"neighbourhood": place[0], "house": place[1], "kind": kind, "numbers": made, "name": name})


def _show_consumers(server: Server, arguments: Sequence[str], now: Moment) -> Given:
    _, house = _found(server, arguments[0])
    wanted = [_device_number(arguments[1], Kind.CONSUMER)] if len(arguments) > 1 else list(house.consumers)
    for number in wanted:
        house.device(Kind.CONSUMER, number)
    told = [consumer_told(house.consumers[number], house.voltage_v, now.wall_ms) for number in wanted]
    totals = house.totals(now.wall_ms)
    lines = [*map(_consumer_line, told), f"house: {totals.current_a:.2f} A, {totals.power_w:.0f} W"]
    return Given("\n".join(lines), {"consumers": told, "totals": totals_told(totals)})


def _show_suppliers(server: Server, arguments: Sequence[str], now: Moment) -> Given:
    _, house = _found(server, arguments[0])
    wanted = [_device_number(arguments[1], Kind.SUPPLIER)] if len(arguments) > 1 else list(house.suppliers)
    for number in wanted:
        house.device(Kind.SUPPLIER, number)
    told = [supplier_told(house.suppliers[number], now.wall_ms) for number in wanted]
    totals = house.totals(now.wall_ms)
    lines = [*map(_supplier_line, told), f"house: panels {totals.pv_current_a:.2f} A, {totals.pv_w:.0f} W"]
    return Given("\n".join(lines), {"suppliers": told, "totals": totals_told(totals)})


def _set_consumer(server: Server, arguments: Sequence[str], now: Moment) -> Given:
    return _set_device(server, arguments, Kind.CONSUMER, now)


def _set_supplier(server: Server, arguments: Sequence[str], now: Moment) -> Given:
    return _set_device(server, arguments, Kind.SUPPLIER, now)


def _set_device(server: Server, arguments: Sequence[str], kind: Kind, now: Moment) -> Given:
    place, house = _found(server, arguments[0])
    device = house.device(kind, _device_number(arguments[1], kind))
    if house.alias:
        raise BadLine(f"{house.alias} has its own SCADA, which alone switches; gws take and gws set speak with it")
    on = _switched(arguments[2])
    live_ms = TIME_TO_LIVE_MS
    if len(arguments) > 3:
        live_ms = round(SECOND_MS * _real(arguments[3], "time to live [s]", 1, LONGEST_TIME_TO_LIVE_S))
    device.switch.desire(on, now, live_ms)
    server.changed(place, now)
    text = f"{kind.lower()} {device.number} of house {place[0]}/{place[1]} is to be {'on' if on else 'off'}: desired"
    return Given(text, {"kind": kind, "number": device.number, "switch": switch_told(device.switch)})


def _remove_consumer(server: Server, arguments: Sequence[str], now: Moment) -> Given:
    return _remove_device(server, arguments, Kind.CONSUMER, now)


def _remove_supplier(server: Server, arguments: Sequence[str], now: Moment) -> Given:
    return _remove_device(server, arguments, Kind.SUPPLIER, now)


def _remove_device(server: Server, arguments: Sequence[str], kind: Kind, now: Moment) -> Given:
    place, house = _found(server, arguments[0])
    number = _device_number(arguments[1], kind)
    house.device(kind, number)
    if kind is Kind.CONSUMER:
        del house.consumers[number]
    else:
        del house.suppliers[number]
    server.changed(place, now)
    return Given(f"{kind.lower()} {number} of house {place[0]}/{place[1]} is removed", {"kind": kind, "number": number})


def _calibrate(server: Server, arguments: Sequence[str], now: Moment) -> Given:
    place, house = _found(server, arguments[0])
    number = _device_number(arguments[1], Kind.CONSUMER)
    house.device(Kind.CONSUMER, number)
    numbers = [_real(text, "number of a calibration", -1e9, 1e9) for text in arguments[2:]]
    house.consumers[number].calibration = calibration_of(numbers)
    server.changed(place, now)
    return Given(f"consumer {number}: a table of {len(numbers) // 2} points", {"number": number, "points": numbers})


def _start_demo(server: Server, arguments: Sequence[str], now: Moment) -> Given:  # noqa: ARG001
    neighbourhood = server.town.neighbourhood(0)
    made = []
    for _ in range(2):
        house = neighbourhood.add_house(DEMO_NAME)
        for name in DEMO_DEVICES[0]:
            house.add_consumer(name)
        for name in DEMO_DEVICES[1]:
            house.add_supplier(name)
        made.append(house.number)
    neighbourhood.houses[made[-1]].add_consumer(DEMO_RELAY)
    for number in made:
        server.changed((0, number), now)
    return Given(
        f"houses {made[0]} and {made[1]}, with simulated devices; showHouses shows them live",
        {"neighbourhood": 0, "houses": [house_in_brief(neighbourhood.houses[number], now.wall_ms) for number in made]},
    )


def _debug(server: Server, arguments: Sequence[str], now: Moment) -> Given:  # noqa: ARG001
    if arguments:
        server.debug = _switched(arguments[0])
    rejected = {reason.value: count for reason, count in sorted(server.intake.rejected.items())}
    told = {
        "debug": server.debug,
        "server": server.leader.server,
        "term": server.leader.term,
        "taken": server.intake.taken,
        "rejected": rejected,
    }
    counted = ", ".join(f"{reason} {count}" for reason, count in rejected.items()) or "none"
    return Given(f"debug {'on' if server.debug else 'off'}; {server.intake.taken} readings taken; rejected: {counted}", told)


def _help(server: Server, arguments: Sequence[str], now: Moment) -> Given:  # noqa: ARG001
    wide = max(len(word.form) for word in WORDS.values())
    text = "\n".join(f"{word.form.ljust(wide)}  {word.about}" for word in WORDS.values())
    return Given(text, [{"form": word.form, "about": word.about} for word in WORDS.values()])


WORDS: Mapping[str, Word] = {
    "newHouse": Word("newHouse [COUNT [NEIGHBOURHOOD]]", "make houses", 0, 2, _new_house),
    "showHouses": Word("showHouses [NEIGHBOURHOOD]", "all houses, with totals", 0, 1, _show_houses),
    "showHouse": Word("showHouse HOUSE", "a house with all its devices", 1, 1, _show_house),
    "rmHouse": Word("rmHouse HOUSE", "remove a house", 1, 1, _remove_house),
    "newConsumer": Word("newConsumer HOUSE [COUNT] NAME", "make consumers", 2, 3, _new_consumer),
    "showConsumers": Word("showConsumers HOUSE [NUMBER]", "what consumers draw", 1, 2, _show_consumers),
    "setConsumer": Word("setConsumer HOUSE NUMBER 0|1 [SECONDS]", "switch; within so many seconds", 3, 4, _set_consumer),
    "rmConsumer": Word("rmConsumer HOUSE NUMBER", "remove a consumer", 2, 2, _remove_consumer),
    "newSupplier": Word("newSupplier HOUSE [COUNT] NAME", "make suppliers", 2, 3, _new_supplier),
    "showSuppliers": Word("showSuppliers HOUSE [NUMBER]", "what suppliers give", 1, 2, _show_suppliers),
    "setSupplier": Word("setSupplier HOUSE NUMBER 0|1 [SECONDS]", "switch a load", 3, 4, _set_supplier),
    "rmSupplier": Word("rmSupplier HOUSE NUMBER", "remove a supplier", 2, 2, _remove_supplier),
    "calibrate": Word("calibrate HOUSE NUMBER SHOWN AMPERES...", "a consumer's table", 6, 202, _calibrate),
    "startDemo": Word("startDemo", "two houses with simulated devices", 0, 0, _start_demo),
    "debug": Word("debug [0|1]", "tell each message in the server's log; counts", 0, 1, _debug),
    "help": Word("help", "all commands", 0, 0, _help),
}


# in words -------------------------------------------------------------------------------------------------------------


def _called(house: House) -> str:
    return f" ({house.alias or house.name})" if house.alias or house.name else ""


def _brief(house: House, now: Moment) -> str:
    devices = f"{len(house.consumers)} Consumers | {len(house.suppliers)} Suppliers"
    return f"{devices}{_called(house)}: {_totals(house.totals(now.wall_ms)._asdict())}"


def _totals(totals: Mapping[str, float]) -> str:
    drawn = f"draws {totals['current_a']:.2f} A, {totals['power_w']:.0f} W"
    given = f"panels {totals['pv_current_a']:.2f} A, {totals['pv_w']:.0f} W"
    return f"{drawn}; {given}{'; ' + str(totals['silent']) + ' silent' if totals['silent'] else ''}"


def _consumer_line(told: Mapping[str, object]) -> str:
    current = "never heard" if told["current_a"] is None else f"{told['current_a']:.2f} A, {told['power_w']:.0f} W"
    return f"consumer {told['number']} {told['name']}: {current}{_marks(told)}"


def _supplier_line(told: Mapping[str, object]) -> str:
    pv_w = told["pv_w"]
    return f"supplier {told['number']} {told['name']}: {'never heard' if pv_w is None else f'{pv_w:.0f} W'}{_marks(told)}"


def _marks(told: Mapping[str, object]) -> str:
    switch = told["switch"]
    marks = []
    if told["server_ms"] is not None and not told["fresh"]:
        marks.append("silent")
    if not told.get("in_range", True):
        marks.append("out of the sensor's range")
    if isinstance(switch, dict) and switch["desired"] is not None:
        marks.append(f"{'on' if switch['desired'] else 'off'} {switch['standing']}")
    return f" ({', '.join(marks)})" if marks else ""
