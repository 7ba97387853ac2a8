"""Power on change: above 2 % of the nameplate sum, at once; a missing part is not zero."""

from dataclasses import replace

from gw_spaceheat.core.telemetry.power import PowerOnChange
from gw_spaceheat.house.model import CaptureRule, Channel, Node
from gw_spaceheat.vocabulary.roles import Role
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from tests.houses import bare_house


def watcher() -> PowerOnChange:
    rule = CaptureRule(poll_s=1, period_s=300, delta=2)
    channels = {
        name: Channel(
            name=name,
            about=f"a.{name}",
            captured_by="a.m",
            telemetry=TelemetryName.PowerW,
            capture=rule,
            in_power_metering=counts,
        )
        for name, counts in (("hp", True), ("elt", True), ("total", False))
    }
    nodes = {
        "a.hp": Node(alias="a.hp", role=Role.HeatPump, nameplate_w=10_000),
        "a.elt": Node(alias="a.elt", role=Role.BoostElement, nameplate_w=4_500),
    }
    return PowerOnChange(replace(bare_house(), channels=channels, nodes=nodes))


def test_threshold() -> None:
    power = watcher()
    assert power.threshold_w == 290
    assert power.changed_to({"hp": 0.0, "elt": 0.0}) == 0
    assert power.changed_to({"hp": 290.0, "elt": 0.0}) is None
    assert power.changed_to({"hp": 290.6, "elt": 0.0}) == 291
    assert power.changed_to({"hp": 290.6, "elt": 4500.0}) == 4791


def test_missing_is_not_zero() -> None:
    power = watcher()
    assert power.changed_to({"hp": 5000.0, "elt": 0.0}) == 5000
    assert power.changed_to({"hp": None, "elt": 0.0}) is None
    assert power.changed_to({"elt": 0.0}) is None


def test_only_metered_channels_concern_it() -> None:
    power = watcher()
    assert power.concerns(("total", "hp"))
    assert not power.concerns(("total",))
