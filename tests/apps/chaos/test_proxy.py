"""The proxy itself: it must not be what fails when a test of something else does."""

import socket
import threading
from collections.abc import Iterator

import pytest

from gw_spaceheat.apps.chaos.proxy import PATIENCE_S, Proxy


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that sends back what it gets."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer(connection: socket.socket) -> None:
            with connection:
                try:
                    while data := connection.recv(65_536):
                        connection.sendall(data)
                except OSError:
                    return

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join(PATIENCE_S)


@pytest.fixture
def proxy(echo: int) -> Iterator[Proxy]:
    with Proxy(echo) as made:
        yield made


def connected(proxy: Proxy) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", proxy.port), PATIENCE_S)
    proxy.wait_for_connection()
    return client


def comes_back(client: socket.socket, data: bytes) -> None:
    client.sendall(data)
    got = b""
    while len(got) < len(data):
        more = client.recv(65_536)
        assert more
        got += more
    assert got == data


def is_reset(client: socket.socket) -> bool:
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def is_turned_away(proxy: Proxy) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", proxy.port), PATIENCE_S) as client:
            return is_reset(client)
    except ConnectionResetError:
        return True


def test_bytes_are_carried_both_ways_in_order(proxy: Proxy) -> None:
    with connected(proxy) as client:
        threading.Thread(target=client.sendall, args=(bytes(range(256)) * 4_000,), daemon=True).start()
        got = b""
        while len(got) < 256 * 4_000:
            got += client.recv(65_536)
        assert got == bytes(range(256)) * 4_000


def test_what_is_delayed_comes_later_and_in_order(proxy: Proxy) -> None:
    with connected(proxy) as client:
        proxy.delay(0.02)
        comes_back(client, b"first, second")
        proxy.heal()
        comes_back(client, b"third")


def test_what_is_held_comes_when_it_is_healed(proxy: Proxy) -> None:
    with connected(proxy) as client:
        comes_back(client, b"before")
        proxy.hold()
        proxy.hold()
        client.sendall(b"held")
        client.setblocking(False)
        with pytest.raises(BlockingIOError):
            client.recv(1)
        client.setblocking(True)
        proxy.heal()
        assert client.recv(100) == b"held"


def test_a_dead_line_stays_open_and_says_nothing_while_new_ones_are_carried(proxy: Proxy) -> None:
    with connected(proxy) as dead:
        proxy.swallow()
        dead.sendall(b"lost")
        proxy.wait_for_swallowed(4)
        with connected(proxy) as good:
            comes_back(good, b"carried")
            assert proxy.connections == 2
        dead.setblocking(False)
        with pytest.raises(BlockingIOError):
            dead.recv(1)
        proxy.heal()
        dead.sendall(b"still dead, as bytes are missing")
        proxy.wait_for_swallowed(30)


def test_a_network_that_swallows_everything_swallows_new_connections_too(proxy: Proxy) -> None:
    proxy.swallow(new_ones=True)
    with connected(proxy) as client:
        client.sendall(b"lost")
        proxy.wait_for_swallowed(4)
    proxy.heal()
    with connected(proxy) as client:
        comes_back(client, b"carried")


def test_a_line_that_lost_nothing_is_as_good_as_before(proxy: Proxy) -> None:
    with connected(proxy) as client:
        proxy.swallow()
        proxy.heal()
        comes_back(client, b"carried")


def test_cut_resets_what_is_there_and_refuse_what_comes_as_well(proxy: Proxy) -> None:
    with connected(proxy) as client:
        proxy.cut()
        assert is_reset(client)
    with connected(proxy) as client:
        proxy.refuse()
        assert is_reset(client)
    assert is_turned_away(proxy)
    proxy.heal()
    with connected(proxy) as client:
        comes_back(client, b"carried")


def test_last_words_arrive_and_their_answer_too(proxy: Proxy) -> None:
    proxy.delay(0.02)
    with connected(proxy) as leaving, connected(proxy) as staying:
        leaving.sendall(b"good-bye")
        leaving.shutdown(socket.SHUT_WR)
        assert leaving.recv(100) == b"good-bye"
        assert leaving.recv(100) == b""
        comes_back(staying, b"still carried")
