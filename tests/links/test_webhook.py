"""Webhooks of both forms to a server of our own."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from gw_spaceheat.links import webhook
from gw_spaceheat.links.webhook import WebhookError, post_webhook
from gw_spaceheat.vocabulary.webhook_form import WebhookForm


class Hook:
    """What came in, and what it answers."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        self.silent = threading.Event()


@contextmanager
def served(hook: Hook) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_arguments: object) -> None: ...

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.got.append(({key.lower(): value for key, value in self.headers.items()}, body))
            if hook.status == 0:
                hook.silent.wait(30)
                return
            self.send_response(hook.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/secret-topic"
    finally:
        hook.silent.set()
        server.shutdown()
        server.server_close()
        thread.join(10)


def test_ntfy_gets_the_text_a_title_and_a_priority() -> None:
    hook = Hook()
    with served(hook) as url:
        post_webhook(url, WebhookForm.NTFY, "kalt: Küche", "14 °C", urgent=True)
        post_webhook(url, WebhookForm.NTFY, "over", "16 °C", urgent=False)
    (headers, body), (later, _) = hook.got
    assert (headers["title"], headers["priority"], body.decode()) == ("kalt: K?che", "high", "14 °C")
    assert later["priority"] == "default"


def test_slack_gets_json() -> None:
    hook = Hook()
    with served(hook) as url:
        post_webhook(url, WebhookForm.SLACK, "cold", '14 "degC"', urgent=True)
    assert json.loads(hook.got[0][1]) == {"text": '14 "degC"'}


@pytest.mark.parametrize(("status", "words"), [(500, "answers 500"), (302, "answers 302"), (0, "ReadTimeout")])
def test_what_it_answers_is_told_and_the_address_is_not(monkeypatch: pytest.MonkeyPatch, status: int, words: str) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT_S", 0.3)
    hook = Hook()
    hook.status = status
    with served(hook) as url, pytest.raises(WebhookError, match=words) as caught:
        post_webhook(url, WebhookForm.NTFY, "t", "x", urgent=False)
    assert "secret-topic" not in str(caught.value)


def test_nobody_there() -> None:
    with pytest.raises(WebhookError, match="webhook at 127"):
        post_webhook("http://127.0.0.1:9/x", WebhookForm.NTFY, "t", "x", urgent=False)
