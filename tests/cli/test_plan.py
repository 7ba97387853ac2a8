"""`gws plan`: a table, JSON, and why."""

import json

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from tests.scenarios.scene import OAK

Captured = pytest.CaptureFixture[str]


def test_a_table(capsys: Captured) -> None:
    assert main(["plan", OAK]) == Exit.OK
    heading, columns, *lines = capsys.readouterr().out.splitlines()
    assert heading.startswith(f"{OAK} from 2018-01-08 00:00, prices prices_january_SYNTHETIC.csv")
    assert columns.split()[0] == "from"
    assert lines[0].split()[:2] == ["Mon", "00:00"]
    assert "electricity costs" in lines[-1]


def test_json_has_every_step_and_why(capsys: Captured) -> None:
    assert main(["plan", OAK, "--json", "--why", "07:30", "--tariff", "flat", "--stored", "95"]) == Exit.OK
    told = json.loads(capsys.readouterr().out)
    steps = told["steps"]
    assert sum(step["minutes"] for step in steps) == 48 * 60
    assert {"start", "price_usd_per_kwh", "outdoor_c", "mode", "power_kw", "stored_kwh", "worth_usd_per_kwh"} <= set(steps[0])
    assert told["cost_usd"] == pytest.approx(
        sum(step["power_kw"] * step["price_usd_per_kwh"] * step["minutes"] / 60 for step in steps)
    )
    assert told["why"]["start"] == "2018-01-08T07:30:00"
    assert told["unmet"] == []


def test_why_in_sentences(capsys: Captured) -> None:
    assert main(["plan", OAK, "--why", "17:10"]) == Exit.OK
    first, *others = capsys.readouterr().out.splitlines()
    assert first.startswith("Mon 17:00: ")
    assert any(line.startswith("A degree less in the rooms would save") for line in others)
    assert any("bath" in line for line in others)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--why", "25:00"], "25:00 is no time of day; write such as 06:30"),
        (["--tariff", "gold"], "has no tariff gold"),
        (["--prices", "/nowhere.csv"], "/nowhere.csv"),
    ],
)
def test_what_is_wrong_is_named(words: list[str], text: str, capsys: Captured) -> None:
    assert main(["plan", OAK, *words]) != Exit.OK
    assert text in capsys.readouterr().err
