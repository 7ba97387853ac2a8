"""A street whose consumers, producers and manager are machines that send each other messages, in virtual time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from gw_spaceheat.apps.neighbourhood.wire import Wire, WireFaults, received
from gw_spaceheat.core.events import Carried, Event, Note, Send
from gw_spaceheat.core.heating_house import HeatDone, HeatingHouse, heat_slots
from gw_spaceheat.core.machine import Machine
from gw_spaceheat.core.market.choosing import CHEAPEST, prices_of
from gw_spaceheat.core.market.consumer import Consumer, HouseJob
from gw_spaceheat.core.market.manager import Manager, ManagerOptions
from gw_spaceheat.core.market.online import Rule
from gw_spaceheat.core.market.producer import Producer as ProducerMachine
from gw_spaceheat.core.market.resident import FORECASTER, happenings
from gw_spaceheat.core.market.settlement import Tariff
from gw_spaceheat.core.market.street import BaseLoad, Street, house_of
from gw_spaceheat.core.market.timetable import DAY_S, SLOT_S, Timetable, base_in_slots
from gw_spaceheat.core.street_heater import Heater
from gw_spaceheat.runtime.virtual import VirtualRuntime
from gw_spaceheat.vocabulary.moment import HOUR_MS, YEAR_2000_MS, Moment

MANAGER, WIRE = "manager", "wire"
SLACK_SLOTS = 36
"""Room for jobs that start later than their windows say, because messages were lost."""
LEAD_S = float(SLOT_S)
"""Where messages can be late, starts are assigned at least so long before [s]."""


@dataclass(frozen=True, slots=True)
class ByMessages:
    """What came of it.

    Attributes:
        jobs: Every job as its house has it; empty where houses are processes of their own.
        starts_s: When each started that did, by its name [s].
        claimed_wh: What the manager's settlements say was local [Wh].
        given_wh: What each roof gave to jobs, by its name [Wh].
        heat: What each heated house did, in figures.
        heat_loads: What each has taken for that.
        counts: Messages `sent`, `lost`, `doubled` (over a real broker only those that houses sent); `offers`, `moved`,
            `declined`; `settled` jobs.
    """

    jobs: Mapping[str, HouseJob]
    starts_s: Mapping[str, float]
    claimed_wh: float
    given_wh: Mapping[str, float]
    counts: Mapping[str, int]
    heat: tuple[HeatDone, ...] = ()
    heat_loads: tuple[BaseLoad, ...] = ()


def run_by_messages(
    street: Street,
    rule: Rule,
    seed: int = 0,
    faults: WireFaults | None = None,
    *,
    choose: str = "pro_rata",
    prices_usd_per_kwh: Mapping[str, float] | None = None,
    heated: Sequence[HeatingHouse] = (),
    strict: bool = False,
) -> ByMessages:
    """Let a street run.

    Args:
        street: The street.
        rule: How its manager decides.
        seed: For what is left to chance.
        faults: What the wire does; None for a good one.
        choose: How roofs are chosen (`core/market/choosing.py`).
        prices_usd_per_kwh: What roofs want where the cheapest are chosen, by their names; others want the local price.
        heated: Its heated houses, of which nothing is planned yet (`core/street_heat.py`).
        strict: Every message passes through its bytes; slower.

    Raises:
        UnknownChoiceError: There is no such way of choosing, or no such roof.
    """
    prices = asked_prices(street, choose, prices_usd_per_kwh)
    stage = _Stage(street, rule, seed, faults, choose=choose, prices=prices, heated=heated, strict=strict)
    stage.play()
    return stage.outcome()


def asked_prices(street: Street, choose: str, wanted: Mapping[str, float] | None) -> tuple[float, ...] | None:
    """What each roof of a street wants [USD/kWh]; None where roofs are not chosen by that. Raises UnknownChoiceError."""
    if choose != CHEAPEST:
        return None
    return prices_of([producer.id for producer in street.producers], wanted or {}, Tariff().local_usd_per_kwh)


class _Stage:
    def __init__(
        self,
        street: Street,
        rule: Rule,
        seed: int,
        faults: WireFaults | None,
        *,
        choose: str,
        prices: tuple[float, ...] | None,
        heated: Sequence[HeatingHouse],
        strict: bool,
    ) -> None:
        self._street = street
        self._epoch_ms = epoch_of(street)
        self._consumers = {house: Consumer(f"house {house}", MANAGER) for house in _houses(street)}
        self._producers = {
            producer.id: ProducerMachine(f"roof {producer.id}", producer.id, MANAGER, self._epoch_ms)
            for producer in street.producers
        }
        hours = street.days * DAY_S * 1000 // HOUR_MS
        self._heaters = {house.name: Heater(f"heating {house.name}", MANAGER, house, self._epoch_ms, hours) for house in heated}
        slots = slots_of(street)
        self._manager = Manager(
            ManagerOptions(
                name=MANAGER,
                epoch_ms=self._epoch_ms,
                slots=slots,
                days=street.days,
                rule=rule,
                seed=seed,
                producers=tuple((producer.id, f"roof {producer.id}") for producer in street.producers),
                batteries=street.batteries,
                prices=prices,
                choose=choose,
                lead_s=0.0 if faults is None else LEAD_S,
                base_wh=base_in_slots(street, slots, expected=True),
                heated=tuple((house, f"heating {house}") for house in self._heaters),
                jobs=len(street.jobs),
            )
        )
        ends = [MANAGER, *(f"house {house}" for house in self._consumers), *(f"roof {name}" for name in self._producers)]
        ends += [f"heating {house}" for house in self._heaters]
        self._wire = Wire(ends, faults or WireFaults(), strict=strict)
        self._runtime = VirtualRuntime(self._epoch_ms, _route, _unheard)

    def play(self) -> None:
        """Residents hand in jobs, forecasts are made, and time passes until the last job has ended."""
        runtime = self._runtime
        runtime.add(WIRE, self._wire)
        runtime.add(MANAGER, _End(self._manager))
        for house, consumer in self._consumers.items():
            runtime.add(f"house {house}", _End(consumer))
        for name, producer in self._producers.items():
            runtime.add(f"roof {name}", _End(producer))
        for house, heater in self._heaters.items():
            runtime.add(f"heating {house}", _End(heater))
        for at_ms, of, src, message in happenings(self._street, self._epoch_ms):
            runtime.run(at_ms)
            name = f"roof {of}" if src == FORECASTER else f"house {of}"
            runtime.post(name, received(src, message, self._epoch_ms + at_ms))
        ends_s = max((job.latest_s + job.lasts_s for job in self._street.jobs), default=0.0)
        ends_s = max(ends_s, float(self._street.days * DAY_S)) if self._heaters else ends_s
        runtime.run(max(round(ends_s * 1000.0), runtime.now.mono_ms) + HOUR_MS)
        runtime.stop()

    def outcome(self) -> ByMessages:
        """What the houses and the manager know when all is over."""
        jobs = {name: job for consumer in self._consumers.values() for name, job in consumer.jobs.items()}
        contracts = self._manager.contracts.values()
        rewards = [contract.reward for contract in contracts if contract.reward is not None]
        return ByMessages(
            jobs,
            {name: (job.start_ms - self._epoch_ms) / 1000.0 for name, job in jobs.items() if job.start_ms is not None},
            sum(reward.own_wh + reward.neighbours_wh for reward in rewards),
            self._manager.given_wh(),
            {
                "sent": self._wire.sent,
                "lost": self._wire.lost,
                "doubled": self._wire.doubled,
                "offers": sum(contract.offers for contract in contracts),
                "moved": self._manager.moved,
                "declined": self._manager.refused,
                "settled": len(rewards),
            },
            tuple(heater.house.done for heater in self._heaters.values()),
            tuple(heater.house.load for heater in self._heaters.values()),
        )


class _End:
    """A machine at the end of the wire: it hears what was carried."""

    def __init__(self, machine: Machine) -> None:
        self.wake, self.deadline = machine.wake, machine.deadline
        self._handle = machine.handle

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Unpack what was carried."""
        return self._handle(event.content if isinstance(event, Carried) else event, now)


def _houses(street: Street) -> list[str]:
    return list(dict.fromkeys(house_of(job.id) for job in street.jobs))


def epoch_of(street: Street) -> int:
    """A street's first event, UTC [ms]; where that is no time of this century, its beginning."""
    return max(street.epoch_s * 1000, YEAR_2000_MS)


def slots_of(street: Street) -> int:
    """Room for all jobs, those too that are handed in after their windows are over, and for what heated houses plan."""
    last_s = max((job.registered_s + job.lasts_s for job in street.jobs), default=0.0)
    jobs = max(Timetable(street).slots, ceil(last_s / SLOT_S)) + SLACK_SLOTS
    return max(jobs, heat_slots(street)) if street.heated else jobs


def _route(_source: str, effect: Event) -> tuple[str, ...]:
    return (WIRE,) if isinstance(effect, Send) else ()


def _unheard(_now: Moment, _name: str, _note: Note) -> None:
    """Machines of a street write no notes."""
