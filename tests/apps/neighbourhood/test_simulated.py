"""Streets with base load and simulated sun: the same again, in a form that keeps them, and under every scheduler's bound."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from gw_spaceheat.apps.neighbourhood.bound import most_local_kwh
from gw_spaceheat.apps.neighbourhood.by_messages import run_by_messages
from gw_spaceheat.apps.neighbourhood.convert import Form, convert_street, new_street, open_street
from gw_spaceheat.apps.neighbourhood.simulated import Additions, Base, make_simulated
from gw_spaceheat.core.market.scheduler import rule_of, scheduler
from gw_spaceheat.core.market.settlement import settle
from gw_spaceheat.core.market.synthetic import StreetKind, make_street
from gw_spaceheat.core.market.timetable import Timetable
from gw_spaceheat.stores.street_folder_writer import NoPlaceError

KIND = StreetKind(houses=4, roofs=2, days=1, seed=3)


def test_without_additions_it_is_the_street_of_before() -> None:
    plain, other = make_simulated(KIND, "one", Additions()), make_street(KIND, "one")
    assert [each.id for each in plain.jobs] == [each.id for each in other.jobs]
    assert np.array_equal(plain.producers[0].forecasts[0].energy.wh, other.producers[0].forecasts[0].energy.wh)


def test_the_sun_is_that_of_the_place_and_day() -> None:
    """Waterville's sun in June and in December, at local standard time: highest near noon, and dark at midnight."""
    energies = []
    for day in (datetime(2018, 6, 20), datetime(2018, 12, 20)):
        of = make_simulated(KIND, "one", Additions(start=day, simulated_sun=True))
        measured = of.producers[0].measured
        assert measured is not None
        hourly = measured.within(np.arange(25) * 3600.0)
        assert hourly[:3].sum() == hourly[22:].sum() == 0.0
        assert 9 <= int(hourly.argmax()) <= 15
        energies.append(float(hourly.sum()))
    assert energies[0] > energies[1] > 0.0
    assert of.epoch_s == 1_545_282_000, "2018-12-20 00:00 at five hours west"


@pytest.mark.parametrize("kind", list(Base))
def test_base_load_is_of_a_plausible_amount_and_the_same_again(kind: Base) -> None:
    of, again = (make_simulated(KIND, "one", Additions(base=kind)) for _ in range(2))
    assert [each.house for each in of.base] == ["1", "2", "3", "4"]
    for base, other in zip(of.base, again.base, strict=True):
        assert np.array_equal(base.load.wh, other.load.wh)
        daily_kwh = float(np.interp(86_400.0, base.load.times_s, base.load.wh)) / 1000.0
        assert 1.0 < daily_kwh < 15.0
        assert (base.expected is None) == (kind is Base.STANDARD)


def test_it_is_kept_in_our_own_form_and_the_originals_has_no_place_for_it(tmp_path: Path) -> None:
    new_street(KIND, tmp_path / "one", additions=Additions(base=Base.HOUSEHOLD))
    read = open_street(tmp_path / "one").street
    for base, other in zip(read.base, make_simulated(KIND, "one", Additions(base=Base.HOUSEHOLD)).base, strict=True):
        assert base.house == other.house
        assert np.array_equal(base.load.wh, other.load.wh)
        assert base.expected is not None
        assert other.expected is not None
        assert np.array_equal(base.expected.wh, other.expected.wh)
    with pytest.raises(NoPlaceError, match="no place for base load"):
        convert_street(tmp_path / "one", tmp_path / "two", Form.ORIGINAL)
    assert not (tmp_path / "two").exists()


def test_nobody_passes_the_bound_and_messages_decide_alike() -> None:
    of = make_simulated(KIND, "one", Additions(base=Base.HOUSEHOLD, simulated_sun=True))
    timetable = Timetable(of)
    bound = most_local_kwh(timetable)
    for name in ("asap", "greedy", "lst", "offline"):
        starts = {
            timetable.jobs[n].job.id: timetable.jobs[n].start_s(slot) for n, slot in scheduler(name)(timetable, 1).items()
        }
        assert settle(of, starts).local_kwh <= bound + 1e-3
    by_rule = scheduler("lst")(timetable, 1)
    starts = {timetable.jobs[n].job.id: timetable.jobs[n].start_s(slot) for n, slot in by_rule.items()}
    assert dict(run_by_messages(of, rule_of("lst")).starts_s) == pytest.approx(starts)


def test_without_sun_left_nothing_is_left_for_jobs() -> None:
    of = make_simulated(KIND, "one", Additions(base=Base.STANDARD))
    dark = replace(of, producers=())
    assert most_local_kwh(Timetable(dark)) == 0.0
