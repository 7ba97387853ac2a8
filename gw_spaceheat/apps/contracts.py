"""What a node needs for its side of a contract, from the disk: state, log, keys, and the folder in which they lie."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Literal, TypeVar, overload

import msgspec

from gw_spaceheat.actors.durable_node import DurableNode
from gw_spaceheat.apps.houses_folder import house_folder
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.contract.life import Side
from gw_spaceheat.core.contract.log import NO_ENTRIES, LogHead
from gw_spaceheat.core.contract.party import NO_KEYS, Keys
from gw_spaceheat.core.contract.recall import recalled
from gw_spaceheat.core.contract.state import ATN_STATE, SCADA_STATE, AtnMemory, ScadaMemory
from gw_spaceheat.core.machine import Machine
from gw_spaceheat.house.model import House
from gw_spaceheat.stores.contract_store import ContractStore, log_path
from gw_spaceheat.stores.keys import KeyFolder, fingerprint
from gw_spaceheat.stores.log_file import lines_backward

MemoryT = TypeVar("MemoryT", bound=msgspec.Struct)

CONTRACTS_FOLDER = "contracts"
SIDE_FOLDERS = {Side.SCADA: "scada", Side.ATOMIC_T_NODE: "atn"}
STATES: dict[Side, tuple[str, type[msgspec.Struct]]] = {
    Side.SCADA: (SCADA_STATE, ScadaMemory),
    Side.ATOMIC_T_NODE: (ATN_STATE, AtnMemory),
}


@dataclass(frozen=True, slots=True)
class ContractSide(Generic[MemoryT]):
    """One side's store and keys, as long as its process lives.

    Attributes:
        store: Where state and log are kept; open.
        keys: What is signed and verified with.
    """

    store: ContractStore
    keys: Keys
    _recall: Callable[[], MemoryT | None]

    def memory(self) -> MemoryT | None:
        """The newest state, to be asked for whenever a machine is made; None for the first time.

        One that is damaged is set aside and told; the SCADA then begins with what its log says.
        """
        return self._recall()

    def head(self) -> LogHead:
        """Where the log stands, to be asked for whenever a machine is made."""
        return self.store.head()

    def durable(self, machine: Machine) -> DurableNode:
        """The machine, with its state and log kept in this store: what is to be hosted in the machine's place."""
        return DurableNode(machine, self.store)

    def close(self) -> None:
        """To be called when the runtime has stopped."""
        self.store.close()


@overload
def open_contract_side(house: House, side: Literal[Side.SCADA], settings: Settings) -> ContractSide[ScadaMemory]: ...


@overload
def open_contract_side(house: House, side: Literal[Side.ATOMIC_T_NODE], settings: Settings) -> ContractSide[AtnMemory]: ...


def open_contract_side(house: House, side: Side, settings: Settings) -> ContractSide[ScadaMemory] | ContractSide[AtnMemory]:
    """Open what one side of a house's contracts keeps, once per process and before its machine is made.

        contract = open_contract_side(house, Side.SCADA, settings)
        make = lambda: contract.durable(Scada(..., memory=contract.memory(), head=contract.head(), keys=contract.keys))

    A recorder goes around the machine and within `durable`, so that what is refused here is in the record as well. A disk that
    is full or cannot be read is no reason to fail: it is told by the node, and tried again for as long as it lives.

    Raises:
        StoreBusyError: Another process has this side of this house.
        StoreError: The house's name is no alias.
        KeysError: There are keys, and they cannot be used.
    """
    keys = site_keys(house, side, settings.keys_path())
    store = ContractStore(side_folder(settings, house.alias, side))
    store.open()
    if side is Side.SCADA:
        return ContractSide(store, keys, lambda: _scada_memory(store))
    return ContractSide(store, keys, lambda: store.state(ATN_STATE, AtnMemory))


def side_folder(settings: Settings, house: str, side: Side) -> Path:
    """Where one side of a house's contracts keeps its state and log; raises StoreError for a name that is no alias."""
    return house_folder(settings, CONTRACTS_FOLDER, house) / SIDE_FOLDERS[side]


def site_keys(house: House, side: Side, folder: Path) -> Keys:
    """What one side signs and verifies with; nothing is signed where the folder holds no private key.

    Raises:
        KeysError: There are keys, and they cannot be used.
    """
    files = KeyFolder(folder)
    secret = files.secret()
    peer = files.trusted(house.alias if side is Side.SCADA else house.scada_alias)
    if secret is None and peer is None:
        return NO_KEYS
    from gw_spaceheat.stores import ed25519  # noqa: PLC0415 - a daemon without keys does not carry the library

    verify = None if peer is None else ed25519.verifier(peer)
    if secret is None:
        return Keys(verify=verify)
    return Keys(ed25519.signer(secret), verify, fingerprint(ed25519.public_of(secret)))


def _scada_memory(store: ContractStore) -> ScadaMemory | None:
    memory = store.state(SCADA_STATE, ScadaMemory)
    if memory is not None or store.head() == NO_ENTRIES:
        return memory
    try:
        return recalled(lines_backward(log_path(store.folder)))
    except OSError:
        return None  # the store has told it
