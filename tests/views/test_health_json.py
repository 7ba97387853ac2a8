"""How a process is, as JSON."""

import json

from gw_spaceheat.views.health_json import health_json
from tests.views.figures import JUST_STARTED, TROUBLED


def test_who_is_late_the_links_and_the_last_report() -> None:
    told = json.loads(health_json(TROUBLED))
    assert told["healthy"] is False
    assert (told["process"], told["version"], told["time"]) == ("hw1.test", "1.2.3", "2018-01-08T00:05:02.000+00:00")
    assert told["late"] == {"a.boiler": "in one call for 21.0 s (promised within 20 s)"}
    assert told["watch_looked_ago_s"] == 0.25
    assert told["links"]["uplink"] == {
        "up": False,
        "since": "2018-01-08T00:00:00.000+00:00",
        "reason": "not connected",
        "waiting": 6,
        "waiting_bytes": 7_000,
        "counts": {"echo": 8},
    }
    assert told["links"]["local"]["waiting"] is None, "unknown is not zero"
    house = {"commanded_by": "remote", "cause": "the contract began", "since": "2018-01-08T00:00:00.000+00:00"}
    assert told["house"] == house
    made = {"slot_start": "2018-01-08T00:00:00.000+00:00", "made": "2018-01-08T00:05:01.000+00:00", "since_start": 13}
    assert told["last_report"] == made
    assert told["actors"]["a.s"] == {
        "alive": True,
        "critical": True,
        "progress_age_s": 0.5,
        "waiting": 2,
        "restarts": 1,
        "dropped_readings": 3,
        "trouble": None,
    }


def test_a_process_that_has_just_started() -> None:
    told = json.loads(health_json(JUST_STARTED))
    assert (told["healthy"], told["late"], told["house"], told["last_report"]) == (False, {}, None, None)
