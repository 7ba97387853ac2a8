"""A roof: it tells what is forecast until it is heard, and stands for no more than that."""

from gw_spaceheat.core.events import Received, Send
from gw_spaceheat.core.market.producer import Producer
from gw_spaceheat.core.market.said import told_of
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.gws_street_accept import GwsStreetAccept
from gw_spaceheat.messages.gws_street_booking import GwsStreetBooking
from gw_spaceheat.messages.gws_street_decline import GwsStreetDecline
from gw_spaceheat.messages.gws_street_noted import GwsStreetNoted
from gw_spaceheat.vocabulary.moment import Moment
from tests.core.market.streets import sun

T = 1_460_246_400_000
NOW = Moment(0, T)


def hear(producer: Producer, message: Message, now: Moment = NOW) -> list[Message]:
    received = Received("street", "manager", "", ack_required=False, message=message, arrived_ms=now.wall_ms)
    return [effect.message for effect in producer.handle(received, now) if isinstance(effect, Send)]


def roof() -> Producer:
    return Producer("roof", "pv", "manager", T)


def booking(number: int, *hourly_wh: float, forecast: int = 1) -> GwsStreetBooking:
    return GwsStreetBooking(producer="pv", number=number, forecast=forecast, start_ms=T, hourly_wh=hourly_wh)


def test_a_forecast_is_told_until_it_is_heard() -> None:
    producer, told = roof(), told_of("pv", 1, sun([0.0, 500.0]), T)
    assert hear(producer, told) == [told]
    assert hear(producer, told) == [], "twice"
    assert [effect.message for effect in producer.wake(NOW.later(30_000)) if isinstance(effect, Send)] == [told]
    hear(producer, GwsStreetNoted(subject="pv", number=1))
    assert producer.deadline() is None


def test_it_stands_for_no_more_than_is_forecast() -> None:
    producer = roof()
    hear(producer, told_of("pv", 1, sun([0.0, 500.0, 700.0]), T))
    assert hear(producer, booking(1, 0.0, 500.0)) == [GwsStreetAccept(subject="pv", number=1)]
    (answer,) = hear(producer, booking(2, 0.0, 500.0, 800.0))
    assert isinstance(answer, GwsStreetDecline)
    assert producer.declined == 1
    assert hear(producer, booking(2, 0.0, 500.0, 800.0)) == [answer], "asked again, the same answer"
    assert hear(producer, booking(1, 0.0)) == [], "an older one is over"


def test_a_booking_from_an_older_forecast_is_answered_with_the_newer() -> None:
    producer = roof()
    hear(producer, told_of("pv", 1, sun([0.0, 500.0]), T))
    newer = told_of("pv", 2, sun([0.0, 100.0], issued_h=0.1), T)
    hear(producer, newer)
    answer, again = hear(producer, booking(1, 0.0, 500.0))
    assert isinstance(answer, GwsStreetDecline)
    assert again == newer
