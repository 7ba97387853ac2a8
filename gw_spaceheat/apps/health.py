"""`/healthz` and `/metrics` of a process: who is late, how the links stand, when the last report was made."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus

import gw_spaceheat
from gw_spaceheat.apps.process import LEVELS, Life
from gw_spaceheat.apps.settings import listen_address
from gw_spaceheat.core.events import Note
from gw_spaceheat.links.http_pages import HttpPages, Page
from gw_spaceheat.runtime.clock import Clock
from gw_spaceheat.runtime.threaded import ThreadedRuntime
from gw_spaceheat.runtime.witness import Figures, Witness
from gw_spaceheat.views.health_json import health_json


class Health:
    """What is told of a process; made before its runtime, and given it when it is there."""

    def __init__(self, process: str, clock: Clock, life: Life, links: Iterable[str]) -> None:
        """Remember, and be shown what the life's runtime does, which is to be made after this."""
        self._process = process
        self._clock = clock
        self._witness = Witness(links)
        life.show(self._witness.see)

    def figures(self, runtime: ThreadedRuntime) -> Figures:
        """The process at this moment; waits half a second at most for a link that hangs."""
        self._witness.ask(runtime.post)
        return Figures(
            self._process,
            gw_spaceheat.__version__,
            self._clock.now().wall_ms,
            runtime.report(),
            runtime.looked_ago_s(),
            self._witness.seen(),
        )

    @contextmanager
    def served(self, listen: str, runtime: ThreadedRuntime, log: logging.Logger) -> Iterator[None]:
        """Both pages on this address (see the setting) as long as the block lasts."""

        def healthz() -> Page:
            figures = self.figures(runtime)
            status = HTTPStatus.OK if figures.healthy else HTTPStatus.SERVICE_UNAVAILABLE
            return Page(status, "application/json", health_json(figures).encode())

        def metrics() -> Page:
            from gw_spaceheat.views.metrics_text import CONTENT_TYPE, metrics_text  # noqa: PLC0415 - memory, if nobody asks

            return Page(HTTPStatus.OK, CONTENT_TYPE, metrics_text(self.figures(runtime)))

        def tell(note: Note) -> None:
            log.log(LEVELS[note.level], "%s", note.text)

        host, port = listen_address(listen)
        pages = HttpPages(host, port, {"/healthz": healthz, "/metrics": metrics}, tell, "health")
        pages.open()
        try:
            yield
        finally:
            pages.close()
