"""What a SCADA can still know when its state is lost and its log is not."""

from collections.abc import Iterable

import msgspec

from gw_spaceheat.core.contract.lease import Holder, Lease
from gw_spaceheat.core.contract.state import ScadaMemory


class _LeaseBody(msgspec.Struct):
    token: int


class _LeaseLine(msgspec.Struct):
    kind: str
    body: _LeaseBody


_decoder = msgspec.json.Decoder(_LeaseLine)


def recalled(newest_first: Iterable[bytes]) -> ScadaMemory:
    """A memory without contracts, and with a token above all that were given: who commanded before is fenced off.

    Contracts are not brought back. The AtomicTNode speaks of those that it knows, and hears that they are not known here.

    Args:
        newest_first: The lines of the log, from its last to its first.
    """
    for line in newest_first:
        if b'"kind":"lease"' not in line:
            continue
        try:
            said = _decoder.decode(line)
        except msgspec.DecodeError:
            continue
        if said.kind == "lease":
            lease = Lease(Holder.Local, said.body.token + 1)
            return ScadaMemory(lease=lease, mode_cause="what was kept is lost; it begins anew from the log")
    return ScadaMemory(lease=Lease(Holder.Local, 2), mode_cause="what was kept is lost; it begins anew from the log")
