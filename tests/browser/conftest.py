"""One server and one browser for all tests of pages that a process runs."""

import subprocess
import sys
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest

from gw_spaceheat.apps.process import child_environment
from gw_spaceheat.links.broker import start_broker
from tests.browser.serving import ARGUMENTS, CHROMIUM, OPERATOR, PATIENCE_MS, Served
from tests.scenarios.scene import OAK


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("pages")
    words = ["simulate", OAK, "--start", "2018-01-05", "--days", "3", "--out", str(folder / "month"), "--json"]
    subprocess.run([sys.executable, "-m", "gw_spaceheat", *words], env=child_environment(), check=True, capture_output=True)
    with start_broker(folder / "broker") as broker:
        server = Served(folder, broker)
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    playwright_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def state(served: Served, chromium: Any) -> Any:
    """What a browser keeps after the first start."""
    page = chromium.new_page()
    page.goto(served.url)
    assert page.url.endswith("/setup")
    page.fill("#code", "wrong")
    page.fill("#operator", OPERATOR)
    page.click("button")
    assert "another one" in page.inner_text("[role=alert]")
    page.fill("#code", served.code)
    page.fill("#operator", OPERATOR)
    page.click("button")
    page.wait_for_selector("#page h1", timeout=PATIENCE_MS)
    kept = page.context.storage_state()
    page.context.close()
    return kept


@pytest.fixture(scope="session")
def axe_script() -> str:
    """The script of axe-core, as `axe-playwright-python` brings it along."""
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
