"""Modbus over disturbed wires and against servers that misbehave: a good answer, or an error in bounded time."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pymodbus.framer.rtu import FramerRTU

from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses import modbus
from gw_spaceheat.drivers.buses.modbus import ModbusLine, take_rtu, take_tcp
from gw_spaceheat.drivers.buses.shared import BusError
from tests.drivers.fakes.modbus import Wires, rtu_server, tcp_server

UNIT = 12
HOLDING = {address: address + 1 for address in range(100, 130)}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modbus, "_ANSWER_S", 0.1)


@pytest.fixture(scope="module")
def line() -> Iterator[Wires]:
    with rtu_server({UNIT: (HOLDING, {}), 13: (dict.fromkeys(HOLDING, 7), {})}) as wires:
        yield wires


@pytest.fixture
def wires(line: Wires) -> Iterator[Wires]:
    yield line
    line.to_us = line.to_them = bytes


def bounded(call: Callable[[], object]) -> object:
    """What a call gives or raises; a call that never ends fails the test in place of hanging it."""
    outcome: list[object] = []

    def run() -> None:
        try:
            outcome.append(call())
        except DeviceError as error:
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(30)
    assert outcome, "the call does not end"
    return outcome[0]


def wait_until(holds: Callable[[], bool]) -> None:
    """Look again and again, for a time that only a broken machine needs."""
    for _ in range(3000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to that")


def frame(body: bytes) -> bytes:
    return body + FramerRTU.compute_CRC(body).to_bytes(2, "big")


# a pseudo-terminal knows no parity, hence the N
def asked(wires: Wires, unit: int = UNIT) -> object:
    return bounded(lambda: take_rtu(wires.ours, 9600, "N").holding(unit, 100, 4))


def test_registers_come_over_a_serial_line(wires: Wires) -> None:
    assert asked(wires) == [101, 102, 103, 104]
    assert asked(wires, 13) == [7, 7, 7, 7]


DISTURBED: dict[str, Callable[[bytes], bytes]] = {
    "silence": lambda _data: b"",
    "half a frame": lambda data: data[: len(data) // 2],
    "a bit turned": lambda data: data[:4] + bytes([data[4] ^ 1]) + data[5:],
    "the check wrong": lambda data: data[:-1] + bytes([data[-1] ^ 0xFF]),
    "another unit": lambda _data: frame(bytes([13, 3, 8, 0, 1, 0, 2, 0, 3, 0, 4])),
    "another function": lambda _data: frame(bytes([UNIT, 4, 8, 0, 1, 0, 2, 0, 3, 0, 4])),
    "too few": lambda _data: frame(bytes([UNIT, 3, 4, 0, 1, 0, 2])),
    "too many": lambda _data: frame(bytes([UNIT, 3, 10, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5])),
    "an odd length": lambda _data: frame(bytes([UNIT, 3, 7, 0, 1, 0, 2, 0, 3, 0])),
    "nonsense": lambda _data: bytes(range(256)),
    "a strange function": lambda _data: frame(bytes([UNIT, 0x55, 8, 0, 1, 0, 2])),
}


@pytest.mark.parametrize("disturb", DISTURBED.values(), ids=DISTURBED)
def test_a_disturbed_answer_is_an_error_and_the_next_one_is_good(wires: Wires, disturb: Callable[[bytes], bytes]) -> None:
    assert asked(wires) == [101, 102, 103, 104]
    wires.to_us = disturb
    told = asked(wires)
    assert isinstance(told, BusError), told
    assert wires.ours in str(told)
    wires.to_us = bytes
    assert asked(wires) == [101, 102, 103, 104]


def test_noise_before_the_question_is_thrown_away(wires: Wires) -> None:
    asked(wires)
    noise = b"\x00\xff\x55\x0c\x03"
    wires.inject(noise)
    port = take_rtu(wires.ours, 9600, "N")._client.socket
    wait_until(lambda: port.in_waiting >= len(noise))
    assert asked(wires) == [101, 102, 103, 104]


def test_an_exception_is_named(wires: Wires) -> None:
    told = bounded(lambda: take_rtu(wires.ours, 9600, "N").holding(UNIT, 5000, 4))
    assert isinstance(told, BusError)
    assert "the device refuses: illegal data address" in str(told)


@pytest.mark.parametrize("noise", [b"\x0c\x03\x55\xaa", b"\x00" * 64, bytes(range(256))])
def test_a_flood_ends_the_call_too(noise: bytes) -> None:
    with rtu_server({UNIT: (HOLDING, {})}) as flooded:
        flooded.to_them = lambda _data: b""
        flooded.flood(noise)
        assert isinstance(asked(flooded), BusError)


def test_a_port_that_is_not_there_is_named() -> None:
    told = bounded(lambda: take_rtu("/dev/no-such-port", 9600, "E").holding(UNIT, 100, 4))
    assert isinstance(told, BusError)
    assert "/dev/no-such-port cannot be opened" in str(told)


def test_units_on_one_line_share_it_and_take_turns(wires: Wires) -> None:
    lines = [take_rtu(wires.ours, 9600, "N") for _ in range(4)]
    assert len(set(map(id, lines))) == 1
    answers: dict[int, list[list[int]]] = {12: [], 13: []}

    def poll(unit: int) -> None:
        answers[unit] += [lines[0].holding(unit, 100, 2) for _ in range(20)]

    threads = [threading.Thread(target=poll, args=(unit,)) for unit in (12, 13)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == {12: [[101, 102]] * 20, 13: [[7, 7]] * 20}


# over TCP --------------------------------------------------------------------------------------------------


def test_registers_come_over_tcp_and_a_restarted_server_is_found_again() -> None:
    with tcp_server({1: ({}, HOLDING)}) as port:
        assert take_tcp("127.0.0.1", port).inputs(1, 100, 3) == [101, 102, 103]
    told = bounded(lambda: take_tcp("127.0.0.1", port).inputs(1, 100, 3))
    assert isinstance(told, BusError)
    with tcp_server({1: ({}, HOLDING)}, port):
        assert take_tcp("127.0.0.1", port).inputs(1, 100, 3) == [101, 102, 103]


def serving(answer: Callable[[socket.socket], None]) -> tuple[int, threading.Thread]:
    """A server for one connection, which answers as it likes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def live() -> None:
        with listener:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(10)
                try:
                    answer(connection)
                except OSError:
                    return

    thread = threading.Thread(target=live, daemon=True)
    thread.start()
    return listener.getsockname()[1], thread


def pour(connection: socket.socket) -> None:
    connection.recv(100)
    while True:
        connection.sendall(bytes(range(256)))


def hang(connection: socket.socket) -> None:
    while connection.recv(100):
        pass


def reply(body: bytes, *, tid: bytes | None = None) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        question = connection.recv(100)
        connection.sendall((tid or question[:2]) + b"\0\0" + (len(body) + 1).to_bytes(2, "big") + b"\x01" + body)
        hang(connection)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        hang,
        pour,
        lambda connection: connection.recv(100) and None,
        reply(bytes([4, 6, 0, 1, 0, 2, 0, 3]), tid=b"\xee\xee"),
        reply(bytes([4, 2, 0, 1])),
        reply(bytes([4, 200, 0, 1])),
        reply(bytes([0x84])),
        reply(b""),
    ],
    ids=[
        "silence",
        "flood",
        "hang-up",
        "another question's answer",
        "too few",
        "a lie about length",
        "half an exception",
        "empty",
    ],
)
def test_a_server_that_misbehaves_is_an_error_in_time(answer: Callable[[socket.socket], None]) -> None:
    port, thread = serving(answer)
    told = bounded(lambda: take_tcp("127.0.0.1", port).inputs(1, 100, 3))
    assert isinstance(told, BusError), told
    thread.join(30)
    assert not thread.is_alive(), "the connection was not let go"


# random frames ---------------------------------------------------------------------------------------------


class Babbling:
    """Takes the place of pymodbus' port or socket: whatever is asked, the answer is what the test says, then silence."""

    def __init__(self) -> None:
        self.answer = b""

    def fill(self, client: Any) -> Any:
        """A client that speaks to it."""
        answers: list[bytes] = []

        def send(_request: bytes, addr: object = None) -> int:
            answers[:] = [self.answer]
            return 1

        client.connect = lambda: True
        client.send = client.transaction.low_level_send = send
        client.recv = lambda _size: answers.pop() if answers else b""
        return client


def rtu_frame(body: bytes) -> bytes:
    return frame(bytes([UNIT]) + body)


def tcp_frame(body: bytes) -> bytes:
    return b"\x00\x01\x00\x00" + (len(body) + 1).to_bytes(2, "big") + bytes([UNIT]) + body


@pytest.mark.parametrize("framing", ["rtu", "tcp"])
def test_two_thousand_random_frames_are_registers_or_a_typed_error(framing: str) -> None:
    from pymodbus.client import ModbusSerialClient, ModbusTcpClient

    babbling = Babbling()
    make: Callable[[], Any] = lambda: ModbusSerialClient("/dev/null", timeout=0.01, retries=0)  # noqa: E731
    if framing == "tcp":
        make = lambda: ModbusTcpClient("127.0.0.1", timeout=0.01, retries=0)  # noqa: E731
    line = ModbusLine("babbling", lambda: babbling.fill(make()))
    whole = rtu_frame if framing == "rtu" else tcp_frame
    bodies = st.one_of(
        st.binary(max_size=60).map(lambda rest: bytes([3, len(rest)]) + rest),
        st.binary(max_size=20).map(lambda rest: b"\x03\x08" + rest),
        st.binary(max_size=20).map(lambda rest: b"\x83" + rest),
        st.binary(max_size=60),
    )
    kinds: set[str] = set()

    @settings(max_examples=2000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(st.binary(max_size=100), bodies.map(whole), bodies.map(lambda body: b"\x55" + whole(body))))
    @example(whole(bytes([3, 8, 0, 1, 0, 2, 0, 3, 0, 4])))
    def run(answer: bytes) -> None:
        babbling.answer = answer
        try:
            registers = line.holding(UNIT, 100, 4)
        except BusError as error:
            assert str(error)
            kinds.add("error")
            return
        assert len(registers) == 4
        assert all(0 <= register <= 0xFFFF for register in registers)
        kinds.add("registers")

    run()
    assert kinds == {"error", "registers"}
