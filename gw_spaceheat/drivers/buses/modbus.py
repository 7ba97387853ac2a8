"""Modbus by pymodbus, over a serial line (RTU) or TCP: registers in, registers out.

A call never takes longer than `TIMEOUT_S`, also when noise floods the line: pymodbus is told a third of it, because a flood may
make it wait that time twice, and sending may take it once more. Nothing is tried again here; the next poll does that.
"""

import contextlib
import logging
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gw_spaceheat.drivers.buses.shared import BusError, SharedBus, take

if TYPE_CHECKING:
    from pymodbus.client import ModbusSerialClient, ModbusTcpClient

TIMEOUT_S = 1.5
_ANSWER_S = TIMEOUT_S / 3
READ_HOLDING, READ_INPUTS = 3, 4
MOST_REGISTERS = 125
"""A Modbus frame holds no more."""
EXCEPTIONS = {
    1: "illegal function",
    2: "illegal data address",
    3: "illegal data value",
    4: "device failure",
    5: "acknowledged, not done yet",
    6: "device busy",
    10: "gateway path unavailable",
    11: "gateway target did not answer",
}
_GARBAGE = (ValueError, IndexError, KeyError, TypeError, struct.error)
"""What pymodbus may raise, besides its own errors, on a frame that makes no sense."""


class ModbusLine(SharedBus):
    """One serial line or one TCP connection, with one or more units on it."""

    def __init__(self, name: str, make: Callable[[], "ModbusSerialClient | ModbusTcpClient"]) -> None:
        """Remember; `make` makes pymodbus' client, without connecting."""
        super().__init__(name)
        self._make = make
        self._client: Any = None

    def holding(self, unit: int, address: int, count: int) -> list[int]:
        """Holding registers from a protocol address (the register's number less one); raises BusError."""
        return self._ask(unit, address, count, READ_HOLDING)

    def inputs(self, unit: int, address: int, count: int) -> list[int]:
        """Input registers from a protocol address; raises BusError."""
        return self._ask(unit, address, count, READ_INPUTS)

    def shut(self) -> None:
        """Close the port or the connection."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(OSError):
                client.close()

    def _ask(self, unit: int, address: int, count: int, function: int) -> list[int]:
        from pymodbus.exceptions import ModbusException  # noqa: PLC0415 - only a house with Modbus needs it

        where = f"{self.name} unit {unit} register {address}"
        with self.turn():
            client = self._opened()
            call = client.read_holding_registers if function == READ_HOLDING else client.read_input_registers
            try:
                answer = call(address, count=count, device_id=unit)
            except (ModbusException, OSError, *_GARBAGE) as error:
                self.shut()
                raise BusError(f"{where}: no good answer ({_first_line(error)}); look at wiring, speed and unit") from error
        if answer.function_code & 0x7F != function:
            raise BusError(f"{where}: the answer is one to another question; are there two masters on the line?")
        if answer.isError():
            code = getattr(answer, "exception_code", 0)
            raise BusError(f"{where}: the device refuses: {EXCEPTIONS.get(code, f'exception {code}')}; is it the right model?")
        registers = list(getattr(answer, "registers", ()))
        if len(registers) != count:
            raise BusError(f"{where}: {len(registers)} registers came where {count} were asked for; look for noise on the line")
        return registers

    def _opened(self) -> Any:
        if self._client is None:
            logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)  # what is lost is told once, by the actor
            try:
                self._client = self._make()
            except ImportError as error:
                raise BusError("Modbus needs pymodbus and pyserial; install requirements/drivers.txt") from error
        if not self._client.connect():
            self.shut()
            raise BusError(f"{self.name} cannot be opened; is it plugged in, and may this user open it (group dialout)?")
        return self._client


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]


def take_rtu(port: str, baud: int, parity: str = "E", rs485_rts: str = "") -> ModbusLine:
    """The serial line behind a port, shared by all units on it; see `shared.give_back`.

    Args:
        port: Such as `/dev/ttyUSB0`.
        baud: Speed [baud].
        parity: E, O or N; E is Modbus' own default.
        rs485_rts: `high` or `low`: the level of RTS while we send, for adapters that must be told the direction; empty for
            those that find it out by themselves, as nearly all USB adapters do.
    """

    def make() -> "ModbusSerialClient":
        from pymodbus.client import ModbusSerialClient  # noqa: PLC0415

        class Directed(ModbusSerialClient):
            """A client whose adapter is told when we send."""

            def connect(self) -> bool:
                was_open = self.socket is not None
                opened = super().connect()
                if opened and not was_open and rs485_rts and self.socket is not None:
                    from serial.rs485 import RS485Settings  # noqa: PLC0415

                    high = rs485_rts == "high"
                    self.socket.rs485_mode = RS485Settings(rts_level_for_tx=high, rts_level_for_rx=not high)
                return opened

        return Directed(port, baudrate=baud, parity=parity, timeout=_ANSWER_S, retries=0)

    return take(ModbusLine, port, lambda: ModbusLine(port, make))


def take_tcp(host: str, port: int) -> ModbusLine:
    """The connection to a Modbus server, shared by all units behind it; see `shared.give_back`."""
    name = f"{host}:{port}"

    def make() -> "ModbusTcpClient":
        from pymodbus.client import ModbusTcpClient  # noqa: PLC0415

        return ModbusTcpClient(host, port=port, timeout=_ANSWER_S, retries=0)

    return take(ModbusLine, name, lambda: ModbusLine(name, make))
