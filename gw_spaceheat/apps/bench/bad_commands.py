"""Every way in which a good command can be made bad, for whoever must be sure that none of them is obeyed."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from msgspec import UNSET

from gw_spaceheat.house.model import House, wire_name
from gw_spaceheat.messages.analog_dispatch import AnalogDispatch
from gw_spaceheat.messages.base import given
from gw_spaceheat.messages.fsm_event import CHANGE_RELAY_STATE, FsmEvent
from gw_spaceheat.messages.gws_command import GwsCommand
from gw_spaceheat.messages.signing import Sign, sign
from gw_spaceheat.vocabulary.roles import ActorClass

Chance = Callable[[], float]
"""Gives a number in [0, 1) by chance."""
FAR = 1_000_000
"""A number that nobody reaches."""
NOBODY = "a-elt9-relay"
"""An actuator that no house has."""


@dataclass(frozen=True, slots=True)
class Spoiler:
    """Makes good commands bad.

    Attributes:
        house: The house that they are for.
        sign: The AtomicTNode's key: the commands of one who is not to be obeyed though he has it; None where nothing is signed.
        forge: Another key, of one who has not.
        other_id: An identifier of nothing [uuid4].
        old_hearing: Numbers of messages that the SCADA sent too long ago, or never.
    """

    house: House
    sign: Sign | None
    forge: Sign
    other_id: str
    old_hearing: tuple[int, ...] = (1,)

    def kinds(self) -> tuple[str, ...]:
        """What can be wrong, in words."""
        return tuple(kind for kind in _KINDS if kind != FORGED or self.sign is not None)

    def spoil(self, kind: str, good: GwsCommand, chance: Chance) -> GwsCommand:
        """The good command made bad in this way."""
        return _KINDS[kind](self, good, chance)

    def signed(self, good: GwsCommand, **changes: object) -> GwsCommand:
        """Changed by its sender, who has the key."""
        return sign(msgspec.structs.replace(good, signature="", **changes), self.sign)


Spoil = Callable[[Spoiler, GwsCommand, Chance], GwsCommand]
FORGED, REPLAYED = "forged", "replayed"


def _forged(spoiler: Spoiler, good: GwsCommand, chance: Chance) -> GwsCommand:
    """Changed by somebody who has not the key."""
    event, dispatch = given(good.event), given(good.dispatch)
    other_value: dict[str, object] = {}
    if dispatch is not None:
        other_value = {"dispatch": msgspec.structs.replace(dispatch, value=dispatch.value + 1)}
    elif event is not None:
        other = "OpenRelay" if event.event_name == "CloseRelay" else "CloseRelay"
        other_value = {"event": msgspec.structs.replace(event, event_name=other)}
    changes: list[dict[str, object]] = [
        {"sequence": good.sequence + 1 + int(chance() * 1000)},
        {"fencing_token": good.fencing_token + (1 if chance() < 0.5 else -1)},
        other_value,
        triggered(good, spoiler.other_id),
        {"heard_heartbeat": good.heard_heartbeat + 1 + int(chance() * 9)},
        {"time_to_live_s": good.time_to_live_s + 1 + chance()},
        {"signature": good.signature[:-1] + ("0" if good.signature[-1:] != "0" else "1")},
        {"signature": ""},
        {"signature": spoiler.forge(msgspec.json.encode(good))},
    ]
    return msgspec.structs.replace(good, **changes[int(chance() * len(changes))])


def triggered(good: GwsCommand, trigger: str) -> dict[str, object]:
    """What to change of a command to make it another that asks for the same."""
    event, dispatch = given(good.event), given(good.dispatch)
    if event is not None:
        return {"event": msgspec.structs.replace(event, trigger_id=trigger)}
    return {"dispatch": UNSET if dispatch is None else msgspec.structs.replace(dispatch, trigger_id=trigger)}


def _replayed(spoiler: Spoiler, good: GwsCommand, chance: Chance) -> GwsCommand:
    """Its number was used up by another that came before it."""
    earlier = 1 + int(chance() * (good.sequence - 1)) if good.sequence > 1 else 1
    return spoiler.signed(good, sequence=earlier, **triggered(good, spoiler.other_id))


def _for_nobody(spoiler: Spoiler, good: GwsCommand, _chance: Chance) -> GwsCommand:
    return spoiler.signed(good, **_event(good, NOBODY, "CloseRelay"))


def _unknown_kind(spoiler: Spoiler, good: GwsCommand, _chance: Chance) -> GwsCommand:
    return spoiler.signed(good, **_event(good, wire_name(_relay(spoiler.house)), "HalfOpenRelay"))


def _beyond(spoiler: Spoiler, good: GwsCommand, chance: Chance) -> GwsCommand:
    """A value that the actuator does not have; for a relay, any."""
    asked = good.asked()
    nodes = [node.alias for node in spoiler.house.nodes.values() if node.actor is ActorClass.AnalogActuator]
    name = wire_name(nodes[0] if nodes else _relay(spoiler.house))
    dispatch = AnalogDispatch(
        from_handle=asked.from_handle,
        to_handle=f"{asked.from_handle}.{name}",
        about_name=name,
        value=FAR + int(chance() * 99),
        trigger_id=asked.trigger_id,
        unix_time_ms=asked.send_time_unix_ms if isinstance(asked, FsmEvent) else asked.unix_time_ms,
    )
    return spoiler.signed(good, event=UNSET, dispatch=dispatch)


def _relay(house: House) -> str:
    return next(node.alias for node in house.nodes.values() if node.actor is ActorClass.BooleanActuator)


def _event(good: GwsCommand, name: str, event_name: str) -> dict[str, object]:
    asked = good.asked()
    event = FsmEvent(
        from_handle=asked.from_handle,
        to_handle=f"{asked.from_handle}.{name}",
        event_type=CHANGE_RELAY_STATE,
        event_name=event_name,
        trigger_id=asked.trigger_id,
        send_time_unix_ms=asked.send_time_unix_ms if isinstance(asked, FsmEvent) else asked.unix_time_ms,
    )
    return {"event": event, "dispatch": UNSET}


_KINDS: dict[str, Spoil] = {
    FORGED: _forged,
    REPLAYED: _replayed,
    "expired by what it had heard": lambda spoiler, good, chance: spoiler.signed(
        good, heard_heartbeat=spoiler.old_hearing[int(chance() * len(spoiler.old_hearing))]
    ),
    "of a heartbeat never sent": lambda spoiler, good, chance: spoiler.signed(
        good, heard_heartbeat=good.heard_heartbeat + FAR + int(chance() * FAR)
    ),
    "of an older token": lambda spoiler, good, chance: spoiler.signed(good, fencing_token=int(chance() * good.fencing_token)),
    "of a token to come": lambda spoiler, good, chance: spoiler.signed(
        good, fencing_token=good.fencing_token + FAR + int(chance() * 1000)
    ),
    "of another contract": lambda spoiler, good, _chance: spoiler.signed(good, contract_id=spoiler.other_id),
    "from another house": lambda spoiler, good, _chance: spoiler.signed(good, from_g_node_alias="d1.test.other"),
    "for another house": lambda spoiler, good, _chance: spoiler.signed(good, to_g_node_alias="d1.test.other.ta.scada"),
    "for nobody": _for_nobody,
    "beyond the range": _beyond,
    "of a kind that the relay does not know": _unknown_kind,
}


def kinds_of_bad() -> tuple[str, ...]:
    """All that can be wrong with a command."""
    return tuple(_KINDS)
