"""The actor that looks each few seconds whether a person is to be told of something."""

from collections.abc import Callable, Sequence

from gw_spaceheat.core.alerts.alerts import Alert, Alerts, Open, QuietHours, Standing
from gw_spaceheat.core.events import AlertTold, Event, Level, Note, Started
from gw_spaceheat.stores.json_file import JsonFile
from gw_spaceheat.views.alert_text import alert_text
from gw_spaceheat.vocabulary.moment import SECOND_MS, Moment

LOOK_MS = 10 * SECOND_MS
SEPARATOR = "\t"
Measured = dict[str, dict[str, float]]


class AlertWatch:
    """Measures, lets the machine decide, and remembers on disk what was told, so that a restart tells nothing twice."""

    def __init__(
        self,
        alerts: Alerts,
        measure: Callable[[Alerts, int], Measured],
        quiet: Callable[[int], QuietHours | None],
        memory: JsonFile,
    ) -> None:
        """Remember.

        Args:
            alerts: What decides; what it had told comes from the memory.
            measure: Gives the numbers at a time [UTC ms].
            quiet: Gives the quiet hours that hold at a time [UTC ms].
            memory: What was told.
        """
        self._alerts, self._measure, self._quiet, self._memory = alerts, measure, quiet, memory
        self._urgent = {rule.name: rule.urgent for rule in alerts.rules}
        self._due_mono_ms: int | None = None
        self._failing = False

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Begin."""
        if not isinstance(event, Started):
            return ()
        self._due_mono_ms = now.mono_ms
        names = {rule.name for rule in self._alerts.rules}
        kept = self._memory.read(dict[str, tuple[int, bool]], {})
        for key, (since_ms, told) in kept.items():
            rule, _, subject = key.partition(SEPARATOR)
            if rule in names:
                self._alerts.open[rule, subject] = Open(since_ms, told)
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        """Look."""
        if self._due_mono_ms is None or now.mono_ms < self._due_mono_ms:
            return ()
        self._due_mono_ms = now.mono_ms + LOOK_MS
        before = dict(self._alerts.open)
        self._alerts.quiet = self._quiet(now.wall_ms)
        told = self._alerts.look(self._measure(self._alerts, now.wall_ms), now.wall_ms)
        notes = [] if self._alerts.open == before else self._keep()
        return [*(self._event(alert, now) for alert in told), *notes]

    def deadline(self) -> int | None:
        """When it looks next [mono ms]."""
        return self._due_mono_ms

    def _event(self, alert: Alert, now: Moment) -> AlertTold:
        return AlertTold(
            rule=alert.rule,
            subject=alert.subject,
            over=alert.standing is Standing.RESOLVED,
            urgent=self._urgent.get(alert.rule, False),
            text=alert_text(alert, now.wall_ms),
            since_ms=alert.since_ms,
            at_ms=now.wall_ms,
        )

    def _keep(self) -> list[Event]:
        kept = {
            f"{rule}{SEPARATOR}{subject}": (known.since_ms, known.told) for (rule, subject), known in self._alerts.open.items()
        }
        try:
            self._memory.write(kept)
        except OSError as error:
            was, self._failing = self._failing, True
            return [] if was else [Note(Level.WARNING, f"alerts: what was told cannot be kept: {error}; is the disk full?")]
        self._failing = False
        return []
