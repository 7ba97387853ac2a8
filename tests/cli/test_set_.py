"""`gws set`: what is checked before it is sent, and what comes back."""

import json
from collections.abc import Sequence

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from gw_spaceheat.core.events import Event, HumanSets, MinimumTime, Outcome, Verdict
from tests.cli.conftest import PINE, OpenHouse

RELAY, OUTPUT = "a.hp.relay", "a.hp.lwt"
NOWHERE = ["--house", PINE, "--local-broker", "mqtt://127.0.0.1:9"]


@pytest.mark.parametrize(
    ("node", "text", "value", "says"),
    [
        (RELAY, "on", 1.0, "Done, it reads 1"),
        ("a-hp-relay", "0", 0.0, "Done, it reads 0"),
        (OUTPUT, "45.5", 45.5, "Done, it reads 45.5 degC"),
    ],
)
def test_it_says_what_the_device_has_now(
    open_house: OpenHouse, node: str, text: str, value: float, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    daemon = open_house()
    assert main(["set", node, text]) == Exit.OK
    (heard,) = daemon.heard
    assert isinstance(heard, HumanSets)
    assert (heard.node, heard.value) == (node.replace("-", "."), value)
    assert capsys.readouterr().out.splitlines() == [says]


def test_what_a_minimum_time_holds_back_is_not_waited_for(open_house: OpenHouse, capsys: pytest.CaptureFixture[str]) -> None:
    open_house(lambda event: (MinimumTime(RELAY, 0),))
    assert main(["set", RELAY, "on"]) == Exit.OK
    assert capsys.readouterr().out.startswith("Accepted: a minimum time holds a.hp.relay back")


@pytest.mark.parametrize(
    ("verdict", "reason", "code"),
    [
        (Verdict.REFUSED, "no person has command; gws take --for 30m", Exit.NOPERM),
        (Verdict.OUT_OF_RANGE, "the house file has changed", Exit.NOPERM),
        (Verdict.DEVICE_FAILED, "no answer at address 32", Exit.FAILURE),
    ],
)
def test_how_it_ends_otherwise(
    open_house: OpenHouse, verdict: Verdict, reason: str, code: Exit, capsys: pytest.CaptureFixture[str]
) -> None:
    def unwilling(event: Event) -> Sequence[Event]:
        assert isinstance(event, HumanSets)
        return (Outcome(event.node, event.value, verdict, reason, event.trigger, None),)

    open_house(unwilling)
    assert main(["set", RELAY, "on", "--json"]) == code
    captured = capsys.readouterr()
    assert captured.err.splitlines() == [f"{verdict.value}: {reason}"]
    assert (json.loads(captured.out)["verdict"], json.loads(captured.out)["reason"]) == (verdict.value, reason)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["a.hp.rely", "on"], "did you mean a.hp.relay?"),
        (["a.m", "on"], "a.m is a PowerMeter and cannot be set"),
        ([RELAY, "7"], "takes on, off, 1 or 0, not 7"),
        ([OUTPUT, "80"], "takes 30 to 70 degC, not 80"),
        ([OUTPUT, "warm"], "takes 30 to 70 degC, not warm"),
        ([RELAY], "Missing argument 'value'"),
    ],
)
def test_what_the_house_file_does_not_allow_is_not_sent(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["set", *words, *NOWHERE]) == Exit.USAGE
    assert says in capsys.readouterr().err
