"""The netting period: the stretch of time whose net energy is billed."""

from dataclasses import dataclass

from gw_spaceheat.vocabulary.moment import MINUTE_MS

LENGTHS_MINUTES = (60, 30, 15, 0)
"""What grids settle on; 0 for none: every moment is billed by itself."""


class NettingPeriodError(ValueError):
    """There is no such netting period."""


@dataclass(frozen=True, slots=True)
class NettingPeriod:
    """Aligned periods of a length.

    Attributes:
        minutes: 60, 30, 15, or 0 where nothing is netted.
    """

    minutes: int = 60

    def __post_init__(self) -> None:
        """Check the length.

        Raises:
            NettingPeriodError: It is none of those that are settled on.
        """
        if self.minutes not in LENGTHS_MINUTES:
            raise NettingPeriodError(f"a netting period is 60, 30, 15 or 0 (none) minutes long, not {self.minutes}")

    @property
    def is_netted(self) -> bool:
        """Whether anything is netted."""
        return self.minutes > 0

    @property
    def deciding_ms(self) -> int:
        """Length over which an algorithm balances [ms]: the period's; a quarter of an hour where nothing is netted."""
        return (self.minutes or 15) * MINUTE_MS

    def start_ms(self, wall_ms: int) -> int:
        """When the period of a moment began, UTC [ms]."""
        return wall_ms - wall_ms % self.deciding_ms
