"""The message types of June and July 2022: bare, without envelope, their version in `TypeAlias`.

Only read, never sent. What a quantity is stands there as a symbol; `telemetry_name` and `telemetry_names` tell the name.
"""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import Bit, PositiveInteger, UnixMs, UnixS, Uuid4, WireInteger, require_equal_lengths
from gw_spaceheat.messages.legacy_symbols import telemetry_name

Alias = Annotated[str, Meta(pattern=r"^[A-Za-z0-9]+(?:\.[A-Za-z0-9]+)*\Z")]
"""Words with dots, as 2022 had them: also upper case and leading digits."""


class LegacyMessage(Message, frozen=True, kw_only=True, tag_field="TypeAlias"):
    """Base of the types of 2022; `type_name()` is the TypeAlias."""


class Power(LegacyMessage, frozen=True, kw_only=True, tag="p"):
    """`gs.pwr.100`: electrical power [W], two bytes, little-endian, so -32,768 to 32,767."""

    watts: Annotated[int, Meta(ge=-(2**15), le=2**15 - 1)]


class Dispatch(LegacyMessage, frozen=True, kw_only=True, tag="d"):
    """`gs.dispatch.100`: 0 or 1, two bytes, little-endian."""

    relay_state: Bit


class GtTelemetry110(LegacyMessage, frozen=True, kw_only=True, tag="gt.telemetry.110"):
    """One reading of the node in the topic."""

    scada_read_time_unix_ms: UnixMs
    value: WireInteger
    exponent: WireInteger
    name_gt_enum_symbol: str

    @property
    def telemetry_name(self) -> str:
        """What was read."""
        return telemetry_name(self.name_gt_enum_symbol)


class GtDispatch100(LegacyMessage, frozen=True, kw_only=True, tag="gt.dispatch.100"):
    """Set a relay."""

    sh_node_alias: Alias
    relay_state: Bit


class GtShCliAtnCmd100(LegacyMessage, frozen=True, kw_only=True, tag="gt.sh.cli.atn.cmd.100"):
    """Ask for a snapshot."""

    send_snapshot: bool


class _SnapshotLists(LegacyMessage, frozen=True, kw_only=True):
    report_time_unix_ms: UnixMs
    about_node_alias_list: Sequence[Alias]
    value_list: Sequence[WireInteger]
    telemetry_name_list: Sequence[str]

    @property
    def telemetry_names(self) -> tuple[str, ...]:
        """What each value is."""
        return tuple(telemetry_name(symbol) for symbol in self.telemetry_name_list)

    def check(self) -> None:
        """Nodes, values and names must go together."""
        require_equal_lengths(
            AboutNodeAliasList=self.about_node_alias_list,
            ValueList=self.value_list,
            TelemetryNameList=self.telemetry_name_list,
        )


class GtShStatusSnapshot110(_SnapshotLists, frozen=True, kw_only=True, tag="gt.sh.status.snapshot.110"):
    """The latest value of every node, June 2022."""


class GtShCliScadaResponse100(LegacyMessage, frozen=True, kw_only=True, tag="gt.sh.cli.scada.response.100"):
    """A snapshot, June 2022."""

    snapshot: GtShStatusSnapshot110

    def check(self) -> None:
        """The snapshot must be well formed."""
        self.snapshot.check()


class TelemetrySnapshotSpaceheat100(_SnapshotLists, frozen=True, kw_only=True, tag="telemetry.snapshot.spaceheat.100"):
    """The latest value of every node, August 2022."""


class SnapshotSpaceheat100(LegacyMessage, frozen=True, kw_only=True, tag="snapshot.spaceheat.100"):
    """A snapshot, August 2022."""

    from_g_node_alias: Alias
    from_g_node_instance_id: Uuid4
    snapshot: TelemetrySnapshotSpaceheat100

    def check(self) -> None:
        """The snapshot must be well formed."""
        self.snapshot.check()


class GtShTelemetryFromMultipurposeSensor100(
    LegacyMessage, frozen=True, kw_only=True, tag="gt.sh.telemetry.from.multipurpose.sensor.100"
):
    """Several readings of one scan."""

    scada_read_time_unix_ms: UnixMs
    about_node_alias_list: Sequence[Alias]
    value_list: Sequence[WireInteger]
    telemetry_name_list: Sequence[str]

    @property
    def telemetry_names(self) -> tuple[str, ...]:
        """What each value is."""
        return tuple(telemetry_name(symbol) for symbol in self.telemetry_name_list)

    def check(self) -> None:
        """Nodes, values and names must go together."""
        require_equal_lengths(
            AboutNodeAliasList=self.about_node_alias_list,
            ValueList=self.value_list,
            TelemetryNameList=self.telemetry_name_list,
        )


class _Series(LegacyMessage, frozen=True, kw_only=True):
    value_list: Sequence[WireInteger]
    read_time_unix_ms_list: Sequence[UnixMs]
    telemetry_name_gt_enum_symbol: str

    @property
    def telemetry_name(self) -> str:
        """What was read."""
        return telemetry_name(self.telemetry_name_gt_enum_symbol)

    def check(self) -> None:
        """Values and times must pair."""
        require_equal_lengths(ValueList=self.value_list, ReadTimeUnixMsList=self.read_time_unix_ms_list)


class GtShSimpleSingleStatus100(_Series, frozen=True, kw_only=True, tag="gt.sh.simple.single.status.100"):
    """The readings of one node, June 2022."""

    sh_node_alias: Alias


class GtShSimpleStatus100(LegacyMessage, frozen=True, kw_only=True, tag="gt.sh.simple.status.100"):
    """All readings of five minutes, June 2022."""

    about_g_node_alias: Alias
    slot_start_unix_s: UnixS
    reporting_period_s: PositiveInteger
    simple_single_status_list: Sequence[GtShSimpleSingleStatus100]

    def check(self) -> None:
        """Every part must be well formed."""
        for status in self.simple_single_status_list:
            status.check()


class GtShSimpleTelemetryStatus100(_Series, frozen=True, kw_only=True, tag="gt.sh.simple.telemetry.status.100"):
    """The readings of one node, July 2022."""

    sh_node_alias: Alias


class GtShMultipurposeTelemetryStatus100(_Series, frozen=True, kw_only=True, tag="gt.sh.multipurpose.telemetry.status.100"):
    """The readings that one node took of another."""

    about_node_alias: Alias
    sensor_node_alias: Alias


class GtShBooleanactuatorCmdStatus100(LegacyMessage, frozen=True, kw_only=True, tag="gt.sh.booleanactuator.cmd.status.100"):
    """The commands that one relay was given."""

    sh_node_alias: Alias
    relay_state_command_list: Sequence[Bit]
    command_time_unix_ms_list: Sequence[UnixMs]

    def check(self) -> None:
        """Commands and times must pair."""
        require_equal_lengths(
            RelayStateCommandList=self.relay_state_command_list, CommandTimeUnixMsList=self.command_time_unix_ms_list
        )


class GtShStatus110(LegacyMessage, frozen=True, kw_only=True, tag="gt.sh.status.110"):
    """All readings and commands of five minutes, July 2022."""

    from_g_node_alias: Alias
    from_g_node_id: Uuid4
    status_uid: Uuid4
    about_g_node_alias: Alias
    slot_start_unix_s: UnixS
    reporting_period_s: PositiveInteger
    simple_telemetry_list: Sequence[GtShSimpleTelemetryStatus100]
    multipurpose_telemetry_list: Sequence[GtShMultipurposeTelemetryStatus100]
    booleanactuator_cmd_list: Sequence[GtShBooleanactuatorCmdStatus100]

    def check(self) -> None:
        """Every part must be well formed."""
        for part in (*self.simple_telemetry_list, *self.multipurpose_telemetry_list, *self.booleanactuator_cmd_list):
            part.check()


class GtDispatchBoolean100(LegacyMessage, frozen=True, kw_only=True, tag="gt.dispatch.boolean.100"):
    """Set a relay, from the AtomicTNode."""

    about_node_alias: Alias
    to_g_node_alias: Alias
    from_g_node_alias: Alias
    from_g_node_id: Uuid4
    relay_state: Bit
    send_time_unix_ms: UnixMs


class GtDispatchBooleanLocal100(LegacyMessage, frozen=True, kw_only=True, tag="gt.dispatch.boolean.local.100"):
    """Set a relay, from inside the house."""

    send_time_unix_ms: UnixMs
    from_node_alias: Alias
    about_node_alias: Alias
    relay_state: Bit


class GtDriverBooleanactuatorCmd100(LegacyMessage, frozen=True, kw_only=True, tag="gt.driver.booleanactuator.cmd.100"):
    """A relay was told this, before it was done."""

    relay_state: Bit
    sh_node_alias: Alias
    command_time_unix_ms: UnixMs


class GtShCliAtnCmd110(LegacyMessage, frozen=True, kw_only=True, tag="gt.sh.cli.atn.cmd.110"):
    """Ask for a snapshot, July 2022."""

    from_g_node_alias: Alias
    from_g_node_id: Uuid4
    send_snapshot: bool
