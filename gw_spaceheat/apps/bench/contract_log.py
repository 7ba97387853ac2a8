"""How long a year of a contract log takes to be verified, and a commit of state and log to be durable."""

import hashlib
import tempfile
import time
from pathlib import Path
from statistics import quantiles

from gw_spaceheat.apps.contract_log import verify_log
from gw_spaceheat.core.contract.log import LOG, NO_ENTRIES, LogHead, entry, head_entry
from gw_spaceheat.core.contract.state import SCADA_STATE, ScadaMemory
from gw_spaceheat.core.events import Append, Keep
from gw_spaceheat.stores.contract_store import ContractStore
from gw_spaceheat.stores.ed25519 import new_secret, public_of, signer
from gw_spaceheat.stores.keys import KeyFolder, fingerprint

START_MS = 1_700_000_000_000
EVERY_MS = 60_000
SIGNED_EVERY = 50
"""While messages are sent, heads are signed in them; entries of their own have those of times without a contract."""
STATE_CHARACTERS = 4_000


def measure(entries: int = 500_000, commits: int = 500, folder: Path | None = None) -> dict[str, object]:
    """Write a log, verify it, and commit.

    Args:
        entries: Entries of the log; one in fifty a signed head.
        commits: How often state and log are made durable; the state is as long as that of a house that had many contracts.
        folder: On whose disk; None for that of temporary files.

    Returns:
        `entries, verify_s, entries_per_s, log_mb, faults, commits, commit_p50_ms, commit_p99_ms, rests, rest_ms`.
    """
    with tempfile.TemporaryDirectory(dir=folder) as place:
        keys, secret = Path(place) / "keys", new_secret()
        KeyFolder(keys).put(secret, public_of(secret))
        log = Path(place) / "year.log"
        _write_log(log, entries, secret)
        began_s = time.perf_counter()
        told = verify_log(log, None, keys)
        verify_s = time.perf_counter() - began_s
        size = log.stat().st_size
        took_ms, rests_ms = _commit(Path(place) / "store", commits)
    cuts = quantiles(took_ms, n=100, method="inclusive")
    faults = told["faults"]
    return {
        "entries": told["entries"],
        "verify_s": verify_s,
        "entries_per_s": entries / verify_s,
        "log_mb": size / 1e6,
        "faults": len(faults) if isinstance(faults, list) else 0,
        "commits": commits,
        "commit_p50_ms": cuts[49],
        "commit_p99_ms": cuts[98],
        "rests": len(rests_ms),
        "rest_ms": max(rests_ms, default=0.0),
    }


def _write_log(path: Path, entries: int, secret: bytes) -> None:
    head, sign, key = NO_ENTRIES, signer(secret), fingerprint(public_of(secret))
    with path.open("w", encoding="ascii") as file:
        for number in range(entries):
            at_ms = START_MS + number * EVERY_MS
            if number % SIGNED_EVERY == SIGNED_EVERY - 1:
                head, line = head_entry(head, at_ms, sign, key)
            else:
                head, line = _beat(head, at_ms, number, key)
            file.write(f"{line}\n")


def _beat(head: LogHead, at_ms: int, number: int, key: str) -> tuple[LogHead, str]:
    signature = hashlib.sha256(str(number).encode()).hexdigest()
    body = {"number": number, "heard": number, "digits": (number % 10, 7), "used_wh": number, "signature": signature}
    return entry(head, at_ms, "beat", body, key)


def _commit(folder: Path, commits: int) -> tuple[list[float], list[float]]:
    took_ms, rests_ms = [], []
    store = ContractStore(folder)
    store.open()
    store.commit(())
    head = NO_ENTRIES
    for number in range(commits):
        lines = []
        for _ in range(2):
            head, line = _beat(head, START_MS + number, number, "unsigned")
            lines.append(Append(LOG, line))
        state = Keep(SCADA_STATE, ScadaMemory(mode_cause=f"{number:{STATE_CHARACTERS}d}"))
        began_s = time.perf_counter()
        store.commit([*lines, state])
        took_ms.append((time.perf_counter() - began_s) * 1000)
        if store.wants_rest:
            began_s = time.perf_counter()
            store.rest()
            rests_ms.append((time.perf_counter() - began_s) * 1000)
    store.close()
    return took_ms, rests_ms
