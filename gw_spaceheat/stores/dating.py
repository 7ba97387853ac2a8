"""How a house's labels are made, on disk: the next process of the same boot goes on with it, whatever the wall clock does."""

from pathlib import Path

import msgspec

from gw_spaceheat.core.timekeeper import Dating
from gw_spaceheat.stores.journal import write_whole


class DatingFile:
    """One small file, written when the clock is set or stepped, and at the start."""

    def __init__(self, path: Path) -> None:
        """Remember where."""
        self._path = path

    def read(self) -> Dating | None:
        """What was kept last; None if there is nothing that can be read, which costs no more than a step of the clock."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Dating)
        except (OSError, msgspec.MsgspecError):
            return None

    def write(self, dating: Dating) -> None:
        """Keep it, durably. Raises OSError."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(self._path, msgspec.json.encode(dating))
