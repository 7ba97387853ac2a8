"""The present state of a house's contracts on this machine, and who commanded an actuator: read beside the running daemon."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from gw_spaceheat.apps.contracts import SIDE_FOLDERS, side_folder
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.contract.book import result
from gw_spaceheat.core.contract.life import OPEN, Life, Side
from gw_spaceheat.core.contract.log import UNSIGNED
from gw_spaceheat.core.contract.mode import ModeState
from gw_spaceheat.core.contract.state import ATN_STATE, SCADA_STATE, AtnMemory, Pact, ScadaMemory
from gw_spaceheat.core.events import Authority
from gw_spaceheat.house.faults import nearest
from gw_spaceheat.house.model import House, wire_name
from gw_spaceheat.stores.contract_store import Kept, log_path, read_kept
from gw_spaceheat.stores.faults import StoreError
from gw_spaceheat.stores.log_file import lines_backward

MOST_AROUND = 200
"""The entry of a command that came from outside stands at most so many before that of its being passed on."""


class UnknownNodeError(ValueError):
    """The house has no such actuator; says which it has."""


class _Entry(msgspec.Struct, frozen=True):
    seq: int
    ms: int
    key: str
    kind: str
    body: dict[str, Any]


_entry_decoder = msgspec.json.Decoder(_Entry)


def shown_contracts(house: str, settings: Settings, side: Side | None = None) -> dict[str, object]:
    """The state of one side, as JSON has it.

    Args:
        house: Alias of the house.
        settings: Where it is kept.
        side: Which side; None for the one that is kept here, the SCADA's if both are.

    Returns:
        `house, side, folder, signed, key, log: {entries, head}, mode, mode_cause, contract, following, past`; of the SCADA also
        `mode_state, lease: {by, token, until_ms}, contact_ms, owner_asks, atn_wants_local`, of the AtomicTNode also
        `token, standing, wants_local, sequence`.

    Raises:
        StoreError: Nothing is kept, or it cannot be understood.
    """
    chosen, folder, kept = _find(house, settings, side)
    last = next(_entries(folder), None)
    head = kept.head()
    told: dict[str, object] = {
        "house": house,
        "side": SIDE_FOLDERS[chosen],
        "folder": str(folder),
        "signed": last is not None and last.key != UNSIGNED,
        "key": UNSIGNED if last is None else last.key,
        "log": {"entries": head.length, "head": head.hash},
    }
    if chosen is Side.SCADA:
        scada = kept.state(SCADA_STATE, ScadaMemory) or ScadaMemory()
        return told | _of_scada(scada) | _of_pacts(scada.pacts)
    atn = kept.state(ATN_STATE, AtnMemory) or AtnMemory()
    return told | _of_atn(atn) | _of_pacts(atn.pacts)


def why(house: House, node: str, settings: Settings) -> dict[str, object]:
    """Who commanded an actuator last, as JSON has it.

    Args:
        house: The house.
        node: Alias of the actuator, with dots or as on the wire.
        settings: Where the SCADA's log is kept.

    Returns:
        `house, node, value, by, why, at_ms, trigger, entry, signed, outcome, command, contract, until, until_ms, since`:
        `outcome` and `command` are the bodies of the log's entries, or None; `since` are the changes of lease and mode after
        it.

    Raises:
        UnknownNodeError: The house has no such actuator.
        StoreError: There is no log yet, or no command to it is in the log.
    """
    alias = _actuator(house, node)
    _, folder, kept = _find(house.alias, settings, Side.SCADA)
    newer: list[_Entry] = []
    entries = _entries(folder, (b'"given"', b'"outcome"', b'"lease"', b'"mode"'))
    given = None
    for entry in entries:
        if entry.kind == "given" and entry.body.get("node") == alias:
            given = entry
            break
        newer.append(entry)
    if given is None:
        raise StoreError(f"no command to {alias} is in {log_path(folder)}")
    trigger = given.body.get("trigger")
    scada = kept.state(SCADA_STATE, ScadaMemory) or ScadaMemory()
    pact = next((pact for pact in scada.pacts if pact.start_ms <= given.ms < pact.end_ms and _ran(pact)), None)
    is_remote = given.body.get("by") == Authority.REMOTE.value
    until, until_ms = _until(given, scada, pact)
    return {
        "house": house.alias,
        "node": alias,
        "value": given.body.get("value"),
        "by": given.body.get("by"),
        "why": given.body.get("why"),
        "at_ms": given.ms,
        "trigger": trigger,
        "entry": given.seq,
        "signed": given.key != UNSIGNED,
        "outcome": next((one.body for one in newer if one.kind == "outcome" and one.body.get("trigger") == trigger), None),
        "command": _command(folder, given) if is_remote else None,
        "contract": pact.id if pact is not None and is_remote else None,
        "until": until,
        "until_ms": until_ms,
        "since": [{"at_ms": one.ms, "what": one.kind, **one.body} for one in reversed(newer) if one.kind in {"lease", "mode"}],
    }


def _find(house: str, settings: Settings, side: Side | None) -> tuple[Side, Path, Kept]:
    for one in (Side.SCADA, Side.ATOMIC_T_NODE) if side is None else (side,):
        folder = side_folder(settings, house, one)
        if folder.is_dir():
            kept = read_kept(folder)
            if kept.states or kept.logs:
                return one, folder, kept
    where = side_folder(settings, house, side or Side.SCADA)
    which = "" if side is None else f"the {SIDE_FOLDERS[side]} side of "
    raise StoreError(f"there is no log of {which}contracts of {house} yet in {where}; it begins with the first `gws run`")


def _entries(folder: Path, kinds: tuple[bytes, ...] = ()) -> Iterator[_Entry]:
    """The entries of a log from its last to its first, those that can be read; only those in which one of the words stands."""
    path = log_path(folder)
    if not path.is_file():
        return
    for line in lines_backward(path):
        if kinds and not any(kind in line for kind in kinds):
            continue
        try:
            yield _entry_decoder.decode(line)
        except msgspec.DecodeError:
            continue


def _command(folder: Path, given: _Entry) -> dict[str, Any] | None:
    """What came from outside and led to a command."""
    for entry in _entries(folder):
        if entry.seq < given.seq - MOST_AROUND:
            break
        if entry.seq < given.seq and entry.kind == "command" and entry.body.get("trigger") == given.body.get("trigger"):
            return entry.body
    return None


def _actuator(house: House, node: str) -> str:
    actuators = {wire_name(alias): alias for alias, known in house.nodes.items() if known.actuator is not None}
    found = actuators.get(wire_name(node))
    if found is None:
        raise UnknownNodeError(f"{node} is no actuator of {house.alias}; {nearest(node, list(actuators.values()))}")
    return found


def _until(given: _Entry, scada: ScadaMemory, pact: Pact | None) -> tuple[str, int | None]:
    by = given.body.get("by")
    if by == Authority.SAFETY.value:
        return "as long as the reason of safety lasts", None
    if by != scada.lease.by.value:
        return f"no longer: {scada.lease.by.value} commands now, token {scada.lease.token}", None
    if by == Authority.HUMAN.value:
        return "until the person gives the command back", scada.lease.until_ms
    if by == Authority.REMOTE.value:
        return "until the AtomicTNode commands otherwise or the contract is over", None if pact is None else pact.end_ms
    return "until local heating wants otherwise, or somebody else commands", None


def _ran(pact: Pact) -> bool:
    return pact.life is Life.Active or pact.ended_ms is not None


def _of_scada(memory: ScadaMemory) -> dict[str, object]:
    lease = memory.lease
    return {
        "mode": "RemoteControl" if memory.mode is ModeState.RemoteControl else "LocalControl",
        "mode_state": memory.mode.value,
        "mode_cause": memory.mode_cause,
        "lease": {"by": lease.holder.value, "token": lease.token, "until_ms": lease.until_ms},
        "contact_ms": memory.contact_ms,
        "owner_asks": memory.owner_asks,
        "atn_wants_local": memory.atn_wants_local,
    }


def _of_atn(memory: AtnMemory) -> dict[str, object]:
    return {
        "mode": memory.mode,
        "mode_cause": memory.mode_cause,
        "token": memory.token,
        "standing": None if memory.standing is None else msgspec.to_builtins(memory.standing),
        "wants_local": memory.wants_local,
        "sequence": memory.sequence,
    }


def _of_pacts(pacts: tuple[Pact, ...]) -> dict[str, object]:
    running = sorted((pact for pact in pacts if pact.life in OPEN), key=lambda pact: pact.start_ms)
    active = next((pact for pact in running if pact.life is Life.Active), None)
    return {
        "contract": None if active is None else _pact(active),
        "following": [_pact(pact) for pact in running if pact is not active],
        "past": [_pact(pact) for pact in pacts if pact.life not in OPEN],
    }


def _pact(pact: Pact) -> dict[str, object]:
    account, ended = pact.account, result(pact)
    return {
        "id": pact.id,
        "life": pact.life.value,
        "start_ms": pact.start_ms,
        "end_ms": pact.end_ms,
        "standing": pact.standing,
        "avg_power_w": pact.contract.avg_power_watts,
        "oil_boiler_on": pact.contract.oil_boiler_on,
        "used_wh": None if account is None else round(account.used_wh, 3),
        "missing_s": None if account is None else round(account.missing_s, 3),
        "last_sequence": pact.last_sequence,
        "claim": None if pact.claim is None else pact.claim.value,
        "heard_claim": None if pact.heard_claim is None else pact.heard_claim.value,
        "result": None if ended is None else ended.value,
        "cause": pact.cause,
    }
