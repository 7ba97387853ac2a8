"""A street over a real broker: the manager in this process, and each house in one of its own with the roofs that it has.

They are the machines of `by_messages.py`, with the same messages in the envelopes of all links. What the broker loses is said
again. Time is life's, or passes faster, from the same origin in all processes.
"""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import IO

import numpy as np

from gw_spaceheat.apps.connections import listening_link, mqtt_settings
from gw_spaceheat.apps.neighbourhood.by_messages import LEAD_S, ByMessages, asked_prices, epoch_of, slots_of
from gw_spaceheat.apps.neighbourhood.convert import open_street
from gw_spaceheat.apps.neighbourhood.heat import figures_for
from gw_spaceheat.apps.process import Life, child_environment, fresh_seed, start_life, start_log
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.events import Event, Received, Send
from gw_spaceheat.core.heating_house import HeatDone, HeatingHouse, load_of
from gw_spaceheat.core.machine import Machine
from gw_spaceheat.core.market.consumer import Consumer, HouseJob, JobState
from gw_spaceheat.core.market.energy import Values
from gw_spaceheat.core.market.left_for_heat import Left
from gw_spaceheat.core.market.manager import Manager, ManagerOptions
from gw_spaceheat.core.market.online import Rule
from gw_spaceheat.core.market.producer import Producer
from gw_spaceheat.core.market.resident import FORECASTER, RESIDENT, Resident, happenings
from gw_spaceheat.core.market.street import Street, house_of
from gw_spaceheat.core.market.timetable import DAY_S, base_in_slots
from gw_spaceheat.core.planner.figures import Figures
from gw_spaceheat.core.street_heat import houses_of as heating_houses
from gw_spaceheat.core.street_heater import Heater
from gw_spaceheat.runtime.clock import Clock, PacedClock
from gw_spaceheat.runtime.host import Hosted
from gw_spaceheat.runtime.threaded import Options, ThreadedRuntime
from gw_spaceheat.stores.street_folder import StreetFileError
from gw_spaceheat.vocabulary.moment import HOUR_MS, Moment

READY, DONE = "ready", "done"
READY_WITHIN_S, OVER_WITHIN_S, END_WITHIN_S = 120.0, 120.0, 30.0
BEGINS_IN_S = 0.5
LATE_MS = 15_000
MANAGER, RESIDENTS, LINK_OF = "manager", "residents", "link of "


class HouseLostError(Exception):
    """A house's process has ended, or does not answer; the text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """How a street lives.

    Attributes:
        folder: Where the houses' processes read it.
        url: The broker.
        settings: User, password and certificates for it.
        speed: How many times faster than life time passes.
        days: How many days the sun counts for; None for what the folder says.
        choose: How roofs are chosen (`core/market/choosing.py`).
        prices_usd_per_kwh: What roofs want where the cheapest are chosen, by their names; others want the local price.
        houses: House file, or folder of them, with the models of houses that are heated; None for the settings'.
    """

    folder: Path
    url: str
    settings: Settings
    speed: float = 1.0
    days: int | None = None
    choose: str = "pro_rata"
    prices_usd_per_kwh: Mapping[str, float] = field(default_factory=dict)
    houses: Path | None = None

    def figures(self, street: Street) -> Mapping[str, Figures]:
        """Figures of the models that a street's heated houses name; raises as `figures_for`."""
        return figures_for(street, self.houses or self.settings.houses_path()) if street.heated else {}


def manager_alias(tag: str) -> str:
    """The manager at the broker."""
    return f"street-{tag}-manager"


def house_alias(tag: str, street: Street, house: str) -> str:
    """A house at the broker, by its number among the street's."""
    return f"street-{tag}-house-{houses_of(street).index(house) + 1}"


def roof_alias(tag: str, street: Street, producer: str) -> str:
    """A roof at the broker, by its number among the street's."""
    return f"street-{tag}-roof-{[each.id for each in street.producers].index(producer) + 1}"


def heating_alias(tag: str, street: Street, house: str) -> str:
    """What heats a house, at the broker, by its number among the street's heated houses."""
    return f"street-{tag}-heating-{[each.house for each in street.heated].index(house) + 1}"


def houses_of(street: Street) -> list[str]:
    """All houses that have jobs or roofs, or are heated."""
    jobs, roofs = (house_of(job.id) for job in street.jobs), (house_of(roof.id) for roof in street.producers)
    return list(dict.fromkeys((*jobs, *roofs, *(each.house for each in street.heated))))


def paced(street: Street, speed: float, origin_s: float) -> Clock:
    """A clock on which the street's first event is at a real Unix time [s]; the same in all processes of one origin."""
    return PacedClock(speed, epoch_of(street) + round((time.time() - origin_s) * speed * 1000.0))


# the process of a house


class House:
    """A house's consumer, and whether all its jobs are settled and its days of heat are over."""

    def __init__(
        self, consumer: Consumer, jobs: Sequence[str], ends_ms: int, done: Callable[[], object], heated_until_ms: int = 0
    ) -> None:
        """Remember.

        Args:
            consumer: What decides.
            jobs: All that will be handed in.
            ends_ms: Whatever is not settled by then is waited for no longer, UTC [ms].
            done: Called once, when there is nothing more to wait for.
            heated_until_ms: For so long it is heated in any case, UTC [ms]; 0 where it is not.
        """
        self.consumer = consumer
        self._jobs, self._ends_ms, self._done, self._heated_until_ms = jobs, ends_ms, done, heated_until_ms
        self._wall_ahead_ms = 0
        self._is_done = False
        self.sent = 0

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """As the consumer does."""
        return self._seen(self.consumer.handle(event, now), now)

    def wake(self, now: Moment) -> Sequence[Event]:
        """As the consumer does."""
        return self._seen(self.consumer.wake(now), now)

    def deadline(self) -> int | None:
        """When the consumer wants to be woken, or when it is over."""
        due_ms = self.consumer.deadline()
        over_ms = self._heated_until_ms if self._is_settled else self._ends_ms
        waits_until_ms = None if self._is_done else over_ms - self._wall_ahead_ms
        return min((each for each in (due_ms, waits_until_ms) if each is not None), default=None)

    @property
    def _is_settled(self) -> bool:
        jobs = self.consumer.jobs
        return all(name in jobs and jobs[name].state is JobState.Settled for name in self._jobs)

    def _seen(self, effects: Sequence[Event], now: Moment) -> Sequence[Event]:
        self._wall_ahead_ms = now.wall_ms - now.mono_ms
        self.sent += sum(isinstance(effect, Send) for effect in effects)
        if not self._is_done and now.wall_ms >= (self._heated_until_ms if self._is_settled else self._ends_ms):
            self._is_done = True
            self._done()
        return effects


def be_house(live: Live, house: str, tag: str, origin_s: float | None, say: Callable[[str], object]) -> int:
    """Be a house of a street in a folder; without an origin, whoever began this process tells it when all are ready.

    Raises:
        StreetFileError: The street cannot be understood, or has no such house.
        HouseFileError: The model of a heated house is not there, or does not fit the form.
        CannotPlanError: No plan can be made for it.
        HouseLostError: Nobody tells the origin.
        BadUrl: The URL cannot be understood.
    """
    street = open_street(live.folder, live.days).street
    if house not in houses_of(street):
        raise StreetFileError(f"{live.folder} has no house {house!r}; known are {', '.join(houses_of(street)[:20])}")
    heating = heating_house(street, house, live)
    clock = answer(street, live.speed, say) if origin_s is None else paced(street, live.speed, origin_s)
    life = start_life(start_log(live.settings.log_level), 0 if origin_s is None else None)
    return live_house(street, house, tag, live, heating, clock, life, say)


def heating_house(street: Street, house: str, live: Live) -> HeatingHouse | None:
    """A house that is heated when that suits its street, as it stands at the beginning; None for one that is not heated.

    Raises:
        HouseFileError: Its model is not there, or does not fit the form.
        CannotPlanError: No plan can be made for it.
        OSError: The file cannot be read.
    """
    own = replace(street, heated=tuple(each for each in street.heated if each.house == house))
    for found in heating_houses(own, live.figures(own)):
        found.plan(0, Left.nothing(len(found.planned_wh)))  # what is compiled for a first plan is there before time passes
    return next(iter(heating_houses(own, live.figures(own))), None)


def live_house(
    street: Street,
    house: str,
    tag: str,
    live: Live,
    heating: HeatingHouse | None,
    clock: Clock,
    life: Life,
    say: Callable[[str], object],
) -> int:
    """Be a house until a signal comes; says `done` when nothing is left to be waited for, and in the end what became of it."""
    epoch_ms, me = epoch_of(street), house_alias(tag, street, house)
    manager, jobs = manager_alias(tag), [job.id for job in street.jobs if house_of(job.id) == house]
    heated_until_ms = 0 if heating is None else epoch_ms + _heated_hours(street) * HOUR_MS
    machine = House(Consumer(me, manager), jobs, _ends_ms(street), lambda: say(DONE), heated_until_ms)
    roofs = {roof.id: roof_alias(tag, street, roof.id) for roof in street.producers if house_of(roof.id) == house}
    to = {(RESIDENT, house): me, **{(FORECASTER, roof): alias for roof, alias in roofs.items()}}
    told = [
        (epoch_ms + at_ms, to[src, of], src, message)
        for at_ms, of, src, message in happenings(street, epoch_ms)
        if (src, of) in to
    ]
    machines: dict[str, Machine] = {me: machine}
    machines |= {alias: Producer(alias, roof, manager, epoch_ms) for roof, alias in roofs.items()}
    if heating is not None:
        name = heating_alias(tag, street, house)
        machines[name] = Heater(name, manager, heating, epoch_ms, _heated_hours(street))
    code = life.live(_runtime(machines, live, clock, life, Resident(told)), [(RESIDENTS,), *_stop_order(machines)])
    became = {
        name: {"state": job.state.value, "start_ms": job.start_ms, "number": job.number}
        for name, job in machine.consumer.jobs.items()
    }
    heat = None if heating is None else {"done": asdict(heating.done), "wh": heating.done_wh.tolist()}
    say(json.dumps({"jobs": became, "sent": machine.sent, "heat": heat}))
    return code


def _ends_ms(street: Street) -> int:
    last_s = max((max(job.latest_s, job.registered_s) + job.lasts_s for job in street.jobs), default=0.0)
    last_s = max(last_s, float(street.days * DAY_S)) if street.heated else last_s
    return epoch_of(street) + round(last_s * 1000.0) + HOUR_MS


def _heated_hours(street: Street) -> int:
    return street.days * DAY_S * 1000 // HOUR_MS


def _runtime(
    machines: Mapping[str, Machine], live: Live, clock: Clock, life: Life, resident: Resident | None = None
) -> ThreadedRuntime:
    late_ms = round(LATE_MS * max(live.speed, 1.0))  # promised in the time that passes faster
    hosted: list[Hosted] = []
    runtime: ThreadedRuntime

    def mail_to(name: str) -> Callable[[Event], None]:
        return lambda event: runtime.post(name, event)

    for number, (alias, machine) in enumerate(machines.items()):
        name = LINK_OF + alias
        transport = mqtt_settings(live.settings, live.url, alias, (f"gw/+/to/{alias}/+",))
        link = listening_link(transport, name, alias, mail_to(name), clock, int.from_bytes(fresh_seed()[:3]) + number)
        hosted += [Hosted(alias, machine, late_ms, critical=True), Hosted(name, link, late_ms)]
    if resident is not None:
        hosted.append(Hosted(RESIDENTS, resident, late_ms, critical=True))
    runtime = ThreadedRuntime(clock, _route, hosted, life.observers, Options(look_every_s=life.look_every_s))
    return runtime


def _stop_order(machines: Mapping[str, Machine]) -> list[tuple[str, ...]]:
    return [tuple(machines), tuple(LINK_OF + alias for alias in machines)]


def _route(source: str, event: Event) -> tuple[str, ...]:
    if isinstance(event, Send):
        return (LINK_OF + source,)
    if isinstance(event, Received):
        return (event.dst,) if source == RESIDENTS else (source.removeprefix(LINK_OF),)
    return ()


# the process of the manager


def run_live(street: Street, rule: Rule, live: Live, life: Life, seed: int = 0) -> ByMessages:
    """Begin a process for each house, be their manager, and wait until all jobs are settled.

    Raises:
        HouseLostError: A house's process ended or did not answer.
        BadUrl: The URL cannot be understood.
        UnknownChoiceError: There is no such way of choosing, or no such roof.
    """
    prices = asked_prices(street, live.choose, live.prices_usd_per_kwh)
    tag = fresh_seed()[:4].hex()
    mqtt_settings(live.settings, live.url, manager_alias(tag), ())  # a wrong URL is told before anything begins
    processes = Houses(street, tag, live)
    try:
        origin_s = processes.begin()
        clock = paced(street, live.speed, origin_s)
        manager = Manager(
            ManagerOptions(
                name=manager_alias(tag),
                epoch_ms=epoch_of(street),
                slots=slots_of(street),
                days=street.days,
                rule=rule,
                seed=seed,
                producers=tuple((roof.id, roof_alias(tag, street, roof.id)) for roof in street.producers),
                batteries=street.batteries,
                prices=prices,
                choose=live.choose,
                lead_s=LEAD_S,
                base_wh=base_in_slots(street, slots_of(street), expected=True),
                heated=tuple((each.house, heating_alias(tag, street, each.house)) for each in street.heated),
                jobs=len(street.jobs),
            )
        )
        machines: dict[str, Machine] = {manager_alias(tag): manager}
        runtime = _runtime(machines, live, clock, life)
        takes_s = (_ends_ms(street) - epoch_of(street)) / 1000.0 / live.speed
        following = threading.Thread(target=processes.follow, args=(takes_s + OVER_WITHIN_S, life.end), name="houses")
        following.start()
        life.live(runtime, _stop_order(machines))
        processes.end()
        following.join()
    finally:
        processes.kill()
    if processes.trouble:
        raise HouseLostError(processes.trouble)
    return _outcome(street, manager, processes)


def _outcome(street: Street, manager: Manager, processes: "Houses") -> ByMessages:
    contracts = manager.contracts.values()
    rewards = [contract.reward for contract in contracts if contract.reward is not None]
    epoch_ms = epoch_of(street)
    offers = sum(contract.offers for contract in contracts)
    jobs: dict[str, HouseJob] = {}
    return ByMessages(
        jobs,
        {name: (start_ms - epoch_ms) / 1000.0 for name, start_ms in processes.became.items() if start_ms is not None},
        sum(reward.own_wh + reward.neighbours_wh for reward in rewards),
        manager.given_wh(),
        {
            "sent": processes.sent,
            "offers": offers,
            "moved": manager.moved,
            "declined": manager.refused,
            "settled": len(rewards),
        },
        tuple(processes.heat[each.house] for each in street.heated),
        tuple(load_of(each.house, processes.heat_wh[each.house]) for each in street.heated),
    )


class Houses:
    """The houses' processes.

    Attributes:
        became: When each job started, UTC [ms]; None for one that did not.
        sent: How many messages they said.
        heat: What each heated one did, in figures.
        heat_wh: What it took for that in each slot [Wh].
        trouble: What went wrong; empty for nothing.
    """

    def __init__(self, street: Street, tag: str, live: Live) -> None:
        """Nothing is begun."""
        self._street, self._tag, self._live = street, tag, live
        self._processes: dict[str, subprocess.Popen[str]] = {}
        self._lines: queue.Queue[tuple[str, str]] = queue.Queue()
        self._readers: list[threading.Thread] = []
        self._ends = threading.Event()
        self.became: dict[str, int | None] = {}
        self.sent = 0
        self.heat: dict[str, HeatDone] = {}
        self.heat_wh: dict[str, Values] = {}
        self.trouble = ""

    def begin(self) -> float:
        """Start them, and when all are ready give them the real Unix time of the street's first event, which is told [s]."""
        for house in houses_of(self._street):
            words = ["neighbourhood", "house", str(self._live.folder), house, "--tag", self._tag, "--url", self._live.url]
            words += ["--speed", str(self._live.speed), "--answer"]
            words += [] if self._live.days is None else ["--days", str(self._live.days)]
            words += [] if self._live.houses is None else ["--houses", str(self._live.houses)]
            process = subprocess.Popen(  # noqa: S603 - our own words
                [sys.executable, "-m", "gw_spaceheat", *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=child_environment(),
                start_new_session=True,  # Ctrl-C is for us; we end them in order
            )
            self._processes[house] = process
            reader = threading.Thread(target=self._read, args=(house, process.stdout), name=f"house {house}", daemon=True)
            self._readers.append(reader)
            reader.start()
        self._wait_for(READY, READY_WITHIN_S)
        if self.trouble:
            raise HouseLostError(self.trouble)
        origin_s = time.time() + BEGINS_IN_S
        for process in self._processes.values():
            if process.stdin is not None:
                process.stdin.write(f"{origin_s!r}\n")
                process.stdin.flush()
        return origin_s

    def follow(self, within_s: float, over: Callable[[], None]) -> None:
        """Wait until all have settled their jobs, end them, keep what they say, and tell that it is over."""
        try:
            self._wait_for(DONE, within_s)
            if self.trouble:
                return
            for process in self._processes.values():
                process.terminate()
            waited_for = set(self._processes)
            while waited_for:
                house, line = self._lines.get(timeout=END_WITHIN_S)
                if house not in waited_for:
                    continue
                said = json.loads(line)
                self.became |= {name: job["start_ms"] for name, job in said["jobs"].items()}
                self.sent += said["sent"]
                if said["heat"] is not None:
                    self.heat[house] = HeatDone(**said["heat"]["done"])
                    self.heat_wh[house] = np.array(said["heat"]["wh"])
                waited_for.discard(house)
        except (queue.Empty, ValueError, KeyError, TypeError) as error:
            self.trouble = self.trouble or f"a house did not say what became of its jobs: {error!r}"
        finally:
            over()

    def end(self) -> None:
        """Whoever follows waits no longer."""
        self._ends.set()
        self._lines.put(("", ""))

    def kill(self) -> None:
        """Those that still run end now."""
        for process in self._processes.values():
            if process.poll() is None:
                process.kill()
            process.wait()
            for stream in (process.stdin,):
                if stream is not None:
                    stream.close()

    def _wait_for(self, word: str, within_s: float) -> None:
        """Until each has said a word; else there is trouble."""
        waited_for = set(self._processes)
        until_s = time.monotonic() + within_s
        while waited_for and not self.trouble:
            try:
                house, line = self._lines.get(timeout=max(until_s - time.monotonic(), 0.0))
            except queue.Empty:
                self.trouble = f"houses {', '.join(sorted(waited_for))} did not say {word!r} within {within_s:.0f} s"
                return
            if self._ends.is_set():
                self.trouble = "it was ended before all jobs were settled"
            elif line != word:
                self.trouble = f"house {house} ended before it said {word!r}; its own words stand above"
            waited_for.discard(house)

    def _read(self, house: str, stream: IO[str] | None) -> None:
        if stream is None:
            return
        with stream:
            for line in stream:
                self._lines.put((house, line.strip()))
        self._lines.put((house, ""))


def answer(street: Street, speed: float, say: Callable[[str], object]) -> Clock:
    """Say that a house is ready, and wait for the origin of its time from whoever began it.

    Raises:
        HouseLostError: None comes.
    """
    say(READY)
    said = b""
    while not said.endswith(b"\n"):
        more = os.read(0, 64)
        if not more or len(said) > 64:
            raise HouseLostError("nobody told when the street begins")
        said += more
    return paced(street, speed, float(said))
