"""Serves the pages until a signal comes: cheroot, a thread per request, with limits of time and size."""

import contextlib
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path

from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server

from gw_spaceheat.apps.neighbourhood.desk import desk
from gw_spaceheat.apps.settings import Settings, listen_address
from gw_spaceheat.apps.simulation_jobs import SimulationJobs
from gw_spaceheat.apps.street_watch import watching_streets
from gw_spaceheat.apps.web import HouseFiles, watching
from gw_spaceheat.runtime.clock import Clock
from gw_spaceheat.runtime.ending import Ending, ended_by_signals
from gw_spaceheat.web.app import make_app
from gw_spaceheat.web.gate import Gate
from gw_spaceheat.web.passwords import Passwords
from gw_spaceheat.web.site import Site

THREADS = 4
TIMEOUT_S = 15
MOST_HEADER_BYTES = 65_536
MOST_BODY_BYTES = 12_000_000
WEB_FOLDER = "web"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
_log = logging.getLogger(__name__)


def serve(
    settings: Settings,
    listen: str | None,
    urls: tuple[str | None, str | None],
    house: str,
    ear_folder: Path,
    houses: Path,
    clock: Clock,
    say: Callable[[str], None],
    seconds: float | None = None,
    owner: int | None = None,
) -> int:
    """Serve until SIGTERM or Ctrl-C, or for some seconds.

    Args:
        settings: The process's settings.
        listen: Where; None for a free port of this machine only.
        urls: Broker of the uplink, and inside the house; None for none.
        house: Alias of the house that the second belongs to.
        ear_folder: What the Ear keeps.
        houses: House file or folder.
        clock: Tells the time of the houses.
        say: Tells the person at the terminal where the pages are.
        seconds: End after this [s]; None to go on.
        owner: File descriptor of a pipe that only the process to which this one belongs holds open; when it ends, so does this
            one. None for nobody.

    Raises:
        BadUrl: A broker's URL cannot be understood.
        OSError: The address cannot be listened on.
        PasswordFileError: The passwords cannot be read.
    """
    over = Ending()
    if owner is not None:
        threading.Thread(target=_end_with, args=(owner, over), name="owner", daemon=True).start()
    with ended_by_signals(over):
        folder = settings.data_folder / WEB_FOLDER
        gate = Gate(Passwords(folder / "passwords.json"), is_https=settings.web_cert is not None)
        with watching(settings, urls[0], urls[1], house, clock) as watch, watching_streets(settings, urls[0]) as streets:
            site = Site(
                settings=settings,
                files=HouseFiles(houses),
                watch=watch,
                streets=streets,
                ear_folder=ear_folder,
                local_url=urls[1] if settings.human_door else None,
                own_house=house,
                clock=clock,
                jobs=SimulationJobs(folder / "simulations", houses, folder / "series"),
                desk=desk(folder, houses),
            )
            first_start = not gate.passwords.are_set()
            address = listen_address(listen or "0")
            server = _server(settings, address, site, gate)
            server.prepare()
            try:
                say(_where(server, address, settings, gate.code if first_start else ""))
                threading.Thread(target=server.serve, name="web", daemon=True).start()
                over.wait(seconds)
            finally:
                server.stop()
                site.jobs.cancel()
                site.desk.runs.cancel()
    return 0


def _server(settings: Settings, address: tuple[str, int], site: Site, gate: Gate) -> Server:
    server = Server(
        address,
        make_app(site, gate),
        numthreads=THREADS,
        max=4 * THREADS,
        timeout=TIMEOUT_S,
        request_queue_size=64,
        shutdown_timeout=3,
        server_name="spaceheat",
    )
    server.max_request_header_size = MOST_HEADER_BYTES
    server.max_request_body_size = MOST_BODY_BYTES
    server.error_log = lambda msg="", level=20, traceback=False: _log.log(level, "%s", msg, exc_info=traceback)  # type: ignore[method-assign]
    if settings.web_cert is not None and settings.web_key is not None:
        server.ssl_adapter = BuiltinSSLAdapter(str(settings.web_cert), str(settings.web_key))
    return server


def _where(server: Server, address: tuple[str, int], settings: Settings, code: str) -> str:
    host, port = server.bind_addr[0], server.bind_addr[1]
    scheme = "http" if settings.web_cert is None else "https"
    lines = [f"The pages are at {scheme}://{f'[{host}]' if ':' in str(host) else host}:{port}"]
    if code:
        lines.append(f"First start: code {code} lets you set the passwords.")
    if scheme == "http" and address[0] not in LOOPBACK:
        lines.append("Passwords cross the network unencrypted: give GWS_WEB_CERT and GWS_WEB_KEY.")
    return "\n".join(lines)


def _end_with(owner: int, over: Ending) -> None:
    with contextlib.suppress(OSError):
        while os.read(owner, 4096):
            pass
    over.set()
