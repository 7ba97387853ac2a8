"""Metrics, read back with the library's own parser."""

import re
import sys

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gw_spaceheat.runtime.witness import Figures
from gw_spaceheat.views.metrics_text import metrics_text
from tests.views.figures import JUST_STARTED, TROUBLED

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def parsed(figures: Figures) -> Samples:
    families = text_string_to_metric_families(metrics_text(figures).decode())
    return {(s.name, tuple(s.labels.items())): s.value for family in families for s in family.samples}


@pytest.mark.parametrize(
    ("name", "labels", "value"),
    [
        ("gws_build_info", {"process": "hw1.test", "version": "1.2.3"}, 1.0),
        ("gws_healthy", {}, 0.0),
        ("gws_watch_age_seconds", {}, 0.25),
        ("gws_actor_progress_age_seconds", {"actor": "a.boiler"}, 21.0),
        ("gws_actor_late", {"actor": "a.boiler"}, 1.0),
        ("gws_actor_late", {"actor": "a.s"}, 0.0),
        ("gws_actor_mailbox_messages", {"actor": "a.s"}, 2.0),
        ("gws_actor_restarts_total", {"actor": "a.s"}, 1.0),
        ("gws_actor_dropped_readings_total", {"actor": "a.s"}, 3.0),
        ("gws_link_up", {"link": "uplink"}, 0.0),
        ("gws_link_up", {"link": "local"}, 1.0),
        ("gws_link_connects_total", {"link": "uplink"}, 4.0),
        ("gws_link_received_messages_total", {"link": "uplink"}, 5.0),
        ("gws_link_given_messages_total", {"link": "uplink", "urgency": "held"}, 12.0),
        ("gws_link_faults_total", {"link": "uplink", "kind": "echo"}, 8.0),
        ("gws_outbox_messages", {"link": "uplink"}, 6.0),
        ("gws_outbox_bytes", {"link": "uplink"}, 7_000.0),
        ("gws_readings_captured_total", {"node": "a.tank"}, 9.0),
        ("gws_readings_missing_total", {"node": "a.tank"}, 10.0),
        ("gws_commands_total", {"verdict": "Done"}, 11.0),
        ("gws_house_commanded", {"by": "remote"}, 1.0),
        ("gws_house_commanded", {"by": "local"}, 0.0),
        ("gws_reports_total", {}, 13.0),
        ("gws_report_last_timestamp_seconds", {}, 1_515_369_901.0),
    ],
)
def test_each_figure(name: str, labels: dict[str, str], value: float) -> None:
    found = {frozenset(of): number for (at, of), number in parsed(TROUBLED).items() if at == name}
    assert found[frozenset(labels.items())] == value


def test_what_is_unknown_is_left_out_and_not_zero() -> None:
    names = {name for name, _ in parsed(JUST_STARTED)}
    assert names.isdisjoint({"gws_watch_age_seconds", "gws_reports_total", "gws_house_commanded", "gws_outbox_messages"})
    assert ("gws_outbox_messages", (("link", "local"),)) not in parsed(TROUBLED)


def test_names_keep_to_the_convention() -> None:
    for family in text_string_to_metric_families(metrics_text(TROUBLED).decode()):
        if family.name.startswith("gws_"):
            assert re.fullmatch(r"gws(_[a-z]+)+", family.name)
            assert family.documentation
            assert not family.name.endswith(("_ms", "_kb", "_count"))


@pytest.mark.skipif(sys.platform != "linux", reason="of /proc")
def test_the_process_itself() -> None:
    of_process = {name: value for (name, _), value in parsed(JUST_STARTED).items() if name.startswith("process_")}
    assert of_process["process_resident_memory_bytes"] > 1_000_000
    assert "process_cpu_seconds_total" in of_process
