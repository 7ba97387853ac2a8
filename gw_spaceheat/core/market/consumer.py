"""A house that has jobs done: it asks the manager when, starts them itself, and tells so.

Whatever becomes of messages, each job runs once: the house starts it when it was offered to, and at its latest start without.
A job that runs is not moved; it ends when it has taken its last energy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from msgspec import UNSET

from gw_spaceheat.core.events import Event, Received
from gw_spaceheat.core.market.repeats import Repeats
from gw_spaceheat.core.market.said import say
from gw_spaceheat.messages.base import Message, given
from gw_spaceheat.messages.gws_street_accept import GwsStreetAccept
from gw_spaceheat.messages.gws_street_decline import GwsStreetDecline
from gw_spaceheat.messages.gws_street_ended import GwsStreetEnded
from gw_spaceheat.messages.gws_street_noted import GwsStreetNoted
from gw_spaceheat.messages.gws_street_offer import GwsStreetOffer
from gw_spaceheat.messages.gws_street_request import GwsStreetRequest
from gw_spaceheat.messages.gws_street_reward import GwsStreetReward
from gw_spaceheat.messages.gws_street_started import GwsStreetStarted
from gw_spaceheat.vocabulary.moment import Moment

GRACE_MS = 1_000
"""A job starts so long after its start [ms], so that what is decided for that very moment is heard."""


class JobState(StrEnum):
    """How far a job is."""

    Requested = "Requested"
    Assigned = "Assigned"
    Running = "Running"
    Ended = "Ended"
    Settled = "Settled"


class Happening(StrEnum):
    """What can happen to a job."""

    Offered = "Offered"
    Cancelled = "Cancelled"
    StartDue = "StartDue"
    EndDue = "EndDue"
    Rewarded = "Rewarded"


FOLLOWS: dict[tuple[JobState, Happening], JobState] = {
    (JobState.Requested, Happening.Offered): JobState.Assigned,
    (JobState.Assigned, Happening.Offered): JobState.Assigned,
    (JobState.Requested, Happening.Cancelled): JobState.Requested,
    (JobState.Assigned, Happening.Cancelled): JobState.Requested,
    (JobState.Requested, Happening.StartDue): JobState.Running,
    (JobState.Assigned, Happening.StartDue): JobState.Running,
    (JobState.Running, Happening.EndDue): JobState.Ended,
    (JobState.Ended, Happening.Rewarded): JobState.Settled,
}
"""What follows; whatever is not here is refused and changes nothing."""


@dataclass(slots=True)
class HouseJob:
    """A job as its house has it.

    Attributes:
        request: As it was handed in.
        state: How far it is.
        number: Of the offer that holds; 0 for none.
        start_ms: When it is to start, or has started, UTC [ms]; None where nothing is offered.
        reward: What it got from whom, once that is known.
    """

    request: GwsStreetRequest
    state: JobState = JobState.Requested
    number: int = 0
    start_ms: int | None = None
    reward: GwsStreetReward | None = None

    @property
    def due_ms(self) -> int | None:
        """When it starts or ends, UTC [ms]; None where it is done."""
        if self.state in (JobState.Requested, JobState.Assigned):
            return (self.request.latest_ms if self.start_ms is None else self.start_ms) + GRACE_MS
        return self.end_ms if self.state is JobState.Running else None

    @property
    def end_ms(self) -> int:
        """When it ends, UTC [ms]."""
        return (self.start_ms or 0) + round(self.request.after_s[-1] * 1000.0)

    @property
    def wh(self) -> float:
        """What it takes [Wh]."""
        return float(self.request.wh[-1] - self.request.wh[0])


class Consumer:
    """The machine of one house.

    Attributes:
        jobs: All that were handed in, by their names.
    """

    def __init__(self, name: str, manager: str) -> None:
        """Remember who it is and whom it asks."""
        self._name, self._manager = name, manager
        self._repeats = Repeats()
        self._open: dict[str, HouseJob] = {}
        self._wall_ahead_ms = 0
        self.jobs: dict[str, HouseJob] = {}

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """A resident hands in a job, or the manager says something."""
        self._wall_ahead_ms = now.wall_ms - now.mono_ms
        if not isinstance(event, Received):
            return ()
        match event.message:
            case GwsStreetRequest() as request:
                return self._handed_in(request, now)
            case GwsStreetOffer() as offer if offer.job in self.jobs:
                return self._offered(self.jobs[offer.job], offer, now)
            case GwsStreetNoted() as noted:
                self._repeats.drop(("request", noted.subject))
                self._repeats.drop(("started", noted.subject))
            case GwsStreetReward() as reward if reward.job in self.jobs:
                self._rewarded(self.jobs[reward.job], reward)
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        """Jobs start and end; what was not answered is said again."""
        self._wall_ahead_ms = now.wall_ms - now.mono_ms
        effects: list[Event] = []
        for job in list(self._open.values()):
            if job.due_ms is not None and job.due_ms <= now.wall_ms:
                if job.state is JobState.Running:
                    effects.append(self._ends(job, now))
                else:
                    effects.append(self._starts(job, now))
        effects += self._repeats.due(now.mono_ms)
        return effects

    def deadline(self) -> int | None:
        """When the next job starts or ends, or something is to be said again."""
        times = [job.due_ms - self._wall_ahead_ms for job in self._open.values() if job.due_ms is not None]
        again = self._repeats.deadline()
        return min([*times, *(() if again is None else (again,))], default=None)

    def _handed_in(self, request: GwsStreetRequest, now: Moment) -> Sequence[Event]:
        if request.job in self.jobs:
            return ()
        self.jobs[request.job] = self._open[request.job] = HouseJob(request)
        return (self._insist("request", request.job, request, now),)

    def _offered(self, job: HouseJob, offer: GwsStreetOffer, now: Moment) -> Sequence[Event]:
        name, start_ms = offer.job, given(offer.start_ms)
        happening = Happening.Cancelled if start_ms is None else Happening.Offered
        follows = FOLLOWS.get((job.state, happening))
        self._repeats.drop(("request", name))
        if follows is None:
            decline = GwsStreetDecline(
                subject=name, number=offer.number, reason="it has started", started_ms=job.start_ms or UNSET
            )
            return (self._say(decline),)
        if offer.number < job.number:
            return ()
        fault = "" if start_ms is None else _fault(job.request, start_ms, now.wall_ms)
        if fault and offer.number > job.number:
            return (self._say(GwsStreetDecline(subject=name, number=offer.number, reason=fault)),)
        if offer.number > job.number:
            job.state, job.number, job.start_ms = follows, offer.number, start_ms
        return (self._say(GwsStreetAccept(subject=name, number=offer.number)),)

    def _starts(self, job: HouseJob, now: Moment) -> Event:
        job.state = FOLLOWS[job.state, Happening.StartDue]
        planned_ms = job.request.latest_ms if job.start_ms is None else job.start_ms
        job.start_ms = planned_ms if now.wall_ms - planned_ms <= GRACE_MS else now.wall_ms
        return self._insist("started", job.request.job, GwsStreetStarted(job=job.request.job, start_ms=job.start_ms), now)

    def _ends(self, job: HouseJob, now: Moment) -> Event:
        name = job.request.job
        job.state = FOLLOWS[job.state, Happening.EndDue]
        del self._open[name]
        self._repeats.drop(("started", name))
        ended = GwsStreetEnded(job=name, start_ms=job.start_ms or 0, end_ms=job.end_ms, wh=max(job.wh, 0.0))
        return self._insist("ended", name, ended, now)

    def _rewarded(self, job: HouseJob, reward: GwsStreetReward) -> None:
        follows = FOLLOWS.get((job.state, Happening.Rewarded))
        if follows is not None:
            job.state, job.reward = follows, reward
            self._repeats.drop(("request", reward.job))
            self._repeats.drop(("ended", reward.job))

    def _say(self, message: Message) -> Event:
        return say(self._name, self._manager, message)

    def _insist(self, what: str, name: str, message: Message, now: Moment) -> Event:
        return self._repeats.put((what, name), say(self._name, self._manager, message), now.mono_ms)


def _fault(request: GwsStreetRequest, start_ms: int, wall_ms: int) -> str:
    """Why a job cannot start then; empty if it can."""
    if not request.earliest_ms <= start_ms <= request.latest_ms:
        return "that is not within its window"
    return "that has gone by" if wall_ms > start_ms + GRACE_MS else ""
