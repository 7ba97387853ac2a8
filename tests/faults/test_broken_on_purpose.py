"""The rules can fail: whatever is broken here on purpose is found, by its rule, within a few seeds."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
import pytest

from gw_spaceheat.actors.actuator import ActuatorActor
from gw_spaceheat.apps.bench.faults import play
from gw_spaceheat.apps.faults.rules import Rule
from gw_spaceheat.apps.faults.story import story_of
from gw_spaceheat.core.authority.arbiter import Arbiter
from gw_spaceheat.core.authority.minimum_times import MinimumTimeGuard
from gw_spaceheat.core.contract import book, gate, scada_side
from gw_spaceheat.core.contract.energy import Account, MeterRule, read
from gw_spaceheat.core.contract.lease import Lease, LeaseKeeper
from gw_spaceheat.core.contract.life import Result, Side
from gw_spaceheat.core.contract.mode import Condition, ModeKeeper
from gw_spaceheat.core.contract.state import ScadaMemory
from gw_spaceheat.core.events import Append, Authority, Command, Event, Keep, LeaseChanged, Obey, Readings
from gw_spaceheat.core.safety.machine import Safety
from gw_spaceheat.core.scada import Scada
from gw_spaceheat.stores.contract_memory import ContractMemory
from gw_spaceheat.vocabulary.moment import Moment

HOUSES = Path(__file__).parents[2] / "input_data" / "houses.json"
Break = Callable[[pytest.MonkeyPatch], None]


def ignore_the_token(patch: pytest.MonkeyPatch) -> None:
    judge, obey = gate.Gate.judge, Arbiter.obey
    patch.setattr(
        gate.Gate, "judge", lambda self, order, known, now: judge(self, order, known._replace(token=order.fencing_token), now)
    )
    patch.setattr(Arbiter, "obey", lambda self, order, now: obey(self, msgspec.structs.replace(order, token=self.token), now))


def ignore_the_age(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gate.Gate, "_judge_age", lambda *_: None)


def ignore_signatures(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gate, "signature_fault", lambda *_: "")


def ignore_addresses(patch: pytest.MonkeyPatch) -> None:
    judge = gate.Gate.judge

    def lenient(self: gate.Gate, order: gate.GwsCommand, known: gate.Authorized, now: Moment) -> gate.Judgement:
        own = {"from_g_node_alias": self._house.alias, "to_g_node_alias": self._house.scada_alias}
        return judge(self, msgspec.structs.replace(order, **own), known, now)

    patch.setattr(gate.Gate, "judge", lenient)
    patch.setattr(gate, "signature_fault", lambda *_: "")


def accept_replays(patch: pytest.MonkeyPatch) -> None:
    judge = gate.Gate.judge
    patch.setattr(
        gate.Gate, "judge", lambda self, order, known, now: judge(self, order, known._replace(last_sequence=0, taken=()), now)
    )


def forget_numbers(patch: pytest.MonkeyPatch) -> None:
    """A store that loses the numbers of the commands that were taken."""
    commit = ContractMemory.commit

    def forgetful(self: ContractMemory, effects: Sequence[Append | Keep]) -> None:
        commit(self, [_without_numbers(effect) if isinstance(effect, Keep) else effect for effect in effects])

    patch.setattr(ContractMemory, "commit", forgetful)


def _without_numbers(keep: Keep) -> Keep:
    state = keep.state
    if not isinstance(state, ScadaMemory):
        return keep
    pacts = tuple(msgspec.structs.replace(pact, last_sequence=0) for pact in state.pacts)
    return Keep(keep.name, msgspec.structs.replace(state, pacts=pacts))


def obey_before_it_is_durable(patch: pytest.MonkeyPatch) -> None:
    obey = scada_side.ScadaSide._obey

    def hasty(self: scada_side.ScadaSide, order: Obey, now: Moment) -> None:
        obey(self, order, now)
        self._desk._changed = False

    patch.setattr(scada_side.ScadaSide, "_obey", hasty)


def lose_lines(patch: pytest.MonkeyPatch) -> None:
    """A store that loses a line of the log now and then."""
    commit, count = ContractMemory.commit, [0]

    def leaking(self: ContractMemory, effects: Sequence[Append | Keep]) -> None:
        count[0] += 1
        commit(self, [effect for effect in effects if isinstance(effect, Keep) or count[0] % 200])

    patch.setattr(ContractMemory, "commit", leaking)


def fall_back_with_the_token(patch: pytest.MonkeyPatch) -> None:
    def careless(lease: Lease, now: Moment | None = None) -> LeaseKeeper:
        return LeaseKeeper(msgspec.structs.replace(lease, token=max(lease.token - 1, 1)), now)

    patch.setattr(scada_side, "LeaseKeeper", careless)


def let_go_on_before_a_command_is_given(patch: pytest.MonkeyPatch) -> None:
    """The lease may change hands between a decision and its command."""
    handle = scada_side.ScadaSide.handle

    def hurrying(self: scada_side.ScadaSide, event: Event, now: Moment) -> Sequence[Event]:
        effects = list(handle(self, event, now))
        if isinstance(event, Command):
            self._mode.wake(now)
            self._go_on(now)
            effects += self._finish(now)
        return effects

    patch.setattr(scada_side.ScadaSide, "handle", hurrying)


def heat_locally_all_the_time(patch: pytest.MonkeyPatch) -> None:
    def steer(self: Scada, now: Moment) -> list[Event]:
        holder, effects = self._arbiter.holder, self._obey(Authority.SAFETY, self._safety.handle(self._latest, now), now)
        self._arbiter.holder = Authority.LOCAL
        effects += self._obey(Authority.LOCAL, self._heating.handle(self._latest, now), now)
        self._arbiter.holder = holder
        return effects

    patch.setattr(Scada, "_steer", steer)


def forget_to_take_over(patch: pytest.MonkeyPatch) -> None:
    def hand_over(self: Scada, event: LeaseChanged, _now: Moment) -> list[Event]:
        self._arbiter.hand_over(event.by, event.token)
        return []

    patch.setattr(Scada, "_hand_over", hand_over)


def bear_silence(patch: pytest.MonkeyPatch) -> None:
    raise_ = ModeKeeper.raise_

    def patient(self: ModeKeeper, condition: Condition, reason: str, now: Moment, *, at_mono_ms: int | None = None) -> bool:
        return condition is not Condition.ContactLost and raise_(self, condition, reason, now, at_mono_ms=at_mono_ms)

    patch.setattr(ModeKeeper, "raise_", patient)


def switch_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(MinimumTimeGuard, "may_be_set", lambda _self, _on, mono_ms: mono_ms)


def forget_the_start(patch: pytest.MonkeyPatch) -> None:
    """Minimum times do not hold over a restart."""
    patch.setattr(MinimumTimeGuard, "begin", lambda _self, _mono_ms: None)


def act_on_anything(patch: pytest.MonkeyPatch) -> None:
    """An actuator without fence and time to live."""
    patch.setattr(ActuatorActor, "_problem", lambda *_: None)


def act_again(patch: pytest.MonkeyPatch) -> None:
    obey = ActuatorActor._obey

    def forgetful(self: ActuatorActor, command: Command, now: Moment) -> Sequence[Event]:
        self._acted.clear()
        return obey(self, command, now)

    patch.setattr(ActuatorActor, "_obey", forgetful)


def protect_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Safety, "_look", lambda *_: ())


def believe_oneself(patch: pytest.MonkeyPatch) -> None:
    """Each side takes its own claim for the result."""
    conclude = book.Book.conclude

    def stubborn(self: book.Book, pact: book.Pact) -> book.Pact:
        own = self._side is Side.SCADA

        def result_of(scada_claim: Result, atn_claim: Result) -> Result:
            return scada_claim if own else atn_claim

        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(book, "result_of", result_of)
            return conclude(self, pact)

    patch.setattr(book.Book, "conclude", stubborn)


def count_too_much(patch: pytest.MonkeyPatch) -> None:
    """A meter's readings count two percent too much in the SCADA's account."""

    def greedy(account: Account, readings: Readings, rules: Mapping[str, MeterRule]) -> Account:
        after = read(account, readings, rules)
        used_wh = account.used_wh + (after.used_wh - account.used_wh) * 1.02
        return after if after is account else msgspec.structs.replace(after, used_wh=used_wh)

    patch.setattr(scada_side, "read", greedy)


@pytest.mark.parametrize(
    ("break_it", "rule", "seeds"),
    [
        (ignore_the_token, Rule.RIGHTFUL, 10),
        (ignore_the_age, Rule.RIGHTFUL, 10),
        (ignore_signatures, Rule.RIGHTFUL, 20),
        (ignore_addresses, Rule.RIGHTFUL, 20),
        (accept_replays, Rule.ONCE, 20),
        (forget_numbers, Rule.ONCE, 10),
        (obey_before_it_is_durable, Rule.ONCE, 10),
        (lose_lines, Rule.LOGS, 10),
        (fall_back_with_the_token, Rule.ONE_CONTROLLER, 20),
        (let_go_on_before_a_command_is_given, Rule.ONE_CONTROLLER, 60),
        (heat_locally_all_the_time, Rule.ONE_CONTROLLER, 10),
        (forget_to_take_over, Rule.NEVER_WITHOUT, 10),
        (bear_silence, Rule.SILENCE, 10),
        (switch_at_once, Rule.MINIMUM_TIMES, 60),
        (forget_the_start, Rule.MINIMUM_TIMES, 60),
        (act_on_anything, Rule.RIGHTFUL, 60),
        (act_again, Rule.ONCE, 60),
        (protect_nothing, Rule.WARM, 20),
        (believe_oneself, Rule.OUTCOMES, 20),
        (count_too_much, Rule.ACCOUNTS, 20),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_broken_on_purpose_is_found(break_it: Break, rule: Rule, seeds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    break_it(monkeypatch)
    for seed in range(seeds):
        if rule in {broken.rule for broken in play(HOUSES, story_of(seed)).broken}:
            return
    raise AssertionError(f"{seeds} seeds found nothing")
