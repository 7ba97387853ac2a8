"""What every page is given: where things are, and for which house and whom the page is."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from gw_spaceheat.apps.neighbourhood.desk import Desk
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.apps.simulation_jobs import SimulationJobs
from gw_spaceheat.apps.street_watch import StreetWatch
from gw_spaceheat.apps.web import HouseFiles, Watch
from gw_spaceheat.house.model import House
from gw_spaceheat.runtime.clock import Clock
from gw_spaceheat.web.sessions import Role

LONGEST_QUERY = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where the pages get what they show.

    Attributes:
        settings: The process's settings.
        files: The houses that are described on this machine.
        watch: The houses that are heard.
        streets: The streets that a supervision server tells of.
        ear_folder: What the Ear keeps.
        local_url: Broker inside the own house; None if it cannot be commanded from here.
        own_house: Alias of the house whose SCADA that broker belongs to.
        clock: Tells the time of the houses.
        jobs: Simulations that were asked for.
        desk: Streets that share their sun.
    """

    settings: Settings
    files: HouseFiles
    watch: Watch
    streets: StreetWatch
    ear_folder: Path
    local_url: str | None
    own_house: str
    clock: Clock
    jobs: SimulationJobs
    desk: Desk

    def aliases(self) -> tuple[str, ...]:
        """Every house that is described or heard."""
        return tuple(sorted({*self.files.aliases(), *self.watch.aliases()}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """For what a page was asked.

    Attributes:
        alias: The house; one that is there.
        house: As its file describes it; None if no file does.
        query: The rest of the address.
        role: Who asks.
    """

    alias: str
    house: House | None
    query: Mapping[str, str]
    role: Role


def read_asked(site: Site, search: str | None, role: Role) -> Asked:
    """What an address's query asks for; a house that is not there becomes the first that is."""
    query = dict(parse_qsl((search or "").lstrip("?")[:LONGEST_QUERY]))
    aliases = site.aliases()
    alias = query.pop("house", "")
    if alias not in aliases:
        first = [one for one in (site.own_house, *site.watch.aliases(), *aliases) if one in aliases]
        alias = first[0] if first else site.own_house
    return Asked(alias=alias, house=site.files.house(alias), query=query, role=role)


def link(path: str, alias: str, **more: str) -> str:
    """Address of a page of a house."""
    return f"{path}?{urlencode({'house': alias, **more})}"
