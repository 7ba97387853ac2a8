"""What the sun will give and the house will take in the rest of the hour and the hours after: learned as it goes.

The sun: its height above the horizon gives the shape of a clear day; how much of that comes through now persists for a while
and
then returns to what is usual. At each quarter of an hour of the day the shape is corrected by what earlier days gave there
(roof, trees, mountains). The house: what it takes now, spikes cut off, returns to its long mean, spikes included.
"""

from collections import deque
from dataclasses import dataclass
from math import cos, exp, floor, pi, radians, sin, sqrt

DAY_S = 86_400.0
LEAST_SINE = 0.02
SPIKE_SAMPLES = 7
"""What the house takes now is the median of so many samples: a spike of three samples or less is none of it."""
BIN_S, BINS = 900.0, 96
RISING, FALLING = 0.7, 0.2
"""How fast the profile follows a day that gave more, or less."""
LEAST_FACTOR = 0.03
JUDGED_S, JUDGED_EVERY_S = 900.0, 60.0
"""What is foretold is judged after so long, once in so long [s]."""
SHAPE_POWER = 1.2
"""A clear day's production goes with this power of the sine of the sun's height: more air at a low sun."""
ERROR_WEIGHT = 1.0 / 60.0
"""Of a new squared error in their running mean."""
ERROR_GROWTH = 1.1
"""Power of time with which errors grow: 1 for errors that last, 0.5 for errors that come and go, above 1 for such as grow."""


@dataclass(frozen=True, slots=True)
class ForecastSettings:
    """How it learns.

    Attributes:
        latitude: North positive [deg].
        longitude: East positive [deg].
        sun_s: Time constant of how much sun comes through now [s].
        persist_s: How long that persists [s].
        base_s: Time constant of what the house takes now [s].
        base_persist_s: How long that persists [s].
        profile: How far the learned shape of a clear day is believed [0-1].
    """

    latitude: float = 41.6
    longitude: float = 1.3
    sun_s: float = 100.0
    persist_s: float = 30_000.0
    base_s: float = 120.0
    base_persist_s: float = 2400.0
    profile: float = 0.2


def sine_of_sun(wall_s: float, latitude: float, longitude: float) -> float:
    """Sine of the sun's height above the horizon, 0 at night; within a degree or two.

    Source: the declination and equation of time of Spencer (1971), first terms.

    Args:
        wall_s: UTC [s].
        latitude: North positive [deg].
        longitude: East positive [deg].
    """
    day = wall_s / DAY_S
    year_angle = 2.0 * pi * ((day - 10957.0) % 365.2425) / 365.2425
    declination = 0.006918 - 0.399912 * cos(year_angle) + 0.070257 * sin(year_angle) - 0.006758 * cos(2.0 * year_angle)
    minutes = 229.18 * (
        0.001868 * cos(year_angle)
        - 0.032077 * sin(year_angle)
        - 0.014615 * cos(2.0 * year_angle)
        - 0.04089 * sin(2.0 * year_angle)
    )
    hour_angle = 2.0 * pi * (day % 1.0 - 0.5) + radians(longitude + minutes / 4.0)
    height = sin(radians(latitude)) * sin(declination) + cos(radians(latitude)) * cos(declination) * cos(hour_angle)
    return max(height, 0.0)


class Profile:
    """What a clear day gives in each quarter of an hour, beside the sun's height: the upper edge of the days seen."""

    def __init__(self) -> None:
        """Nothing was seen: every quarter is alike."""
        self._edge: list[float | None] = [None] * BINS
        self._factor = [1.0] * BINS
        self._sun_wh, self._shape_h = [0.0] * BINS, [0.0] * BINS

    def learn(self, wall_s: float, production_w: float, shape: float, step_s: float) -> bool:
        """A sample was taken; whether the profile is new: it is when a day is over."""
        index = int(wall_s % DAY_S // BIN_S)
        self._sun_wh[index] += production_w * step_s / 3600.0
        self._shape_h[index] += shape * step_s / 3600.0
        if shape > 0.0 or not any(self._shape_h):
            return False
        for at, (sun_wh, shape_h) in enumerate(zip(self._sun_wh, self._shape_h, strict=True)):
            if shape_h > LEAST_SINE / 8.0:
                seen, edge = sun_wh / shape_h, self._edge[at]
                self._edge[at] = seen if edge is None else edge + (seen - edge) * (RISING if seen > edge else FALLING)
        known = sorted(edge for edge in self._edge if edge is not None)
        self._sun_wh, self._shape_h = [0.0] * BINS, [0.0] * BINS
        if not known:
            return False
        middle = max(known[len(known) // 2], 1.0)
        filled = [edge if edge is not None else middle for edge in self._edge]
        self._factor = [
            max((filled[at - 1] + 2.0 * filled[at] + filled[(at + 1) % BINS]) / 4.0 / middle, LEAST_FACTOR)
            for at in range(BINS)
        ]
        return True

    def factor(self, wall_s: float) -> float:
        """Of a moment, between the middles of the quarters around."""
        place = wall_s % DAY_S / BIN_S - 0.5
        low = floor(place)
        return self._factor[low % BINS] + (self._factor[(low + 1) % BINS] - self._factor[low % BINS]) * (place - low)


class Forecast:
    """Learns from every sample, and tells energies to come.

    Attributes:
        daily_wh: What a day of late has left over without the loads [Wh].
        days: How many days are over; the sun's nights are their edges.
    """

    def __init__(self, settings: ForecastSettings, daily_wh: float) -> None:
        """Nothing was seen; a day is taken to leave over so much [Wh]."""
        self.daily_wh, self._day_wh = daily_wh, 0.0
        self.days = 0
        self._settings = settings
        self._at_s: float | None = None
        self._sun_w = self._shape = 0.0  # running means of production and shape; their ratio is what comes through
        self._usual_w = self._usual_shape = 0.0
        self._base_w = self._base_long_w = self._spikes_w = 0.0
        self._shapes: dict[int, float] = {}
        self._seen_s = 0.0
        self._given_wh = 0.0
        self._recent_w: deque[float] = deque(maxlen=SPIKE_SAMPLES)
        self._profile = Profile()
        self._pending: deque[tuple[float, float]] = deque()
        self._square = 0.0

    def learn(self, wall_s: float, production_w: float, base_w: float) -> None:
        """A sample was taken."""
        step_s = min(max(wall_s - self._at_s, 0.0), 60.0) if self._at_s is not None else 0.0
        first, self._at_s = self._at_s is None, wall_s
        settings = self._settings
        self._day_wh += max(production_w - base_w, 0.0) * step_s / 3600.0
        if self._profile.learn(wall_s, production_w, self._bare_shape_at(wall_s), step_s):
            self.daily_wh += (self._day_wh - self.daily_wh) / 2.0
            self._day_wh = 0.0
            self.days += 1
            self._shapes.clear()
            self._usual_w = self._usual_shape = 0.0
            self._sun_w = self._shape = 0.0
        shape = self._shape_at(wall_s)
        sun = step_s / (settings.sun_s + step_s)
        self._sun_w += (production_w - self._sun_w) * sun
        self._shape += (shape - self._shape) * sun
        usual = step_s / (2.0 * DAY_S + step_s)
        self._usual_w += (production_w - self._usual_w) * usual
        self._usual_shape += (shape - self._usual_shape) * usual
        self._learn_base(base_w, step_s, first=first)
        self._given_wh += (production_w - base_w) * step_s / 3600.0
        self._judge(wall_s)

    def _judge(self, wall_s: float) -> None:
        """Compare what was foretold a while ago with what came, and foretell anew once a minute."""
        while self._pending and wall_s >= self._pending[0][0]:
            due_s, foretold_wh = self._pending.popleft()
            if wall_s - due_s < JUDGED_EVERY_S:
                error = self._given_wh - foretold_wh
                self._square += (error * error - self._square) * ERROR_WEIGHT
        if not self._pending or self._pending[-1][0] <= wall_s + JUDGED_S - JUDGED_EVERY_S:
            self._pending.append((wall_s + JUDGED_S, self._given_wh + self.free_wh(wall_s, wall_s + JUDGED_S, wall_s)))

    def error_wh(self, ahead_s: float) -> float:
        """Standard error of what is foretold for so long from now on, by the errors of late [Wh]."""
        return sqrt(self._square) * float((max(ahead_s, 0.0) / JUDGED_S) ** ERROR_GROWTH)

    def _learn_base(self, base_w: float, step_s: float, *, first: bool) -> None:
        if first:
            self._base_w = self._base_long_w = base_w
        self._recent_w.append(base_w)
        cut_w = sorted(self._recent_w)[len(self._recent_w) // 2]
        self._seen_s += step_s
        long = step_s / (min(self._seen_s, 2.0 * DAY_S) + 1800.0 + step_s)
        self._base_w += (cut_w - self._base_w) * step_s / (self._settings.base_s + step_s)
        self._base_long_w += (cut_w - self._base_long_w) * long
        self._spikes_w += (base_w - cut_w - self._spikes_w) * long

    def free_wh(self, from_s: float, to_s: float, now_s: float) -> float:
        """Production less what the house takes without its loads, from a time to another [Wh]."""
        length_s = to_s - from_s
        if length_s <= 0.0:
            return 0.0
        settings = self._settings
        ahead_s = (from_s + to_s) / 2.0 - now_s
        keep = exp(-ahead_s / settings.persist_s)
        now = self._sun_w / self._shape if self._shape > LEAST_SINE else None
        usual = self._usual_w / self._usual_shape if self._usual_shape > 0.002 else now
        through = (usual or 0.0) if now is None else keep * now + (1.0 - keep) * (usual if usual is not None else now)
        keep_base = exp(-ahead_s / settings.base_persist_s)
        base_w = keep_base * self._base_w + (1.0 - keep_base) * self._base_long_w + self._spikes_w
        return (through * self._mean_shape(from_s, to_s) - base_w) * length_s / 3600.0

    def _mean_shape(self, from_s: float, to_s: float) -> float:
        """Mean of the shape over a stretch, by Simpson's rule."""
        middle = self._shape_at((from_s + to_s) / 2.0)
        return (self._shape_at(from_s) + 4.0 * middle + self._shape_at(to_s)) / 6.0

    def _shape_at(self, wall_s: float) -> float:
        """The clear day's shape, between the whole minutes around."""
        minute = int(wall_s // 60.0)
        low, high = self._minute_shape(minute), self._minute_shape(minute + 1)
        return low + (high - low) * (wall_s / 60.0 - minute)

    def _minute_shape(self, minute: int) -> float:
        shape = self._shapes.get(minute)
        if shape is None:
            if len(self._shapes) > 5000:
                self._shapes.clear()
            shape = self._shapes[minute] = (
                self._bare_shape_at(minute * 60.0) * self._profile.factor(minute * 60.0) ** self._settings.profile
            )
        return shape

    def _bare_shape_at(self, wall_s: float) -> float:
        return float(sine_of_sun(wall_s, self._settings.latitude, self._settings.longitude) ** SHAPE_POWER)
