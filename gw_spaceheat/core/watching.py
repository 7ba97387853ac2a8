"""What is shown of every house of a broker: the newest of all that was heard, each with the time it was taken.

Whoever watches answers nobody. What comes over the house's own bus speaks of one house, whose alias must be given, for nodes
speak there under their own names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec import UNSET

from gw_spaceheat.core.ear import house_of
from gw_spaceheat.core.events import Received
from gw_spaceheat.core.telemetry.heard import Heard
from gw_spaceheat.messages.glitch import Glitch
from gw_spaceheat.messages.gws_clock import GwsClock
from gw_spaceheat.messages.gws_contract import GwsContract
from gw_spaceheat.messages.gws_human_answer import GwsHumanAnswer
from gw_spaceheat.messages.gws_scan import GwsScan
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.messages.report import Report
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.messages.single_reading import SingleReading
from gw_spaceheat.messages.slow_contract_heartbeat import SCADA
from gw_spaceheat.messages.snapshot_spaceheat import SnapshotSpaceheat
from gw_spaceheat.messages.synced_readings import SyncedReadings
from gw_spaceheat.vocabulary.moment import Moment

MOST_HOUSES = 2_000
MOST_ALARMS = 20
MOST_TRAVEL_MS = 60_000
"""What says the time and is older than this has waited somewhere [ms]."""
RESOLVED = "Info"
"""The type of a glitch that says that something is well again."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something the house complains of.

    Attributes:
        node: Where.
        kind: How much it matters, a word of `LogLevel`.
        summary: What.
        details: More about it.
        at_ms: Since when, UTC [ms].
    """

    node: str
    kind: str
    summary: str
    details: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class LeaseNow:
    """Who commands the house, as it said itself: `by` whom, why, until when (UTC [ms]; None: no end), and when that was so."""

    by: str
    cause: str
    until_ms: int | None
    at_ms: int


@dataclass(frozen=True, slots=True)
class ContractSaid:
    """What the SCADA said last of its contract.

    Attributes:
        status: Where it stands.
        mode: Who heats, a word of `ContractMode`.
        cause: Why, for a person.
        watts: Average power that was agreed [W].
        start_s, minutes: Its time, Unix [s], and its length [min].
        at_ms: When that came, UTC [ms].
    """

    status: str
    mode: str
    cause: str
    watts: int
    start_s: int
    minutes: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Scan:
    """How a channel was read last, as its device tells while somebody looks.

    Attributes:
        at_ms: When, or when that failed, UTC [ms].
        due_ms: When the next one is to be told, UTC [ms].
        has_value: There was a believable value.
    """

    at_ms: int
    due_ms: int
    has_value: bool


@dataclass(frozen=True, slots=True)
class HouseNow:
    """What is known of a house.

    Attributes:
        alias: Its alias.
        heard_ms: When anything came of it last, UTC [ms].
        report_ms: When a report came last, UTC [ms]; None if none did.
        power_w: Its metered power [W]; None if it was not told.
        power_ms: When that came, UTC [ms].
        values: The wire's integer of each channel, and when it was taken, UTC [ms].
        states: The state of each machine in the house, and since when, UTC [ms].
        alarms: What is not as it should be, newest first.
        lease: Who commands; None if that was not overheard.
        contract: The contract; None if none was heard of.
        clock_off_ms: By how much its clock is ahead of ours [ms]; None if that is not known.
        scans: How each channel was read last, since we look without a break; empty where we do not, or it tells nothing.
    """

    alias: str
    heard_ms: int
    report_ms: int | None
    power_w: int | None
    power_ms: int | None
    values: Mapping[str, tuple[int, int]]
    states: Mapping[str, tuple[str, int]]
    alarms: tuple[Alarm, ...]
    lease: LeaseNow | None
    contract: ContractSaid | None
    clock_off_ms: int | None = None
    scans: Mapping[str, Scan] = field(default_factory=dict)


@dataclass(slots=True)
class _House:
    """The same, as it grows."""

    heard: Heard = field(default_factory=Heard)
    heard_ms: int = 0
    report_ms: int | None = None
    power_w: int | None = None
    power_ms: int | None = None
    states: dict[str, tuple[str, int]] = field(default_factory=dict)
    alarms: dict[str, Alarm] = field(default_factory=dict)
    lease: LeaseNow | None = None
    contract: ContractSaid | None = None
    clock_off_ms: int | None = None
    scans: dict[str, Scan] = field(default_factory=dict)


class Watching:
    """Folds messages into what is shown."""

    def __init__(self, own_house: str, own_links: frozenset[str] = frozenset()) -> None:
        """Nothing was heard.

        Args:
            own_house: Alias of the house whose own bus is listened to.
            own_links: Links of which it may be the bus.
        """
        self._own_house = own_house
        self._own_links = own_links
        self._houses: dict[str, _House] = {}
        self._looks_until_mono_ms: dict[str, int] = {}

    def aliases(self) -> tuple[str, ...]:
        """The houses of which anything was heard."""
        return tuple(sorted(self._houses))

    def look(self, alias: str, for_ms: int, now: Moment) -> None:
        """We ask a house for its scans, for some time [ms]; those of an earlier look say nothing any more."""
        if now.mono_ms >= self._looks_until_mono_ms.get(alias, 0) and alias in self._houses:
            self._houses[alias].scans.clear()
        self._looks_until_mono_ms[alias] = now.mono_ms + for_ms

    def take(self, event: Received, now: Moment) -> None:
        """Take a message in; one of nobody who is known, or of a house too many, is left."""
        alias = self._about(event)
        if alias is None or (alias not in self._houses and len(self._houses) >= MOST_HOUSES):
            return
        message = event.message
        house = self._houses.setdefault(alias, _House())
        if event.src != alias:  # the AtomicTNode's own words say nothing about how the house is
            house.heard_ms = max(house.heard_ms, event.arrived_ms)
        if isinstance(message, PowerWatts):
            house.power_w, house.power_ms = message.watts, event.arrived_ms
        elif isinstance(message, SyncedReadings):
            house.heard.take_scan(message, now)
        elif isinstance(message, GwsScan):
            _take_scan(house, message, now, we_look=now.mono_ms < self._looks_until_mono_ms.get(alias, 0))
        elif isinstance(message, SingleReading):
            scan = SyncedReadings(
                channel_name_list=[message.channel_name],
                value_list=[message.value],
                scada_read_time_unix_ms=message.scada_read_time_unix_ms,
            )
            house.heard.take_scan(scan, now)
        elif isinstance(message, SnapshotSpaceheat):
            house.heard.take_snapshot(message, now)
            for state in message.latest_state_list:
                _enter(house, state.machine_handle, state.state, state.unix_ms)
        elif isinstance(message, ReportEvent | Report):
            _take_report(house, message.report if isinstance(message, ReportEvent) else message, event.arrived_ms, now)
        elif isinstance(message, Glitch):
            _take_glitch(house, message)
        elif isinstance(message, GwsHumanAnswer):
            _take_answer(house, message)
        elif isinstance(message, GwsContract):
            _take_contract(house, message, event.arrived_ms)
        elif isinstance(message, GwsClock):
            house.clock_off_ms = _clock_off_ms(message, event.arrived_ms)

    def house(self, alias: str) -> HouseNow | None:
        """What is known of a house; None if nothing was heard of it."""
        house = self._houses.get(alias)
        if house is None:
            return None
        values = {}
        for name in tuple(house.heard.names):
            newest = house.heard.newest(name)
            if newest is not None:
                values[name] = newest
        alarms = tuple(sorted(house.alarms.values(), key=lambda alarm: -alarm.at_ms))
        return HouseNow(
            alias=alias,
            heard_ms=house.heard_ms,
            report_ms=house.report_ms,
            power_w=house.power_w,
            power_ms=house.power_ms,
            values=values,
            states=dict(house.states),
            alarms=alarms,
            lease=house.lease,
            contract=house.contract,
            clock_off_ms=house.clock_off_ms,
            scans=dict(house.scans),
        )

    def _about(self, event: Received) -> str | None:
        """Alias of the house that a message speaks of; None if that cannot be known."""
        house = house_of(event.src)
        if house is not None and "." in house:
            return house
        return self._own_house if self._own_house and event.link in self._own_links else None


def _take_scan(house: _House, message: GwsScan, now: Moment, *, we_look: bool) -> None:
    """What comes while we do not look was asked for by another; its values are as true."""
    at_ms = message.scada_read_time_unix_ms
    if message.channel_name_list:
        values = SyncedReadings(
            channel_name_list=message.channel_name_list, value_list=message.value_list, scada_read_time_unix_ms=at_ms
        )
        house.heard.take_scan(values, now)
    if not we_look:
        return
    for has_value, names in ((True, message.channel_name_list), (False, message.missing_list)):
        for name in names:
            known = house.scans.get(name)
            if known is None or known.at_ms <= at_ms:
                house.scans[name] = Scan(at_ms, message.due_unix_ms, has_value)


def _take_report(house: _House, report: Report, arrived_ms: int, now: Moment) -> None:
    house.heard.take_report(report, now)
    house.report_ms = arrived_ms
    for states in report.state_list:
        if states.state_list:
            _enter(house, states.machine_handle, states.state_list[-1], states.unix_ms_list[-1])


def _enter(house: _House, machine: str, state: str, since_ms: int) -> None:
    known = house.states.get(machine)
    if known is None or known[1] <= since_ms:
        house.states[machine] = (state, since_ms)


def _take_glitch(house: _House, glitch: Glitch) -> None:
    """A node has one alarm; that it is well again ends it. A glitch that comes late changes nothing."""
    known = house.alarms.get(glitch.node)
    if known is not None and known.at_ms > glitch.created_ms:
        return
    house.alarms.pop(glitch.node, None)
    if glitch.type in {RESOLVED, "Debug", "Trace"}:
        return
    house.alarms[glitch.node] = Alarm(glitch.node, glitch.type, glitch.summary, glitch.details, glitch.created_ms)
    while len(house.alarms) > MOST_ALARMS:
        house.alarms.pop(min(house.alarms, key=lambda node: house.alarms[node].at_ms))


def _take_answer(house: _House, answer: GwsHumanAnswer) -> None:
    if answer.lease_by is UNSET or answer.lease_cause is UNSET:
        return
    if house.lease is None or house.lease.at_ms <= answer.answer_unix_ms:
        until_ms = None if answer.lease_until_unix_ms is UNSET else answer.lease_until_unix_ms
        house.lease = LeaseNow(str(answer.lease_by), str(answer.lease_cause), until_ms, answer.answer_unix_ms)


def _clock_off_ms(said: GwsClock, arrived_ms: int) -> int | None:
    """What comes late may have waited for a line, unless no time service confirms the clock; nothing comes from the future."""
    off_ms = said.time_created_ms - arrived_ms
    return off_ms if off_ms > -MOST_TRAVEL_MS or not said.synchronised else None


def _take_contract(house: _House, said: GwsContract, arrived_ms: int) -> None:
    """Only the SCADA knows who heats."""
    beat = said.heartbeat
    if beat.from_node == SCADA:
        contract = beat.contract
        house.contract = ContractSaid(
            status=beat.status,
            mode=said.mode,
            cause=said.mode_cause,
            watts=contract.avg_power_watts,
            start_s=contract.start_s,
            minutes=contract.duration_minutes,
            at_ms=arrived_ms,
        )
