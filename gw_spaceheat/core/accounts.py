"""The AtomicTNode's accounts: the energy used under its contracts, from the readings that were delivered.

The SCADA says what was used; here the same is found from the reports, in whatever order and however late they come, so that
the two can be held against each other.
"""

from collections.abc import Sequence

from gw_spaceheat.core.contract.energy import Account, power_rules, recomputed
from gw_spaceheat.core.contract.state import Pact
from gw_spaceheat.house.model import House
from gw_spaceheat.messages.channel_readings import ChannelReadings
from gw_spaceheat.messages.report import Report

HOUR_S = 3600
DAY_S = 24 * HOUR_S
KEPT_S = 35 * DAY_S
"""Readings are remembered for so long: longer than a house keeps any back [s]."""
LOOK_BACK_S = 2 * HOUR_S
"""The power at a contract's beginning was captured at most so long before [s]."""


class Accounts:
    """Reports of the metered power, and what they come to. They are taken apart only when somebody asks."""

    def __init__(self, house: House) -> None:
        """Learn the metered channels."""
        self._rules = power_rules(house)
        self._telemetry = {name: house.channels[name].telemetry for name in self._rules}
        self._parts: dict[int, list[ChannelReadings]] = {}
        self._forget_at_s = 0
        self._places: list[int] = []

    def take(self, report: Report) -> None:
        """A report has come; each at most once."""
        start_s = report.slot_start_unix_s
        self._parts.setdefault(start_s, []).extend(self._metered(report.channel_reading_list))
        if start_s >= self._forget_at_s:
            self._forget_at_s = start_s + DAY_S
            self._parts = {slot_s: parts for slot_s, parts in self._parts.items() if slot_s > start_s - KEPT_S}

    def _metered(self, parts: Sequence[ChannelReadings]) -> list[ChannelReadings]:
        """The parts about metered channels; as a rule they stand where they stood in the report before."""
        known = [parts[place] for place in self._places if place < len(parts)]
        if len(known) == len(self._rules) and {part.channel_name for part in known} == self._rules.keys():
            return known
        self._places = [place for place, part in enumerate(parts) if part.channel_name in self._rules]
        return [parts[place] for place in self._places]

    def of(self, pact: Pact, at_ms: int) -> Account:
        """What was used under a contract until now [UTC ms], or until its end."""
        end_ms = min(pact.ended_ms or pact.end_ms, at_ms)
        series: dict[str, list[tuple[int, float]]] = {name: [] for name in self._rules}
        from_s, to_s = pact.start_ms // 1000 - LOOK_BACK_S, end_ms / 1000
        for slot_s, parts in self._parts.items():
            if from_s <= slot_s <= to_s:
                for part in parts:
                    from_wire = self._telemetry[part.channel_name].from_wire
                    pairs = zip(part.scada_read_time_unix_ms_list, part.value_list, strict=True)
                    series[part.channel_name] += [(taken_ms, from_wire(number)) for taken_ms, number in pairs]
        return recomputed(pact.start_ms, end_ms, series, self._rules)
