"""What a node gets for its side of a contract: the same again after a restart, with keys if there are any."""

import subprocess
import sys
from pathlib import Path

import pytest

from gw_spaceheat.apps.contracts import open_contract_side, side_folder, site_keys
from gw_spaceheat.apps.process import child_environment
from gw_spaceheat.apps.site_keys import make_key, trust_key
from gw_spaceheat.core.contract.lease import Holder
from gw_spaceheat.core.contract.life import Life, Side
from gw_spaceheat.core.contract.log import NO_ENTRIES, UNSIGNED
from gw_spaceheat.core.contract.party import NO_KEYS
from gw_spaceheat.core.events import Note, Obey
from gw_spaceheat.stores.contract_store import STATE_FILE, log_path
from gw_spaceheat.stores.faults import StoreBusyError, StoreError
from gw_spaceheat.stores.keys import KeysError, from_text
from tests.apps.contract_folder import HOUSE, Both, settings_in


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Both:
    return Both(settings_in(tmp_path / "pi", monkeypatch), settings_in(tmp_path / "cloud", monkeypatch))


def again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Both:
    return Both(settings_in(tmp_path / "pi", monkeypatch), settings_in(tmp_path / "cloud", monkeypatch), seed=b"again")


def test_a_house_that_never_had_a_contract(both: Both) -> None:
    assert both.scada.memory() is None
    assert both.scada.head() == NO_ENTRIES
    assert both.scada.keys == NO_KEYS


def test_the_same_contract_comes_back(both: Both, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both.contract()
    both.command()
    (before,) = both.house_machine.pacts
    token, head = both.house_machine.token, both.house_machine.log_head
    both.close()
    both = again(tmp_path, monkeypatch)
    assert both.house_machine.pacts == (before,)
    assert both.house_machine.token == token
    assert both.scada.head() == head
    memory = both.atn.memory()
    assert memory is not None
    assert memory.sequence == 1


def test_who_commanded_before_a_state_was_lost_is_fenced_off(
    both: Both, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both.contract()
    token, head = both.house_machine.token, both.house_machine.log_head
    folder = both.scada.store.folder
    both.close()
    (folder / STATE_FILE).write_text("spoilt", encoding="ascii")
    (folder / "journal").unlink()
    later = both.now
    both = again(tmp_path, monkeypatch)
    both.now = later
    assert (both.house_machine.token, both.house_machine.holder) == (token + 1, Holder.Local)
    assert both.house_machine.log_head == head
    both.start()
    assert any("damaged" in note.text for note in both.told if isinstance(note, Note))
    both.run(10)
    lives = [pact.life for pact in both.house_machine.pacts]
    assert lives.count(Life.Active) <= 1
    assert both.cloud_machine.pacts[0].life is Life.TerminatedByScada, "both know that the contract is over"


def test_one_process_for_each_side(both: Both, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StoreBusyError):
        again(tmp_path, monkeypatch)
    both.close()


def test_keys_of_both_sides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pi, cloud = (settings_in(tmp_path / name, monkeypatch) for name in ("pi", "cloud"))
    for ours, theirs, alias in ((pi, cloud, HOUSE.alias), (cloud, pi, HOUSE.scada_alias)):
        made = make_key(theirs.keys_path())
        trust_key(ours.keys_path(), alias, from_text(str(made["public_key"])))
    both = Both(pi, cloud)
    assert both.scada.keys.name.startswith("ed25519-")
    both.contract()
    both.command()
    assert [effect.sequence for effect in both.told if isinstance(effect, Obey)] == [1]
    assert UNSIGNED not in log_path(both.scada.store.folder).read_text(encoding="ascii")


def test_a_side_whose_key_is_another_is_not_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pi, cloud = (settings_in(tmp_path / name, monkeypatch) for name in ("pi", "cloud"))
    trust_key(pi.keys_path(), HOUSE.alias, from_text(str(make_key(tmp_path / "stranger")["public_key"])))
    make_key(cloud.keys_path())
    both = Both(pi, cloud)
    with pytest.raises(AssertionError):
        both.contract()
    assert both.house_machine.pacts == ()


def test_a_trusted_peer_alone_is_enough_to_check_signatures(tmp_path: Path) -> None:
    trust_key(tmp_path, HOUSE.alias, from_text(str(make_key(tmp_path / "other")["public_key"])))
    keys = site_keys(HOUSE, Side.SCADA, tmp_path)
    assert (keys.sign, keys.name) == (None, UNSIGNED)
    assert keys.verify is not None
    assert site_keys(HOUSE, Side.ATOMIC_T_NODE, tmp_path) == NO_KEYS


def test_keys_that_cannot_be_used_are_no_reason_to_go_on_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_in(tmp_path, monkeypatch)
    make_key(settings.keys_path())
    (settings.keys_path() / "private.key").chmod(0o644)
    with pytest.raises(KeysError):
        open_contract_side(HOUSE, Side.SCADA, settings)


@pytest.mark.parametrize("alias", ["", "..", "../other", "/etc", "a/b"])
def test_a_name_leads_nowhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alias: str) -> None:
    with pytest.raises(StoreError, match="no alias"):
        side_folder(settings_in(tmp_path, monkeypatch), alias, Side.SCADA)


def test_without_keys_nothing_of_cryptography_is_imported() -> None:
    code = "import sys, gw_spaceheat.apps.contracts; sys.exit('cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env=child_environment(), check=False).returncode == 0
