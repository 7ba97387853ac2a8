"""A contract, its log and a command as a person reads them."""

from typing import Any

import pytest

from gw_spaceheat.views.contract_text import contract_lines, verified_lines, why_lines

T0 = 1_699_999_200_000
PACT = {
    "id": "c1",
    "life": "Active",
    "start_ms": T0,
    "end_ms": T0 + 3_600_000,
    "standing": True,
    "avg_power_w": 4500,
    "oil_boiler_on": False,
    "used_wh": 1234.5,
    "missing_s": 7.0,
    "last_sequence": 3,
    "claim": None,
    "heard_claim": None,
    "result": None,
    "cause": "",
}
BOTH = {
    "house": "hw1.oak",
    "folder": "here",
    "signed": True,
    "key": "ed25519-11",
    "log": {"entries": 7, "head": "ab" * 32},
    "mode": "RemoteControl",
    "mode_cause": "all is well",
    "contract": PACT,
    "following": [],
    "past": [],
}
SCADA = BOTH | {
    "side": "scada",
    "lease": {"by": "remote", "token": 2, "until_ms": None},
    "contact_ms": T0,
    "owner_asks": "",
    "atn_wants_local": False,
}
ATN = BOTH | {"side": "atn", "token": 2, "sequence": 3, "wants_local": False, "standing": None}
WHOLE = {
    "log": "contract.log",
    "is_whole": True,
    "entries": 7,
    "head": "ab" * 32,
    "faults": [],
    "heads_compared": 3,
    "keys": ["ed25519-11"],
    "checked_keys": ["ed25519-11"],
    "unsigned_entries": 0,
}
WHY = {
    "node": "a.elt1.relay",
    "value": 1.0,
    "by": "remote",
    "why": "dispatched",
    "at_ms": T0,
    "entry": 30,
    "signed": True,
    "outcome": {"verdict": "Done", "reason": "", "read_back": 1.0},
    "command": {"sequence": 3, "token": 2},
    "contract": "c1",
    "until": "until the contract is over",
    "until_ms": T0 + 3_600_000,
    "since": [],
}


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (SCADA, "mode: RemoteControl, because all is well"),
        (SCADA, "commands: remote, token 2"),
        (SCADA, "AtomicTNode last known to be alive: 2023-11-14 22:00:00 UTC"),
        (SCADA, "signed with ed25519-11"),
        (
            SCADA,
            "contract c1 Active, standing, 2023-11-14 22:00:00 UTC to 2023-11-14 23:00:00 UTC, 4500 W, "
            "used 1234 Wh (7 s unknown)",
        ),
        (SCADA | {"contact_ms": None}, "AtomicTNode last known to be alive: never"),
        (SCADA | {"owner_asks": "Ann"}, "Ann asks for local control"),
        (SCADA | {"atn_wants_local": True}, "the AtomicTNode asks for local control"),
        (
            SCADA | {"lease": {"by": "human", "token": 3, "until_ms": T0}},
            "commands: human, token 3 until 2023-11-14 22:00:00 UTC",
        ),
        (SCADA | {"signed": False}, "UNSIGNED: nothing can be proved; `gws keys init` on both sides"),
        (SCADA | {"contract": None}, "no contract is active"),
        (
            SCADA | {"past": [PACT | {"result": "TerminatedByScada", "cause": "gone", "oil_boiler_on": True, "used_wh": None}]},
            "past: c1 TerminatedByScada (gone), standing, 2023-11-14 22:00:00 UTC to 2023-11-14 23:00:00 UTC, "
            "oil (7 s unknown)",
        ),
        (
            SCADA | {"following": [PACT | {"standing": False, "missing_s": 0.0, "life": "Accepted"}]},
            "follows: c1 Accepted, slot, 2023-11-14 22:00:00 UTC to 2023-11-14 23:00:00 UTC, 4500 W, used 1234 Wh",
        ),
        (ATN, "token 2, 3 commands sent"),
        (ATN | {"wants_local": True}, "asks the house to heat by itself"),
        (ATN | {"standing": {"avg_power_w": 4500}}, "keeps a standing contract for 4500 W"),
    ],
)
def test_the_state(told: dict[str, Any], line: str) -> None:
    assert line in list(contract_lines(told))


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (WHOLE, "contract.log: 7 entries, head abababababababab"),
        (WHOLE, "3 heads that the other side has kept were compared"),
        (WHOLE, "nothing was altered, left out or moved"),
        (
            WHOLE | {"is_whole": False, "faults": [{"entry": 4, "what": "was altered: its hash is another"}]},
            "entry 4 was altered: its hash is another",
        ),
        (WHOLE | {"is_whole": False}, "NOT as it was written"),
        (WHOLE | {"unsigned_entries": 2}, "2 entries are unsigned: who has the whole log can write it anew"),
        (
            WHOLE | {"checked_keys": []},
            "not known here, so its signatures are not checked: ed25519-11; `gws keys trust` makes it known",
        ),
        (
            WHOLE | {"heads_compared": 0},
            "not compared with the other side's log: a log that was cut or written anew is not found",
        ),
    ],
)
def test_a_log(told: dict[str, Any], line: str) -> None:
    assert line in list(verified_lines(told))


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (WHY, "a.elt1.relay was set to 1 by remote, 2023-11-14 22:00:00 UTC"),
        (WHY, "because: dispatched"),
        (WHY, "under contract c1"),
        (WHY, "command 3 of the AtomicTNode, token 2"),
        (WHY, "it ended as Done, the device says 1"),
        (WHY, "it holds until the contract is over, 2023-11-14 23:00:00 UTC"),
        (WHY, "entry 30 of the log"),
        (WHY | {"signed": False}, "entry 30 of the log, UNSIGNED"),
        (WHY | {"outcome": None}, "how it ended is not in the log"),
        (
            WHY | {"outcome": {"verdict": "DeviceFailed", "reason": "no answer", "read_back": None}},
            "it ended as DeviceFailed: no answer",
        ),
        (
            WHY | {"since": [{"at_ms": T0, "what": "lease", "by": "human", "token": 3, "cause": "taken by Ann"}]},
            "since then, 2023-11-14 22:00:00 UTC: lease human, token 3, because taken by Ann",
        ),
        (
            WHY | {"since": [{"at_ms": T0, "what": "mode", "mode": "LocalControl", "cause": "taken"}]},
            "since then, 2023-11-14 22:00:00 UTC: mode LocalControl, because taken",
        ),
    ],
)
def test_a_command(told: dict[str, Any], line: str) -> None:
    assert line in list(why_lines(told))


def test_a_command_of_local_control_names_no_contract() -> None:
    lines = list(why_lines(WHY | {"by": "local", "command": None, "contract": None, "until_ms": None}))
    assert not any("contract c1" in line or "AtomicTNode" in line for line in lines)
