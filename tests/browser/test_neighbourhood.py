"""Three houses by hand, from XML, simulated and read in a browser; every number is reckoned again from the files.

Needs Debian's Chromium and Playwright's Python package; skips without them.
"""

import json
import re
import shutil
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.browser.serving import CHROMIUM, PATIENCE_MS, Served, opened, serious_faults

playwright_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed"),
]

EPOCH_S = 1_460_246_400
"""2016-04-10 00:00 UTC."""
HOUR_S = 3600
WASH = ((0, 0.0), (1800, 600.0), (3600, 650.0), (5400, 1200.0))
DRY = ((0, 0.0), (2700, 1800.0))
DISH = ((0, 0.0), (3600, 900.0))
LOADS = {"11": WASH, "21": DRY, "121": DISH}
PEAK_W = {"12": 2500.0, "122": 1500.0}
PRICES = {"neighbours_wh": 0.18, "grid_wh": 0.30}
DEVICES = """<neighborhood id="13" name="n"><house id="30"><user id="1">
<device><id>121</id><name>dish</name><template>89</template><type>consumer</type></device>
<device><id>122</id><name>panel</name><template>1</template><type>producer</type></device>
</user></house></neighborhood>
"""


def sun_wh(peak_w: float) -> list[float]:
    """Cumulative energy of a day's hours."""
    hours = np.arange(25)
    return (
        np.concatenate([[0.0], np.cumsum(np.maximum(np.sin((hours[1:] - 6.5) / 12 * np.pi), 0.0) * peak_w)]).round(3).tolist()
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    for device, load in LOADS.items():
        (folder / f"{device}.csv").write_text("".join(f"{at_s} {wh}\n" for at_s, wh in load))
    for roof, name in (("12", "roof.csv"), ("122", "30_122_1.csv")):
        lines = [f"{EPOCH_S + hour * HOUR_S} {wh}\n" for hour, wh in enumerate(sun_wh(PEAK_W[roof]))]
        (folder / name).write_text("".join(lines))
    (folder / "neighborhood.xml").write_text(DEVICES)
    device = "<device><id>121</id><est>{}</est><lst>{}</lst><creation_time>{}</creation_time><profile>8</profile></device>"
    times = [(EPOCH_S + hour * HOUR_S, EPOCH_S + (hour + 5) * HOUR_S, EPOCH_S + 6 * HOUR_S) for hour in (7, 9)]
    jobs = "".join(device.format(*each) for each in times)
    (folder / "jobs.xml").write_text(f'<neighborhood id="3"><house id="30"><user id="1">{jobs}</user></house></neighborhood>')
    return folder


def said(page: Any, words: str) -> None:
    playwright_api.expect(page.locator("#nh-said")).to_contain_text(words, timeout=PATIENCE_MS)


def choose(page: Any, place: str, option: str) -> None:
    page.click(f"#{place}")
    page.get_by_role("option", name=option, exact=True).click()


def add_device(page: Any, kind: str, identifier: str, file: Path) -> None:
    choose(page, "nh-kind", kind)
    page.fill("#nh-device", identifier)
    page.set_input_files("#nh-files input", str(file))
    playwright_api.expect(page.locator("#nh-chosen")).to_have_text(file.name, timeout=PATIENCE_MS)
    page.click("#nh-keep-device")
    said(page, f"Device {identifier} is kept")


def add_job(page: Any, earliest: str, latest: str) -> None:
    for name, hour in (("earliest", earliest), ("latest", latest)):
        page.fill(f"#nh-{name}-day", "2016-04-10")
        page.fill(f"#nh-{name}-hour", hour)
    page.click("#nh-add-job")
    said(page, "The job is there")


def table(page: Any, place: str) -> list[list[str]]:
    """Cells of a table's rows."""
    rows: list[list[str]] = page.eval_on_selector(
        place, "table => [...table.tBodies[0].rows].map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    )
    return rows


def after(heading: str) -> str:
    """The table after a heading."""
    return f"#sm-detail h3:has-text('{heading}') + .scroll table"


@pytest.fixture(scope="module")
def made(chromium: Any, served: Served, state: Any, files: Path) -> str:
    """A street of three houses, two by hand and one from XML; its name."""
    page = opened(chromium, served, state, "/neighbourhood")
    page.click("text=New street")
    page.wait_for_selector("#nh-name")
    page.click("#nh-add-house")
    said(page, "The house is there")
    add_device(page, "Consumer", "11", files / "11.csv")
    add_device(page, "Producer", "12", files / "roof.csv")
    page.click("#nh-zone")
    page.fill("#nh-zone", "Europe/Berlin")
    page.get_by_role("option", name="Europe/Berlin", exact=True).click()
    playwright_api.expect(page.locator("#nh-zone-said")).to_contain_text("Europe/Berlin", timeout=PATIENCE_MS)
    add_job(page, "09:00", "17:00")
    playwright_api.expect(page.locator("#nh-parts")).to_contain_text("2016-04-10 09:00", timeout=PATIENCE_MS)
    page.click("#nh-add-house")
    playwright_api.expect(page.locator("#nh-house")).to_have_value("2", timeout=PATIENCE_MS)
    add_device(page, "Consumer", "21", files / "21.csv")
    add_job(page, "08:00", "18:00")
    playwright_api.expect(page.locator("#nh-told")).to_contain_text(
        "2 houses, 2 consumers, 1 roof, 2 jobs", timeout=PATIENCE_MS
    )
    names = ("neighborhood.xml", "jobs.xml", "121.csv", "30_122_1.csv")
    page.set_input_files("#nh-bring input", [str(files / name) for name in names])
    said(page, "houses 1, devices 2, profiles and forecasts 2, jobs 2")
    choose(page, "nh-house", "30")
    page.wait_for_selector("#nh-profiles .scatterlayer")
    page.wait_for_selector("#nh-forecasts .scatterlayer")
    page.fill("#nh-name", "Drei Häuser")
    for _ in range(2):
        page.click("#nh-save")
        said(page, "Drei Häuser is saved")
    page.reload()
    page.wait_for_selector("#nh-parts table")
    playwright_api.expect(page.locator("#nh-told")).to_contain_text("3 houses, 3 consumers, 2 roofs, 4 jobs: saved")
    assert page.faults == []
    page.context.close()
    return "Drei Häuser"


@pytest.fixture(scope="module")
def results(chromium: Any, served: Served, state: Any, made: str) -> Path:
    """The street was run under two schedulers, twice each; where their results lie."""
    page = opened(chromium, served, state, "/neighbourhood")
    page.click(f"#nh-streets tr:has-text('{made}') >> text=Run it")
    page.wait_for_selector("#sm-run")
    playwright_api.expect(page.locator("#sm-street")).to_have_value(made)
    page.click(".mantine-MultiSelect-input")
    page.get_by_role("option", name="random", exact=True).click()
    page.keyboard.press("Escape")
    page.fill("#sm-runs", "2")
    page.keyboard.press("Tab")
    page.click("#sm-run")
    playwright_api.expect(page.locator("#sm-list")).to_contain_text(f"{made} random", timeout=4 * PATIENCE_MS)
    playwright_api.expect(page.locator("#sm-status")).to_contain_text("Done", timeout=PATIENCE_MS)
    assert page.faults == []
    page.context.close()
    return served.folder / "data" / "web" / "street-results"


def local_kwh(contracts: list[dict[str, Any]]) -> float:
    """Sun that jobs used, minute by minute, from profiles and forecasts as this test wrote them."""
    minutes = np.arange(2 * 1440 + 1) * 60.0
    load = np.zeros(2 * 1440)
    for row in contracts:
        device = row["job"].split("]:[")[1]
        at_s, wh = np.array(LOADS[device]).T
        load += np.diff(np.interp(minutes, at_s + row["start_unix_s"] - EPOCH_S, wh))
    sun = sum(np.diff(np.interp(minutes, np.arange(25) * HOUR_S, sun_wh(peak_w))) for peak_w in PEAK_W.values())
    return float(np.minimum(load, sun).sum()) / 1000.0


def sums(rows: list[dict[str, Any]], by: Callable[[dict[str, Any]], Any], name: str) -> dict[Any, float]:
    found: dict[Any, float] = defaultdict(float)
    for row in rows:
        found[by(row)] += row[name]
    return found


def test_numbers_are_those_of_the_files(chromium: Any, served: Served, state: Any, made: str, results: Path) -> None:
    folder = results / f"{made} random"
    contracts = pq.read_table(folder / "contracts.parquet").to_pylist()
    flows = pq.read_table(folder / "flows.parquet").to_pylist()
    page = opened(chromium, served, state, "/sun-market")
    page.click(f"#sm-list >> text={made} random")
    page.wait_for_selector("#sm-detail table")
    runs = table(page, after("Runs"))
    local = [local_kwh([row for row in contracts if row["run"] == run]) for run in (1, 2)]
    assert [row[2] for row in runs] == [
        *(f"{kwh:.2f}" for kwh in local),
        f"{sum(local) / 2:.2f}",
        f"{float(np.std(local, ddof=1)):.2f}",
    ]
    demand = sum(load[-1][1] * count for load, count in ((WASH, 1), (DRY, 1), (DISH, 2))) / 1000.0
    assert runs[0][4] == f"{demand:.2f}"
    assert runs[0][3] == f"{demand - local[0]:.2f}"

    choose(page, "sm-of-run", "2")
    choose(page, "sm-interval", "60 min")
    playwright_api.expect(page.locator("#sm-detail")).to_contain_text("Contracts of run 2", timeout=PATIENCE_MS)
    playwright_api.expect(page.locator("#sm-detail")).to_contain_text("over 60 min: the street, run 2", timeout=PATIENCE_MS)
    second = [row for row in flows if row["run"] == 2]
    hours = list(sums(second, lambda row: row["at_unix_s"] // HOUR_S, "load_wh").values())
    peak, mean = max(hours) / 1000.0, sum(hours) / len(hours) / 1000.0
    assert table(page, after("Peak to average"))[0] == ["consumed", f"{peak:.3f}", f"{mean:.3f}", f"{peak / mean:.2f}"]

    shown = table(page, "#sm-contracts table")
    mine = sorted((row for row in contracts if row["run"] == 2), key=lambda row: row["start_unix_s"])
    assert [row[0] for row in shown] == [row["job"] for row in mine]
    for cells, row in zip(shown, mine, strict=True):
        day, hour, minute = (int(word) for word in re.findall(r"[0-9]+", cells[2])[1:])
        assert EPOCH_S + (day - 10) * 86_400 + hour * HOUR_S + minute * 60 == row["start_unix_s"] // 60 * 60
        assert row["earliest_unix_s"] <= row["start_unix_s"] <= row["latest_unix_s"]
        assert [float(cell) for cell in cells[4:8]] == [
            round(row[name]) for name in ("wh", "own_wh", "neighbours_wh", "grid_wh")
        ]
    pays = {cells[0]: cells[-2] for cells in table(page, after("What each house pays"))}
    for house in ("1", "2", "30"):
        of = [row for row in second if row["house"] == house]
        total = {name: sum(row[name] for row in of) / 1000.0 for name in of[0] if name.endswith("_wh")}
        cost = sum(total[name] * price for name, price in PRICES.items())
        cost -= total["given_wh"] * 0.18 + (total["sun_wh"] - total["own_wh"] - total["given_wh"]) * 0.08
        assert float(pays[house]) == pytest.approx(cost, abs=0.0051)

    choose(page, "sm-of-house", "30")
    playwright_api.expect(page.locator("#sm-detail")).to_contain_text("Contracts of run 2: house 30", timeout=PATIENCE_MS)
    pie = page.evaluate("document.querySelector('#sm-pies .js-plotly-plot').data[0]")
    of = [row for row in second if row["house"] == "30"]
    wanted = [sum(row[name] for row in of) / 1000.0 for name in ("own_wh", "neighbours_wh", "grid_wh")]
    assert pie["values"] == pytest.approx(wanted, abs=0.001)
    assert page.faults == []
    page.context.close()


def test_a_battery_and_base_load_by_hand_are_shown_kept_and_removed(
    chromium: Any, served: Served, state: Any, files: Path
) -> None:
    (files / "base.csv").write_text(f"{EPOCH_S} 0\n{EPOCH_S + 6 * HOUR_S} 1200\n")
    page = opened(chromium, served, state, "/neighbourhood")
    page.click("text=New street")
    page.wait_for_selector("#nh-name")
    page.click("#nh-add-house")
    said(page, "The house is there")
    page.set_input_files("#nh-base-files input", str(files / "base.csv"))
    playwright_api.expect(page.locator("#nh-base-chosen")).to_have_text("base.csv", timeout=PATIENCE_MS)
    page.click("#nh-keep-base")
    said(page, "House 1 has a base load")
    playwright_api.expect(page.locator("#nh-base-chosen")).to_have_text("no file chosen", timeout=PATIENCE_MS)
    page.fill("#nh-battery-capacity", "6.5")
    page.click("#nh-keep-battery")
    said(page, "House 1 has a battery")
    playwright_api.expect(page.locator("#nh-parts")).to_contain_text("6.5 kWh, of them 0 in it", timeout=PATIENCE_MS)
    playwright_api.expect(page.locator("#nh-parts")).to_contain_text("1.2 kWh")
    page.wait_for_selector("#nh-moments .scatterlayer")
    playwright_api.expect(page.locator("#nh-told")).to_contain_text("1 base load, 1 battery: not saved yet")
    page.fill("#nh-name", "stored")
    page.click("#nh-save")
    said(page, "stored is saved")
    street = json.loads((served.folder / "data" / "web" / "streets" / "stored" / "street.json").read_text())
    assert [battery["capacity_wh"] for battery in street["batteries"]] == [6500.0]
    page.get_by_role("button", name="Remove the battery of house 1").click()
    said(page, "The battery of house 1 is removed")
    playwright_api.expect(page.locator("#nh-parts")).not_to_contain_text("6.5 kWh", timeout=PATIENCE_MS)
    assert page.faults == []
    page.context.close()


def test_a_house_is_heated_by_hand_runs_and_is_shown_and_removed(chromium: Any, served: Served, state: Any, made: str) -> None:
    page = opened(chromium, served, state, "/neighbourhood")
    page.click(f"#nh-streets >> text={made}")
    page.wait_for_selector("#nh-parts table")
    choose(page, "nh-house", "2")
    page.fill("#nh-heat-loss", "150")
    page.keyboard.press("Tab")
    page.click("#nh-keep-heat")
    said(page, "House 2 is heated by the street")
    playwright_api.expect(page.locator("#nh-parts")).to_contain_text("6 powers; needs", timeout=PATIENCE_MS)
    page.wait_for_selector("#nh-moments .scatterlayer")
    page.fill("#nh-name", "warm")
    page.click("#nh-save")
    said(page, "warm is saved")
    page.click("text=Run it")
    page.wait_for_selector("#sm-run")
    page.click("#sm-run")
    playwright_api.expect(page.locator("#sm-list")).to_contain_text("warm lst", timeout=4 * PATIENCE_MS)
    playwright_api.expect(page.locator("#sm-status")).to_contain_text("Done", timeout=PATIENCE_MS)
    page.click("#sm-list >> text=warm lst")
    page.wait_for_selector("#sm-heated table")
    told = json.loads((served.folder / "data" / "web" / "street-results" / "warm lst" / "result.json").read_text())
    (heated,) = told["heated"]
    names = ("electricity_kwh", "boost_kwh", "need_kwh", "starts", "cold_k_h", "begin_kwh", "end_kwh")
    figures = [f"{heated[name]:.{2 * (name != 'starts')}f}" for name in names]
    assert table(page, "#sm-heated table") == [["2", *figures]]
    heads = page.eval_on_selector(after("Runs"), "table => [...table.tHead.rows[0].cells].map(cell => cell.innerText)")
    place = next(number for number, head in enumerate(heads) if head.startswith("heat took"))
    assert table(page, after("Runs"))[0][place] == f"{told['heat_kwh']:.2f}" == figures[0]
    page.goto(page.url.partition("/sun-market")[0] + "/neighbourhood")
    page.click("#nh-streets >> text=warm")
    page.wait_for_selector("#nh-parts table")
    choose(page, "nh-house", "2")
    page.get_by_role("button", name="House 2 is not heated by the street").click()
    said(page, "House 2 is not heated by the street any more")
    playwright_api.expect(page.locator("#nh-parts")).not_to_contain_text("6 powers", timeout=PATIENCE_MS)
    assert page.faults == []
    page.context.close()


def test_two_results_side_by_side_and_as_files(chromium: Any, served: Served, state: Any, made: str, results: Path) -> None:
    told = [json.loads((results / f"{made} {name}" / "result.json").read_text()) for name in ("asap", "lst")]
    page = opened(chromium, served, state, "/sun-market")
    page.click(f"#sm-list >> text={made} asap")
    page.wait_for_selector("#sm-detail table")
    choose(page, "sm-other", f"{made} lst")
    page.wait_for_selector("#sm-detail >> text=difference")
    rows = {cells[0]: cells[1:] for cells in table(page, "#sm-detail table >> nth=0")}
    first, second = (one["local_kwh"] for one in told)
    assert rows["local, kWh"] == [f"{first:.2f} ± 0.00", f"{second:.2f} ± 0.00", f"{second - first:+.2f}"]
    assert second > first
    with page.expect_download() as download:
        page.click("text=Download")
    assert download.value.suggested_filename == f"{made} asap.zip"
    assert page.faults == []
    page.context.close()


def test_folders_that_are_laid_in_appear_and_what_is_deleted_is_gone(
    chromium: Any, served: Served, state: Any, made: str, results: Path
) -> None:
    page = opened(chromium, served, state, "/neighbourhood")
    streets = served.folder / "data" / "web" / "streets"
    shutil.copytree(streets / made, streets / "laid in")
    page.click("#nh-streets >> text=laid in")
    page.wait_for_selector("#nh-parts table")
    playwright_api.expect(page.locator("#nh-name")).to_have_value("laid in")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("#nh-delete")
    playwright_api.expect(page.locator("#nh-streets")).to_contain_text(made, timeout=PATIENCE_MS)
    playwright_api.expect(page.locator("#nh-streets")).not_to_contain_text("laid in", timeout=PATIENCE_MS)
    assert not (streets / "laid in").exists()
    shutil.copytree(results / f"{made} lst", results / "laid in")
    page.goto(f"{served.url}/sun-market")
    page.click("#sm-list >> text=laid in")
    page.wait_for_selector("#sm-detail table")
    page.click("#sm-delete")
    playwright_api.expect(page.locator("#sm-list")).not_to_contain_text("laid in", timeout=PATIENCE_MS)
    assert not (results / "laid in").exists()
    assert page.faults == []
    page.context.close()


def test_a_run_is_cancelled(chromium: Any, served: Served, state: Any, made: str, results: Path) -> None:
    page = opened(chromium, served, state, "/neighbourhood")
    page.fill("#nh-make-name", "large")
    page.fill("#nh-make-houses", "150")
    page.keyboard.press("Tab")
    page.click("#nh-make")
    playwright_api.expect(page.locator("#nh-made")).to_contain_text("large is there", timeout=PATIENCE_MS)
    before = sorted(path.name for path in results.iterdir())
    page.goto(f"{served.url}/sun-market?street=large")
    page.wait_for_selector("#sm-run")
    page.fill("#sm-runs", "50")
    page.keyboard.press("Tab")
    page.click("#sm-run")
    page.wait_for_selector("#sm-status progress")
    page.click("#sm-cancel")
    playwright_api.expect(page.locator("#sm-status")).to_contain_text("Cancelled", timeout=PATIENCE_MS)
    assert [name for name in sorted(path.name for path in results.iterdir()) if not name.startswith(".")] == before
    page.context.close()


@pytest.mark.parametrize("width", [1300, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_they_fit_their_screens_and_axe_finds_nothing_serious(
    chromium: Any, served: Served, state: Any, made: str, results: Path, width: int, scheme: str, axe_script: str
) -> None:
    assert results.is_dir()
    paths = {
        f"/neighbourhood/open?street={made}": "#nh-parts table",
        f"/sun-market?result={made}+lst": "#sm-contracts table",
        f"/sun-market?result={made}+lst&other={made}+asap": "#sm-detail table",
    }
    for path, place in paths.items():
        page = opened(
            chromium, served, state, path, viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
        )
        page.wait_for_selector(place)
        page.wait_for_timeout(1500)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert serious_faults(page, axe_script) == [], path
        assert page.faults == []
        page.context.close()
