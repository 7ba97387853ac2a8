"""A street: jobs that residents hand in, base load, and producers with their forecasts.

Times count from the street's first event [s].
"""

import re
from collections import Counter
from dataclasses import dataclass

from gw_spaceheat.core.market.energy import Energy, Forecast

MOST_LEVELS = 20
DAY_H = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A run of a device, such as a dishwasher's.

    Attributes:
        id: Unique within the street.
        registered_s: When it is handed in [s].
        earliest_s: Earliest start [s].
        latest_s: Latest start [s].
        load: Energy that it takes, from its start on.
    """

    id: str
    registered_s: float
    earliest_s: float
    latest_s: float
    load: Energy

    def __post_init__(self) -> None:
        """Raise ValueError, naming the job, where its window is none."""
        if self.latest_s < self.earliest_s:
            raise ValueError(f"job {self.id} may start from {self.earliest_s:.0f} s to {self.latest_s:.0f} s, which is never")

    @property
    def wh(self) -> float:
        """Energy that it takes [Wh]."""
        return float(self.load.wh[-1] - self.load.wh[0])

    @property
    def lasts_s(self) -> float:
        """How long it takes [s]."""
        return float(self.load.times_s[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Producer:
    """A roof.

    Attributes:
        id: Unique within the street.
        forecasts: What it is said to give, in the order in which that was said.
        measured: What it gave in the end; None where nobody measured.
    """

    id: str
    forecasts: tuple[Forecast, ...]
    measured: Energy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseLoad:
    """What a house takes and nobody can move.

    Attributes:
        house: Its house, as `house_of` tells it.
        load: Energy that it takes from the street's first event on; none before its first time and after its last.
        expected: What is expected of it beforehand; None where that is the load itself.
    """

    house: str
    load: Energy
    expected: Energy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """A house's battery.

    Attributes:
        house: Its house, as `house_of` tells it.
        capacity_wh: What it can give when it is full [Wh].
        charge_w: What it takes at most [W].
        discharge_w: What it gives at most [W].
        efficiency: What it gives of what it took [0-1]; what is lost is lost when it takes.
        stored_wh: What is in it at the street's first event [Wh].
    """

    house: str
    capacity_wh: float
    charge_w: float
    discharge_w: float
    efficiency: float = 0.9
    stored_wh: float = 0.0

    def __post_init__(self) -> None:
        """Raise ValueError, naming house and figure, for one that cannot be."""
        checks = (
            ("capacity_wh", 0.0 <= self.capacity_wh < 1e9, "0 or more"),
            ("charge_w", 0.0 <= self.charge_w < 1e9, "0 or more"),
            ("discharge_w", 0.0 <= self.discharge_w < 1e9, "0 or more"),
            ("efficiency", 0.0 < self.efficiency <= 1.0, "above 0 and up to 1"),
            ("stored_wh", 0.0 <= self.stored_wh <= self.capacity_wh, "0 up to its capacity"),
        )
        for name, holds, allowed in checks:
            if not holds:
                raise ValueError(f"{name} of the battery of house {self.house} is {getattr(self, name)}; {allowed} is allowed")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatedHouse:
    """A house with a heat source and a heat store, which is heated when that suits the street.

    Attributes:
        house: Its house, as `house_of` tells it.
        model: Alias of the house in a house file that its source and stores are like.
        need: Heat that it needs, from the street's first event on.
        levels: How many powers its source can have, from its smallest load to its largest; 1 where it is only on or off.
        stored_share: How full its stores are at the street's first event [0-1].
    """

    house: str
    model: str
    need: Energy
    levels: int = 1
    stored_share: float = 0.7

    def __post_init__(self) -> None:
        """Raise ValueError, naming house and figure, for one that cannot be."""
        if not 1 <= self.levels <= MOST_LEVELS:
            raise ValueError(f"levels of house {self.house} are {self.levels}; 1 to {MOST_LEVELS} are allowed")
        if not 0.0 <= self.stored_share <= 1.0:
            raise ValueError(f"stored_share of house {self.house} is {self.stored_share}; 0 to 1 is allowed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """Jobs and producers.

    Attributes:
        name: Its name.
        days: How many days the sun counts for, and base load.
        jobs: In the order of their registration.
        producers: Its roofs.
        epoch_s: Unix time of its first event [s].
        base: What its houses take and nobody can move; a house may have several.
        batteries: Its batteries, one of a house at most.
        heated: Houses that are heated when that suits the street, each once at most.
        outdoor_c: Outdoor temperature of each hour from its first event on [degC]; needed where houses are heated.
    """

    name: str
    days: int
    jobs: tuple[Job, ...]
    producers: tuple[Producer, ...]
    epoch_s: int = 0
    base: tuple[BaseLoad, ...] = ()
    batteries: tuple[Battery, ...] = ()
    heated: tuple[HeatedHouse, ...] = ()
    outdoor_c: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError where a house has two batteries or heat sources, or heat is not told of for all days."""
        owners = [battery.house for battery in self.batteries]
        heated = [each.house for each in self.heated]
        for what, houses in (("batteries", owners), ("heat sources", heated)):
            twice = [house for house, count in Counter(houses).items() if count > 1]
            if twice:
                raise ValueError(f"house {twice[0]} has two {what}; one is allowed")
        if self.heated and len(self.outdoor_c) < self.days * DAY_H:
            raise ValueError(f"outdoor_c has {len(self.outdoor_c)} hours; houses are heated for {self.days * DAY_H}")
        for each in self.heated:
            ends_h = float(each.need.times_s[-1]) / 3600.0
            if ends_h < self.days * DAY_H:
                raise ValueError(f"need of house {each.house} ends after {ends_h:.0f} of {self.days * DAY_H} hours")

    @property
    def houses(self) -> tuple[str, ...]:
        """All houses that have anything, by name."""
        names = {house_of(job.id) for job in self.jobs} | {house_of(producer.id) for producer in self.producers}
        names |= {base.house for base in self.base} | {battery.house for battery in self.batteries}
        return tuple(sorted(names | {heated.house for heated in self.heated}))

    @property
    def issues_s(self) -> tuple[float, ...]:
        """When something new is forecast [s]."""
        return tuple(sorted({forecast.issued_s for producer in self.producers for forecast in producer.forecasts}))


def house_of(name: str) -> str:
    """The house of a job or producer: what stands in its first brackets, 57 of `[57]:[219]:[3]`; else the name itself."""
    found = re.search(r"\[([^\[\]]+)\]", name)
    return name if found is None else found.group(1)
