import pytest

from gw_spaceheat.links.amqp_settings import AmqpSettings, BadAmqpUrl, amqp_settings


@pytest.mark.parametrize(
    ("url", "host", "port", "virtual_host", "username", "tls"),
    [
        ("amqp://127.0.0.1", "127.0.0.1", 5672, "/", "guest", False),
        ("amqp://guest:guest@127.0.0.1/", "127.0.0.1", 5672, "/", "guest", False),
        ("amqps://me:p%40ss@broker.example:5000/a%2Fb", "broker.example", 5000, "a/b", "me", True),
        ("amqp://[::1]:1/h", "::1", 1, "h", "guest", False),
    ],
)
def test_a_url(url: str, host: str, port: int, virtual_host: str, username: str, tls: bool) -> None:
    read = amqp_settings(url)
    assert (read.host, read.port, read.virtual_host, read.username, read.tls) == (host, port, virtual_host, username, tls)


def test_names_are_those_of_2021_and_secrets_are_not_shown() -> None:
    read = amqp_settings("amqps://me:secret@broker.example")
    assert (read.exchange, read.queue) == ("pv_simulator_exchange", "pv_simulator_queue")
    assert read.password == "secret"
    assert "secret" not in f"{read} {read.where}"
    assert AmqpSettings(host="h", port=1, queue="q").dead_letters == "q_dead_letters"


@pytest.mark.parametrize(
    "url",
    ["", "mqtt://h", "amqp://", "amqp://h:x", "amqp://h:0", "amqp://h:99999", "amqp://h/a/b", "amqp://h/?x=1", "amqp://h#f"],
)
def test_what_is_no_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(BadAmqpUrl, match="allowed is amqp://"):
        amqp_settings(url)


@pytest.mark.parametrize("queue", ["", "q" * 201, "amq.q", "a\nb"])
def test_names_that_cannot_be(queue: str) -> None:
    with pytest.raises(BadAmqpUrl, match="queue"):
        amqp_settings("amqp://h", queue)
