"""The pages in a browser: first start, live values, take and release, zoom, dark mode, a phone, a simulation.

Needs Debian's Chromium and Playwright's Python package; skips without them. Everything runs on this machine only.
"""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gw_spaceheat.apps.process import child_environment
from gw_spaceheat.messages.codec import encode
from gw_spaceheat.messages.synced_readings import SyncedReadings
from tests.browser.serving import CHROMIUM, PATIENCE_MS, Served, opened, serious_faults
from tests.scenarios.scene import OAK, START_MS, Listener

SCADA = f"{OAK}.ta.scada"
PATHS = [
    "/",
    "/day",
    "/contract",
    "/data",
    "/fleet",
    "/simulate",
    "/plan",
    "/net-balance",
    "/street",
    "/neighbourhood",
    "/sun-market",
    "/why?node=a.elt1.relay",
]

playwright_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed"),
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("width", [1300, 360])
def test_every_page_fits_its_screen_and_loads_nothing_from_elsewhere(
    chromium: Any, served: Served, state: Any, path: str, width: int
) -> None:
    page = opened(chromium, served, state, path, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.faults == []
    page.context.close()


def test_a_fleet_on_a_phone_is_read_from_above_to_below(chromium: Any, served: Served, state: Any) -> None:
    page = opened(chromium, served, state, "/fleet", viewport={"width": 360, "height": 800})
    assert page.evaluate("(table => table.scrollWidth <= table.clientWidth)(document.querySelector('#fleet-table .scroll'))")
    assert page.evaluate("getComputedStyle(document.querySelector('td[data-head=Heard]'), '::before').content") == '"Heard"'
    page.context.close()


def test_a_wrong_password_stays_outside(chromium: Any, served: Served, state: Any) -> None:
    page = chromium.new_page()
    page.goto(f"{served.url}/login")
    page.fill("#password", "not-this-one")
    page.click("button")
    assert "not a password" in page.inner_text("[role=alert]")
    page.context.close()


def test_a_value_that_changes_is_seen(chromium: Any, served: Served, state: Any) -> None:
    page = opened(chromium, served, state, "/")
    with Listener(served.broker) as house:
        for number, (value, text) in enumerate(((23_400, "23.4"), (17_100, "17.1"))):
            message = SyncedReadings(
                channel_name_list=["a-zone1-stat"], value_list=[value], scada_read_time_unix_ms=START_MS + number
            )
            house.say(*encode(message, src=SCADA, dst=OAK, message_id=""))
            playwright_api.expect(page.locator("#house-drawing")).to_contain_text(text, timeout=PATIENCE_MS)
    assert page.faults == []
    page.context.close()


def test_take_asks_first_and_says_what_the_house_answers(chromium: Any, served: Served, state: Any) -> None:
    page = opened(chromium, served, state, "/")
    page.click("#command-take")
    page.wait_for_selector("#command-question")
    page.click("#command-no")
    page.click("#command-release")
    page.wait_for_selector("#command-yes")
    page.click("#command-yes")
    page.wait_for_selector("#command-answer p")
    assert "no answer" in page.inner_text("#command-answer")  # nobody lives on this broker
    page.context.close()


@contextmanager
def living(served: Served) -> Iterator["subprocess.Popen[str]"]:
    """The house of the pages, with its SCADA and simulated devices, in the pages' time."""
    url = served.broker.url
    version = {"GWS_MQTT_VERSION": "5" if served.broker.version.value == "5" else "3"}
    scada = subprocess.Popen(
        [sys.executable, "-m", "gw_spaceheat", "run", "--house", OAK, "--broker", url, "--local-broker", url, *served.time],
        stderr=subprocess.PIPE,
        text=True,
        env={**child_environment(), **version, "GWS_DATA_FOLDER": str(served.folder / "data")},
    )
    try:
        assert scada.stderr is not None
        for line in scada.stderr:
            if "local: connected" in line:
                break
        threading.Thread(target=scada.stderr.read, daemon=True).start()
        yield scada
    finally:
        scada.terminate()
        scada.wait(20)


ROWS = "[...document.querySelectorAll('#house-channels tbody tr')]"
ALL_ARE_NEW = (
    f"() => {{ const rows = {ROWS}; return rows.length > 20 && rows.every(row => /(now|[12] s ago)$/.test(row.innerText)); }}"
)
ALL_ARE_STALE = f"() => {ROWS}.every(row => row.innerText.includes('stale'))"


def test_every_value_is_as_new_as_its_device_was_read_and_stale_when_it_is_read_no_more(
    chromium: Any, served: Served, state: Any
) -> None:
    with living(served) as scada:
        page = opened(chromium, served, state, "/")
        page.click("summary:has-text('All channels')")
        playwright_api.expect(page.locator("#house-as-of")).to_contain_text("live", timeout=PATIENCE_MS)
        page.wait_for_function(ALL_ARE_NEW)
        scada.kill()
        page.wait_for_function(ALL_ARE_STALE)
        assert page.faults == []
        page.context.close()


def test_take_set_and_release(chromium: Any, served: Served, state: Any) -> None:
    with living(served):
        page = opened(chromium, served, state, "/")
        answer = page.locator("#command-answer")
        for press, told in (("take", "human has the house"), ("set", "Done"), ("release", "local has the house")):
            if press == "set":
                page.click("#command-node")
                page.get_by_role("option", name="Boost element 1: relay").click()
                page.fill("#command-value", "off")
            page.click(f"#command-{press}")
            page.click("#command-yes")
            playwright_api.expect(answer).to_contain_text(told, timeout=PATIENCE_MS)
        playwright_api.expect(page.locator("#house-command")).to_contain_text("local", timeout=PATIENCE_MS)
        page.goto(f"{served.url}/why?node=a.elt1.relay")
        playwright_api.expect(page.locator("#page")).to_contain_text("operator", timeout=PATIENCE_MS)
        assert page.faults == []
        page.context.close()


def test_zoom(chromium: Any, served: Served, state: Any) -> None:
    page = opened(chromium, served, state, "/day?length=week")
    page.wait_for_selector("#day-figure .scatterlayer")
    page.wait_for_function("!document.querySelector('[data-dash-is-loading]')")  # a figure that is drawn anew ends a drag
    before = page.inner_text("#day-told")
    box = page.locator("#day-figure .nsewdrag").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 45, steps=5)
    page.mouse.up()
    playwright_api.expect(page.locator("#day-told")).not_to_have_text(before, timeout=PATIENCE_MS)
    assert page.faults == []
    page.context.close()


def test_dark_and_light(chromium: Any, served: Served, state: Any) -> None:
    page = opened(chromium, served, state, "/fleet", color_scheme="dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("button[aria-label='Light or dark']")
    playwright_api.expect(page.locator("body")).not_to_have_css("background-color", dark, timeout=PATIENCE_MS)
    page.context.close()


def test_a_simulation_is_started_cancelled_run_and_compared(chromium: Any, served: Served, state: Any) -> None:
    page = opened(chromium, served, state, "/simulate")
    page.fill("#sim-days", "40")
    page.keyboard.press("Tab")
    page.click("#sim-start-button")
    page.wait_for_selector("#sim-status progress")
    page.click("#sim-cancel")
    playwright_api.expect(page.locator("#sim-status")).to_contain_text("Cancelled", timeout=PATIENCE_MS)
    page.fill("#sim-days", "1")
    page.keyboard.press("Tab")
    page.click("#sim-start-button")
    page.wait_for_selector("#sim-results table", timeout=4 * PATIENCE_MS)
    text = page.inner_text("#sim-results")
    assert all(word in text for word in ("hysteresis", "planned", "USD", "As a file"))
    page.context.close()


def test_a_net_balance_is_run_compared_swept_and_its_prices_drawn(
    chromium: Any, served: Served, state: Any, tmp_path: Path
) -> None:
    page = opened(chromium, served, state, "/net-balance")
    page.wait_for_selector("#nb-recording .scatterlayer")
    page.click("#nb-run")
    page.wait_for_selector("#nb-results table", timeout=PATIENCE_MS)
    before = page.inner_text("#nb-results table")
    page.evaluate("document.querySelector('#nb-price-figure').scrollIntoView({block: 'center'})")
    line = page.locator("#nb-price-figure .shapelayer path").nth(12).bounding_box()
    middle = (line["x"] + line["width"] / 2, line["y"] + line["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0], middle[1] + 40, steps=6)
    page.mouse.up()
    playwright_api.expect(page.locator("#nb-price-text")).not_to_have_value(re.compile("^(0.241, ){8}(0.293, ){2}(0.357, ){4}"))
    page.click("#nb-run")
    playwright_api.expect(page.locator("#nb-results table")).not_to_have_text(before, timeout=PATIENCE_MS)
    page.click("#nb-compare")
    page.wait_for_selector("#nb-compared table", timeout=PATIENCE_MS)
    assert all(name in page.inner_text("#nb-compared") for name in ("none", "hysteresis", "ours", "time-to-consume"))
    page.click("#nb-sweep")
    page.wait_for_selector("#nb-swept .scatterlayer", timeout=PATIENCE_MS)
    recording = tmp_path / "a day.csv"
    recording.write_text("time,production_w,base_w\n2022-06-09T06:00:00,100,200\n2022-06-09T06:00:10,110,210\n")
    page.set_input_files("#nb-upload input", str(recording))
    playwright_api.expect(page.locator("#nb-brought")).to_contain_text("a day.csv is kept", timeout=PATIENCE_MS)
    assert page.faults == []
    page.context.close()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing_serious(chromium: Any, served: Served, state: Any, axe_script: str, path: str, colours: str) -> None:
    page = opened(chromium, served, state, path, bypass_csp=True, color_scheme=colours)
    page.wait_for_load_state("networkidle")
    assert serious_faults(page, axe_script) == []
    page.context.close()
