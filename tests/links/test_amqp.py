"""A connection to RabbitMQ that meets what it did not expect; with the real one."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pika
import pytest

from gw_spaceheat.links.amqp_settings import AmqpSettings, amqp_settings
from gw_spaceheat.links.amqp_sink import AmqpSink
from gw_spaceheat.links.amqp_source import AmqpSource
from gw_spaceheat.links.deliveries import Delivery, Parcel
from gw_spaceheat.links.rabbitmq import Rabbit, find_rabbitmq

PATIENCE_S = 30.0
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_rabbitmq() is None, reason="RabbitMQ is not installed (Debian package rabbitmq-server)"),
]


@pytest.fixture(scope="module")
def rabbit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rabbit]:
    with Rabbit(tmp_path_factory.mktemp("rabbit")) as running:
        yield running


@pytest.fixture
def channel(rabbit: Rabbit) -> Iterator[Any]:
    connection = pika.BlockingConnection(pika.URLParameters(rabbit.url))
    yield connection.channel()
    connection.close()


class Told:
    """What a line has told."""

    def __init__(self) -> None:
        self.texts: list[tuple[bool, str]] = []
        self._changed = threading.Condition()

    def __call__(self, up: bool, text: str) -> None:
        with self._changed:
            self.texts.append((up, text))
            self._changed.notify_all()

    def wait(self, up: bool, words: str = "", times: int = 1) -> None:
        def seen() -> bool:
            return sum(one[0] is up and words in one[1] for one in self.texts) >= times

        with self._changed:
            assert self._changed.wait_for(seen, PATIENCE_S), self.texts


def settings(rabbit: Rabbit, queue: str) -> AmqpSettings:
    return replace(amqp_settings(rabbit.url, queue), first_pause_s=0.1)


def arrived(sink: AmqpSink, count: int) -> list[str]:
    keys: list[str] = []
    pause = threading.Event()
    for _ in range(3000):
        keys += sink.arrived()
        if len(keys) >= count:
            break
        pause.wait(0.01)
    return keys


def taken(source: AmqpSource, count: int) -> list[Delivery]:
    found: list[Delivery] = []
    for _ in range(100):
        found += source.take(count - len(found), 0.3)
        if len(found) >= count:
            break
    return found


def test_exchange_and_queue_are_those_of_2021(rabbit: Rabbit, channel: Any) -> None:
    told = Told()
    sink = AmqpSink(settings(rabbit, "pv_simulator_queue"), told)
    sink.open()
    told.wait(up=True)
    sink.close()
    channel.exchange_declare("pv_simulator_exchange", "direct", durable=True)
    arguments = {"x-queue-type": "quorum", "x-dead-letter-exchange": "pv_simulator_exchange"}
    channel.queue_declare("pv_simulator_queue", durable=True, arguments=arguments)  # raises if it is another one
    channel.confirm_delivery()
    channel.basic_publish("pv_simulator_exchange", "pv_simulator_queue", b"x")
    assert channel.queue_declare("pv_simulator_queue", passive=True).method.message_count == 1


def test_a_queue_with_other_arguments_is_told_with_what_to_do(rabbit: Rabbit, channel: Any) -> None:
    channel.queue_declare("classic", durable=True)
    told = Told()
    source = AmqpSource(settings(rabbit, "classic"), told)
    source.open()
    told.wait(up=False, words="--queue")
    source.close()


def test_a_wrong_password_is_told_once_and_never_shown(rabbit: Rabbit) -> None:
    told = Told()
    sink = AmqpSink(replace(settings(rabbit, "q"), password="hunter2"), told)
    sink.open()
    told.wait(up=False, words="user name and password")
    threading.Event().wait(0.5)
    sink.close()
    assert len(told.texts) == 1
    assert "hunter2" not in str(told.texts)


def test_a_queue_that_is_removed_is_made_again(rabbit: Rabbit, channel: Any) -> None:
    told_sink, told_source = Told(), Told()
    sink, source = AmqpSink(settings(rabbit, "gone"), told_sink), AmqpSource(settings(rabbit, "gone"), told_source)
    sink.open()
    told_sink.wait(up=True)
    source.open()
    told_source.wait(up=True)
    channel.queue_delete("gone")
    told_source.wait(up=True, times=2)
    sink.send([Parcel("h/1", "h", b"1")])
    assert arrived(sink, 1) == ["h/1"]
    source.settle(taken(source, 1), [])
    source.close()
    channel.queue_delete("gone")
    before = sink.connection
    sink.send([Parcel("h/2", "h", b"2")])
    told_sink.wait(up=True, times=2)
    assert sink.connection not in {0, before}
    assert sink.arrived() == [], "it was not kept, so it has not arrived"
    sink.close()


def test_no_more_than_the_prefetch_is_with_us_and_what_is_not_settled_comes_again(rabbit: Rabbit) -> None:
    told, small = Told(), replace(settings(rabbit, "bounded"), prefetch=20)
    sink = AmqpSink(small, told)
    sink.open()
    told.wait(up=True)
    sink.send([Parcel(f"h/{number}", "h", str(number).encode()) for number in range(100)])
    assert len(set(arrived(sink, 100))) == 100
    sink.close()
    first = AmqpSource(small, Told())
    first.open()
    some = taken(first, 20)
    assert first.take(10, 0.3) == []
    first.settle(some[:5], [])
    assert [delivery.payload for delivery in taken(first, 5)] == [str(number).encode() for number in range(20, 25)]
    first.close()
    again = AmqpSource(replace(small, prefetch=200), Told())
    again.open()
    assert [delivery.payload for delivery in taken(again, 95)] == [str(number).encode() for number in range(5, 100)]
    again.settle(some, [])  # of another connection: does no harm
    again.close()


def test_one_consumer_after_many_readings(rabbit: Rabbit, channel: Any) -> None:
    told, own = Told(), settings(rabbit, "one")
    sink, source = AmqpSink(own, told), AmqpSource(own, told)
    sink.open()
    source.open()
    told.wait(up=True, times=2)
    for turn in range(86):  # of a virtual day of 10-s readings
        sink.send([Parcel(f"h/{turn}/{number}", "h", b"x") for number in range(100)])
        source.settle(taken(source, 100), [])
    assert channel.queue_declare("one", passive=True).method.consumer_count == 1
    sink.close()
    source.close()
