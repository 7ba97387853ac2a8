"""Points of a net balance as reports, so that whoever reads what an Ear keeps can read them."""

from collections.abc import Callable, Iterator, Sequence

from gw_spaceheat.core.events import Commit, Event, Persist, Started, Stopping
from gw_spaceheat.core.netbalance.live_events import BalancePoint
from gw_spaceheat.messages.channel_readings import ChannelReadings
from gw_spaceheat.messages.layout_lite_builder import LayoutChannel, LayoutNode, layout_lite_for
from gw_spaceheat.messages.report import Report
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.vocabulary.moment import SECOND_MS, Moment
from gw_spaceheat.vocabulary.roles import ActorClass
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

SLOT_S = 60
"""A report holds the points of a minute: so much a kill may cost [s]."""
METER, KEPT_BY = "a.m", "store"


class PointReporter:
    """Gathers points, and has them kept as the reports of a house."""

    def __init__(self, alias: str, loads: Sequence[str], new_id: Callable[[], str]) -> None:
        """Nothing was gathered yet.

        Args:
            alias: Under which name it is kept, such as netbalance.home.
            loads: What people call the loads.
            new_id: Gives identifiers [uuid4].
        """
        self._alias, self._loads, self._new_id = alias, tuple(loads), new_id
        self._scada = f"{alias}.ta.scada"
        self._instance = new_id()
        self._slot_s = 0
        self._readings: dict[str, list[tuple[int, int]]] = {}

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Take a point; what is gathered of the minute before goes to be kept."""
        if isinstance(event, Started):
            return self._layout(now)
        if isinstance(event, Stopping):
            return self._report(now)
        if not isinstance(event, BalancePoint):
            return ()
        slot_s = event.wall_ms // SECOND_MS // SLOT_S * SLOT_S
        over = self._report(now) if slot_s != self._slot_s else ()
        self._slot_s = slot_s
        for name, value in _values(event):
            self._readings.setdefault(name, []).append((event.wall_ms, value))
        return over

    def wake(self, _now: Moment) -> Sequence[Event]:
        """Nothing is done by time: the next point ends the minute."""
        return ()

    def deadline(self) -> int | None:
        """Never."""
        return None

    def _layout(self, now: Moment) -> Sequence[Event]:
        """What its channels are."""
        nodes = [LayoutNode(alias="a", actor=ActorClass.AtomicTNode), LayoutNode(alias=METER, actor=ActorClass.MultiSensor)]
        nodes += [LayoutNode(alias=f"a.load{number}", display_name=name) for number, name in enumerate(self._loads, start=1)]
        wh, watts = TelemetryName.WattHours, TelemetryName.PowerW
        kinds = {"production": watts, "consumption": watts, "balance": wh, "produced": wh}
        channels = [LayoutChannel(name=name, about=METER, captured_by=METER, telemetry=kind) for name, kind in kinds.items()]
        for number in range(1, len(self._loads) + 1):
            for word, kind in (("power", watts), ("state", TelemetryName.RelayState)):
                name = f"load{number}-{word}"
                channels.append(LayoutChannel(name=name, about=f"a.load{number}", captured_by=METER, telemetry=kind))
        layout = layout_lite_for(
            scada_alias=self._scada,
            terminal_asset_alias=f"{self._alias}.ta",
            message_id=self._new_id(),
            created_ms=now.wall_ms,
            strategy="net-balance",
            nodes=nodes,
            channels=channels,
        )
        return (Persist(self._alias, now.wall_ms, self._scada, KEPT_BY, layout.message_id, layout), Commit())

    def _report(self, now: Moment) -> Sequence[Event]:
        readings, self._readings = self._readings, {}
        if not readings:
            return ()
        identifier = self._new_id()
        report = Report(
            from_g_node_alias=self._scada,
            from_g_node_instance_id=self._instance,
            about_g_node_alias=f"{self._alias}.ta",
            slot_start_unix_s=self._slot_s,
            slot_duration_s=SLOT_S,
            channel_reading_list=[
                ChannelReadings(
                    channel_name=name,
                    value_list=[value for _, value in pairs],
                    scada_read_time_unix_ms_list=[taken_ms for taken_ms, _ in pairs],
                )
                for name, pairs in sorted(readings.items())
            ],
            state_list=[],
            fsm_report_list=[],
            message_created_ms=now.wall_ms,
            id=identifier,
        )
        event = ReportEvent(message_id=identifier, time_created_ms=now.wall_ms, src=self._scada, report=report)
        return (Persist(self._alias, now.wall_ms, self._scada, KEPT_BY, identifier, event), Commit())


def _values(point: BalancePoint) -> Iterator[tuple[str, int]]:
    """What is known of a point, as the wire's whole numbers [W, Wh, 0 or 1]."""
    found = {
        "production": point.production_w,
        "consumption": point.consumption_w,
        "balance": point.balance_wh,
        "produced": point.produced_wh,
    }
    for number, load in enumerate(point.loads, start=1):
        found[f"load{number}-power"] = load.power_w
        found[f"load{number}-state"] = None if load.on is None else float(load.on)
    return ((name, round(value)) for name, value in found.items() if value is not None)
