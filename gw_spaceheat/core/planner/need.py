"""How much heat a house needs: learned from its own hours, by outdoor temperature, wind and hour of the day.

`need = alpha + beta * outdoor + gamma * wind + what this hour of the day usually has beside that`, fitted anew once a day with
older hours counting less, plus what the last hours were beside the fit, which fades. Before enough is known, a prior leads.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.house.model import WeatherCurve

Values = NDArray[np.float64]

KEPT_HOURS = 28 * 24
HALF_LIFE_H = 14.0 * 24.0
"""An hour that is so old counts half [h]."""
REFIT_H = 24
"""The line is fitted anew after so many new hours."""
PRIOR_HOURS = 6.0
"""The prior line weighs as much as so many hours; its slope as much as that many with the spread of a winter's day."""
PRIOR_SPREAD_K, PRIOR_SPREAD_M_S = 7.0, 3.0
PROFILE_HOURS = 4.0
"""What an hour of the day has beside the line is believed by half after so many days."""
RECENT_HOURS = 3
"""The last hours that tell how it is just now."""
FADING = 0.9
"""What the last hours were beside the fit is expected to go on, less by this factor with every hour."""
FIRST_ERROR = 0.3
"""Before there is a fit, its error is taken to be this share of the need."""
HEATING_LIMIT_C = 17.0
COLDEST_C = -25.0
SHARE_WHEN_COLDEST = 0.7
"""A prior line goes from nothing at the heating limit to this share of what source and boost can give when it is coldest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line through what a house needs.

    Attributes:
        alpha_kw: Need at 0 degC without wind [kW].
        beta_kw_per_k: Its change with outdoor temperature [kW/K].
        gamma_kw_per_m_s: Its change with wind [kW/(m/s)].
    """

    alpha_kw: float
    beta_kw_per_k: float
    gamma_kw_per_m_s: float = 0.0


def prior_line(most_kw: float, curve: WeatherCurve) -> Line:
    """The line that leads until the house has shown its own.

    Args:
        most_kw: Heat that source and boost can give together when it is coldest [kW].
        curve: The house's weather curve; above its reference temperature nothing is needed.
    """
    limit_c = min(HEATING_LIMIT_C, curve.reference_c + 2.0)
    beta = -SHARE_WHEN_COLDEST * most_kw / (limit_c - COLDEST_C)
    return Line(alpha_kw=-beta * limit_c, beta_kw_per_k=beta)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedHour:
    """What a house needed in an hour.

    Attributes:
        hour: Number of the hour since 1970, UTC.
        of_day: Local hour of the day, 0 to 23.
        need_kw: Mean heat need [kW].
        outdoor_c: Mean outdoor temperature [degC].
        wind_m_s: Mean wind; 0 where it is not known [m/s].
    """

    hour: int
    of_day: int
    need_kw: float
    outdoor_c: float
    wind_m_s: float = 0.0


class NeedModel:
    """Learns from hour to hour; what it says is a forecast.

    Attributes:
        line: The line as it is fitted.
        error_kw: Standard deviation of what was needed beside the fit [kW].
    """

    def __init__(self, prior: Line) -> None:
        """Nothing is known but the prior."""
        self._prior = prior
        self.line = prior
        self.error_kw = FIRST_ERROR * max(prior.alpha_kw, 0.0)
        self._profile = [0.0] * 24
        self._hours: deque[NeedHour] = deque(maxlen=KEPT_HOURS)
        self._since_fit = 0

    @property
    def hours(self) -> tuple[NeedHour, ...]:
        """The hours that it knows."""
        return tuple(self._hours)

    def learn(self, hour: NeedHour) -> None:
        """One more hour is over; hours come in their order, and some may be missing."""
        self._hours.append(hour)
        self._since_fit += 1
        if self._since_fit >= REFIT_H or len(self._hours) in (REFIT_H // 4, REFIT_H // 2):
            self._fit()
            self._since_fit = 0

    def forecast_kw(
        self, hours: Sequence[float], of_day: Sequence[int], outdoor_c: Sequence[float], wind_m_s: Sequence[float] = ()
    ) -> tuple[float, ...]:
        """What will be needed [kW].

        Args:
            hours: Times in hours since 1970, UTC.
            of_day: Their local hours of the day.
            outdoor_c: Outdoor temperature expected [degC].
            wind_m_s: Wind expected; empty for none [m/s].
        """
        recent_kw, last = self._recent()
        line, profile = self.line, self._profile
        found = []
        for index, hour in enumerate(hours):
            wind = wind_m_s[index] if wind_m_s else 0.0
            need = line.alpha_kw + line.beta_kw_per_k * outdoor_c[index] + line.gamma_kw_per_m_s * wind
            ahead = max(hour - last, 0.0)
            found.append(max(need + profile[of_day[index]] + recent_kw * FADING**ahead, 0.0))
        return tuple(found)

    def _recent(self) -> tuple[float, float]:
        """What the last hours had beside the fit [kW], and the end of the last [h since 1970]."""
        if not self._hours:
            return 0.0, 0.0
        newest = self._hours[-1].hour
        recent = [each for each in list(self._hours)[-RECENT_HOURS:] if each.hour > newest - RECENT_HOURS]
        return sum(each.need_kw - self._fitted_kw(each) for each in recent) / len(recent), newest + 1.0

    def _fitted_kw(self, hour: NeedHour) -> float:
        line = self.line
        straight = line.alpha_kw + line.beta_kw_per_k * hour.outdoor_c + line.gamma_kw_per_m_s * hour.wind_m_s
        return straight + self._profile[hour.of_day]

    def _fit(self) -> None:
        """Weighted least squares, drawn towards the prior; then the profile of the day from what is left."""
        hours = self._hours
        age = np.array([hours[-1].hour - each.hour for each in hours], float)
        weight = 0.5 ** (age / HALF_LIFE_H)
        seen = np.array([(1.0, each.outdoor_c, each.wind_m_s) for each in hours])
        need = np.array([each.need_kw for each in hours])
        prior = np.array([self._prior.alpha_kw, self._prior.beta_kw_per_k, self._prior.gamma_kw_per_m_s])
        pull = PRIOR_HOURS * np.diag([1.0, PRIOR_SPREAD_K**2, PRIOR_SPREAD_M_S**2])
        normal = (seen * weight[:, np.newaxis]).T @ seen + pull
        alpha, beta, gamma = np.linalg.solve(normal, (seen * weight[:, np.newaxis]).T @ need + pull @ prior)
        self.line = Line(alpha_kw=float(alpha), beta_kw_per_k=float(beta), gamma_kw_per_m_s=float(gamma))
        left = need - seen @ np.array([alpha, beta, gamma])
        of_day = np.array([each.of_day for each in hours])
        for hour in range(24):
            there = of_day == hour
            self._profile[hour] = float((left * weight)[there].sum() / (weight[there].sum() + PROFILE_HOURS))
        left -= np.array([self._profile[each.of_day] for each in hours])
        self.error_kw = float(np.sqrt((weight * left**2).sum() / weight.sum()))
