"""The weather to come."""

from collections.abc import Sequence

from gw_spaceheat.messages.base import Malformed, Message
from gw_spaceheat.messages.formats import LeftRightDot, UnixS, Uuid4, require_equal_lengths


class WeatherForecast(Message, frozen=True, kw_only=True, tag="weather.forecast"):
    """Outdoor air temperature [degF] and wind speed [mph] at the times `time` [s], as the weather service tells them."""

    from_g_node_alias: LeftRightDot
    weather_channel_name: LeftRightDot
    time: Sequence[UnixS]
    oat_f: Sequence[float]
    wind_speed_mph: Sequence[float]
    weather_uid: Uuid4
    forecast_created_s: UnixS
    version: str = "000"

    def check(self) -> None:
        """Every time has its values, and nothing is forecast that was already over."""
        require_equal_lengths(Time=self.time, OatF=self.oat_f, WindSpeedMph=self.wind_speed_mph)
        if self.time and self.forecast_created_s > self.time[0]:
            raise Malformed(f"ForecastCreatedS {self.forecast_created_s} is after the first Time {self.time[0]}")
