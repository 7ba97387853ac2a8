"""What happens to a street is said when its time has come, once, to whom it concerns."""

from gw_spaceheat.core.events import Received
from gw_spaceheat.core.market.resident import FORECASTER, RESIDENT, Resident, happenings
from gw_spaceheat.vocabulary.moment import Moment
from tests.core.market.streets import job, street

T = 1_460_246_400_000


def test_all_that_happens_in_time_and_forecasts_first() -> None:
    of = street([job("[7]:[1]:[2]", 3.0, 4.0, registered_h=2.0), job("b", 1.0, 2.0)], [[100.0] * 24])
    assert [(at_ms, to, src) for at_ms, to, src, _ in happenings(of, T)] == [
        (0, "roof0", FORECASTER),
        (0, "b", RESIDENT),
        (7_200_000, "7", RESIDENT),
    ]


def test_it_is_said_when_it_is_due_and_late_where_that_cannot_be() -> None:
    of = street([job("a", 1.0, 2.0), job("b", 3.0, 4.0, registered_h=2.0)], [])
    resident = Resident([(T + at_ms, f"house {to}", src, message) for at_ms, to, src, message in happenings(of, T)])
    resident.handle(Received("", "", "", ack_required=False, message=happenings(of, T)[0][3], arrived_ms=0), Moment(5, T + 5))
    assert resident.deadline() == 0
    (said,) = resident.wake(Moment(5, T + 5))
    assert isinstance(said, Received)
    assert (said.dst, said.src) == ("house a", RESIDENT)
    assert resident.deadline() == 7_200_000
    assert resident.wake(Moment(5, T + 5)) == []
    assert len(resident.wake(Moment(7_200_000, T + 7_200_000))) == 1
    assert resident.deadline() is None
