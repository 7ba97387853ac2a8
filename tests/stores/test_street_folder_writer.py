"""Streets written and read again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gw_spaceheat.core.market.street import Street
from gw_spaceheat.core.market.synthetic import StreetKind, make_street
from gw_spaceheat.stores.street_folder import read_street
from gw_spaceheat.stores.street_folder_writer import StreetExistsError, write_street


def same(one: Street, other: Street) -> None:
    assert (one.days, one.epoch_s) == (other.days, other.epoch_s)
    assert [(job.id, job.registered_s, job.earliest_s, job.latest_s) for job in one.jobs] == [
        (job.id, job.registered_s, job.earliest_s, job.latest_s) for job in other.jobs
    ]
    for ours, theirs in zip(one.jobs, other.jobs, strict=True):
        np.testing.assert_array_equal(ours.load.wh, theirs.load.wh)
    theirs_by_id = {producer.id: producer for producer in other.producers}
    assert theirs_by_id.keys() == {producer.id for producer in one.producers}
    for producer in one.producers:
        read = theirs_by_id[producer.id]
        assert [forecast.issued_s for forecast in producer.forecasts] == [forecast.issued_s for forecast in read.forecasts]
        for said, again in zip(producer.forecasts, read.forecasts, strict=True):
            np.testing.assert_array_equal(said.energy.times_s, again.energy.times_s)
            np.testing.assert_array_equal(said.energy.wh, again.energy.wh)
        assert producer.measured is not None
        assert read.measured is not None
        np.testing.assert_array_equal(producer.measured.wh, read.measured.wh)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    street = make_street(StreetKind(houses=4, roofs=2, seed=3))
    write_street(street, tmp_path / "street")
    read = read_street(tmp_path / "street")
    assert read.warnings == ()
    same(street, read.street)
    assert len(list((tmp_path / "street" / "loads").iterdir())) < len(street.jobs)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    with pytest.raises(StreetExistsError, match="is there already"):
        write_street(make_street(StreetKind(houses=1, roofs=0)), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_producers_with_the_same_files_are_refused(tmp_path: Path) -> None:
    street = make_street(StreetKind(houses=1, roofs=1))
    (roof,) = street.producers
    twice = replace(street, producers=(roof, replace(roof, id="../" + roof.id)))
    with pytest.raises(ValueError, match="would have the same files"):
        write_street(twice, tmp_path / "street")
    write_street(replace(street, producers=(replace(roof, id="../roof"),)), tmp_path / "street")
    assert {path.name for path in (tmp_path / "street" / "actual").iterdir()} == {"_roof.csv"}
