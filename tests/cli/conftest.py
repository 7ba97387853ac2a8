"""A house whose SCADA is scripted, for the commands of a person."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from gw_spaceheat.links.broker import start_broker
from tests.cli.scripted import Script, ScriptedDaemon, friendly
from tests.scenarios.scene import house, version_of

PINE = "hw1.isone.me.millinocket.pine"
OpenHouse = Callable[..., ScriptedDaemon]


@pytest.fixture
def open_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenHouse]:
    """Opens a house on its own broker, to which the settings point; gone when the test ends."""
    monkeypatch.chdir(tmp_path)
    with ExitStack() as stack:

        def start(script: Script = friendly, **options: bool) -> ScriptedDaemon:
            broker = stack.enter_context(start_broker(tmp_path / "broker"))
            monkeypatch.setenv("GWS_LOCAL_URL", broker.url)
            monkeypatch.setenv("GWS_ATN_ALIAS", PINE)
            for key, value in version_of(broker).items():
                monkeypatch.setenv(key, value)
            return stack.enter_context(ScriptedDaemon(house(PINE), broker, script, **options))

        yield start
