"""Drafts as bytes: the same again, and what cannot be is refused."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from gw_spaceheat.core.market.draft import Consumer, Draft, draft_of
from gw_spaceheat.core.market.energy import Energy
from gw_spaceheat.core.market.synthetic import StreetKind, make_street
from gw_spaceheat.stores.street_draft import draft_bytes, draft_from
from gw_spaceheat.stores.street_folder import StreetFileError
from tests.core.market.streets import steady
from tests.core.market.test_draft import NOON_S, everything, small
from tests.stores.test_street_folder_writer import same


def test_the_same_again() -> None:
    for draft in (small(), small().lasting(3), draft_of(everything())):
        again = draft_from(draft_bytes(draft))
        assert (again.name, again.days, again.origin_s, again.order) == (draft.name, draft.days, draft.origin_s, draft.order)
        assert draft_bytes(again) == draft_bytes(draft)
        assert again.street().batteries == draft.street().batteries
        assert [each.house for each in again.street().base] == [each.house for each in draft.street().base]
    made = make_street(StreetKind(houses=5, roofs=3, days=2, seed=3))
    same(made, draft_from(draft_bytes(draft_of(made))).street())


def test_what_is_no_street_yet_too() -> None:
    draft = Draft(name="b").with_house("1").with_device("1", Consumer(id="1", name="dish"))
    (device,) = draft_from(draft_bytes(draft)).house("1").devices
    assert isinstance(device, Consumer)
    assert (device.id, device.name, device.load) == ("1", "dish", None)


@pytest.mark.parametrize("energy", [Energy(np.array([0.0, np.nan]), np.ones(2)), Energy(np.array([1.0, 0.0]), np.ones(2))])
def test_what_cannot_be_is_refused(energy: Energy) -> None:
    (house,) = small().houses
    odd = replace(house, devices=(Consumer(id="1", load=energy),))
    with pytest.raises(StreetFileError, match=r"no number|rising"):
        draft_from(draft_bytes(replace(small(), houses=(odd,))))


def test_bytes_that_are_no_draft_are_refused() -> None:
    whole = draft_bytes(small().with_base("3", Energy(NOON_S + steady(1.0, 1.0).times_s, steady(1.0, 1.0).wh)))
    for data in (b"", b"x", whole[:-5], msgspec.msgpack.encode({"format": "gws.draft.1"})):
        with pytest.raises(StreetFileError, match="the draft"):
            draft_from(data)
    said = msgspec.msgpack.decode(whole)
    with pytest.raises(StreetFileError, match="is wanted"):
        draft_from(msgspec.msgpack.encode(said | {"format": "gws.draft.2"}))
    said["houses"][0]["battery"] = {"house": "3", "capacity_wh": -1.0, "charge_w": 1.0, "discharge_w": 1.0}
    with pytest.raises(StreetFileError, match="capacity_wh"):
        draft_from(msgspec.msgpack.encode(said))
