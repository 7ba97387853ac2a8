import gc

import pytest

from gw_spaceheat.runtime.garbage import YOUNG_OBJECTS, collecting_seldom


def test_the_collector_is_as_before_whatever_happens() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    with pytest.raises(KeyError), collecting_seldom():
        assert gc.isenabled()
        assert gc.get_threshold()[0] == YOUNG_OBJECTS
        assert gc.get_freeze_count() > frozen
        raise KeyError
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
