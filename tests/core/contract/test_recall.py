"""What the log still says when the state is lost."""

import pytest

from gw_spaceheat.core.contract.lease import Holder
from gw_spaceheat.core.contract.log import NO_ENTRIES, entry
from gw_spaceheat.core.contract.recall import recalled
from gw_spaceheat.core.contract.state import ScadaMemory


def lines(*bodies: tuple[str, object]) -> list[bytes]:
    """The lines of a log, newest first."""
    head, made = NO_ENTRIES, []
    for number, (kind, body) in enumerate(bodies):
        assert isinstance(body, dict)
        head, line = entry(head, 1_700_000_000_000 + number, kind, body, "unsigned")
        made.append(line.encode())
    return made[::-1]


@pytest.mark.parametrize(
    ("bodies", "token"),
    [
        ((), 2),
        ((("started", {"signed": False}),), 2),
        ((("lease", {"by": "remote", "token": 7, "cause": ""}), ("started", {})), 8),
        ((("lease", {"by": "remote", "token": 7, "cause": ""}), ("lease", {"by": "local", "token": 8, "cause": ""})), 9),
        ((("lease", {"by": "remote", "token": 7, "cause": ""}), ("refused", {"reason": '"kind":"lease"'})), 8),
        ((("lease", {"by": "remote", "token": 7, "cause": ""}), ("lease", {"words": "of tomorrow"})), 8),
    ],
)
def test_who_commanded_before_is_fenced_off(bodies: tuple[tuple[str, object], ...], token: int) -> None:
    memory = recalled(lines(*bodies))
    assert (memory.lease.holder, memory.lease.token) == (Holder.Local, token)
    assert "lost" in memory.mode_cause
    assert memory.pacts == ScadaMemory().pacts
