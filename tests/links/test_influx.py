"""Lines go to a real InfluxDB 1.x, and to servers that answer as version 2 and as sick ones do."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gw_spaceheat.core.netbalance.live_events import BalancePoint, LoadPoint
from gw_spaceheat.links.influx import InfluxServer, LinesRefusedError, ServerAwayError
from gw_spaceheat.views.influx_lines import tagged_lines
from tests.influx import DATABASE, free_port, influx

LINES = ["net_balance,site=a balance_wh=1.5,partial=false 1700000000123", "net_balance,site=a balance_wh=2 1700000010123"]


def test_a_real_one_takes_lines_once_and_says_what_is_wrong(tmp_path: Path) -> None:
    with influx(tmp_path) as real:
        server = InfluxServer(url=real.url, database=DATABASE)
        server.write(LINES)
        server.write(LINES)
        assert real.rows("SELECT balance_wh FROM net_balance") == [[1_700_000_000_123, 1.5], [1_700_000_010_123, 2]]
        with pytest.raises(LinesRefusedError, match="400"):
            server.write(["net_balance balance_wh= 1700000000123"])
        with pytest.raises(LinesRefusedError, match="type conflict"):
            server.write(['net_balance,site=a balance_wh="text" 1700000020123'])
        with pytest.raises(ServerAwayError, match="404"):
            InfluxServer(url=real.url, database="nowhere").write(LINES)
        real.stop()
        with pytest.raises(ServerAwayError, match="cannot be reached"):
            server.write(LINES)


class _Second(BaseHTTPRequestHandler):
    """Answers with a status; remembers what it was asked."""

    status = 204
    asked: list[tuple[str, str, bytes]]

    def log_message(self, *_words: object) -> None: ...

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((self.path, self.headers.get("Authorization", ""), body))
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()


@contextmanager
def answering(status: int) -> Iterator[tuple[str, list[tuple[str, str, bytes]]]]:
    asked: list[tuple[str, str, bytes]] = []
    handler = type("Handler", (_Second,), {"status": status, "asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def test_the_second_version_gets_its_token() -> None:
    with answering(204) as (url, asked):
        InfluxServer(url=url, organisation="me", bucket="house", secret="t0ken").write(LINES)
    assert asked == [("/api/v2/write?org=me&bucket=house&precision=ms", "Token t0ken", "\n".join(LINES).encode())]


def test_the_first_version_gets_user_and_password() -> None:
    with answering(200) as (url, asked):
        InfluxServer(url=f"{url}/", database="db", user="me", secret="word").write(LINES[:1])
    ((path, signed, _),) = asked
    assert path == "/write?db=db&precision=ms"
    assert signed == "Basic bWU6d29yZA=="


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, LinesRefusedError),
        (413, LinesRefusedError),
        (422, LinesRefusedError),
        (301, ServerAwayError),
        (401, ServerAwayError),
        (404, ServerAwayError),
        (429, ServerAwayError),
        (500, ServerAwayError),
        (503, ServerAwayError),
    ],
)
def test_what_is_tried_again_and_what_is_not(status: int, kind: type[OSError]) -> None:
    with answering(status) as (url, _), pytest.raises(kind, match=str(status)) as caught:
        InfluxServer(url=url, bucket="b", organisation="o", secret="t0ken").write(LINES)
    assert "t0ken" not in str(caught.value)


def test_nobody_is_there() -> None:
    with pytest.raises(ServerAwayError, match="cannot be reached: ConnectError"):
        InfluxServer(url=f"http://127.0.0.1:{free_port()}", database="db").write(LINES)


@pytest.mark.parametrize("url", ["ftp://host", "host:8086", "http://me:word@host:8086", "http://"])
def test_a_url_that_cannot_be(url: str) -> None:
    with pytest.raises(ValueError, match="must be like") as caught:
        InfluxServer(url=url, database="db")
    assert "word" not in str(caught.value).replace("password", "")


def test_the_dashboard_asks_for_what_is_written(tmp_path: Path) -> None:
    dashboard = json.loads((Path(__file__).parents[2] / "deploy" / "grafana" / "net-balance.json").read_text(encoding="utf-8"))
    queries = [target["query"] for panel in dashboard["panels"] for target in panel["targets"]]
    point = BalancePoint(1_700_000_000_000, 2000.0, 500.0, 1.5, 3.0, False, (LoadPoint("one", True, 690.0, 1),))
    with influx(tmp_path) as real:
        InfluxServer(url=real.url, database=DATABASE).write(tagged_lines(point, "home"))
        for query in queries:
            asked = query.replace("$site", "home").replace("$__interval", "10s")
            asked = asked.replace("$timeFilter", "time >= 1699999990000ms AND time <= 1700000010000ms")
            assert any(row[1] is not None for row in real.rows(asked)), query
    assert len(queries) == 5
