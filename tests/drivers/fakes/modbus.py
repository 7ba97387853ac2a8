"""pymodbus' own servers as meters: over TCP, and over a pair of pseudo-terminals whose wires can be disturbed."""

import asyncio
import os
import pty
import selectors
import threading
import tty
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pymodbus.framer import FramerType
from pymodbus.server import ModbusSerialServer, ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

Registers = Mapping[int, int]
"""Registers by their address on the wire."""
UNUSED = SimData(65_000, values=0, datatype=DataType.REGISTERS)
UNUSED_BIT = SimData(65_000, values=False, datatype=DataType.BITS)


def _devices(units: Mapping[int, tuple[Registers, Registers]]) -> list[SimDevice]:
    """Units with (holding, input) registers; what is not there is refused as an illegal address."""

    def blocks(registers: Registers) -> list[SimData]:
        runs: list[tuple[int, list[int]]] = []
        for address in sorted(registers):
            if not runs or address != runs[-1][0] + len(runs[-1][1]):
                runs.append((address, []))
            runs[-1][1].append(registers[address])
        return [SimData(first, values=run, datatype=DataType.REGISTERS) for first, run in runs] or [UNUSED]

    return [
        SimDevice(unit, simdata=([UNUSED_BIT], [UNUSED_BIT], blocks(holding), blocks(inputs)))
        for unit, (holding, inputs) in units.items()
    ]


@contextmanager
def _served(make: Callable[[], Any]) -> Iterator[Any]:
    """A server in a thread with an event loop of its own, listening; gone at the end."""
    loop = asyncio.new_event_loop()
    listening = threading.Event()
    servers: list[Any] = []

    def live() -> None:
        asyncio.set_event_loop(loop)

        async def begin() -> None:
            server = make()
            servers.append(server)
            await server.serve_forever(background=True)
            listening.set()

        loop.run_until_complete(begin())
        loop.run_forever()
        loop.run_until_complete(servers[0].shutdown())
        loop.close()

    thread = threading.Thread(target=live, daemon=True)
    thread.start()
    assert listening.wait(10), "the Modbus server did not begin to listen"
    try:
        yield servers[0]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


@contextmanager
def tcp_server(units: Mapping[int, tuple[Registers, Registers]], port: int = 0) -> Iterator[int]:
    """pymodbus' TCP server on the loopback interface; gives its port."""
    with _served(lambda: ModbusTcpServer(_devices(units), address=("127.0.0.1", port))) as server:
        yield server.transport.sockets[0].getsockname()[1]


class Wires:
    """The line between two pseudo-terminals: what the meter says passes `to_us`, which may change or drop it.

    Attributes:
        ours: Path of our end.
        theirs: Path of the meter's end.
        to_us: Bytes of the meter to the bytes that arrive.
        asked: What we said.
    """

    def __init__(self) -> None:
        self._masters = []
        paths = []
        self._slaves = []
        for _ in range(2):
            master, slave = pty.openpty()
            tty.setraw(slave)
            self._masters.append(master)
            self._slaves.append(slave)
            paths.append(os.ttyname(slave))
        self.ours, self.theirs = paths
        self.to_us: Callable[[bytes], bytes] = bytes
        self.to_them: Callable[[bytes], bytes] = bytes
        self.asked = bytearray()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()
        self._flood: threading.Thread | None = None

    def inject(self, data: bytes) -> None:
        """Put bytes on the line towards us."""
        os.write(self._masters[0], data)

    def flood(self, data: bytes = b"\x0c\x03\x55\xaa") -> None:
        """Put noise on the line towards us without end."""
        os.set_blocking(self._masters[0], False)

        def pour() -> None:
            while not self._over.wait(0.001):
                try:
                    os.write(self._masters[0], data)
                except (BlockingIOError, OSError):
                    continue

        self._flood = threading.Thread(target=pour, daemon=True)
        self._flood.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join(10)
        if self._flood is not None:
            self._flood.join(10)
        for handle in (*self._masters, *self._slaves):
            os.close(handle)

    def _carry(self) -> None:
        with selectors.DefaultSelector() as selector:
            for index, master in enumerate(self._masters):
                selector.register(master, selectors.EVENT_READ, index)
            while not self._over.is_set():
                for key, _ in selector.select(0.02):
                    try:
                        data = os.read(key.fd, 4096)
                    except OSError:
                        continue
                    if key.data == 0:
                        self.asked += data
                        os.write(self._masters[1], self.to_them(data))
                    elif told := self.to_us(data):
                        os.write(self._masters[0], told)


@contextmanager
def rtu_server(units: Mapping[int, tuple[Registers, Registers]]) -> Iterator[Wires]:
    """pymodbus' serial server at the far end of wires that a test can disturb."""
    wires = Wires()
    try:
        make = lambda: ModbusSerialServer(  # noqa: E731
            _devices(units), framer=FramerType.RTU, port=wires.theirs, baudrate=9600, timeout=1
        )
        with _served(make):
            yield wires
    finally:
        wires.close()
