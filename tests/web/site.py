"""A site for tests: pages without brokers, and a browser's words without a browser."""

from pathlib import Path

from flask.testing import FlaskClient

from gw_spaceheat.apps.neighbourhood.desk import desk
from gw_spaceheat.apps.settings import Settings, houses_file
from gw_spaceheat.apps.simulation_jobs import SimulationJobs
from gw_spaceheat.apps.street_watch import StreetWatch
from gw_spaceheat.apps.web import HouseFiles, Watch
from gw_spaceheat.runtime.clock import Clock, SystemClock
from gw_spaceheat.web.app import make_app
from gw_spaceheat.web.gate import Gate
from gw_spaceheat.web.passwords import Passwords
from gw_spaceheat.web.site import Site

OAK = "hw1.isone.me.millinocket.oak"
OPERATOR, VIEWER = "operator-secret", "viewer-secret"
US = {"Origin": "http://localhost"}


def make_site(folder: Path, clock: Clock | None = None) -> Site:
    living = clock or SystemClock()
    return Site(
        settings=Settings(data_folder=folder),
        files=HouseFiles(houses_file()),
        watch=Watch(OAK, living, shared_bus=True),
        streets=StreetWatch(),
        ear_folder=folder / "ear",
        local_url=None,
        own_house=OAK,
        clock=living,
        jobs=SimulationJobs(folder / "simulations", houses_file(), folder / "series"),
        desk=desk(folder, houses_file()),
    )


def make_gate(folder: Path, *, has_passwords: bool = True) -> Gate:
    passwords = Passwords(folder / "passwords.json")
    if has_passwords:
        passwords.set_first(OPERATOR, VIEWER)
    return Gate(passwords, is_https=False)


def browser(site: Site, gate: Gate, password: str = "") -> FlaskClient:
    client = make_app(site, gate).test_client()
    if password:
        assert client.post("/login", data={"password": password}, headers=US).status_code == 302
    return client
