"""What happens in a seed: drawn by chance, and the same for the same seed.

For an hour or two everything goes wrong that can; then all is mended, and the rest of the time is for agreeing. The calm begins
before a full hour, so that the contracts of the bad time end in it, and another runs after them, under which what was held back
goes up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from gw_spaceheat.plant.faults import FaultKind, SensorFault
from gw_spaceheat.vocabulary.chance import mix32, stream_key, uniform_of
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS

T = TypeVar("T")

CALM_MS = 10 * MINUTE_MS
"""The bad time ends so long before a full hour [ms]."""
AFTER_MS = 11 * MINUTE_MS
"""And so long after it the story ends [ms]: a hold time, reports, and what both sides then tell each other."""
SHUT_MS = 3 * MINUTE_MS
"""So long before the end the last contract is ended; within that time both must agree [ms]."""
MOST_TROUBLES = 14


class Trouble(StrEnum):
    """What can happen, beside what the wire does to messages."""

    CUT_SCADA = "the SCADA's link breaks"
    CUT_ATN = "the AtomicTNode's link breaks"
    KILL_SCADA = "the SCADA is killed"
    KILL_ATN = "the AtomicTNode is killed"
    CRASH_SCADA = "the SCADA is killed between two effects"
    CRASH_ATN = "the AtomicTNode is killed between two effects"
    STEP_SCADA = "the SCADA's clock steps"
    STEP_ATN = "the AtomicTNode's clock steps"
    TAKE = "a person takes the house"
    SET = "a person sets an actuator"
    RELEASE = "a person gives the house back"
    OWNER_LOCAL = "the home owner asks for local control"
    OWNER_NONE = "the home owner does not mind any more"
    ATN_LOCAL = "the AtomicTNode wishes local control"
    ATN_REMOTE = "the AtomicTNode wishes to command"
    ATN_QUITS = "the AtomicTNode quits"
    SCADA_QUITS = "the SCADA quits"
    STOP_RENEWING = "the standing contract is released"
    RENEW = "a standing contract is wanted again"
    OUTPUT_FAILS = "an output does not answer"
    OUTPUT_STICKS = "an output does not move"
    ACTOR_BUSY = "an actuator's actor answers late"
    COMMAND_AGAIN = "an old command comes to its actuator once more"


OFTEN = (
    Trouble.CRASH_SCADA,
    Trouble.CRASH_SCADA,
    Trouble.KILL_SCADA,
    Trouble.CRASH_ATN,
    Trouble.CUT_SCADA,
    Trouble.CUT_ATN,
    Trouble.SET,
    Trouble.SET,
    Trouble.COMMAND_AGAIN,
    Trouble.COMMAND_AGAIN,
)
"""Drawn more often than once."""
LASTS_MS = (3_000, 20_000, 50_000, 70_000, 150_000, 400_000, 1_000_000, 2_400_000)
"""For how long something is down, slow or taken."""
STEPS_MS = (-600_000, -90_000, -2_500, 2_500, 90_000, 600_000)
"""By how much a clock steps."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happens.

    Attributes:
        at_ms: When, from the story's start [ms].
        what: What.
        lasts_ms: For how long, where it lasts [ms].
        draw: A number in [0, 1) for whatever else is left to chance: which actuator, how many effects later, how far.
    """

    at_ms: int
    what: Trouble
    lasts_ms: int
    draw: float


@dataclass(frozen=True, slots=True)
class Wire:
    """What the wire does to messages in the bad time.

    Attributes:
        loss: Part that is lost [0-1].
        doubled: Part that comes twice [0-1].
        slow: Part that is late, up to `slowest_ms` [0-1].
        slowest_ms: The most that a message is late [ms].
        held_back: Part of the commands that the attacker keeps, and sends on when they are old [0-1].
    """

    loss: float
    doubled: float
    slow: float
    slowest_ms: int
    held_back: float


@dataclass(frozen=True, slots=True)
class Lie:
    """A sensor that lies: which is left to whoever knows the house."""

    about: str
    start_ms: int
    end_ms: int
    kind: FaultKind
    size: float
    draw: float

    def of(self, channels: Sequence[str], begin_ms: int) -> tuple[SensorFault, ...]:
        """The faults, for a house with these sensors of the kind: of one of them, or of all (draws of less than a third)."""
        if not channels:
            return ()
        chosen = channels if self.draw < 1 / 3 else [channels[int(self.draw * len(channels))]]
        start_ms, end_ms = begin_ms + self.start_ms, begin_ms + self.end_ms
        return tuple(SensorFault(channel, self.kind, start_ms, end_ms, self.size) for channel in chosen)


TANK, PIPE = "tank", "pipe"
_LIES = (
    (TANK, FaultKind.DROPOUT, 0.0),
    (PIPE, FaultKind.DROPOUT, 0.0),
    (TANK, FaultKind.DRIFT, 120.0),
    (TANK, FaultKind.DRIFT, -120.0),
    (PIPE, FaultKind.DRIFT, -200.0),
    (TANK, FaultKind.SPIKE, 45.0),
    (PIPE, FaultKind.SPIKE, -45.0),
    (TANK, FaultKind.STUCK, 0.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that is left to chance in a seed.

    Attributes:
        seed: Whose it is.
        small: In the small house.
        begin_ms: The story begins so long after a midnight [ms].
        calm_ms: From then on nothing goes wrong any more, from the story's start [ms].
        end_ms: It is over [ms].
        slots: Contracts for slots; else a standing one.
        signed: Messages and logs are signed.
        kept_first: What is to be durable becomes so before anything else of the same call, as with a journal; else in its turn.
        keeps_outputs: Relays keep their outputs when the SCADA dies; else they go to their safe state.
        ahead_ms: The AtomicTNode's clock against the SCADA's [ms].
        cold_room: Tanks and pipes stand in the frost.
        attack_ms: The attacker tries something this often [ms]; 0 for never.
        wire: What becomes of messages.
        happenings: What happens, in order.
        lies: Sensors that lie.
    """

    seed: int
    small: bool
    begin_ms: int
    calm_ms: int
    end_ms: int
    slots: bool
    signed: bool
    kept_first: bool
    keeps_outputs: bool
    ahead_ms: int
    cold_room: bool
    attack_ms: int
    wire: Wire
    happenings: tuple[Happening, ...]
    lies: tuple[Lie, ...]


class Draws:
    """Numbers by chance for one seed, each stream by itself."""

    def __init__(self, seed: int, stream: int) -> None:
        """Nothing has been drawn."""
        self._key = stream_key(mix32(seed) >> 1, stream)
        self._count = 0

    def number(self) -> float:
        """The next, in [0, 1)."""
        self._count += 1
        return uniform_of(self._key, self._count)

    def whole(self, below: int) -> int:
        """The next whole number below this."""
        return int(self.number() * below)

    def one_of(self, things: Sequence[T]) -> T:
        """One of these."""
        return things[self.whole(len(things))]

    def happens(self, chance: float) -> bool:
        """Whether something of this chance happens."""
        return self.number() < chance


def story_of(seed: int) -> Story:
    """The story that follows from a seed alone."""
    about, troubles, lies = Draws(seed, 1), Draws(seed, 2), Draws(seed, 3)
    calm_ms = (35 + about.whole(60)) * MINUTE_MS + about.whole(60_000)
    calm_ms += HOUR_MS if about.happens(0.1) else 0
    full_hour_ms = (4 + about.whole(40)) * HOUR_MS
    gentle = about.happens(0.3)
    return Story(
        seed=seed,
        small=about.happens(0.3),
        begin_ms=full_hour_ms - CALM_MS - calm_ms,
        calm_ms=calm_ms,
        end_ms=calm_ms + CALM_MS + AFTER_MS,
        slots=about.happens(0.3),
        signed=about.happens(0.7),
        kept_first=about.happens(0.5),
        keeps_outputs=about.happens(0.5),
        ahead_ms=about.one_of((0, 0, -4_000, 3_000)),
        cold_room=about.happens(0.2),
        attack_ms=about.one_of((0, 20_000, 60_000)),
        wire=Wire(
            loss=0.0 if gentle else about.one_of((0.02, 0.1, 0.3, 0.6)),
            doubled=about.one_of((0.0, 0.1, 0.3)),
            slow=0.0 if gentle else about.one_of((0.02, 0.1, 0.3)),
            slowest_ms=about.one_of((2_000, 30_000, 150_000)),
            held_back=about.one_of((0.0, 0.1, 0.3)),
        ),
        happenings=_happenings(troubles, calm_ms),
        lies=_lies(lies, calm_ms),
    )


def _happenings(draws: Draws, calm_ms: int) -> tuple[Happening, ...]:
    kinds = (*Trouble, *OFTEN)
    drawn = [
        Happening(draws.whole(calm_ms), draws.one_of(kinds), draws.one_of(LASTS_MS), draws.number())
        for _ in range(draws.whole(MOST_TROUBLES + 1))
    ]
    return tuple(sorted(drawn, key=lambda happening: happening.at_ms))


def _lies(draws: Draws, calm_ms: int) -> tuple[Lie, ...]:
    lies: list[Lie] = []
    for _ in range(draws.whole(3)):
        about, kind, size = draws.one_of(_LIES)
        start_ms = draws.whole(calm_ms)
        end_ms = min(start_ms + draws.one_of(LASTS_MS) + MINUTE_MS, calm_ms + MINUTE_MS)
        lies.append(Lie(about, start_ms, end_ms, kind, size, draws.number()))
    return tuple(lies)
