"""Readings as a file: of a house that is there, of at most a month, for who is signed in."""

from io import BytesIO
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient

from gw_spaceheat.core.events import Persist
from gw_spaceheat.stores.readings import ReadingsStore
from gw_spaceheat.vocabulary.moment import DAY_MS
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from gw_spaceheat.web.app import make_app
from tests.heard import MIDNIGHT_MS, layout, report_event, uuid
from tests.web.site import OAK, VIEWER, browser, make_gate, make_site

SCADA = f"{OAK}.ta.scada"
FROM, TO = f"from={MIDNIGHT_MS}", f"to={MIDNIGHT_MS + DAY_MS}"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder: Path = tmp_path_factory.mktemp("web")
    store = ReadingsStore(folder / "ear")
    store.open()
    messages = [
        layout({"tank": TelemetryName.WaterTempCTimes1000}),
        report_event(1, {"tank": [(MIDNIGHT_MS, 50_000), (MIDNIGHT_MS + 60_000, 50_500)]}),
    ]
    for number, message in enumerate(messages):
        store.keep(Persist(OAK, MIDNIGHT_MS, SCADA, "a", uuid(number), message))
    store.close()
    return browser(make_site(folder), make_gate(folder), VIEWER)


def test_csv(client: FlaskClient) -> None:
    answer = client.get(f"/export/{OAK}/csv?{FROM}&{TO}")
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{OAK}.csv"'
    header, first, second = answer.text.splitlines()
    assert header.startswith("taken")
    assert ",tank,50," in first
    assert ",tank,50.5," in second


def test_parquet(client: FlaskClient) -> None:
    answer = client.get(f"/export/{OAK}/parquet?{FROM}&{TO}")
    assert answer.status_code == 200
    table = pq.read_table(BytesIO(answer.data)).to_pydict()
    assert (table["channel"], table["value"]) == (["tank", "tank"], [50.0, 50.5])


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{OAK}/json?{FROM}&{TO}", 404),
        (f"no.such.house/csv?{FROM}&{TO}", 404),
        (f"..%2fetc/csv?{FROM}&{TO}", 200),
        (f"..%5cetc/csv?{FROM}&{TO}", 404),
        (f"dw1.isone.nh.orange.1/csv?{FROM}&{TO}", 404),
        (f"{OAK}/csv", 400),
        (f"{OAK}/csv?{FROM}", 400),
        (f"{OAK}/csv?{TO}&from=x", 400),
        (f"{OAK}/csv?{TO}&from=-1", 400),
        (f"{OAK}/csv?{TO}&from=%C2%B2", 400),
        (f"{OAK}/csv?from=0&to={'9' * 14}", 400),
        (f"{OAK}/csv?from=0&to={'9' * 400}", 400),
        (f"{OAK}/csv?{FROM}&to={MIDNIGHT_MS}", 400),
        (f"{OAK}/csv?{FROM}&to={MIDNIGHT_MS + 33 * DAY_MS}", 400),
    ],
)
def test_what_is_refused(client: FlaskClient, address: str, status: int) -> None:
    """An address that is none of an export's is the frame's, which says that there is no such page."""
    answer = client.get(f"/export/{address}")
    assert answer.status_code == status
    assert "Content-Disposition" not in answer.headers


def test_a_stranger_gets_nothing(tmp_path: Path) -> None:
    stranger = make_app(make_site(tmp_path), make_gate(tmp_path)).test_client()
    assert stranger.get(f"/export/{OAK}/csv?{FROM}&{TO}").status_code in {302, 303, 401, 403}
