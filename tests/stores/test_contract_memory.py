"""The store in memory keeps and fails as the one on disk does."""

import pytest

from gw_spaceheat.core.contract.log import LOG, NO_ENTRIES
from gw_spaceheat.core.contract.state import SCADA_STATE, AtnMemory, ScadaMemory
from gw_spaceheat.stores.contract_memory import ContractMemory
from tests.stores.entries import commits


def test_what_was_committed_is_there_after_a_kill() -> None:
    store = ContractMemory()
    assert (store.head(), store.state(SCADA_STATE, ScadaMemory)) == (NO_ENTRIES, None)
    effects, head, said = next(commits())
    store.commit(effects)
    store.rest()
    after = store.killed()
    assert after.head() == head
    memory = after.state(SCADA_STATE, ScadaMemory)
    assert memory is not None
    assert memory.mode_cause == said
    assert after.state(SCADA_STATE, AtnMemory) is None
    assert len(after.lines[LOG]) == head.length
    assert not store.wants_rest


def test_what_could_not_be_committed_waits_and_is_lost_with_the_process() -> None:
    faults = iter(["no space", "", "no space", ""])
    store = ContractMemory(lambda: next(faults))
    made = commits()
    effects, first, _ = next(made)
    with pytest.raises(OSError, match="no space"):
        store.commit(effects)
    assert store.head() == NO_ENTRIES
    store.commit(())
    assert store.head() == first
    with pytest.raises(OSError, match="no space"):
        store.commit(next(made)[0])
    store.killed().commit(())
    assert store.head() == first
    assert store.troubles() == []
