"""Days as a table and as JSON; what is not known is a dash or null."""

import json
from dataclasses import replace
from datetime import date

from gw_spaceheat.core.telemetry.energy_days import EnergyDay
from gw_spaceheat.views.energy_table import energy_json, energy_text

DAY = EnergyDay(
    day=date(2018, 1, 8),
    from_ms=1_515_387_600_000,
    to_ms=1_515_474_000_000,
    electricity_kwh=60.0,
    known=0.756,
    source_kwh=48.04,
    heat_kwh=150.7,
    cop=3.137,
    rooms_kwh=100.0,
    outdoor_c=-8.0,
    delivery_usd=7.275,
    energy_usd=1.8,
    priced=1.0,
)
BARE = replace(
    DAY,
    electricity_kwh=None,
    known=0.0,
    source_kwh=None,
    heat_kwh=None,
    cop=None,
    rooms_kwh=None,
    outdoor_c=None,
    delivery_usd=None,
    energy_usd=None,
    priced=0.0,
)


def test_a_line_for_each_day() -> None:
    assert [line.split() for line in energy_text([DAY, BARE])] == [
        ["day", "outdoors", "electricity", "source", "heat", "COP", "to", "rooms", "delivery", "energy", "known"],
        ["degC", "kWh", "kWh", "kWh", "kWh", "USD", "USD", "%"],
        ["2018-01-08", "-8.0", "60.0", "48.0", "150.7", "3.14", "100.0", "7.28", "1.80", "76"],
        ["2018-01-08", *["-"] * 8, "0"],
    ]


def test_a_price_that_is_known_of_some_hours_only_is_marked() -> None:
    lines = list(energy_text([replace(DAY, priced=0.5)]))
    assert "1.80*" in lines[2]
    assert lines[3].startswith("* not of all hours")


def test_json_has_everything() -> None:
    first, second = (json.loads(line) for line in energy_json([DAY, BARE]))
    assert first["day"] == "2018-01-08"
    assert first["from_utc"] == "2018-01-08T05:00:00.000Z"
    assert first["cop"] == 3.137
    assert second["heat_kwh"] is None
