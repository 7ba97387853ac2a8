"""The AtomicTNode's accounts: the energy used under its contracts, from the readings that were delivered.

The SCADA says what was used; here the same is found from the reports, in whatever order and however late they come, so that
the two can be held against each other.
"""

from bisect import insort

from gw_spaceheat.core.contract.energy import Account, power_rules, recomputed
from gw_spaceheat.core.contract.state import Pact
from gw_spaceheat.house.model import House
from gw_spaceheat.messages.report import Report
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS

KEPT_MS = 35 * DAY_MS
"""Readings are remembered for so long: longer than a house keeps any back [ms]."""


class Accounts:
    """Readings of the metered power, and what they come to."""

    def __init__(self, house: House) -> None:
        """Learn the metered channels."""
        self._rules = power_rules(house)
        self._telemetry = {name: house.channels[name].telemetry for name in self._rules}
        self._series: dict[str, list[tuple[int, float]]] = {name: [] for name in self._rules}
        self._forget_from_ms = 0

    def take(self, report: Report) -> None:
        """A report has come; each at most once."""
        for part in report.channel_reading_list:
            series = self._series.get(part.channel_name)
            if series is None:
                continue
            telemetry = self._telemetry[part.channel_name]
            for number, taken_ms in zip(part.value_list, part.scada_read_time_unix_ms_list, strict=True):
                reading = (taken_ms, telemetry.from_wire(number))
                if not series or series[-1] < reading:
                    series.append(reading)
                else:
                    insort(series, reading)
        self._forget((report.slot_start_unix_s * 1000) - KEPT_MS)

    def of(self, pact: Pact, at_ms: int) -> Account:
        """What was used under a contract until now [UTC ms], or until its end."""
        return recomputed(pact.start_ms, min(pact.ended_ms or pact.end_ms, at_ms), self._series, self._rules)

    def _forget(self, before_ms: int) -> None:
        if before_ms < self._forget_from_ms + HOUR_MS:
            return
        self._forget_from_ms = before_ms
        for series in self._series.values():
            del series[: next((place for place, (taken_ms, _) in enumerate(series) if taken_ms >= before_ms), len(series))]
