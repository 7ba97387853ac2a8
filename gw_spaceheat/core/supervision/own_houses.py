"""Houses with their own SCADA among the others: they appear by themselves, with what their SCADA meters."""

from collections.abc import Mapping

from gw_spaceheat.core.supervision.devices import OWN_STALE_AFTER_MS
from gw_spaceheat.core.supervision.houses import TooMany
from gw_spaceheat.core.supervision.server import Line, Server
from gw_spaceheat.vocabulary.moment import Moment

OWN_NEIGHBOURHOOD = 1
"""Theirs, so that the numbers of the others do not depend on who is heard first."""
WHOLE = ""
"""In the place of a name: the whole house, as its SCADA meters it."""


def take_own(server: Server, alias: str, powers: Mapping[str, tuple[float, int]], now: Moment) -> None:
    """Take in what is known of a house.

    Args:
        server: Where it appears. Only the leader gives numbers; the others learn them from it.
        alias: Of the house.
        powers: By name of what is metered (or `WHOLE`), its power [W] and when that was taken, UTC [ms].
        now: The time.
    """
    known = server.town.neighbourhoods.get(OWN_NEIGHBOURHOOD)
    house = None if known is None else known.own_house(alias)
    if house is None:
        if not powers or not server.leader.leads(now):
            return
        try:
            house = server.town.neighbourhood(OWN_NEIGHBOURHOOD).add_house(alias=alias)
        except TooMany:
            return
        server.lines.append(Line(f"house {OWN_NEIGHBOURHOOD}/{house.number} is {alias}, heard from its SCADA"))
        server.changed((OWN_NEIGHBOURHOOD, house.number), now)
    place = (OWN_NEIGHBOURHOOD, house.number)
    by_name = {consumer.name: consumer for consumer in house.consumers.values()}
    for name, (power_w, taken_ms) in powers.items():
        consumer = house.whole if name == WHOLE else by_name.get(name)
        if consumer is None:
            if not server.leader.leads(now):
                continue
            try:
                consumer = house.add_consumer(name)
            except TooMany:
                return
            server.changed(place, now)
        consumer.heard.patience_ms = OWN_STALE_AFTER_MS
        if consumer.heard.accept(min(taken_ms, now.wall_ms), taken_ms):
            consumer.take_power(power_w, house.voltage_v, now.wall_ms)
            server.intake.taken += 1
            server.intake.changed.add(place)
