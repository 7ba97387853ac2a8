"""`/healthz` of a process that lives by a transport: well while that is up, degraded while it is not."""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus

from gw_spaceheat.apps.process import LEVELS
from gw_spaceheat.apps.settings import listen_address
from gw_spaceheat.core.events import Note
from gw_spaceheat.links.http_pages import HttpPages, Page


class State:
    """How the process is; written by its threads, read by whoever asks."""

    def __init__(self, process: str) -> None:
        """Not connected yet."""
        self._process = process
        self._up = False
        self._text = "not connected yet"
        self._figures: Callable[[], Mapping[str, int]] = dict

    def told(self, up: bool, text: str) -> None:
        """The transport came up or went down."""
        self._up, self._text = up, text

    def show(self, figures: Callable[[], Mapping[str, int]]) -> None:
        """Show these too."""
        self._figures = figures

    def page(self) -> Page:
        """The page: status 200 while all is well, else 503."""
        status = HTTPStatus.OK if self._up else HTTPStatus.SERVICE_UNAVAILABLE
        said = {
            "process": self._process,
            "status": "ok" if self._up else "degraded",
            "transport": self._text,
            **self._figures(),
        }
        return Page(status, "application/json", json.dumps(said).encode())


@contextmanager
def served(address: str | None, state: State, log: logging.Logger) -> Iterator[None]:
    """The page is served on an address (`HOST:PORT` or `PORT`) meanwhile; nowhere if there is none.

    Raises:
        ValueError: It is no address.
    """
    if address is None:
        yield
        return
    host, port = listen_address(address)

    def tell(note: Note) -> None:
        log.log(LEVELS[note.level], "%s", note.text)

    pages = HttpPages(host, port, {"/healthz": state.page}, tell, "healthz")
    pages.open()
    try:
        yield
    finally:
        pages.close()
