"""What a person asks of the alerts: which rules there are, what is wrong, and whether a trial arrives."""

import time
from typing import Any

from gw_spaceheat.actors.alert_sink import CannotTellError
from gw_spaceheat.actors.alert_watch import SEPARATOR
from gw_spaceheat.apps.alerts.measures import MEASURES
from gw_spaceheat.apps.alerts.rules_file import read_rules
from gw_spaceheat.apps.alerts.running import FOLDER, MEMORY
from gw_spaceheat.apps.alerts.sinks import sinks_of
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.events import AlertTold
from gw_spaceheat.stores.json_file import JsonFile
from gw_spaceheat.vocabulary.moment import MINUTE_MS


def alert_listing(settings: Settings) -> dict[str, Any]:
    """The rules, and what is wrong. Raises AlertRulesError, OSError.

    Returns:
        `rules[{name, measure, of, side, limit, clear, for_min, urgent}], open[{rule, subject, since_unix_ms, told}]`.
    """
    rules = read_rules(settings.alerts_file)
    kept = JsonFile(settings.data_folder / FOLDER / MEMORY).read(dict[str, tuple[int, bool]], {})
    return {
        "rules": [
            {
                "name": rule.name,
                "measure": rule.measure,
                "of": MEASURES[rule.measure],
                "side": rule.side.value,
                "limit": rule.limit,
                "clear": rule.clear,
                "for_min": rule.for_ms / MINUTE_MS,
                "urgent": rule.urgent,
            }
            for rule in rules.rules
        ],
        "open": [
            {"rule": key.partition(SEPARATOR)[0], "subject": key.partition(SEPARATOR)[2], "since_unix_ms": since, "told": told}
            for key, (since, told) in kept.items()
        ],
    }


def tell_trial(settings: Settings) -> dict[str, str]:
    """Tell a trial at once in every way but MQTT, which needs a running process; why it failed, empty where it did not."""
    now_ms = time.time_ns() // 1_000_000
    trial = AlertTold(
        rule="trial",
        subject="nothing is wrong",
        over=False,
        urgent=False,
        text="A trial: nothing is wrong.",
        since_ms=now_ms,
        at_ms=now_ms,
    )
    went = {}
    for name, tell in sinks_of(settings, None).items():
        try:
            tell(trial)
        except CannotTellError as error:
            went[name] = str(error)
        else:
            went[name] = ""
    return went
