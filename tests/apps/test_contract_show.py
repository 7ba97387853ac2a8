"""The state of a contract and the cause of a command, read from the disk beside the running process."""

from pathlib import Path

import pytest

from gw_spaceheat.apps.contract_show import UnknownNodeError, shown_contracts, why
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.contract.life import Side
from gw_spaceheat.core.events import Authority, Command, ContractQuit, HumanTakes, Outcome, StandingReleased, Verdict
from gw_spaceheat.stores.contract_store import STATE_FILE
from gw_spaceheat.stores.faults import StoreError
from gw_spaceheat.vocabulary.moment import MINUTE_MS
from tests.apps.contract_folder import HOUSE, RELAY, Both, settings_in
from tests.faults.two_sides import TEN_O_CLOCK_MS


@pytest.fixture
def pi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return settings_in(tmp_path / "pi", monkeypatch)


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return settings_in(tmp_path / "cloud", monkeypatch)


@pytest.fixture
def both(pi: Settings, cloud: Settings) -> Both:
    return Both(pi, cloud)


def given(by: Authority, number: int = 1, value: float = 1.0) -> Command:
    return Command(RELAY, value, by, f"because {number}", f"trigger-{number}", 10**9)


def test_an_active_contract(both: Both, pi: Settings) -> None:
    both.contract()
    told = shown_contracts(HOUSE.alias, pi)
    assert (told["side"], told["signed"], told["key"]) == ("scada", False, "unsigned")
    assert (told["mode"], told["mode_cause"]) == ("RemoteControl", "all is well")
    assert told["lease"] == {"by": "remote", "token": 2, "until_ms": None}
    assert told["log"] == {"entries": both.scada.head().length, "head": both.scada.head().hash}
    assert isinstance(told["contract"], dict)
    assert told["contract"]["life"] == "Active"
    assert told["contract"]["avg_power_w"] == 4500


def test_the_side_that_is_kept_here_is_shown(both: Both, cloud: Settings) -> None:
    both.contract()
    told = shown_contracts(HOUSE.alias, cloud)
    assert (told["side"], told["mode"], told["token"]) == ("atn", "RemoteControl", 2)
    assert told["standing"] == {"avg_power_w": 4500, "oil_boiler_on": False}
    with pytest.raises(StoreError, match="scada side"):
        shown_contracts(HOUSE.alias, cloud, Side.SCADA)


def test_a_contract_that_is_over(both: Both, pi: Settings) -> None:
    both.contract()
    both.give(Side.ATOMIC_T_NODE, StandingReleased())
    both.give(Side.SCADA, ContractQuit("the owner leaves"))
    told = shown_contracts(HOUSE.alias, pi)
    assert told["contract"] is None
    assert isinstance(told["past"], list)
    assert (told["past"][0]["result"], told["past"][0]["cause"]) == ("TerminatedByScada", "the owner leaves")
    assert told["mode"] == "LocalControl"


def test_nothing_is_kept_yet(pi: Settings, both: Both) -> None:
    with pytest.raises(StoreError, match="no log"):
        shown_contracts(HOUSE.alias, pi)
    with pytest.raises(StoreError, match="no log"):
        why(HOUSE, RELAY, pi)
    both.start()
    with pytest.raises(StoreError, match="no command to"):
        why(HOUSE, RELAY, pi)


def test_a_state_that_cannot_be_understood(both: Both, pi: Settings) -> None:
    both.start()
    folder = both.scada.store.folder
    both.close()
    (folder / STATE_FILE).unlink()
    (folder / "journal").unlink()
    assert shown_contracts(HOUSE.alias, pi)["contract"] is None


def test_a_command_from_outside(both: Both, pi: Settings) -> None:
    both.contract()
    both.command()
    told = why(HOUSE, "a-elt1-relay", pi)
    assert (told["node"], told["value"], told["by"], told["why"]) == (RELAY, 1.0, "remote", "dispatched")
    assert isinstance(told["command"], dict)
    assert (told["command"]["sequence"], told["command"]["token"]) == (1, 2)
    assert isinstance(told["outcome"], dict)
    assert told["outcome"]["verdict"] == "Done"
    assert told["contract"] == both.house_machine.pacts[0].id
    assert told["until_ms"] == TEN_O_CLOCK_MS + 60 * MINUTE_MS
    assert told["since"] == []


def test_a_command_of_local_control(both: Both, pi: Settings) -> None:
    both.start()
    both.give(Side.SCADA, given(Authority.LOCAL, 1))
    both.give(Side.SCADA, given(Authority.LOCAL, 2, 0.0))
    told = why(HOUSE, RELAY, pi)
    assert (told["value"], told["by"], told["why"], told["trigger"]) == (0.0, "local", "because 2", "trigger-2")
    assert (told["outcome"], told["command"], told["contract"], told["until_ms"]) == (None, None, None, None)
    assert "local heating" in str(told["until"])


@pytest.mark.parametrize(("by", "says"), [(Authority.SAFETY, "safety"), (Authority.HUMAN, "the person")])
def test_a_command_of_safety_or_of_a_person(both: Both, pi: Settings, by: Authority, says: str) -> None:
    both.start()
    both.give(Side.SCADA, HumanTakes("Ann", 30 * MINUTE_MS))
    both.give(Side.SCADA, given(by))
    both.give(Side.SCADA, Outcome(RELAY, 1.0, Verdict.DEVICE_FAILED, "no answer", "trigger-1", None))
    told = why(HOUSE, RELAY, pi)
    assert says in str(told["until"])
    assert told["until_ms"] == (both.now.wall_ms + 30 * MINUTE_MS if by is Authority.HUMAN else None)
    assert isinstance(told["outcome"], dict)
    assert told["outcome"]["reason"] == "no answer"


def test_what_has_changed_hands_since(both: Both, pi: Settings) -> None:
    both.contract()
    both.command()
    both.give(Side.SCADA, HumanTakes("Ann", 30 * MINUTE_MS))
    told = why(HOUSE, RELAY, pi)
    assert told["until"] == "no longer: human commands now, token 3"
    assert isinstance(told["since"], list)
    assert [change["what"] for change in told["since"]] == ["lease", "mode"]


def test_an_actuator_that_is_not_there(pi: Settings) -> None:
    with pytest.raises(UnknownNodeError, match=r"did you mean a\.elt1\.relay"):
        why(HOUSE, "a.elt1.rely", pi)
    with pytest.raises(UnknownNodeError):
        why(HOUSE, "a.elt1", pi)
