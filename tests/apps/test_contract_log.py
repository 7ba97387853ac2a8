"""A log on disk is checked, with whatever keys are known."""

from pathlib import Path

import msgspec
import pytest

from gw_spaceheat.apps.contract_log import verify_log
from gw_spaceheat.apps.site_keys import make_key, trust_key
from gw_spaceheat.core.contract.log import NO_ENTRIES, entry, head_entry, head_of
from gw_spaceheat.stores.contract_store import log_path
from gw_spaceheat.stores.ed25519 import public_of, signer
from gw_spaceheat.stores.keys import KeyFolder, fingerprint, from_text
from tests.apps.contract_folder import Both, settings_in

T0 = 1_700_000_000_000


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    make_key(tmp_path / "keys")
    return tmp_path / "keys"


def signed_log(path: Path, keys: Path, count: int = 20) -> None:
    secret = KeyFolder(keys).secret()
    assert secret is not None
    head, name = NO_ENTRIES, fingerprint(public_of(secret))
    with path.open("w", encoding="ascii") as file:
        for number in range(count):
            made = (
                head_entry(head, T0, signer(secret), name) if number % 5 == 4 else entry(head, T0, "given", {"n": number}, name)
            )
            head, line = made
            file.write(f"{line}\n")


def faults(told: dict[str, object]) -> list[int]:
    found = told["faults"]
    assert isinstance(found, list)
    return [fault["entry"] for fault in found]


def test_a_signed_log_is_whole(tmp_path: Path, keys: Path) -> None:
    signed_log(tmp_path / "log", keys)
    told = verify_log(tmp_path / "log", None, keys)
    assert (told["is_whole"], told["entries"], told["unsigned_entries"]) == (True, 20, 0)
    assert told["keys"] == told["checked_keys"] != []


def test_heads_that_another_key_signed_are_found(tmp_path: Path, keys: Path) -> None:
    make_key(tmp_path / "forger")
    forged = tmp_path / "log"
    signed_log(forged, tmp_path / "forger")
    ours, theirs = (public_of(KeyFolder(folder).secret() or b"") for folder in (keys, tmp_path / "forger"))
    text = forged.read_text(encoding="ascii").replace(fingerprint(theirs), fingerprint(ours))
    lines, head = [], NO_ENTRIES
    for line in text.splitlines():
        body = line[line.index('"body":') + 7 : line.rindex(',"hash"')]
        kind = "head" if '"kind":"head"' in line else "given"
        head, made = entry(head, T0, kind, msgspec.json.decode(body), fingerprint(ours))
        lines.append(made)
    forged.write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
    assert faults(verify_log(forged, None, keys)) == [5, 10, 15, 20]


def test_a_key_that_is_not_known_is_said_and_the_chain_checked_all_the_same(tmp_path: Path, keys: Path) -> None:
    make_key(tmp_path / "other")
    signed_log(tmp_path / "log", tmp_path / "other")
    told = verify_log(tmp_path / "log", None, keys)
    assert (told["is_whole"], told["checked_keys"]) == (True, [])
    public = str(make_key(tmp_path / "third")["public_key"])
    trust_key(keys, "a.b", from_text(public))
    lines = (tmp_path / "log").read_text(encoding="ascii").splitlines(keepends=True)
    del lines[7]
    (tmp_path / "log").write_text("".join(lines), encoding="ascii")
    assert 8 in faults(verify_log(tmp_path / "log", None, keys))


def test_each_side_holds_the_heads_of_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = Both(settings_in(tmp_path / "pi", monkeypatch), settings_in(tmp_path / "cloud", monkeypatch))
    both.contract()
    both.close()
    house, cloud = log_path(both.scada.store.folder), log_path(both.atn.store.folder)
    for ours, theirs in ((house, cloud), (cloud, house)):
        told = verify_log(ours, theirs, tmp_path / "keys")
        assert told["is_whole"]
        assert told["heads_compared"]
        assert told["unsigned_entries"] == told["entries"]
    lines = house.read_bytes().splitlines(keepends=True)
    house.write_bytes(b"".join(lines[:3]))
    assert verify_log(house, None, tmp_path / "keys")["is_whole"], "nobody can tell from the log alone that it was cut"
    assert not verify_log(house, cloud, tmp_path / "keys")["is_whole"]
    assert head_of(lines[-1]).length == len(lines)


def test_there_is_no_log(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        verify_log(tmp_path / "log", None, tmp_path / "keys")
