"""A house's processes are killed and their lines troubled, over each kind of broker; `gws bench chaos` does it for longer."""

import pytest

from gw_spaceheat.apps.bench.chaos import measure
from gw_spaceheat.links.broker import BrokerKind
from tests.links.conftest import kind
from tests.scenarios.scene import HOUSES

__all__ = ["kind"]

SEED = 1208
"""Of six rounds in which each part is killed and each trouble made."""
ROUNDS = 6
FASTER = 120.0
"""Than life."""


@pytest.mark.parametrize(
    "kind", [BrokerKind.MOSQUITTO, pytest.param(BrokerKind.AMQTT, marks=pytest.mark.slow)], indirect=True, ids=str
)
def test_nothing_acknowledged_is_lost_and_nothing_doubled(kind: BrokerKind) -> None:
    told: list[str] = []
    figures = measure(HOUSES, ROUNDS, SEED, kind, FASTER, tell=told.append)
    assert figures["broker"] == kind
    assert len(told) == ROUNDS
    assert (figures["acknowledged_lost"], figures["doubled"]) == (0, 0), (told, figures)
    assert (figures["tracebacks"], figures["ended_by_themselves"]) == ([], []), (told, figures)
    assert set(figures["exit_codes"].values()) == {0}
    assert figures["reports"] > 1
    assert figures["readings"] > 0
    assert figures["acknowledgements_heard"] > 0
