"""The door for persons, as tables: what is asked, what the SCADA then gets and says, what the person hears."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from gw_spaceheat.actors.human_door import KEPT_REQUESTS, PATIENCE_MS, HumanDoor, Request
from gw_spaceheat.apps.houses import find_house
from gw_spaceheat.core.contract.life import Side
from gw_spaceheat.core.events import (
    Authority,
    Event,
    HumanReleases,
    HumanSets,
    HumanTakes,
    LeaseChanged,
    LocalControlAsked,
    MinimumTime,
    Note,
    Outcome,
    Received,
    Send,
    Urgency,
    Verdict,
)
from gw_spaceheat.messages.base import given
from gw_spaceheat.messages.gws_human_answer import GwsHumanAnswer
from gw_spaceheat.messages.gws_human_local import GwsHumanLocal
from gw_spaceheat.messages.gws_human_release import GwsHumanRelease
from gw_spaceheat.messages.gws_human_set import GwsHumanSet
from gw_spaceheat.messages.gws_human_take import GwsHumanTake
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import DAY_MS, MINUTE_MS, SECOND_MS, Moment
from tests.core.contract.test_scada_side import remote

PINE = find_house(Path(__file__).parents[2] / "input_data" / "houses.json", "hw1.isone.me.millinocket.pine")
SCADA = PINE.scada_alias
RELAY, OUTPUT = "a.hp.relay", "a.hp.lwt"
NOW = Moment(1_000_000, 1_515_387_600_000)
UNTIL_MS = NOW.wall_ms + 30 * MINUTE_MS
ANNA, BEN = "human-0a", "human-0b"
ONE, TWO = (f"00000000-0000-4000-8000-{number:012d}" for number in (1, 2))

LOCAL = LeaseChanged(Authority.LOCAL, 5, "no contract is active", NOW.wall_ms)
REMOTE = LeaseChanged(Authority.REMOTE, 6, "all is well", NOW.wall_ms)
HUMAN = LeaseChanged(Authority.HUMAN, 7, "taken by anna for 30 min", NOW.wall_ms, UNTIL_MS)
BACK = LeaseChanged(Authority.LOCAL, 8, "given back by anna", NOW.wall_ms)


def take(trigger: str = ONE, for_s: int = 1800, to: str = SCADA) -> GwsHumanTake:
    return GwsHumanTake(to_g_node_alias=to, who="anna", trigger_id=trigger, for_s=for_s)


def release(trigger: str = ONE, to: str = SCADA) -> GwsHumanRelease:
    return GwsHumanRelease(to_g_node_alias=to, who="anna", trigger_id=trigger)


def set_(node: str = RELAY, value: float = 1.0, trigger: str = ONE, to: str = SCADA) -> GwsHumanSet:
    return GwsHumanSet(to_g_node_alias=to, who="anna", trigger_id=trigger, node=node, value=value)


def local(*, asked: bool, trigger: str = ONE, to: str = SCADA) -> GwsHumanLocal:
    return GwsHumanLocal(to_g_node_alias=to, who="anna", trigger_id=trigger, asked=asked)


class Hall:
    """A door, and whoever stands before it."""

    def __init__(self, lease: LeaseChanged | None = None, *, is_open: bool = True) -> None:
        new_id = IdSource(b"door")
        self.door = HumanDoor(
            PINE, "local", lambda to, answer: Send("local", to, answer, Urgency.PLAIN, new_id()), is_open=is_open
        )
        self.notes: list[str] = []
        if lease is not None:
            assert self.door.lease_changed(lease, NOW) == []

    def ask(self, request: Request, src: str = ANNA, now: Moment = NOW) -> tuple[list[Event], list[tuple[str, GwsHumanAnswer]]]:
        """What the SCADA gets, and who hears what."""
        return self._split(self.door.ask(Received("local", src, "", False, request, now.wall_ms, "s"), request, now))

    def say(self, event: LeaseChanged | Outcome | MinimumTime, now: Moment = NOW) -> list[tuple[str, GwsHumanAnswer]]:
        """Who hears what when the SCADA says this."""
        if isinstance(event, LeaseChanged):
            effects = self.door.lease_changed(event, now)
        elif isinstance(event, MinimumTime):
            effects = self.door.held_back(event, now)
        else:
            effects = self.door.ended(event, now) or ()
        mail, answers = self._split(effects)
        assert mail == []
        return answers

    def _split(self, effects: Sequence[Event]) -> tuple[list[Event], list[tuple[str, GwsHumanAnswer]]]:
        mail: list[Event] = []
        answers: list[tuple[str, GwsHumanAnswer]] = []
        for effect in effects:
            if isinstance(effect, Note):
                self.notes.append(effect.text)
            elif isinstance(effect, Send):
                assert isinstance(effect.message, GwsHumanAnswer)
                effect.message.check()
                answers.append((effect.dst, effect.message))
            else:
                mail.append(effect)
        return mail, answers


TAKES = HumanTakes("anna", 30 * MINUTE_MS)
RELEASES = HumanReleases("anna")
WANTS_LOCAL, WANTS_IT_NO_MORE = LocalControlAsked("anna", asked=True), LocalControlAsked("anna", asked=False)


def ended(verdict: Verdict = Verdict.DONE, reason: str = "", read_back: float | None = 1.0) -> Outcome:
    return Outcome(RELAY, 1.0, verdict, reason, ONE, read_back)


@pytest.mark.parametrize(
    ("lease", "request_", "mail", "before", "says", "told"),
    [
        (None, take(), TAKES, [LOCAL, REMOTE], HUMAN, ("Done", "", None, "human", 7)),
        (LOCAL, take(for_s=86_400), HumanTakes("anna", DAY_MS), [], HUMAN, ("Done", "", None, "human", 7)),
        (HUMAN, take(), TAKES, [], HUMAN, ("Done", "", None, "human", 7)),
        (HUMAN, release(), RELEASES, [HUMAN], BACK, ("Done", "", None, "local", 8)),
        (REMOTE, local(asked=True), WANTS_LOCAL, [REMOTE], BACK, ("Done", "", None, "local", 8)),
        (REMOTE, local(asked=True), WANTS_LOCAL, [], HUMAN, ("Done", "", None, "human", 7)),
        (HUMAN, set_(), HumanSets("anna", RELAY, 1.0, ONE), [HUMAN], ended(), ("Done", "", 1.0, "human", 7)),
        (None, set_(), HumanSets("anna", RELAY, 1.0, ONE), [], ended(read_back=None), ("Done", "", None, None, None)),
        (
            HUMAN,
            set_("a-hp-relay"),
            HumanSets("anna", RELAY, 1.0, ONE),
            [MinimumTime(OUTPUT, NOW.mono_ms + 240_000)],
            MinimumTime(RELAY, NOW.mono_ms + 240_000),
            (
                "Accepted",
                "a minimum time holds a.hp.relay back for 240 s more; then it is set, if you have the house still",
                None,
                "human",
                7,
            ),
        ),
        (
            LOCAL,
            set_(OUTPUT, 45.5),
            HumanSets("anna", OUTPUT, 45.5, ONE),
            [],
            ended(Verdict.REFUSED, "take the house first", None),
            ("Refused", "take the house first", None, "local", 5),
        ),
        (
            HUMAN,
            set_("a-hp-relay"),
            HumanSets("anna", RELAY, 1.0, ONE),
            [],
            ended(Verdict.DEVICE_FAILED, "it reads 0 afterwards", 0.0),
            ("DeviceFailed", "it reads 0 afterwards", 0.0, "human", 7),
        ),
    ],
)
def test_what_the_scada_says_is_the_answer(
    lease: LeaseChanged | None,
    request_: Request,
    mail: Event,
    before: list[LeaseChanged | MinimumTime],
    says: LeaseChanged | Outcome | MinimumTime,
    told: tuple[object, ...],
) -> None:
    hall = Hall(lease)
    assert hall.ask(request_) == ([mail], [])
    for other in before:
        assert hall.say(other) == []
    ((to, answer),) = hall.say(says)
    assert to == ANNA
    assert (answer.from_g_node_alias, answer.trigger_id) == (SCADA, ONE)
    assert told == (answer.verdict, answer.reason, given(answer.read_back), given(answer.lease_by), given(answer.fencing_token))
    assert given(answer.lease_until_unix_ms) == (UNTIL_MS if given(answer.lease_by) == "human" else None)
    assert hall.say(says) == [], "a request is answered once"


@pytest.mark.parametrize(
    ("lease", "request_", "mail", "by"),
    [
        (None, release(), RELEASES, None),
        (LOCAL, release(), RELEASES, "local"),
        (REMOTE, release(), RELEASES, "remote"),
        (None, local(asked=True), WANTS_LOCAL, None),
        (LOCAL, local(asked=True), WANTS_LOCAL, "local"),
        (HUMAN, local(asked=True), WANTS_LOCAL, "human"),
        (REMOTE, local(asked=False), WANTS_IT_NO_MORE, "remote"),
    ],
)
def test_what_changes_no_lease_is_answered_at_once(
    lease: LeaseChanged | None, request_: Request, mail: Event, by: str | None
) -> None:
    hall = Hall(lease)
    passed_on, ((to, answer),) = hall.ask(request_)
    assert passed_on == [mail], "what is known here may be old; the SCADA is told in any case"
    assert (to, answer.verdict, given(answer.lease_by)) == (ANNA, "Done", by)
    assert hall.say(BACK) == []


@pytest.mark.parametrize(
    ("request_", "src", "verdict", "says"),
    [
        (set_("a.hp.rely"), ANNA, "Refused", "did you mean a.hp.relay?"),
        (set_("a.m"), ANNA, "Refused", "a.m is a PowerMeter and cannot be set"),
        (set_(RELAY, 0.5), ANNA, "OutOfRange", "takes on, off, 1 or 0, not 0.5"),
        (set_(OUTPUT, 80.0), ANNA, "OutOfRange", "takes 30 to 70 degC, not 80"),
        (take(for_s=86_401), ANNA, "Refused", "for a day at most"),
        (take(), "a-hp-relay", "Refused", "persons speak as human-NAME, and not as a-hp-relay"),
        (take(to="d1.other.ta.scada"), ANNA, "Refused", f"this is {SCADA}, and not d1.other.ta.scada"),
        (release(to="d1.other.ta.scada"), ANNA, "Refused", "not d1.other.ta.scada"),
        (set_(to="d1.other.ta.scada"), ANNA, "Refused", "not d1.other.ta.scada"),
        (local(asked=True, to="d1.other.ta.scada"), ANNA, "Refused", "not d1.other.ta.scada"),
    ],
)
def test_what_is_wrong_is_refused_with_its_reason(request_: Request, src: str, verdict: str, says: str) -> None:
    hall = Hall(HUMAN)
    mail, ((to, answer),) = hall.ask(request_, src)
    assert mail == []
    assert (to, answer.verdict, given(answer.lease_by)) == (src, verdict, "human")
    assert says in answer.reason
    assert [answer.reason in note for note in hall.notes] == [True]


@pytest.mark.parametrize("request_", [take(), release(), set_(), local(asked=True), local(asked=False)])
def test_a_closed_door_lets_nothing_through_and_names_its_setting(request_: Request) -> None:
    mail, ((_, answer),) = Hall(HUMAN, is_open=False).ask(request_)
    assert (mail, answer.verdict) == ([], "Refused")
    assert "GWS_HUMAN_DOOR" in answer.reason


def test_refusals_are_counted_and_told_once_a_minute() -> None:
    hall = Hall(HUMAN)
    for number in range(5):
        hall.ask(set_("a.nowhere", trigger=f"{number}"), now=NOW.later(number * SECOND_MS))
    assert len(hall.notes) == 1
    hall.ask(set_(RELAY, 7.0, trigger="5"))
    assert len(hall.notes) == 2, "another kind"
    hall.ask(set_("a.nowhere", trigger="6"), now=NOW.later(MINUTE_MS))
    assert "4 more of this kind" in hall.notes[2]


@pytest.mark.parametrize(
    ("request_", "says"), [(take(), HUMAN), (set_(), ended()), (set_("a.nowhere"), None), (release(), BACK)]
)
def test_what_is_asked_twice_is_done_once_and_gets_the_same_answer(
    request_: Request, says: LeaseChanged | Outcome | None
) -> None:
    hall = Hall(HUMAN)
    first, answers = hall.ask(request_)
    if says is not None:
        assert hall.ask(request_, BEN) == ([], []), "it waits for the answer like the first"
        answers = hall.say(says)
    assert len(first) == (says is not None)
    ((to, answer),) = answers
    assert to == ANNA
    hall.say(REMOTE)
    later = NOW.later(MINUTE_MS)
    assert hall.ask(request_, BEN, later) == ([], [(BEN, answer)])


def test_two_who_take_the_house_are_answered_in_their_order() -> None:
    hall = Hall(LOCAL)
    hall.ask(take(ONE), ANNA)
    hall.ask(take(TWO), BEN)
    assert [to for to, _ in hall.say(HUMAN)] == [ANNA]
    assert [to for to, _ in hall.say(HUMAN)] == [BEN]


def test_what_is_taken_and_given_back_at_once() -> None:
    hall = Hall(LOCAL)
    hall.ask(take(ONE), ANNA)
    assert hall.ask(release(TWO), ANNA) == ([RELEASES], []), "the lease that is to be given back is on its way"
    assert [answer.trigger_id for _, answer in hall.say(HUMAN)] == [ONE]
    assert [answer.trigger_id for _, answer in hall.say(BACK)] == [TWO]


def test_a_command_of_somebody_else_is_not_a_person_s() -> None:
    hall = Hall(HUMAN)
    assert hall.door.ended(ended(), NOW) is None
    hall.ask(set_())
    assert hall.say(ended())
    assert hall.door.ended(ended(), NOW) == (), "told by the actuator before, and now by the SCADA"


def test_a_request_that_a_failed_scada_never_answered_takes_nobody_else_s_answer() -> None:
    hall = Hall(LOCAL)
    hall.ask(take(ONE), ANNA)
    later = NOW.later(PATIENCE_MS + 1)
    hall.ask(take(TWO), BEN, later)
    assert [to for to, _ in hall.say(HUMAN, later)] == [BEN]


def test_nobody_makes_its_memory_grow() -> None:
    hall = Hall(HUMAN)
    for number in range(KEPT_REQUESTS + 1):
        hall.ask(take(f"{number}"))
        hall.ask(set_("a.nowhere", trigger=f"-{number}"))
    assert len(hall.ask(take("0"))[0]) == 1, "the oldest is forgotten"
    assert hall.ask(take(f"{KEPT_REQUESTS}")) == ([], [])
    assert hall.ask(set_("a.nowhere", trigger=f"-{KEPT_REQUESTS}"))[1]


@pytest.mark.parametrize(
    ("requests", "holders"),
    [
        ([take(ONE), release(TWO)], ["human", "local"]),
        ([take(ONE), take(TWO)], ["human", "human"]),
        ([release(ONE), local(asked=True, trigger=TWO)], ["remote", "local"]),
        ([local(asked=True, trigger=ONE), local(asked=False, trigger=TWO)], ["local", "local"]),
    ],
)
def test_the_real_lease_answers_each_request(requests: list[Request], holders: list[str]) -> None:
    sides = remote()
    hall = Hall(LeaseChanged(Authority.REMOTE, sides.scada.token, "all is well", NOW.wall_ms))
    told: list[GwsHumanAnswer] = []
    for request_ in requests:
        mail, answers = hall.ask(request_)
        sides.effects.clear()
        for event in mail:
            sides.give(Side.SCADA, event)
        for changed in sides.of(LeaseChanged):
            assert isinstance(changed, LeaseChanged)
            answers += hall.say(changed)
        told += [answer for _, answer in answers]
    assert [(answer.trigger_id, given(answer.lease_by)) for answer in told] == [
        (request_.trigger_id, holder) for request_, holder in zip(requests, holders, strict=True)
    ]
    assert given(told[-1].fencing_token) == sides.scada.token
    assert (given(told[-1].lease_until_unix_ms) is not None) == (holders[-1] == "human")
