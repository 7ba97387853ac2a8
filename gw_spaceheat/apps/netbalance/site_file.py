"""What is managed in a house, from a JSON file, checked as a whole before anything starts.

Every setting needs a restart to hold; nothing is lost by one, for balance and states are kept.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from gw_spaceheat.apps.netbalance.experiment import tariff_named
from gw_spaceheat.core.netbalance.algorithm import Algorithm, AlgorithmError, make_algorithm, settings_of
from gw_spaceheat.core.netbalance.load import MINUTES_PER_DAY, Load, LoadError, by_priority
from gw_spaceheat.core.netbalance.manager import Manager, ManagerSettings
from gw_spaceheat.core.netbalance.period import NettingPeriod, NettingPeriodError
from gw_spaceheat.drivers.base import ActuatorDriver, DeviceError, SensorDriver, TimedDriver
from gw_spaceheat.drivers.registry import actuator_driver, sensor_driver
from gw_spaceheat.house.model import Actuator, CaptureRule, Channel, Component, FailStates, Node
from gw_spaceheat.vocabulary.roles import Role
from gw_spaceheat.vocabulary.tariff import TimeOfUse
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

Made = TypeVar("Made")
METER = "meter"
MOST_BYTES = 1_000_000
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")
_AS_IT_IS = FailStates(sensor_missing=None, driver_dead=None, process_start=None, process_stop=None, process_killed=None)
"""A relay is what it is when a process begins or ends; its own time lets it go off."""


class SiteFileError(ValueError):
    """The file cannot be used; the text has every problem, a line each."""


class _Device(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    make_model: str
    address: dict[str, str | int]
    serial: str = ""
    options: dict[str, str | int | float] = {}


class _Meter(_Device, forbid_unknown_fields=True, frozen=True):
    production: str | None = None
    consumption: str | None = None
    net: str | None = None


class _Relay(_Device, forbid_unknown_fields=True, frozen=True):
    output: int = 1
    power: str | None = None
    without_timer: bool = False


class _Load(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    name: str
    nominal_w: float
    relay: _Relay
    priority: int = 0
    minimum_on_min: float = 0.0
    minimum_off_min: float = 0.0
    daily_minimum_min: float = 0.0
    deadline: str = "24:00"
    start: str = msgspec.field(name="from", default="00:00")
    end: str = msgspec.field(name="to", default="24:00")
    maximum_starts: int | None = None


class InfluxStore(msgspec.Struct, forbid_unknown_fields=True, frozen=True, tag_field="kind", tag="influx"):
    """A server that takes InfluxDB's line protocol.

    Attributes:
        url: Such as http://localhost:8086, without a path.
        database: Of InfluxDB 1.x and VictoriaMetrics, by `/write`; empty for InfluxDB 2.
        organisation: Of InfluxDB 2, by `/api/v2/write`.
        bucket: Of InfluxDB 2.
        user: Of InfluxDB 1.x; empty for none.
        secret_file: File with its password, or the token of InfluxDB 2; None for none.
        layout: `tagged`, or `published`: the one measurement without tags of the manager of 2022.
        most_mb: What waits takes no more than this; of more the oldest is given up [MB].
    """

    url: str
    database: str = ""
    organisation: str = ""
    bucket: str = ""
    user: str = ""
    secret_file: str | None = None
    layout: Literal["tagged", "published"] = "tagged"
    most_mb: int = 64


class _Site(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    meter: _Meter
    loads: tuple[_Load, ...]
    name: str = "home"
    poll_s: float = 10.0
    algorithm: str = "ours"
    settings: dict[str, str] = {}
    period_min: int = 60
    tariff: str = "2.0TD"
    sell_per_kwh: float = 0.0
    hold_s: float = 300.0
    store: InfluxStore | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """A load's relay, and its meter if it has one.

    Attributes:
        node: The relay.
        state: Channel of what it is.
        component: The device.
        power: Channel of what the load takes; None if the device does not measure it.
        timed: Whether it goes off by itself.
    """

    node: Node
    state: Channel
    component: Component
    power: Channel | None
    timed: bool

    def driver(self) -> ActuatorDriver:
        """A fresh driver of the relay; raises DeviceError."""
        return actuator_driver(self.node, (), self.component, None)

    def meter(self) -> SensorDriver | None:
        """A fresh driver of its meter; None if it has none; raises DeviceError."""
        if self.power is None:
            return None
        return sensor_driver(device_node(self.power.captured_by, Role.PowerMeter), [self.power], self.component, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """All that is managed.

    Attributes:
        name: For people, and for tags.
        meter_node: Node that reads the meter.
        meter_component: The meter.
        meter_channels: Its channels, by what they are: production, consumption, net.
        loads: The loads, in the order in which they go.
        relays: The relay of each.
        poll_s: How often the meter is read [s].
        settings: How the manager balances.
        tariff: What debt costs.
        algorithm: Name of the algorithm.
        algorithm_settings: Its settings.
        store: Where points are written; None for nowhere.
    """

    name: str
    meter_node: Node
    meter_component: Component
    meter_channels: Mapping[str, Channel]
    loads: tuple[Load, ...]
    relays: tuple[Relay, ...]
    poll_s: float
    settings: ManagerSettings
    tariff: TimeOfUse
    algorithm: str
    algorithm_settings: Any
    store: InfluxStore | None

    def meter(self) -> SensorDriver:
        """A fresh driver of the meter; raises DeviceError."""
        return sensor_driver(self.meter_node, list(self.meter_channels.values()), self.meter_component, None)

    def manager(self, algorithm: str | None = None) -> Manager:
        """A fresh manager, with its own algorithm or another one without settings."""
        decides: Algorithm = (
            make_algorithm(self.algorithm, self.algorithm_settings, self.loads)
            if algorithm is None
            else make_algorithm(algorithm, settings_of(algorithm, {}), self.loads)
        )
        return Manager(self.settings, self.loads, decides, self.tariff)


def read_site(path: Path) -> Site:
    """What a file says.

    Raises:
        SiteFileError: It does not fit the form, or names what there is not; the text has everything that is wrong.
        OSError: It cannot be read.
    """
    data = path.read_bytes()
    if len(data) > MOST_BYTES:
        raise SiteFileError(f"{path} is larger than {MOST_BYTES} bytes")
    try:
        form = msgspec.json.decode(data, type=_Site)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SiteFileError(f"{path}: {error}") from None
    problems: list[str] = []
    site = _site(form, problems)
    if problems or site is None:
        raise SiteFileError("\n".join(f"{path}: {problem}" for problem in problems))
    return site


def _site(form: _Site, problems: list[str]) -> Site | None:
    meter = form.meter
    if not form.loads:
        problems.append("loads: there must be at least one")
    if (meter.consumption is None) == (meter.net is None):
        problems.append("meter: it needs either `consumption` or `net` (from the grid, less what goes to it)")
    if not 1.0 <= form.poll_s <= 60.0:
        problems.append(f"poll_s: must be from 1 to 60, not {form.poll_s:g}")
    if form.store is not None and bool(form.store.database) == bool(form.store.bucket):
        problems.append("store: it needs either `database` (1.x) or `bucket` and `organisation` (2)")
    entries = sorted(form.loads, key=lambda entry: entry.priority)
    loads = tuple(load for place, entry in enumerate(entries) if (load := _load(entry, place, problems)) is not None)
    tariff = _told(problems, "tariff", lambda: tariff_named(form.tariff))
    period = _told(problems, "period_min", lambda: NettingPeriod(form.period_min))
    given = _told(problems, f"settings of {form.algorithm}", lambda: settings_of(form.algorithm, form.settings))
    channels = {
        word: _channel(f"{METER}-{word}", METER, form.poll_s, register)
        for word in ("production", "consumption", "net")
        if (register := getattr(meter, word)) is not None
    }
    relays = tuple(_relay(entry.relay, place, form.poll_s, problems) for place, entry in enumerate(entries, start=1))
    if problems or tariff is None or period is None:
        return None
    site = Site(
        name=form.name,
        meter_node=device_node(METER, Role.PowerMeter),
        meter_component=_component(METER, meter),
        meter_channels=channels,
        loads=by_priority(loads),
        relays=relays,
        poll_s=form.poll_s,
        settings=ManagerSettings(period, form.sell_per_kwh, hold_s=form.hold_s),
        tariff=tariff,
        algorithm=form.algorithm,
        algorithm_settings=given,
        store=form.store,
    )
    _told(problems, "meter", site.meter)
    _told(problems, f"algorithm {form.algorithm}", site.manager)
    return site


def _load(entry: _Load, place: int, problems: list[str]) -> Load | None:
    where = f"loads.{place} ({entry.name})"
    begin = _minute(entry.start, f"{where}: from", problems)
    end = _minute(entry.end, f"{where}: to", problems)
    deadline = _minute(entry.deadline, f"{where}: deadline", problems)

    def make() -> Load:
        return Load(
            name=entry.name,
            nominal_w=entry.nominal_w,
            priority=entry.priority,
            minimum_on_s=entry.minimum_on_min * 60.0,
            minimum_off_s=entry.minimum_off_min * 60.0,
            daily_minimum_s=entry.daily_minimum_min * 60.0,
            deadline_minute=deadline or MINUTES_PER_DAY,
            window_start_minute=begin % MINUTES_PER_DAY,
            window_end_minute=end,
            maximum_starts=entry.maximum_starts,
        )

    return _told(problems, where, make)


def _minute(text: str, where: str, problems: list[str]) -> int:
    if _TIME.fullmatch(text) is None:
        problems.append(f"{where} must be a time such as 07:30, not {text[:20]!r}")
        return 0
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def _relay(relay: _Relay, number: int, poll_s: float, problems: list[str]) -> Relay:
    alias = f"load{number}"
    node = Node(
        alias=alias, role=Role.BooleanActuator, output=relay.output, actuator=Actuator(fail_states=_AS_IT_IS), component=alias
    )
    component = _component(alias, relay)
    driver = _told(problems, f"loads.{number - 1}.relay", lambda: actuator_driver(node, (), component, None))
    timed = isinstance(driver, TimedDriver)
    if driver is not None and not timed and not relay.without_timer:
        problems.append(
            f"loads.{number - 1}.relay: a {relay.make_model} cannot go off by itself when the manager dies; "
            "take one that can, or say `without_timer`: true"
        )
    made = Relay(
        node=node,
        state=_channel(f"{alias}-state", alias, poll_s, "", TelemetryName.RelayState),
        component=component,
        power=None if relay.power is None else _channel(f"{alias}-power", f"{alias}-meter", poll_s, relay.power),
        timed=timed,
    )
    _told(problems, f"loads.{number - 1}.relay.power", made.meter)
    return made


def _told(problems: list[str], where: str, make: Callable[[], Made]) -> Made | None:
    """What a function makes; None, and a problem more, if it cannot."""
    try:
        return make()
    except (AlgorithmError, DeviceError, LoadError, NettingPeriodError, ValueError) as error:
        problems.append(f"{where}: {error}")
        return None


def _component(identifier: str, device: _Device) -> Component:
    return Component(
        id=identifier,
        make_model=device.make_model,
        address=device.address,
        serial=device.serial,
        options=device.options,
    )


def device_node(alias: str, role: Role) -> Node:
    """A node that stands for a device of the file."""
    return Node(alias=alias, role=role, component=alias)


def _channel(name: str, reader: str, poll_s: float, register: str, telemetry: TelemetryName = TelemetryName.PowerW) -> Channel:
    rule = CaptureRule(poll_s=poll_s, period_s=poll_s, delta=None)
    return Channel(name=name, about=reader, captured_by=reader, telemetry=telemetry, capture=rule, register=register)
