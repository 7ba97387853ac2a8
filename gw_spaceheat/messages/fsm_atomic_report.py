"""One step of a state machine: an event that moved it, or an action that it took."""

from enum import StrEnum

from msgspec import UNSET

from gw_spaceheat.messages.base import Malformed, Maybe, Message, given
from gw_spaceheat.messages.formats import HandleName, LeftRightDot, UnixMs, Uuid4, WireInteger


class FsmReportType(StrEnum):
    """What a step is."""

    Other = "Other"
    Event = "Event"
    Action = "Action"


class FsmActionType(StrEnum):
    """What an action does to the world."""

    RelayPinSet = "RelayPinSet"
    Analog010VSignalSet = "Analog010VSignalSet"
    Analog420maSignalSet = "Analog420maSignalSet"


_KNOWN_REPORT_TYPES: frozenset[str] = frozenset(FsmReportType)


class FsmAtomicReport(Message, frozen=True, kw_only=True, tag="fsm.atomic.report"):
    """A step with its time [ms] and the trigger that began the chain of steps.

    An Action has `action_type` and `action`; an Event has `event_enum`, `event`, `from_state` and `to_state`; neither has the
    other's fields.
    """

    machine_handle: HandleName
    state_enum: str
    report_type: str
    action_type: Maybe[str] = UNSET
    action: Maybe[WireInteger] = UNSET
    event_enum: Maybe[LeftRightDot] = UNSET
    event: Maybe[str] = UNSET
    from_state: Maybe[str] = UNSET
    to_state: Maybe[str] = UNSET
    unix_time_ms: UnixMs
    trigger_id: Uuid4
    version: str = "000"

    def check(self) -> None:
        """The fields must be those of the report type; a type that we do not know may have any."""
        if self.report_type not in _KNOWN_REPORT_TYPES:
            return
        _require(
            self.report_type == FsmReportType.Action,
            self.report_type,
            {"ActionType": given(self.action_type), "Action": given(self.action)},
        )
        _require(
            self.report_type == FsmReportType.Event,
            self.report_type,
            {
                "EventEnum": given(self.event_enum),
                "Event": given(self.event),
                "FromState": given(self.from_state),
                "ToState": given(self.to_state),
            },
        )


def _require(wanted: bool, report_type: str, fields: dict[str, object]) -> None:
    for name, value in fields.items():
        if (value is not None) != wanted:
            raise Malformed(f"ReportType {report_type} {'needs' if wanted else 'must not have'} {name}")
