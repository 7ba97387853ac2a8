"""`gws local`: the home owner asks for LocalControl, and does not mind any more."""

from collections.abc import Sequence

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from gw_spaceheat.core.events import Authority, Event, LeaseChanged, LocalControlAsked
from tests.cli.conftest import OpenHouse
from tests.cli.scripted import AT_MS

REMOTE = LeaseChanged(Authority.REMOTE, 3, "all is well", AT_MS)


def obedient(event: Event) -> Sequence[Event]:
    if event == LocalControlAsked("Anna", asked=True):
        return (LeaseChanged(Authority.LOCAL, 4, "Anna asked for local control", AT_MS),)
    return ()


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("on", "local has the house (token 4): Anna asked for local control"),
        ("off", "remote has the house (token 3): all is well"),
    ],
)
def test_on_and_off(open_house: OpenHouse, word: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    daemon = open_house(obedient)
    daemon.say(REMOTE)
    assert main(["local", word, "--who", "Anna"]) == Exit.OK
    assert daemon.heard == [LocalControlAsked("Anna", asked=word == "on")]
    assert capsys.readouterr().out.splitlines() == ["Done", says]


@pytest.mark.parametrize("words", [[], ["perhaps"]])
def test_nothing_else_can_be_said(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["local", *words]) == Exit.USAGE
    assert "Usage: gws local" in capsys.readouterr().err
