"""The house in a terminal of 80 by 24: what is shown, what renews itself, and what a person may ask for."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, DataTable, RichLog, Static

from gw_spaceheat.core.watching import Alarm, HouseNow, LeaseNow
from gw_spaceheat.house.model import House
from gw_spaceheat.terminal.watch import WatchScreen
from tests.scenarios.scene import OAK, START_MS, house

POWER, TOP, RELAY = "a-m", "a-buffer-depth1", "a.hp.relay"


def heard(**values: int) -> HouseNow:
    taken = {name.replace("_", "-"): (value, START_MS) for name, value in values.items()}
    return HouseNow(
        alias=OAK,
        heard_ms=START_MS,
        report_ms=None,
        power_w=None,
        power_ms=None,
        values=taken,
        states={},
        alarms=(),
        lease=LeaseNow("local", "no contract", None, START_MS),
        contract=None,
    )


@dataclass
class Scripted:
    """A house that says what it is told to say, and remembers what it was asked."""

    house: House
    shown: HouseNow | None
    told: list[tuple[str, float | None, str | None, str | None]] = field(default_factory=list)
    lost: str = ""
    at_ms: int = START_MS

    def wall_ms(self) -> int:
        return self.at_ms

    def now(self) -> HouseNow | None:
        return self.shown

    def trouble(self) -> str:
        return self.lost

    def contracts(self) -> Mapping[str, Any] | None:
        return None

    def ask(self, what: str, minutes: float | None, node: str | None, value: str | None) -> list[str]:
        self.told.append((what, minutes, node, value))
        return ["Done"]


def looking(at: Scripted, steps: Callable[[WatchScreen, Pilot[None]], Awaitable[None]]) -> None:
    """Run the screen, 80 by 24, and take steps on it."""

    async def run() -> None:
        screen = WatchScreen(at)
        async with screen.run_test(size=(80, 24)) as pilot:
            await steps(screen, pilot)

    asyncio.run(run())


def cell(screen: WatchScreen, table: str, row: str, column: str) -> str:
    return str(screen.query_one(f"#{table}", DataTable).get_cell(row, column))


def line(screen: WatchScreen, place: str) -> str:
    return str(screen.query_one(f"#{place}", Static).content)


def log(screen: WatchScreen) -> str:
    return "\n".join(strip.text for strip in screen.query_one("#log", RichLog).lines)


@pytest.fixture
def oak() -> Scripted:
    return Scripted(house(OAK), heard(a_m=4321, a_buffer_depth1=55_500))


def test_it_shows_values_with_their_age_and_what_is_too_old(oak: Scripted) -> None:
    async def steps(screen: WatchScreen, pilot: Pilot[None]) -> None:
        assert "4,321 W" in line(screen, "head")
        assert line(screen, "command") == "Commands: local  Because: no contract"
        assert cell(screen, "channels", TOP, "value") == "55.5 °C"
        assert cell(screen, "channels", TOP, "age") == "now"
        assert cell(screen, "channels", "a-store-tank1-depth1", "age") == "never"
        oak.at_ms += 3_600_000
        screen.look()
        await pilot.pause()
        assert cell(screen, "channels", TOP, "age") == "60 min"
        assert screen.query_one("#channels", DataTable).get_cell(TOP, "value").style == "yellow"
        oak.shown = heard(a_m=10, a_buffer_depth1=60_000)
        screen.look()
        assert cell(screen, "channels", TOP, "value") == "60.0 °C"

    looking(oak, steps)


def test_all_of_it_fits_a_small_terminal(oak: Scripted) -> None:
    async def steps(screen: WatchScreen, pilot: Pilot[None]) -> None:
        await pilot.pause()
        for place in ("head", "command", "channels", "actuators", "log"):
            region = screen.query_one(f"#{place}").region
            assert region.height >= 1, place
            assert (region.right <= 80, region.bottom <= 24) == (True, True), place
        assert screen.query_one("#channels").region.height >= 8

    looking(oak, steps)


def test_what_goes_wrong_is_told_once_and_once_that_it_is_over(oak: Scripted) -> None:
    async def steps(screen: WatchScreen, pilot: Pilot[None]) -> None:
        assert oak.shown is not None
        oak.shown = replace(oak.shown, alarms=(Alarm("a.temps", "Warning", "a-x: missing", "no answer", START_MS),))
        screen.look()
        screen.look()
        await pilot.pause()
        assert log(screen).count("a.temps: a-x: missing (no answer)") == 1
        oak.shown = replace(oak.shown, alarms=())
        screen.look()
        await pilot.pause()
        assert log(screen).count("a.temps: over") == 1
        oak.lost = "local: Connection refused"
        screen.look()
        assert "NOT CONNECTED: local: Connection refused" in line(screen, "head")

    looking(oak, steps)


def test_nothing_heard_is_said() -> None:
    async def steps(screen: WatchScreen, pilot: Pilot[None]) -> None:
        await pilot.pause()
        assert "nothing heard yet; does gws run run?" in line(screen, "head")
        assert line(screen, "command") == "who commands is not known yet"

    looking(Scripted(house(OAK), None), steps)


async def answered(screen: WatchScreen, pilot: Pilot[None]) -> None:
    await screen.workers.wait_for_complete()
    await pilot.pause()


def test_take_set_and_release_are_asked_for_after_a_confirmation(oak: Scripted) -> None:
    async def steps(screen: WatchScreen, pilot: Pilot[None]) -> None:
        await pilot.press("t")
        await pilot.press("ctrl+u", "4", "5", "enter")
        await answered(screen, pilot)
        first = str(screen.query_one("#actuators", DataTable).ordered_rows[0].key.value)
        await pilot.press("s", "o", "n", "enter")
        await answered(screen, pilot)
        await pilot.press("r")
        screen.screen.query_one("#yes", Button).press()
        await pilot.pause()
        await answered(screen, pilot)
        assert oak.told == [("take", 45.0, None, None), ("set", None, first, "on"), ("release", None, None, None)]
        assert "take: Done" in log(screen)

    looking(oak, steps)


@pytest.mark.parametrize("key", ["t", "r", "s"])
def test_escape_asks_for_nothing(oak: Scripted, key: str) -> None:
    async def steps(screen: WatchScreen, pilot: Pilot[None]) -> None:
        await pilot.press(key)
        await pilot.press("escape")
        await answered(screen, pilot)
        assert oak.told == []

    looking(oak, steps)


def test_a_look_at_a_screen_that_is_not_there_is_none(oak: Scripted) -> None:
    never_run = WatchScreen(oak)
    never_run.look()

    async def steps(screen: WatchScreen, pilot: Pilot[None]) -> None:
        await screen.query_one("#actuators").remove()
        oak.shown = heard(a_m=10)
        screen.look()
        assert "4,321 W" in line(screen, "head"), "as it was, for there is no whole screen to draw on"
        await pilot.press("q")
        await pilot.pause()
        screen.look()

    looking(oak, steps)


def test_it_looks_on_behind_a_question(oak: Scripted) -> None:
    async def steps(screen: WatchScreen, pilot: Pilot[None]) -> None:
        await pilot.press("t")
        await pilot.pause()
        oak.shown = heard(a_m=10)
        screen.look()
        await pilot.press("escape")
        await pilot.pause()
        assert "10 W" in line(screen, "head")

    looking(oak, steps)


def test_q_ends_it(oak: Scripted) -> None:
    async def steps(screen: WatchScreen, pilot: Pilot[None]) -> None:
        await pilot.press("q")
        await pilot.pause()
        assert not screen.is_running

    looking(oak, steps)
