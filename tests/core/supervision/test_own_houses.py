"""Houses with their own SCADA appear by themselves."""

from gw_spaceheat.core.supervision.console import carry_out
from gw_spaceheat.core.supervision.kept import restore_town
from gw_spaceheat.core.supervision.leader import LISTEN_MS
from gw_spaceheat.core.supervision.own_houses import WHOLE, take_own
from gw_spaceheat.core.supervision.server import Server
from gw_spaceheat.vocabulary.moment import Moment

NOW = Moment(10_000, 1_700_000_000_000)


def leading() -> Server:
    server = Server("a", carry_out)
    server.link(NOW.later(-2 * LISTEN_MS), up=True)
    server.wake(NOW.later(-LISTEN_MS))
    server.wake(NOW)
    assert server.leader.leads(NOW)
    return server


def test_it_appears_with_what_it_meters() -> None:
    server = leading()
    take_own(server, "hw1.oak", {"boost": (4_500.0, NOW.wall_ms - 500), "pump": (46.0, NOW.wall_ms - 500)}, NOW)
    house = server.town.house(1, 1)
    assert (house.alias, [each.name for each in house.consumers.values()]) == ("hw1.oak", ["boost", "pump"])
    assert round(house.totals(NOW.wall_ms).power_w) == 4_546
    take_own(server, "hw1.oak", {"pump": (0.0, NOW.wall_ms + 500)}, NOW.later(1_000))
    assert round(house.totals(NOW.wall_ms + 1_000).power_w) == 4_500
    assert len(server.town.neighbourhoods[1].houses) == 1


def test_what_is_known_already_does_not_count_again() -> None:
    server = leading()
    for _ in range(5):
        take_own(server, "hw1.oak", {"boost": (4_500.0, NOW.wall_ms)}, NOW)
    assert server.town.house(1, 1).consumers[1].current.count == 1


def test_it_may_be_silent_between_its_reports() -> None:
    server = leading()
    take_own(server, "hw1.oak", {"boost": (4_500.0, NOW.wall_ms)}, NOW)
    house = server.town.house(1, 1)
    assert house.totals(NOW.wall_ms + 600_000).heard == 1
    assert house.totals(NOW.wall_ms + 700_000).silent == 1
    again = Server("a", carry_out)
    restore_town(server.registry(), again.town)
    take_own(again, "hw1.oak", {"boost": (4_500.0, NOW.wall_ms)}, NOW)
    assert again.town.house(1, 1).totals(NOW.wall_ms + 600_000).heard == 1


def test_who_listens_gives_no_numbers() -> None:
    server = Server("a", carry_out)
    take_own(server, "hw1.oak", {"boost": (4_500.0, NOW.wall_ms)}, NOW)
    assert not server.town.neighbourhoods.get(1) or not server.town.neighbourhoods[1].houses


def test_the_whole_counts_until_its_parts_are_known() -> None:
    server = leading()
    take_own(server, "hw1.oak", {WHOLE: (5_000.0, NOW.wall_ms)}, NOW)
    house = server.town.house(1, 1)
    totals = house.totals(NOW.wall_ms + 600_000)
    assert (round(totals.power_w), totals.heard, totals.silent) == (5_000, 1, 0)
    take_own(server, "hw1.oak", {WHOLE: (5_100.0, NOW.wall_ms + 1), "boost": (4_500.0, NOW.wall_ms + 1)}, NOW.later(1))
    totals = house.totals(NOW.wall_ms + 1)
    assert (round(totals.power_w), totals.heard, totals.silent) == (4_500, 1, 0)
    assert round(house.whole.current.last * house.voltage_v) == 5_100
