"""What a house looks like now."""

from collections.abc import Sequence

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import LeftRightDot, UnixMs, Uuid4
from gw_spaceheat.messages.single_machine_state import SingleMachineState
from gw_spaceheat.messages.single_reading import SingleReading


class SnapshotSpaceheat(Message, frozen=True, kw_only=True, tag="snapshot.spaceheat"):
    """The latest reading of every channel that has one, and the present state of every state machine."""

    from_g_node_alias: LeftRightDot
    from_g_node_instance_id: Uuid4
    snapshot_time_unix_ms: UnixMs
    latest_reading_list: Sequence[SingleReading]
    latest_state_list: Sequence[SingleMachineState]
    version: str = "003"
