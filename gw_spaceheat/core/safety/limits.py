"""Safety's own numbers. The limits themselves (hottest and coldest tank, coldest pipe) stand in the house file."""

from dataclasses import dataclass

from gw_spaceheat.vocabulary.moment import MINUTE_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyLimits:
    """How far beyond a limit things must be mended, and how long that takes.

    Attributes:
        cooled_k: After an over-temperature every tank must be this far below the limit [K].
        warmed_tank_k: After a cold tank every tank must be this far above the limit [K].
        warmed_pipe_k: After a cold pipe every pipe must be this far above the limit [K].
        pump_minimum_ms: Pumps run at least this long for a cold pipe [ms].
        pump_patience_ms: When pumps alone have not warmed a pipe for so long, the heat source helps [ms].
        heat_patience_ms: When the heat source alone has not warmed a tank for so long, the elements help [ms].
        unseen_period_ms: While no tank can be seen, elements that are the only source may be on in a part of each such period
            [ms]. Not a part of an hour, so that it falls in with nobody's schedule.
        unseen_boost_duty: That part [0-1], at the period's end; elements beside a heat source stay off.
        stir_period_ms, stir_ms: While no pipe can be seen, pumps run so long in each such period [ms].
        stir_below_c: But only if it is colder than this outdoors, or nobody can say [degC].
        patience_ms: After the start sensors may take so long to come [ms].
        silence_ms: When no readings at all came for so long, every sensor counts as missing [ms].
    """

    cooled_k: float = 5.0
    warmed_tank_k: float = 5.0
    warmed_pipe_k: float = 3.0
    pump_minimum_ms: int = 3 * MINUTE_MS
    pump_patience_ms: int = 15 * MINUTE_MS
    heat_patience_ms: int = 45 * MINUTE_MS
    unseen_period_ms: int = 11 * MINUTE_MS
    unseen_boost_duty: float = 0.5
    stir_period_ms: int = 30 * MINUTE_MS
    stir_ms: int = 5 * MINUTE_MS
    stir_below_c: float = 2.0
    patience_ms: int = 2 * MINUTE_MS
    silence_ms: int = 10 * MINUTE_MS
