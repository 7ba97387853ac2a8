"""The door for a person at the house: what is asked over the house's own bus becomes mail for the SCADA, and is answered.

Whoever speaks on the local bus counts as a person at the house, for the broker lets nobody else in. A request has an identifier
and is carried out once: repeated, it does nothing and gets the same answer, or waits for it like the first. What can be seen to
be wrong here is refused at once with its reason; who may command is for the SCADA to say.

    asked                          mail for the SCADA     answered by
    ----------------------------   --------------------   --------------------------------------------------------------
    gws.human.take                 HumanTakes             the LeaseChanged to human that follows; in the order of asking
    gws.human.release              HumanReleases          the LeaseChanged to another; at once if no person has the house
    gws.human.set                  HumanSets              the Outcome with its trigger; a MinimumTime that holds it back
    gws.human.local, asked         LocalControlAsked      the LeaseChanged to another if remote has the house; else at once
    gws.human.local, not asked     LocalControlAsked      at once: when the AtomicTNode has the house again depends on more
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec import UNSET

from gw_spaceheat.core.contract.lease import LONGEST_HUMAN_MS
from gw_spaceheat.core.events import (
    Authority,
    Event,
    HumanReleases,
    HumanSets,
    HumanTakes,
    LeaseChanged,
    LocalControlAsked,
    MinimumTime,
    Outcome,
    Received,
)
from gw_spaceheat.core.link.tally import Tally
from gw_spaceheat.house.actuators import CannotBeSetError, OutOfRangeError, actuator_named, require_value
from gw_spaceheat.house.model import House, wire_name
from gw_spaceheat.messages.gws_human_answer import GwsHumanAnswer, HumanVerdict
from gw_spaceheat.messages.gws_human_local import GwsHumanLocal
from gw_spaceheat.messages.gws_human_release import GwsHumanRelease
from gw_spaceheat.messages.gws_human_set import GwsHumanSet
from gw_spaceheat.messages.gws_human_take import GwsHumanTake
from gw_spaceheat.vocabulary.moment import SECOND_MS, Moment

SPEAKER = "human-"
"""How the name begins under which a person speaks on the bus; nodes speak under their own."""
KEPT_REQUESTS = 64
"""So many are remembered. A repetition comes within seconds, and nobody may make the memory grow."""
PATIENCE_MS = 30 * SECOND_MS
"""What is not answered after this never will be, for a command ends within 15 s: the SCADA was made anew meanwhile."""

Request = GwsHumanTake | GwsHumanRelease | GwsHumanSet | GwsHumanLocal
Say = Callable[[str, GwsHumanAnswer], Event]
"""(short name of the receiver, the answer) to what sends it."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A request that the SCADA has and that is not answered yet: who asked, for what, and when [mono ms]."""

    src: str
    request: Request
    asked_mono_ms: int


class _Refused(Exception):
    """A request that goes no further.

    Attributes:
        kind: What kind of fault, for counting.
        verdict: How the request ended.
    """

    def __init__(self, kind: str, reason: str, verdict: HumanVerdict = HumanVerdict.Refused) -> None:
        super().__init__(reason)
        self.kind = kind
        self.verdict = verdict


class HumanDoor:
    """Takes requests and what the SCADA says about them; puts out mail for the SCADA, answers and notes."""

    def __init__(self, house: House, link: str, say: Say, *, is_open: bool = True) -> None:
        """Remember.

        Args:
            house: Whose door it is.
            link: Name of the link over which requests come.
            say: Makes the effect that sends an answer.
            is_open: Requests are passed on; else each is refused.
        """
        self._house = house
        self._say = say
        self._is_open = is_open
        self._tally = Tally(link)
        self._lease: LeaseChanged | None = None
        self._waiting: dict[str, _Waiting] = {}
        self._answered: dict[str, GwsHumanAnswer] = {}

    def ask(self, event: Received, request: Request, now: Moment) -> Sequence[Event]:
        """Somebody asks for something."""
        trigger = request.trigger_id
        self._forget_old(now)
        if trigger in self._answered:
            return (self._say(event.src, self._answered[trigger]),)
        if trigger in self._waiting:
            return ()
        waiting = _Waiting(event.src, request, now.mono_ms)
        try:
            mail = self._mail(event.src, request)
        except _Refused as refused:
            reason = str(refused)
            notes = self._tally.tell(f"a person's request refused ({refused.kind})", f"{event.src}: {reason}", now)
            return (self._answer(waiting, refused.verdict, reason, None, now), *notes)
        if self._is_known_at_once(request):
            return (mail, self._answer(waiting, HumanVerdict.Done, "", None, now))
        self._waiting[trigger] = waiting
        if len(self._waiting) > KEPT_REQUESTS:
            del self._waiting[next(iter(self._waiting))]
        return (mail,)

    def lease_changed(self, event: LeaseChanged, now: Moment) -> Sequence[Event]:
        """The SCADA says who has the house now: what was asked for that is answered."""
        self._forget_old(now)
        self._lease = event
        taken = event.by is Authority.HUMAN
        told: list[Event] = []
        for waiting in tuple(self._waiting.values()):
            request = waiting.request
            if isinstance(request, GwsHumanTake):
                fits, taken = taken, False  # each taking changes the lease once
            elif isinstance(request, GwsHumanRelease):
                fits = event.by is not Authority.HUMAN
            else:
                fits = isinstance(request, GwsHumanLocal) and event.by is not Authority.REMOTE
            if fits:
                told.append(self._answer(waiting, HumanVerdict.Done, "", None, now))
        return told

    def ended(self, event: Outcome, now: Moment) -> Sequence[Event] | None:
        """A command ended; None if no person asked for it. Where actuator and SCADA both tell it, the first is the answer."""
        waiting = self._waiting.get(event.trigger)
        if waiting is None:
            return () if event.trigger in self._answered else None
        return (self._answer(waiting, HumanVerdict(event.verdict.value), event.reason, event.read_back, now),)

    def held_back(self, event: MinimumTime, now: Moment) -> Sequence[Event]:
        """What a person asked of this actuator waits; he need not."""
        wait_s = max(event.until_mono_ms - now.mono_ms, 0) / SECOND_MS
        reason = f"a minimum time holds {event.node} back for {wait_s:.0f} s more; then it is set, if you have the house still"
        return [
            self._answer(waiting, HumanVerdict.Accepted, reason, None, now)
            for waiting in tuple(self._waiting.values())
            if isinstance(waiting.request, GwsHumanSet) and wire_name(waiting.request.node) == wire_name(event.node)
        ]

    def _forget_old(self, now: Moment) -> None:
        """Lest the answer to a later request goes to one that nobody waits for any more."""
        for trigger, waiting in tuple(self._waiting.items()):
            if now.mono_ms - waiting.asked_mono_ms > PATIENCE_MS:
                del self._waiting[trigger]

    def _mail(self, src: str, request: Request) -> Event:
        """What the SCADA is to hear of a request; raises _Refused."""
        if not src.startswith(SPEAKER):
            raise _Refused("source", f"persons speak as {SPEAKER}NAME, and not as {src}")
        if not self._is_open:
            raise _Refused("switched off", "this house takes no commands of persons over its bus (GWS_HUMAN_DOOR is off)")
        if request.to_g_node_alias != self._house.scada_alias:
            raise _Refused("house", f"this is {self._house.scada_alias}, and not {request.to_g_node_alias}")
        if isinstance(request, GwsHumanTake):
            for_ms = request.for_s * SECOND_MS
            if for_ms > LONGEST_HUMAN_MS:
                raise _Refused("duration", "a house can be taken for a day at most; take it again before that is over")
            return HumanTakes(request.who, for_ms)
        if isinstance(request, GwsHumanRelease):
            return HumanReleases(request.who)
        if isinstance(request, GwsHumanLocal):
            return LocalControlAsked(request.who, request.asked)
        try:
            node = actuator_named(self._house, request.node)
            require_value(self._house, node, request.value)
        except OutOfRangeError as error:
            raise _Refused("value", str(error), HumanVerdict.OutOfRange) from error
        except CannotBeSetError as error:
            raise _Refused("node", str(error)) from error
        return HumanSets(request.who, node.alias, request.value, request.trigger_id)

    def _is_known_at_once(self, request: Request) -> bool:
        """Whether the lease will not change for this request, as far as it is known here.

        What is known lags behind by the mail that is on its way to us, and that mail then is the answer.
        """
        if isinstance(request, GwsHumanRelease):
            taking = any(isinstance(waiting.request, GwsHumanTake) for waiting in self._waiting.values())
            return not taking and (self._lease is None or self._lease.by is not Authority.HUMAN)
        if isinstance(request, GwsHumanLocal):
            return not request.asked or self._lease is None or self._lease.by is not Authority.REMOTE
        return False

    def _answer(self, waiting: _Waiting, verdict: HumanVerdict, reason: str, read_back: float | None, now: Moment) -> Event:
        """The one answer to a request, kept for those who ask again."""
        trigger, lease = waiting.request.trigger_id, self._lease
        answer = GwsHumanAnswer(
            from_g_node_alias=self._house.scada_alias,
            trigger_id=trigger,
            verdict=verdict.value,
            reason=reason,
            read_back=UNSET if read_back is None else read_back,
            lease_by=UNSET if lease is None else lease.by.value,
            fencing_token=UNSET if lease is None else lease.token,
            lease_cause=UNSET if lease is None else lease.cause,
            lease_until_unix_ms=UNSET if lease is None or lease.until_ms is None else lease.until_ms,
            answer_unix_ms=now.wall_ms,
        )
        self._waiting.pop(trigger, None)
        self._answered[trigger] = answer
        if len(self._answered) > KEPT_REQUESTS:
            del self._answered[next(iter(self._answered))]
        return self._say(waiting.src, answer)
