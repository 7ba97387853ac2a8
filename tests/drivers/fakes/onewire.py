"""Files as the kernel shows DS18B20 probes in."""

import os
from pathlib import Path

from gw_spaceheat.drivers.adafruit__642 import check_byte


def scratchpad(temperature_c: float, reserved: int = 0x10) -> bytes:
    """The nine bytes of a chip that shows a temperature [degC]."""
    data = round(temperature_c * 16).to_bytes(2, "little", signed=True) + bytes([0x4B, 0x46, 0x7F, 0xFF, reserved, 0x10])
    return data + bytes([check_byte(data)])


def shown(pad: bytes, *, crc_ok: bool = True) -> str:
    """What the kernel's `w1_slave` says of nine bytes."""
    digits = " ".join(f"{byte:02x}" for byte in pad)
    value = int.from_bytes(pad[:2], "little", signed=True) * 1000 // 16
    return f"{digits} : crc={pad[8]:02x} {'YES' if crc_ok else 'NO'}\n{digits} t={value}\n"


class FakeOneWire:
    """The kernel's folder of probes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def plug(self, name: str, text: str) -> None:
        (self.folder / name).mkdir(exist_ok=True)
        (self.folder / name / "w1_slave").write_text(text)

    def unplug(self, name: str) -> None:
        (self.folder / name / "w1_slave").unlink()
        (self.folder / name).rmdir()

    def plug_slow(self, name: str) -> int:
        """A probe whose file says nothing: a pipe that is held open by the handle which is given back."""
        (self.folder / name).mkdir(exist_ok=True)
        os.mkfifo(self.folder / name / "w1_slave")
        return os.open(self.folder / name / "w1_slave", os.O_RDWR)
