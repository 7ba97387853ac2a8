"""Takes the pictures of all pages anew: `python -m tests.browser.pictures` writes them into `docs/images`.

A house lives two hours in a minute meanwhile, with its SCADA, its AtomicTNode and an Ear, beside a street that is supervised.
It takes some eight minutes and needs Debian's Chromium and Playwright's Python package.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from playwright.sync_api import sync_playwright

from gw_spaceheat.apps.process import child_environment
from gw_spaceheat.links.broker import RunningBroker, start_broker
from tests.browser.serving import ARGUMENTS, CHROMIUM, OPERATOR, Served
from tests.scenarios.scene import OAK

IMAGES = Path(__file__).parents[2] / "docs" / "images"
WIDE, PHONE = {"width": 1200, "height": 760}, {"width": 390, "height": 800}
PATIENCE_MS = 120_000
SPEED = 120.0
BEGIN, DAYS_BEFORE = "2018-01-05", 3
START = "2018-01-08T05:05:00"
"""Just after midnight: three days are kept already, and this one goes on."""
LIVES_S = 210.0
STREET = "Maple Street"
FADING_MS = 1_000
"""What fades in or is drawn after its data has come is there by then."""
DRAWN = "#house-drawing svg:visible"


def gws(*words: str) -> list[str]:
    """A command of ours."""
    return [sys.executable, "-m", "gw_spaceheat", *words]


@contextmanager
def living(folder: Path, broker: RunningBroker) -> Iterator[Served]:
    """Pages over a house that lives, and a street that is supervised; all of it is stopped at the end."""
    environment = {
        **child_environment(),
        "GWS_DATA_FOLDER": str(folder / "data"),
        "GWS_PRICES": "synthetic",
        "GWS_WEATHER": "synthetic",
    }
    span = ["--start", BEGIN, "--days", str(DAYS_BEFORE), "--contract", "planned"]
    subprocess.run(gws("simulate", OAK, *span, "--out", str(folder / "month"), "--json"), env=environment, check=True)
    street = ["--houses", "10", "--roofs", "5", "--days", "2", "--batteries", "2", "--heated", "2"]
    made = folder / "data" / "web" / "streets" / STREET
    made.parent.mkdir(parents=True)
    subprocess.run(gws("neighbourhood", "new", str(made), *street), env=environment, check=True)
    pages = Served(folder, broker, start=START, speed=SPEED)
    house = ["--house", OAK]
    commands = [
        ["ear", "run", "--folder", str(folder / "month" / "readings"), "--url", broker.url, *pages.time],
        ["run", *house, "--broker", broker.url, "--local-broker", broker.url, *pages.time],
        ["atn", *house, "--url", broker.url, "--standing", "3000", "--plan", *pages.time],
        ["supervise", "run", "--url", broker.url, *pages.time],
    ]
    processes = [subprocess.Popen(gws(*words), env=environment, stdin=subprocess.PIPE) for words in commands]
    try:
        yield pages
    finally:
        for process in processes:
            process.terminate()
            process.wait(20)
        pages.stop()


class Camera:
    """A browser that is signed in, and takes pictures of what it sees."""

    def __init__(self, chromium: Any, pages: Served, into: Path) -> None:
        """Sign in for the first time."""
        self._chromium, self._pages, self._into = chromium, pages, into
        page = chromium.new_page()
        page.goto(pages.url)
        page.fill("#code", pages.code)
        page.fill("#operator", OPERATOR)
        page.click("button")
        page.wait_for_selector("#page h1")
        self._state = page.context.storage_state()
        page.context.close()

    def take(self, name: str, path: str, until: str, do: Callable[[Any], None] | None = None, **how: Any) -> None:
        """A picture of a page when it shows what is waited for.

        Args:
            name: Of the picture.
            path: Of the page.
            until: What is waited for.
            do: What is done on the page before that.
            how: As a browser takes it, in place of a bright wide screen.
        """
        page = self._chromium.new_context(storage_state=self._state, **{"viewport": WIDE, **how}).new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(self._pages.url + path)
        page.wait_for_selector("#page h1")
        if do is not None:
            do(page)
        page.wait_for_selector(until)
        page.wait_for_function("!document.querySelector('[data-dash-is-loading]')")
        page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        page.wait_for_timeout(FADING_MS)
        page.screenshot(path=self._into / f"web-{name}.png", full_page=True, animations="disabled")
        page.context.close()


def fills(**fields: str) -> Callable[[Any], None]:
    """Fills fields, and clicks those whose text is empty."""

    def do(page: Any) -> None:
        for name, text in fields.items():
            place = f"#{name.replace('_', '-')}"
            if text:
                page.fill(place, text)
                page.keyboard.press("Tab")
            else:
                page.click(place)

    return do


def balances(page: Any) -> None:
    """Plays a recording, and then under all algorithms."""
    page.click("#nb-run")
    page.wait_for_selector("#nb-results table")
    page.click("#nb-compare")


def opens_street(page: Any) -> None:
    """Opens the street that was made."""
    page.click(f"#nh-streets >> text={STREET}")
    page.wait_for_selector("#nh-parts table")


def runs_street(page: Any) -> None:
    """Runs it under two schedulers, and looks at one of the results."""
    page.click(".mantine-MultiSelect-input")
    page.get_by_role("option", name="random", exact=True).click()
    page.keyboard.press("Escape")
    page.click("#sm-run")
    page.wait_for_selector(f"#sm-list >> text={STREET} random")
    page.click(f"#sm-list >> text={STREET} lst")


def take_all(camera: Camera) -> None:
    """Every page once."""
    camera.take("simulate", "/simulate", "#sim-results table", do=fills(sim_days="2", sim_start_button=""))
    camera.take("net-balance", "/net-balance", "#nb-compared table", do=balances)
    camera.take("neighbourhood", "/neighbourhood", "#nh-profiles .scatterlayer", do=opens_street)
    camera.take("sun-market", f"/sun-market?street={quote(STREET)}", "#sm-detail table", do=runs_street)
    two = {name: f"{STREET} {scheduler}" for name, scheduler in (("result", "lst"), ("other", "random"))}
    camera.take("sun-market-compared", f"/sun-market?{urlencode(two)}", "#sm-detail table")
    camera.take("house", "/", DRAWN)
    camera.take("house-dark", "/", DRAWN, color_scheme="dark")
    camera.take("house-phone", "/", DRAWN, viewport=PHONE)
    camera.take("day", "/day", "#day-figure .scatterlayer")
    camera.take("day-phone", "/day", "#day-figure .scatterlayer", viewport=PHONE)
    camera.take("contract", "/contract", "#page table")
    camera.take("data", "/data", "#page .card")
    camera.take("fleet", "/fleet", "#page table")
    camera.take("plan", "/plan", "#page .scatterlayer")
    camera.take("street", "/street", "#street-now svg")


def main(arguments: Sequence[str]) -> int:
    """Into the folder that is named, or `docs/images`."""
    into = Path(arguments[0]) if arguments else IMAGES
    with (
        tempfile.TemporaryDirectory() as name,
        start_broker(Path(name) / "broker") as broker,
        sync_playwright() as playwright,
        living(Path(name), broker) as pages,
    ):
        begun_s = time.monotonic()
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        camera = Camera(chromium, pages, into)
        subprocess.run(gws("supervise", "startDemo", "--url", broker.url), check=True)
        time.sleep(max(0.0, LIVES_S - (time.monotonic() - begun_s)))
        take_all(camera)
        chromium.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
