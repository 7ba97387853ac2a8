"""The street's manager: it hears of jobs and forecasts, assigns starts, books roofs, and settles what has ended.

It decides as the street's scheduler does (`online.py`), about what it has heard. What messages do on their way cannot harm a
job: everything that matters is said again until it is answered, and what comes twice is known by its number. A job that runs
is where its house says it is, whatever was offered, and stays booked to its last sample.
"""

import math
from bisect import insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

import numpy as np

from gw_spaceheat.core.events import Event, Received, Stopping
from gw_spaceheat.core.market.choosing import choosing
from gw_spaceheat.core.market.energy import Values
from gw_spaceheat.core.market.heat_rounds import HeatRounds
from gw_spaceheat.core.market.left_for_heat import known_slots, left_for_heat
from gw_spaceheat.core.market.online import Online, Rule
from gw_spaceheat.core.market.portfolio import Shares, Split, shares, split
from gw_spaceheat.core.market.repeats import Repeats
from gw_spaceheat.core.market.said import forecast_of, job_of, say
from gw_spaceheat.core.market.settlement import Tariff
from gw_spaceheat.core.market.stored_so_far import StoredSoFar
from gw_spaceheat.core.market.street import Battery, house_of
from gw_spaceheat.core.market.timetable import DAY_S, SLOT_S, in_slots, roofs_in_slots
from gw_spaceheat.messages.base import Message, given
from gw_spaceheat.messages.gws_street_accept import GwsStreetAccept
from gw_spaceheat.messages.gws_street_booking import GwsStreetBooking
from gw_spaceheat.messages.gws_street_decline import GwsStreetDecline
from gw_spaceheat.messages.gws_street_ended import GwsStreetEnded
from gw_spaceheat.messages.gws_street_forecast import GwsStreetForecast
from gw_spaceheat.messages.gws_street_heating import GwsStreetHeating
from gw_spaceheat.messages.gws_street_left import GwsStreetLeft
from gw_spaceheat.messages.gws_street_noted import GwsStreetNoted
from gw_spaceheat.messages.gws_street_offer import GwsStreetOffer
from gw_spaceheat.messages.gws_street_request import GwsStreetRequest
from gw_spaceheat.messages.gws_street_reward import GwsStreetReward
from gw_spaceheat.messages.gws_street_started import GwsStreetStarted
from gw_spaceheat.vocabulary.moment import HOUR_MS, Moment

LISTENS_MS = 250
"""So long after a moment it is decided upon [ms]: what was said then has arrived by that time."""
WORTH_NAMING = 0.01
"""An offer names roofs that give at least this share of a job [0-1]."""
BOOKING_MOVES_WH = 0.5
"""A roof is booked anew when an hour differs by more than this [Wh]."""
HOUR_SLOTS = 3600 // SLOT_S
LOOKS_AHEAD_SLOTS = 2 * DAY_S // SLOT_S
"""So far houses that are heated plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagerOptions:
    """What a manager is told beforehand.

    Attributes:
        name: The machine.
        epoch_ms: When the first slot begins, UTC [ms].
        slots: How many slots there are; jobs that would run longer are declined.
        days: For how many days the sun counts.
        rule: How it decides.
        seed: For what is left to chance.
        producers: The roofs, and the machine of each.
        prices: What each roof wants, in the same order: the cheapest gives first; None for as `choose` says.
        choose: How roofs are chosen for what houses' own roofs do not give (`choosing.py`).
        lead_s: No start is assigned, or moved, that is nearer than this [s]; for wires that take their time.
        tariff: What energy costs.
        batteries: What stores sun that nobody wants, and gives it later.
        base_wh: What base load is expected to take in each slot, by house [Wh].
        heated: Houses that are heated when that suits the street, and the machine of each.
        jobs: How many jobs are expected; what is decided does not depend on it (`looks.py`).
    """

    name: str
    epoch_ms: int
    slots: int
    days: int
    rule: Rule
    seed: int = 0
    producers: tuple[tuple[str, str], ...] = ()
    prices: tuple[float, ...] | None = None
    choose: str = "pro_rata"
    lead_s: float = 0.0
    tariff: Tariff = field(default_factory=Tariff)
    batteries: tuple[Battery, ...] = ()
    base_wh: Mapping[str, Values] = field(default_factory=dict)
    heated: tuple[tuple[str, str], ...] = ()
    jobs: int = 0


@dataclass(slots=True)
class Contract:
    """A job as the manager has it.

    Attributes:
        number: Of the job, in the order in which jobs were heard of.
        consumer: The machine that asked.
        house: Number of its house.
        offers: Number of the last offer.
        accepted: Number of the last offer that was accepted.
        offered_wh: What each roof was to give with the last offer [Wh]; None before.
        stands: The slot that it has; None where it has none.
        started_ms: When it started, UTC [ms]; None before.
        reward: What it got, once it has ended.
    """

    number: int
    consumer: str
    house: int
    offers: int = 0
    accepted: int = 0
    offered_wh: Values | None = None
    stands: int | None = None
    started_ms: int | None = None
    reward: GwsStreetReward | None = None


class Manager:
    """The machine.

    Attributes:
        contracts: All jobs that it has heard of, by their names.
        moved: How often a job got another start than it had been offered.
        refused: How many jobs or offers were declined, by either side.
    """

    def __init__(self, options: ManagerOptions) -> None:
        """Nothing is known but which roofs there are."""
        self._options = options
        self._online = Online(options.rule, options.slots, options.seed, options.jobs)
        self._roofs = roofs_in_slots([producer for producer, _ in options.producers], options.slots, options.days)
        self._houses: dict[str, int] = {}
        self._load_wh = np.zeros((len(options.producers), options.slots))
        self._roof_houses = [self._house(house_of(producer)) for producer, _ in options.producers]
        self._base_wh = sum(options.base_wh.values(), start=np.zeros(options.slots))
        for house, wh in options.base_wh.items():
            place = self._house(house)  # which may make room for it first
            self._load_wh[place] += wh
        owners = [self._house(battery.house) for battery in options.batteries]
        self._giver_houses = [*self._roof_houses, *owners]
        self._heaters = dict(options.heated)
        self._heat = HeatRounds(tuple(self._heaters), options.slots, options.days * DAY_S * 1000 // HOUR_MS)
        self._heat_houses = {house: self._house(house) for house in self._heaters}
        self._known_until = 0
        self._stored = StoredSoFar(options.batteries, owners, options.slots)
        self._heard: dict[str, int] = {}
        self._booked: dict[str, tuple[int, dict[int, float]]] = {}
        self._decisions: list[float] = []
        self._repeats = Repeats()
        self._split: Split | None = None
        self._choosing = choosing(options.choose, len(options.producers))
        places = self._choosing.places()
        self._places = None if places is None else np.repeat(places[:, None], options.slots, axis=1)
        self._wall_ahead_ms = 0
        self._names: list[str] = []
        self.contracts: dict[str, Contract] = {}
        self.moved = 0
        self.refused = 0

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """A consumer or a producer says something; when it ends, whoever waits for a start is told that there is none."""
        self._wall_ahead_ms = now.wall_ms - now.mono_ms
        if isinstance(event, Stopping):
            return self._cancel_all()
        if not isinstance(event, Received):
            return ()
        match event.message:
            case GwsStreetRequest() as request:
                return self._asked(request, event.src, now)
            case GwsStreetForecast() as told:
                return self._forecast(told, event.src, now)
            case GwsStreetAccept() as accept:
                self._accepted(accept, now)
            case GwsStreetDecline() as decline:
                return self._declined(decline, now)
            case GwsStreetStarted() as started if started.job in self.contracts:
                return self._started(started)
            case GwsStreetEnded() as ended if ended.job in self.contracts:
                return self._ended(ended, now)
            case GwsStreetHeating() as heating:
                return self._heating(heating, now)
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        """Decide what is to be decided now; say again what was not answered."""
        self._wall_ahead_ms = now.wall_ms - now.mono_ms
        effects: list[Event] = [*self._ask_about_heat(now)]
        while self._decisions and self._decision_ms() <= now.mono_ms:
            at_s = self._decisions.pop(0)
            changed = self._online.decide(at_s, self._first_slot(at_s), self._left_wh())
            for number in changed:
                self._stands(self.contracts[self._names[number]], self._online.board.start[number])
            effects += [self._offer(self._names[number], now) for number in changed]
            effects += self._book(self._first_slot(at_s), now)
        effects += self._repeats.due(now.mono_ms)
        return effects

    def deadline(self) -> int | None:
        """When it next decides, or says something again."""
        times = [self._decision_ms()] if self._decisions else []
        again, asks_ms = self._repeats.deadline(), self._heat.next_ms()
        times += [] if again is None else [again]
        times += [] if asks_ms is None else [self._options.epoch_ms + asks_ms - self._wall_ahead_ms]
        return min(times, default=None)

    # jobs

    def _asked(self, request: GwsStreetRequest, consumer: str, now: Moment) -> Sequence[Event]:
        name = request.job
        if name in self.contracts:
            return ()
        job = in_slots(job_of(request, self._options.epoch_ms))
        if job.first < 0 or job.last + len(job.wh) > self._options.slots:
            self.refused += 1
            return (self._say(consumer, GwsStreetOffer(job=name, number=1)),)
        contract = Contract(self._online.hand_in(job), consumer, self._house(house_of(name)))
        self.contracts[name] = contract
        self._names.append(name)
        at_s = max(job.job.registered_s, float((now.wall_ms - self._options.epoch_ms) // 1000))
        if not self._online.is_urgent(contract.number, at_s):
            self._decide_upon(at_s, now)
            return ()
        self._online.place(contract.number, self._first_slot(at_s), self._left_wh())
        self._decide_upon(at_s, now)
        self._stands(contract, self._online.board.start[contract.number])
        return (self._offer(name, now),)

    def _offer(self, name: str, now: Moment) -> Event:
        """Offer a job the start that it has by now."""
        contract = self.contracts[name]
        contract.offers += 1
        self.moved += contract.offers > 1
        start_s = self._online.jobs[contract.number].start_s(self._online.board.start[contract.number])
        found = self._shares(contract)
        contract.offered_wh = found.roofs_wh[: len(self._roofs.names)]
        total_wh = max(float(self._online.jobs[contract.number].wh.sum()), 1e-9)
        named = [
            (producer, wh)
            for producer, wh in zip(self._roofs.names, contract.offered_wh.tolist(), strict=True)
            if wh >= WORTH_NAMING * total_wh
        ]
        offer = GwsStreetOffer(
            job=name,
            number=contract.offers,
            start_ms=self._options.epoch_ms + round(start_s * 1000.0),
            own_wh=found.own_wh,
            neighbours_wh=max(found.neighbours_wh, 0.0),
            grid_wh=found.grid_wh,
            producers=tuple(producer for producer, _ in named),
            producer_wh=tuple(wh for _, wh in named),
        )
        return self._repeats.put(("offer", name), say(self._options.name, contract.consumer, offer), now.mono_ms)

    def _accepted(self, accept: GwsStreetAccept, now: Moment) -> None:
        contract = self.contracts.get(accept.subject)
        if contract is None:
            self._booking_answered(accept.subject, accept.number, now, accepted=True)
        elif accept.number >= contract.accepted:
            contract.accepted = accept.number
            if accept.number == contract.offers:
                self._repeats.drop(("offer", accept.subject))

    def _declined(self, decline: GwsStreetDecline, now: Moment) -> Sequence[Event]:
        """A job that has started stays where it is; one that could not start then gets another start if there is one."""
        contract = self.contracts.get(decline.subject)
        if contract is None:
            self.refused += 1
            self._booking_answered(decline.subject, decline.number, now, accepted=False)
            return ()
        started_ms = given(decline.started_ms)
        if started_ms is not None:
            self._fix(decline.subject, started_ms)
        if decline.number != contract.offers or contract.started_ms is not None:
            return ()
        self.refused += 1
        self._repeats.drop(("offer", decline.subject))
        next_slot = ceil(((now.wall_ms - self._options.epoch_ms) / 1000.0 + self._options.lead_s) / SLOT_S)
        if next_slot > self._online.jobs[contract.number].last:
            return ()  # the house starts it by itself
        self._online.again(contract.number, next_slot, self._left_wh())
        self._stands(contract, self._online.board.start[contract.number])
        return (self._offer(decline.subject, now),)

    def _started(self, started: GwsStreetStarted) -> Sequence[Event]:
        contract = self.contracts[started.job]
        self._fix(started.job, started.start_ms)
        return (self._say(contract.consumer, GwsStreetNoted(subject=started.job, number=0)),)

    def _ended(self, ended: GwsStreetEnded, now: Moment) -> Sequence[Event]:
        contract = self.contracts[ended.job]
        self._fix(ended.job, ended.start_ms)
        if contract.reward is None:
            self._store_until_end_of(contract)
            found = self._shares(contract)
            tariff = self._options.tariff
            neighbours_wh = max(found.neighbours_wh, 0.0)
            cost_usd = (neighbours_wh * tariff.local_usd_per_kwh + found.grid_wh * tariff.purchase_usd_per_kwh) / 1000.0
            contract.reward = GwsStreetReward(
                job=ended.job, own_wh=found.own_wh, neighbours_wh=neighbours_wh, grid_wh=found.grid_wh, cost_usd=cost_usd
            )
            if contract.offered_wh is not None:
                self._choosing.settled(contract.offered_wh, found.roofs_wh[: len(self._roofs.names)])
                self._placed_anew(now)
        return (self._say(contract.consumer, contract.reward),)

    def _fix(self, name: str, start_ms: int) -> None:
        """A job has started then, whatever was offered; where that is beyond all slots, nothing is known of the sun there."""
        contract = self.contracts[name]
        self._repeats.drop(("offer", name))
        if contract.started_ms is not None:
            return
        contract.started_ms = start_ms
        slot = int((start_ms - self._options.epoch_ms) / 1000.0 // SLOT_S)
        if slot < 0 or slot + len(self._online.jobs[contract.number].wh) > self._options.slots:
            self._online.drop(contract.number)
            self._stands(contract, None)
            return
        self._online.fix(contract.number, slot)
        self._stands(contract, slot)

    def _cancel_all(self) -> Sequence[Event]:
        cancelled = []
        for name, contract in self.contracts.items():
            if contract.started_ms is None:
                contract.offers += 1
                cancelled.append(self._say(contract.consumer, GwsStreetOffer(job=name, number=contract.offers)))
        return cancelled

    # roofs

    def _forecast(self, told: GwsStreetForecast, producer: str, now: Moment) -> Sequence[Event]:
        if told.producer not in self._roofs.names:
            return ()
        if told.number > self._heard.get(told.producer, 0):
            self._heard[told.producer] = told.number
        forecast = forecast_of(told, self._options.epoch_ms)
        self._roofs.hear(told.producer, forecast)
        self._known_until = max(self._known_until, known_slots(forecast, self._options.days))
        self._split = None
        self._decide_upon(max(forecast.issued_s, float((now.wall_ms - self._options.epoch_ms) // 1000)), now)
        return (self._say(producer, GwsStreetNoted(subject=told.producer, number=told.number)),)

    def _book(self, from_slot: int, now: Moment) -> Sequence[Event]:
        """Tell roofs what they are to give, by the hour, where that has changed."""
        if not self._roofs.names:
            return ()
        found = self._shared_out()
        first = from_slot // HOUR_SLOTS
        hours = self._options.slots // HOUR_SLOTS
        by_hour = (found.given_wh + found.kept_wh)[:, : hours * HOUR_SLOTS].reshape(-1, hours, HOUR_SLOTS).sum(axis=2)
        effects = []
        for place, (producer, machine) in enumerate(self._options.producers):
            wanted = {first + hour: wh for hour, wh in enumerate(by_hour[place, first:].tolist()) if wh > 0.0}
            number, known = self._booked.get(producer, (0, {}))
            hours_of_both = {hour for hour in (*wanted, *known) if hour >= first}
            if all(abs(wanted.get(hour, 0.0) - known.get(hour, 0.0)) <= BOOKING_MOVES_WH for hour in hours_of_both):
                continue
            self._booked[producer] = (number + 1, wanted)
            booking = GwsStreetBooking(
                producer=producer,
                number=number + 1,
                forecast=self._heard.get(producer, 0),
                start_ms=self._options.epoch_ms + first * HOUR_SLOTS * SLOT_S * 1000,
                hourly_wh=tuple(wanted.get(hour, 0.0) for hour in range(first, max(wanted, default=first) + 1)),
            )
            effects.append(self._repeats.put(("booking", producer), say(self._options.name, machine, booking), now.mono_ms))
        return effects

    def _left_wh(self) -> Values:
        """What the sun is forecast to give in each slot beyond base load and heat [Wh]."""
        return self._roofs.sun_wh - self._base_wh - self._heat.load_wh

    def _booking_answered(self, producer: str, number: int, now: Moment, *, accepted: bool) -> None:
        last, wanted = self._booked.get(producer, (0, {}))
        if last != number or not self._repeats.drop(("booking", producer)):
            return  # an answer that comes twice counts once
        if wanted:
            self._choosing.answered(self._roofs.names.index(producer), accepted=accepted)
            self._placed_anew(now)

    def _placed_anew(self, now: Moment) -> None:
        """Roofs have other places from the next slot on; what is over stays as it was shared out."""
        places = self._choosing.places()
        if self._places is None or places is None:
            return
        first = max(ceil((now.wall_ms - self._options.epoch_ms) / 1000.0 / SLOT_S), 0)
        if (self._places[:, first:] != places[:, None]).any():
            self._places[:, first:] = places[:, None]
            self._split = None

    def given_wh(self) -> dict[str, float]:
        """What each roof, and each battery so far, gives to jobs and base load, as things stand [Wh]."""
        found = self._shared_out()
        totals = (found.given_wh + found.kept_wh).sum(axis=1)
        names = [*self._roofs.names, *(f"battery {battery.house}" for battery in self._options.batteries)]
        return dict(zip(names, totals.tolist(), strict=True))

    # heat

    def _ask_about_heat(self, now: Moment) -> Sequence[Event]:
        """Tell the house whose turn it is what others leave."""
        house = self._heat.due(now.wall_ms - self._options.epoch_ms)
        if house is None:
            return ()
        place, heat_wh = self._heat_houses[house], self._heat.of(house)
        own_sun_wh = np.zeros(self._options.slots)
        for roof, belongs in zip(self._roofs.each_wh, self._roof_houses, strict=True):
            if belongs == place:
                own_sun_wh += roof
        load_wh = self._load_wh.sum(axis=0) - heat_wh
        left = left_for_heat(self._roofs.sun_wh, own_sun_wh, load_wh, self._load_wh[place] - heat_wh, self._known_until)
        first = self._heat.hour * HOUR_SLOTS
        span = slice(first, first + LOOKS_AHEAD_SLOTS)
        message = GwsStreetLeft(
            house=house,
            start_ms=self._options.epoch_ms + self._heat.hour * HOUR_MS,
            own_wh=tuple(left.own_wh[span].tolist()),
            all_wh=tuple(left.all_wh[span].tolist()),
            import_wh=tuple(left.import_wh[span].tolist()),
        )
        return (self._say(self._heaters[house], message),)

    def _heating(self, told: GwsStreetHeating, now: Moment) -> Sequence[Event]:
        """A house tells what it takes to be heated: that is load of it, and the next one is asked."""
        hour, into_ms = divmod(told.start_ms - self._options.epoch_ms, HOUR_MS)
        if into_ms:
            return ()
        more_wh = self._heat.heard(told.house, hour, hour * HOUR_SLOTS, np.array(told.wh, dtype=np.float64))
        if more_wh is None:
            return ()
        self._load_wh[self._heat_houses[told.house]] += more_wh
        self._split = None
        return self._ask_about_heat(now)

    # what stands

    def _decide_upon(self, at_s: float, now: Moment) -> None:
        """What happened at a time will be decided upon."""
        next_s = self._online.next_s(at_s)
        if next_s * 1000.0 + LISTENS_MS < now.wall_ms - self._options.epoch_ms:
            next_s = self._online.next_s(float(ceil((now.wall_ms - self._options.epoch_ms) / 1000.0)))
        if next_s not in self._decisions:
            insort(self._decisions, next_s)

    def _decision_ms(self) -> int:
        """When the next decision is due, on the monotonic clock [ms]."""
        return self._options.epoch_ms + ceil(self._decisions[0] * 1000.0) + LISTENS_MS - self._wall_ahead_ms

    def _first_slot(self, at_s: float) -> int:
        return ceil((at_s + self._options.lead_s) / SLOT_S)

    def _house(self, house: str) -> int:
        known = self._houses.get(house)
        if known is None:
            known = self._houses[house] = len(self._houses)
            if known >= len(self._load_wh):
                self._load_wh = np.vstack([self._load_wh, np.zeros((known + 1, self._options.slots))])
        return known

    def _stands(self, contract: Contract, slot: int | None) -> None:
        """A job has another slot, or none: its house's load is there now."""
        wh = self._online.jobs[contract.number].wh
        row = self._load_wh[contract.house]
        if contract.stands is not None:
            row[contract.stands : contract.stands + len(wh)] -= wh
        if slot is not None:
            row[slot : slot + len(wh)] += wh
        contract.stands = slot
        self._split = None

    def _shared_out(self) -> Split:
        if self._split is None:
            load_wh = np.maximum(self._load_wh, 0.0)
            roof_wh = np.maximum(self._roofs.each_wh, 0.0)
            order = self._places if self._choosing.is_order else None
            weights = None if self._choosing.is_order else self._places
            prices = self._options.prices
            if self._options.batteries:  # they give only where roofs give all that they have, so their places do not matter
                roof_wh = np.vstack([roof_wh, self._stored.given_wh])
                last = np.full_like(self._stored.given_wh, np.inf)
                order = None if order is None else np.vstack([order, last])
                weights = None if weights is None else np.vstack([weights, np.ones_like(last)])
                prices = None if prices is None else (*prices, *[math.inf] * len(last))
            self._split = split(load_wh, roof_wh, self._giver_houses, prices, order, weights)
        return self._split

    def _store_until_end_of(self, contract: Contract) -> None:
        """What a job has taken is known, and so what batteries did until then."""
        if not self._options.batteries or contract.stands is None:
            return
        load_wh = np.maximum(self._load_wh, 0.0)
        roofs_wh = np.zeros_like(load_wh)
        np.add.at(roofs_wh, np.array(self._roof_houses, dtype=np.int64), np.maximum(self._roofs.each_wh, 0.0))
        ends = contract.stands + len(self._online.jobs[contract.number].wh)
        if self._stored.until(ends, load_wh, roofs_wh):
            self._split = None

    def _shares(self, contract: Contract) -> Shares:
        job, slot = self._online.jobs[contract.number], contract.stands
        if slot is None:
            return Shares(0.0, np.zeros(len(self._giver_houses)), float(job.wh.sum()))
        return shares(self._shared_out(), contract.house, slot, job.wh, self._giver_houses)

    def _say(self, dst: str, message: Message) -> Event:
        return say(self._options.name, dst, message)
