"""To the disk and back."""

import msgspec

from gw_spaceheat.core.supervision.houses import Town
from gw_spaceheat.core.supervision.intake import Intake
from gw_spaceheat.core.supervision.kept import KeptHeard, KeptTown, kept_heard, kept_town, restore_heard, restore_town

NOW_MS = 1_700_000_000_000


def test_what_was_heard_comes_back() -> None:
    town = Town()
    house = town.neighbourhood(3).add_house("end of the road")
    house.add_consumer("lamp")
    house.add_consumer("never heard")
    house.add_supplier("panel")
    intake = Intake(town)
    for number in range(100):
        payload = b'{"1": %d, "ts": %d}' % (900 + number, NOW_MS // 1000 + number)
        intake.take("Neighborhood/3/House/1/Consumer", payload, NOW_MS + number * 1000)
    intake.take("Neighborhood/3/House/1/Supplier", b'{"1": {"pvvoltage": 30, "pvcurrent": 5}}', NOW_MS + 99_000)
    again = Town()
    restore_town(msgspec.json.decode(msgspec.json.encode(kept_town(town, 5)), type=KeptTown), again)
    restore_heard(msgspec.json.decode(msgspec.json.encode(kept_heard(town)), type=KeptHeard), again)
    assert again.house(3, 1).totals(NOW_MS + 99_000) == house.totals(NOW_MS + 99_000)
    one, other = house.consumers[1], again.house(3, 1).consumers[1]
    assert other.current.means(NOW_MS + 99_000) == one.current.means(NOW_MS + 99_000)
    assert (other.current.count, other.heard) == (100, one.heard)
    assert kept_town(again, 5) == kept_town(town, 5)


def test_devices_that_stay_keep_what_was_heard() -> None:
    town = Town()
    town.neighbourhood(0).add_house().add_consumer("lamp")
    Intake(town).take("Neighborhood/0/House/1/Consumer", b'{"1": 910}', NOW_MS)
    restore_town(kept_town(town, 1), town)
    assert town.house(0, 1).consumers[1].current.count == 1


def test_what_is_kept_of_strangers_is_left() -> None:
    town = Town()
    house = town.neighbourhood(0).add_house()
    house.add_consumer("lamp")
    Intake(town).take("Neighborhood/0/House/1/Consumer", b'{"1": 910}', NOW_MS)
    kept = kept_heard(town)
    other = Town()
    other.neighbourhood(0).add_house().add_supplier("panel")
    restore_heard(kept, other)
    assert other.house(0, 1).totals(NOW_MS).heard == 0
