"""The process that tells a person: listens to the houses of a broker, looks each ten seconds, and tells in several ways."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from gw_spaceheat.actors.alert_sink import AlertSink
from gw_spaceheat.actors.alert_watch import AlertWatch
from gw_spaceheat.apps.alerts import measures
from gw_spaceheat.apps.alerts.rules_file import AlertRules, read_rules
from gw_spaceheat.apps.alerts.sinks import Tell, sinks_of
from gw_spaceheat.apps.connections import mqtt_settings
from gw_spaceheat.apps.process import Life, fresh_seed
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.apps.web import HouseFiles, Watch, watching
from gw_spaceheat.core.alerts.alerts import Alerts, QuietHours
from gw_spaceheat.core.events import AlertTold, Event
from gw_spaceheat.links.mqtt import Mqtt, Taken
from gw_spaceheat.runtime.clock import Clock
from gw_spaceheat.runtime.host import Hosted
from gw_spaceheat.runtime.threaded import Options, ThreadedRuntime
from gw_spaceheat.stores.json_file import JsonFile
from gw_spaceheat.vocabulary.moment import MINUTE_MS

FOLDER = "alerts"
"""Folder of what was told and of what waits, within the data folder."""
MEMORY = "told.json"
WATCH = "alerts"
LATE_MS = 30_000
SINK_LATE_MS = 120_000


def run_alerts(
    settings: Settings,
    urls: tuple[str | None, str | None],
    houses: Path,
    clock: Clock,
    life: Life,
    seconds: float | None = None,
) -> int:
    """Tell until a signal comes (or for some seconds), and give the exit code.

    Args:
        settings: The process's settings.
        urls: Broker of the uplink, and inside the own house; None for none.
        houses: House file or folder.
        clock: The time of the houses.
        life: Gets notes and deaths.
        seconds: End after this [s]; None to go on.

    Raises:
        AlertRulesError, ValueError: Rules, or the address of a way to tell, cannot be understood.
        BadUrl: A broker's URL cannot be understood.
        OSError: The rules cannot be read.
    """
    rules = read_rules(settings.alerts_file)
    with ExitStack() as stack:
        sinks = sinks_of(settings, _publisher(stack, settings, urls))
        watch = stack.enter_context(watching(settings, *urls, settings.atn_alias, clock))
        runtime = alerts_runtime(rules, settings, watch, HouseFiles(houses), clock, life, sinks)
        return life.live(runtime, ((WATCH,), tuple(sinks)), seconds)


def alerts_runtime(
    rules: AlertRules,
    settings: Settings,
    watch: Watch,
    files: HouseFiles,
    clock: Clock,
    life: Life,
    sinks: Mapping[str, Tell],
) -> ThreadedRuntime:
    """Everything of the process, not yet started."""
    folder = settings.data_folder / FOLDER
    began_ms = clock.now().wall_ms
    certificates = {
        what: path
        for what, path in (("mqtt", settings.mqtt_cert), ("mqtt authority", settings.mqtt_ca), ("web", settings.web_cert))
        if path is not None
    }

    def measure(alerts: Alerts, wall_ms: int) -> measures.Numbers:
        known = [now for alias in watch.aliases() if (now := watch.house(alias)) is not None]
        parts = [measures.of_house(files.house(now.alias), now, wall_ms) for now in known]
        if all(now.alias != settings.atn_alias for now in known):
            parts.append({"house_silent_min": {settings.atn_alias: (wall_ms - began_ms) / MINUTE_MS}})
        folder.mkdir(parents=True, exist_ok=True)
        parts.append(measures.of_machine(folder, certificates, watch.trouble(), wall_ms))
        looked_at = {rule.name: rule.measure for rule in alerts.rules}
        return measures.settled(
            measures.joined(parts), [(looked_at[rule], subject) for rule, subject in alerts.open if rule in looked_at]
        )

    hosted = [
        Hosted(
            WATCH,
            AlertWatch(Alerts(rules.rules), measure, partial(quiet_hours, rules), JsonFile(folder / MEMORY)),
            late_after_ms=LATE_MS,
            critical=True,
        ),
        *(
            Hosted(name, AlertSink(name, tell, JsonFile(folder / f"{name}.json")), late_after_ms=SINK_LATE_MS)
            for name, tell in sinks.items()
        ),
    ]
    names = tuple(sinks)

    def route(_source: str, event: Event) -> tuple[str, ...]:
        return names if isinstance(event, AlertTold) else ()

    return ThreadedRuntime(clock, route, hosted, life.observers, Options(look_every_s=life.look_every_s))


def quiet_hours(rules: AlertRules, wall_ms: int) -> QuietHours | None:
    """The quiet hours in UTC, as they are at a time [UTC ms]; None if there are none."""
    if rules.quiet is None:
        return None
    offset = datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone(rules.quiet.zone).utcoffset()
    return rules.quiet.at(0 if offset is None else round(offset.total_seconds() / 60))


def _publisher(
    stack: ExitStack, settings: Settings, urls: tuple[str | None, str | None]
) -> Callable[[str, bytes], bool] | None:
    """Hands messages to the broker of the uplink, or that of the house where there is no other."""
    url = urls[0] or urls[1]
    if not settings.alerts_mqtt or url is None:
        return None
    transport = Mqtt(mqtt_settings(settings, url, f"alerts-{fresh_seed()[:4].hex()}", ()), "alerts", lambda _event: None)
    transport.open()
    stack.callback(transport.close)
    return lambda topic, payload: transport.up and transport.publish(topic, payload, 1) is Taken.YES
