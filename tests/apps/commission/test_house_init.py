"""A house file from what a scan found and what a person answers."""

import json
from pathlib import Path

import pytest

from gw_spaceheat.apps.commission import scan
from gw_spaceheat.apps.commission.house_init import make_house
from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from gw_spaceheat.drivers.registry import devices
from gw_spaceheat.house.check import load_checked_house
from gw_spaceheat.views.devices_text import Found, Looked
from gw_spaceheat.vocabulary.roles import ActorClass

PROBES = tuple(Found(f"28-00000000000{number}", "Adafruit__642") for number in range(4))
LOOKED = (
    Looked("i2c-1", (Found("0x18", "Microchip__MCP9808"), Found("0x20", "Krida__Emr16_I2c_V3, NCD__PR8_14_SPST"))),
    Looked("onewire", PROBES),
    Looked("serial", (Found("/dev/ttyUSB0", "FTDI"),)),
    Looked("mdns", missing="avahi-browse is not installed"),
)
ANSWERS = {
    "alias": "hw9.test.shed",
    "time zone": ["Nowhere/Never", "Europe/Berlin"],
    "latitude": ["north", "52.5"],
    "longitude": "13.4",
    "0x20 is": ["something", "NCD__PR8_14_SPST"],
    "relay 1": "element",
    "relay 2": "pump",
    "...0 is at": "tank",
    "...1 is at": "pipe",
    "...2 is at": "room",
    "...3 is at": "none",
    "meter of a.elt1.relay": "SchneiderElectric__Iem3455",
    "port of": "/dev/ttyUSB0",
    "serial number": "35941_308",
}


class Person:
    """Answers by a part of the question, else takes what is offered; several answers are given one after the other."""

    def __init__(self) -> None:
        self.answers = {key: list(said) if isinstance(said, list) else [said] for key, said in ANSWERS.items()}
        self.questions: list[str] = []

    def __call__(self, question: str, default: str) -> str:
        self.questions.append(question)
        for key, said in self.answers.items():
            if key.replace("...", "28-00000000000") in question:
                return said.pop(0) if len(said) > 1 else said[0]
        return default


def test_what_was_found_and_answered_is_a_right_house() -> None:
    person = Person()
    ids = iter(["0b7b5f0e-6d2c-4c0a-9a43-5f1e8d7c2b11", "c7a1d9f4-3e58-4b6f-8d20-91b4a6e0f532"])
    alias, made = make_house(LOOKED, person, lambda: next(ids))
    house, warnings = load_checked_house(json.dumps({alias: made}), "new.json", devices())
    assert (house.alias, house.utc_offset_standard_h, warnings) == ("hw9.test.shed", 1.0, ())
    assert {each.make_model for each in house.components.values()} == {
        "NCD__PR8_14_SPST",
        "Adafruit__642",
        "SchneiderElectric__Iem3455",
    }
    relays = [node.alias for node in house.nodes.values() if node.actor is ActorClass.BooleanActuator]
    assert relays == ["a.elt1.relay", "a.pump1.relay"]
    assert house.heating.buffer == ("a-tank-temp0",)
    assert house.heating.zones[0].circulator == "a.pump1.relay"
    assert house.components["meter"].address == {"port": "/dev/ttyUSB0", "baud": 9600, "unit": 12}
    assert sum("Nowhere" in str(said) or "time zone" in said for said in person.questions) == 2, "a wrong answer is asked again"


def test_on_a_laptop_the_check_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(scan, "_mdns", lambda: Looked("mdns"))
    monkeypatch.setattr("typer.prompt", Person())
    file = tmp_path / "new.json"
    assert main(["house", "init", str(file)]) == Exit.DATAERR
    told = capsys.readouterr().out
    assert "raspi-config nonint do_onewire 0" in told
    assert "heating.heat_source: nothing heats this house" in told
    assert json.loads(file.read_text()).keys() == {"hw9.test.shed"}
    assert main(["house", "init", str(file)]) == Exit.CANTCREAT
