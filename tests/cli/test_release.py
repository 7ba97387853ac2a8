"""`gws release`: the house is given back, whether somebody had it or not."""

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from gw_spaceheat.core.events import Authority, HumanReleases, LeaseChanged
from tests.cli.conftest import OpenHouse
from tests.cli.scripted import AT_MS

HUMAN = LeaseChanged(Authority.HUMAN, 7, "taken by Ben", AT_MS, AT_MS + 60_000)
REMOTE = LeaseChanged(Authority.REMOTE, 3, "all is well", AT_MS)


@pytest.mark.parametrize(
    ("lease", "says"),
    [
        (HUMAN, "local has the house (token 8): given back by Anna"),
        (REMOTE, "remote has the house (token 3): all is well"),
    ],
)
def test_who_has_it_then(open_house: OpenHouse, lease: LeaseChanged, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    daemon = open_house()
    daemon.say(lease)
    assert main(["release", "--who", "Anna"]) == Exit.OK
    assert daemon.heard == [HumanReleases("Anna")]
    assert capsys.readouterr().out.splitlines() == ["Done", says]


def test_a_daemon_that_has_just_started_does_not_know_yet(open_house: OpenHouse, capsys: pytest.CaptureFixture[str]) -> None:
    open_house()
    assert main(["release"]) == Exit.OK
    assert capsys.readouterr().out.splitlines() == ["Done"]
