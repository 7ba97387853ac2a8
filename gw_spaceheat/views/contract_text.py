"""Where a contract stands, whether its log is whole, and who commanded an actuator, as a person reads it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any


def verified_lines(told: Mapping[str, Any]) -> Iterator[str]:
    """Lines about a look at a log, from `apps/contract_log.py`."""
    yield f"{told['log']}: {told['entries']} entries, head {told['head'][:16]}"
    for fault in told["faults"]:
        yield f"entry {fault['entry']} {fault['what']}"
    unchecked = sorted(set(told["keys"]) - set(told["checked_keys"]))
    if told["unsigned_entries"]:
        yield f"{told['unsigned_entries']} entries are unsigned: who has the whole log can write it anew"
    if unchecked:
        yield f"not known here, so its signatures are not checked: {', '.join(unchecked)}; `gws keys trust` makes it known"
    if told["heads_compared"]:
        yield f"{told['heads_compared']} heads that the other side has kept were compared"
    else:
        yield "not compared with the other side's log: a log that was cut or written anew is not found"
    yield "nothing was altered, left out or moved" if told["is_whole"] else "NOT as it was written"


def contract_lines(told: Mapping[str, Any]) -> Iterator[str]:
    """Lines about the state of one side, from `apps/contract_show.py`."""
    yield f"{told['house']}, {told['side']}"
    yield f"mode: {told['mode']}, because {told['mode_cause']}"
    if told["side"] == "scada":
        yield from _scada_lines(told)
    else:
        yield f"token {told['token']}, {told['sequence']} commands sent"
        if told["wants_local"]:
            yield "asks the house to heat by itself"
        if told["standing"] is not None:
            yield f"keeps a standing contract for {told['standing']['avg_power_w']} W"
    if told["contract"] is None:
        yield "no contract is active"
    else:
        yield f"contract {_pact(told['contract'])}"
    for pact in told["following"]:
        yield f"follows: {_pact(pact)}"
    for pact in told["past"]:
        yield f"past: {_pact(pact)}"
    log = told["log"]
    yield f"log: {log['entries']} entries, head {log['head'][:16]}, in {told['folder']}"
    yield f"signed with {told['key']}" if told["signed"] else "UNSIGNED: nothing can be proved; `gws keys init` on both sides"


def why_lines(told: Mapping[str, Any]) -> Iterator[str]:
    """Lines about the last command to an actuator, from `apps/contract_show.py`."""
    yield f"{told['node']} was set to {told['value']:g} by {told['by']}, {_time(told['at_ms'])}"
    yield f"because: {told['why']}"
    if told["contract"] is not None:
        yield f"under contract {told['contract']}"
    if told["command"] is not None:
        yield f"command {told['command']['sequence']} of the AtomicTNode, token {told['command']['token']}"
    outcome = told["outcome"]
    if outcome is None:
        yield "how it ended is not in the log"
    else:
        reason = f": {outcome['reason']}" if outcome["reason"] else ""
        read_back = "" if outcome["read_back"] is None else f", the device says {outcome['read_back']:g}"
        yield f"it ended as {outcome['verdict']}{reason}{read_back}"
    yield f"it holds {told['until']}" + ("" if told["until_ms"] is None else f", {_time(told['until_ms'])}")
    for change in told["since"]:
        who = f"{change['by']}, token {change['token']}" if change["what"] == "lease" else change["mode"]
        yield f"since then, {_time(change['at_ms'])}: {change['what']} {who}, because {change['cause']}"
    yield f"entry {told['entry']} of the log" + ("" if told["signed"] else ", UNSIGNED")


def _scada_lines(told: Mapping[str, Any]) -> Iterator[str]:
    lease = told["lease"]
    until = "" if lease["until_ms"] is None else f" until {_time(lease['until_ms'])}"
    yield f"commands: {lease['by']}, token {lease['token']}{until}"
    if told["owner_asks"]:
        yield f"{told['owner_asks']} asks for local control"
    if told["atn_wants_local"]:
        yield "the AtomicTNode asks for local control"
    heard = "never" if told["contact_ms"] is None else _time(told["contact_ms"])
    yield f"AtomicTNode last known to be alive: {heard}"


def _pact(pact: Mapping[str, Any]) -> str:
    kind = "standing" if pact["standing"] else "slot"
    power = "oil" if pact["oil_boiler_on"] else f"{pact['avg_power_w']} W"
    used = "" if pact["used_wh"] is None else f", used {pact['used_wh']:.0f} Wh"
    missing = f" ({pact['missing_s']:.0f} s unknown)" if pact["missing_s"] else ""
    cause = f" ({pact['cause']})" if pact["cause"] else ""
    life = pact["result"] or pact["life"]
    return f"{pact['id']} {life}{cause}, {kind}, {_time(pact['start_ms'])} to {_time(pact['end_ms'])}, {power}{used}{missing}"


def _time(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"
