"""`gws meter`: what it refuses, before anything is started."""

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--profile", "nonsense"], Exit.USAGE, "household, standard, original"),
        (["--at-once"], Exit.USAGE, "--days"),
        (["--health", "a:b:c"], Exit.USAGE, "--health"),
        (["--broker", "http://h"], Exit.CONFIG, "amqp://"),
        (["--broker", "amqp://me:secret@h:0"], Exit.CONFIG, "allowed is amqp://"),
        (["--broker", "mqtt://h:0"], Exit.CONFIG, "mqtt://"),
        (["--broker", "amqp://127.0.0.1:1", "--house", "../x", "--seconds", "1"], Exit.USAGE, "house is '../x'"),
        (["--broker", "amqp://127.0.0.1:1", "--fault", "x", "--seconds", "1"], Exit.USAGE, "HOUSE:KIND:START"),
        (["--broker", "amqp://127.0.0.1:1", "--interval", "7", "--seconds", "1"], Exit.USAGE, "interval_ms"),
    ],
)
def test_bad_words(words: list[str], code: Exit, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["meter", "run", *words]) == code
    told = capsys.readouterr().err
    assert says in told
    assert "secret" not in told


def test_a_broker_that_is_not_there_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["meter", "run", "--broker", "amqp://127.0.0.1:1", "--seconds", "0.2", "--json"]) == Exit.OK
    assert capsys.readouterr().out.strip() == '{"sent": 0, "kept": 0, "waiting": 0}'
