"""What is left of the readings of one channel within a thinned report."""

from collections.abc import Sequence

from gw_spaceheat.messages.base import Malformed, Message
from gw_spaceheat.messages.formats import PositiveInteger, WireInteger, require_channel_name, require_equal_lengths


class GwsThinnedReadings(Message, frozen=True, kw_only=True, tag="gws.thinned.readings"):
    """What is left of the readings of one channel, a value per bin in which there were any.

    Attributes:
        channel_name: The channel.
        bin_list: Places of the bins within the report, from 0, rising; bins without a reading are left out.
        mean_list: Mean of the readings of each bin, rounded to a whole number in the wire's scale.
        min_list: The least of them.
        max_list: The greatest of them.
        count_list: How many there were, at least 1.
    """

    channel_name: str
    bin_list: Sequence[int]
    mean_list: Sequence[WireInteger]
    min_list: Sequence[WireInteger]
    max_list: Sequence[WireInteger]
    count_list: Sequence[PositiveInteger]
    version: str = "000"

    def check(self) -> None:
        """The name must have its form, the lists must pair, bins must rise, and a mean lie between its extremes."""
        require_channel_name(self.channel_name)
        require_equal_lengths(
            BinList=self.bin_list,
            MeanList=self.mean_list,
            MinList=self.min_list,
            MaxList=self.max_list,
            CountList=self.count_list,
        )
        if any(later <= earlier for earlier, later in zip(self.bin_list, self.bin_list[1:], strict=False)):
            raise Malformed(f"{self.channel_name}: BinList must rise")
        if any(
            not least <= mean <= most for least, mean, most in zip(self.min_list, self.mean_list, self.max_list, strict=True)
        ):
            raise Malformed(f"{self.channel_name}: a mean lies outside of its extremes")
