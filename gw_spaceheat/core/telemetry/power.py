"""Power on change: the house's metered power is told at once when it has changed enough to matter to the grid."""

from collections.abc import Mapping, Sequence

from gw_spaceheat.house.model import House

CHANGE_SHARE_OF_NAMEPLATE = 0.02


class PowerOnChange:
    """Watches the sum of the channels that are part of the power metering.

    A change above 2 % of the sum of their nameplates since the last message is worth a new one.
    """

    def __init__(self, house: House) -> None:
        """Find the channels and the threshold in the house."""
        metered = [channel for channel in house.channels.values() if channel.in_power_metering]
        self.channels = tuple(channel.name for channel in metered)
        self.threshold_w = CHANGE_SHARE_OF_NAMEPLATE * sum(house.nodes[channel.about].nameplate_w for channel in metered)
        self._sent_w: float | None = None
        self._watched = frozenset(self.channels)

    def forget(self) -> None:
        """The peer may not know any more what was sent: the next known power is worth a message."""
        self._sent_w = None

    def concerns(self, names: Sequence[str]) -> bool:
        """Whether any of these channels is part of the metered power."""
        return not self._watched.isdisjoint(names)

    def changed_to(self, latest: Mapping[str, float | None]) -> int | None:
        """The power [W] to send now; None when it has not changed enough or a part of it is missing (missing is not zero)."""
        total_w = 0.0
        for name in self.channels:
            value = latest.get(name)
            if value is None:
                return None
            total_w += value
        if self._sent_w is not None and abs(total_w - self._sent_w) <= self.threshold_w:
            return None
        self._sent_w = total_w
        return round(total_w)
