"""The rules themselves: for each what it lets pass, and what it finds."""

from collections.abc import Callable

import pytest

from gw_spaceheat.apps.faults.rules import MOST_OF_A_RULE, Limits, Rule, Rules, Seen, Spent, judge_water
from gw_spaceheat.core.contract.lease import Holder, Lease
from gw_spaceheat.core.contract.life import Life
from gw_spaceheat.core.contract.log import NO_ENTRIES, Fault, Verified, entry
from gw_spaceheat.core.contract.options import ContractOptions
from gw_spaceheat.core.contract.state import Pact, ScadaMemory
from gw_spaceheat.core.events import Authority, Command, LeaseChanged
from gw_spaceheat.house.model import MinimumTimes
from gw_spaceheat.messages.gws_command import GwsCommand
from gw_spaceheat.messages.slow_dispatch_contract import SlowDispatchContract
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS
from tests.core.contract.commands import CONTRACT, OTHER_ID, command, relay_event

HP, RELAY = "a.hp.relay", "a.elt1.relay"
LOCAL, REMOTE, HUMAN, SAFETY = Authority.LOCAL, Authority.REMOTE, Authority.HUMAN, Authority.SAFETY
Play = Callable[[Rules], object]


def rules() -> Rules:
    return Rules({HP: MinimumTimes(on_s=600, off_s=300, starts_per_hour=2)}, ContractOptions())


def lease(by: Authority, token: int) -> LeaseChanged:
    return LeaseChanged(by, token, "", 0)


def order(value: float, by: Authority = LOCAL, token: int = 1, trigger: str = "t1", node: str = HP) -> Command:
    return Command(node, value, by, "cold", trigger, 10 * HOUR_MS, token)


def found(*plays: Play) -> list[Rule]:
    watched = rules()
    watched.lease(lease(LOCAL, 1), 0)
    for play in plays:
        play(watched)
    return [broken.rule for broken in watched.broken]


@pytest.mark.parametrize(
    ("plays", "broken"),
    [
        ([lambda r: r.given(order(1), 1)], []),
        ([lambda r: r.given(order(1, SAFETY), 1)], []),
        ([lambda r: r.given(order(1, REMOTE), 1)], [Rule.ONE_CONTROLLER]),
        ([lambda r: r.given(order(1, token=2), 1)], [Rule.ONE_CONTROLLER]),
        ([lambda r: r.lease(lease(REMOTE, 2), 1), lambda r: r.given(order(1, REMOTE, 2), 1)], []),
        ([lambda r: r.lease(lease(REMOTE, 2), 1), lambda r: r.given(order(1), 1)], [Rule.ONE_CONTROLLER]),
        ([lambda r: r.lease(lease(REMOTE, 1), 1)], [Rule.ONE_CONTROLLER]),  # another with the same token
        ([lambda r: r.lease(lease(LOCAL, 1), 1)], []),  # told again at a start
        ([lambda r: r.lease(lease(REMOTE, 3), 1), lambda r: r.lease(lease(LOCAL, 2), 2)], [Rule.ONE_CONTROLLER]),
        ([lambda r: r.lease(lease(REMOTE, 3), 1), lambda r: r.kept(ScadaMemory(lease=Lease()), 2)], [Rule.ONE_CONTROLLER]),
    ],
)
def test_who_commands(plays: list[Play], broken: list[Rule]) -> None:
    assert found(*plays) == broken


def test_an_output_is_set_by_what_was_given_once_in_time_and_never_under_an_older_lease() -> None:
    watched = rules()
    watched.lease(lease(LOCAL, 1), 0)
    old, new = order(1, node=RELAY), order(0, REMOTE, 2, "t2", RELAY)
    watched.given(old, 0)
    watched.lease(lease(REMOTE, 2), 1)
    watched.given(new, 1)
    watched.wrote(RELAY, 0, new, 2)
    assert watched.broken == []
    watched.wrote(RELAY, 1, old, 3)
    watched.wrote(RELAY, 0, new, 4)
    watched.wrote(RELAY, 1, order(1, REMOTE, 2, "t9", RELAY), 5)
    watched.wrote(RELAY, 1, None, 6)
    late = order(1, REMOTE, 2, "t3", RELAY)
    watched.given(late, 7)
    watched.wrote(RELAY, 1, late, 10 * HOUR_MS + 1)
    assert [broken.rule for broken in watched.broken] == [Rule.ONE_CONTROLLER, Rule.ONCE, Rule.RIGHTFUL, Rule.RIGHTFUL]


@pytest.mark.parametrize(
    ("switchings", "count"),
    [
        ([(0, 1, LOCAL), (600, 0, LOCAL), (900, 1, REMOTE)], 0),
        ([(0, 1, LOCAL), (599, 0, REMOTE)], 1),
        ([(0, 1, LOCAL), (599, 0, SAFETY)], 0),
        ([(0, 1, LOCAL), (599, 0, None)], 0),  # the process died
        ([(0, 1, LOCAL), (600, 0, LOCAL), (899, 1, HUMAN)], 1),
        ([(0, 1, LOCAL), (1, 1, LOCAL), (600, 0, LOCAL)], 0),
        ([(0, 1, LOCAL), (600, 0, LOCAL), (900, 1, LOCAL), (1500, 0, LOCAL), (1800, 1, LOCAL)], 1),  # the third start
        ([(0, 1, LOCAL), (600, 0, LOCAL), (900, 1, LOCAL), (1500, 0, LOCAL), (3600, 1, LOCAL)], 0),
    ],
)
def test_minimum_times(switchings: list[tuple[int, float, Authority | None]], count: int) -> None:
    watched = rules()
    for number, (at_s, value, by) in enumerate(switchings):
        given = None if by is None else order(value, by, 0, f"t{number}")
        if given is not None:
            watched._given[given.trigger] = given
        watched.wrote(HP, value, given, at_s * 1000)
    assert [broken.rule for broken in watched.broken] == [Rule.MINIMUM_TIMES] * count


def taken(of: GwsCommand, **changes: object) -> str:
    body = {"node": RELAY, "value": 1.0, "trigger": of.asked().trigger_id, "sequence": of.sequence, "token": of.fencing_token}
    return entry(NO_ENTRIES, 0, "command", body | changes, "k")[1]


GOOD = command()


def remote_rules() -> Rules:
    watched = rules()
    watched.lease(lease(REMOTE, GOOD.fencing_token), 0)
    watched.ordered(GOOD)
    watched.said(GOOD.heard_heartbeat, 1_000)
    return watched


@pytest.mark.parametrize(
    ("line", "contract", "ends_ms", "now_ms", "broken"),
    [
        (taken(GOOD), CONTRACT, 100, 1_000, []),
        (taken(GOOD), CONTRACT, 100, 91_000, []),
        (taken(GOOD), CONTRACT, 100, 91_001, [Rule.RIGHTFUL]),
        (taken(GOOD), CONTRACT, 50, 1_000, [Rule.RIGHTFUL]),
        (taken(GOOD), OTHER_ID, 100, 1_000, [Rule.RIGHTFUL]),
        (taken(GOOD, sequence=18), CONTRACT, 100, 1_000, [Rule.RIGHTFUL]),
        (taken(GOOD, token=4), CONTRACT, 100, 1_000, [Rule.RIGHTFUL]),
        (taken(command(event=relay_event(trigger=OTHER_ID))), CONTRACT, 100, 1_000, [Rule.RIGHTFUL]),
        (entry(NO_ENTRIES, 0, "refused", {}, "k")[1], "", 0, 1_000, []),
    ],
)
def test_what_is_taken_from_outside(line: str, contract: str, ends_ms: int, now_ms: int, broken: list[Rule]) -> None:
    watched = remote_rules()
    told = watched.logged(line, contract, ends_ms, 50, now_ms)
    assert told is ('"kind":"command"' in line)
    assert [each.rule for each in watched.broken] == broken


def test_a_number_is_taken_once_and_durable_before_the_relay_moves() -> None:
    watched = remote_rules()
    given = order(1, REMOTE, GOOD.fencing_token, GOOD.asked().trigger_id, RELAY)
    watched.logged(taken(GOOD), CONTRACT, 100, 50, 1_000)
    watched.given(given, 1_000)
    contract = SlowDispatchContract(
        scada_alias=GOOD.to_g_node_alias,
        start_s=1_700_000_100,
        duration_minutes=5,
        avg_power_watts=1,
        oil_boiler_on=False,
        contract_id=CONTRACT,
    )
    pact = Pact(contract=contract, standing=True, created_ms=0, last_sequence=GOOD.sequence)
    watched.kept(ScadaMemory(pacts=(pact,), lease=Lease(Holder.Remote, GOOD.fencing_token)), 1_000)
    watched.given(given, 1_001)
    watched.scada_started()
    watched.said(GOOD.heard_heartbeat, 1_002)
    watched.logged(taken(GOOD), CONTRACT, 100, 50, 1_003)
    assert [(each.at_ms, each.rule) for each in watched.broken] == [(1_000, Rule.ONCE), (1_003, Rule.ONCE)]


@pytest.mark.parametrize(
    ("seen", "now_ms", "broken"),
    [
        (Seen(True, Holder.Remote, 5, 100, 100, 0), 5 * MINUTE_MS + 7, []),
        (Seen(True, Holder.Remote, 5, 100, 101, 0), 7, [Rule.SILENCE]),
        (Seen(True, Holder.Remote, 5, None, 50, 0), 7, [Rule.SILENCE]),
        (Seen(True, Holder.Remote, 5, 100, 50, 0), 5 * MINUTE_MS + 8, [Rule.SILENCE]),
        (Seen(False, Holder.Remote, 5, 100, 50, 0), 7, [Rule.NEVER_WITHOUT]),
        (Seen(False, Holder.Local, 6, None, 50, 7), 7, [Rule.ONE_CONTROLLER]),
    ],
)
def test_what_the_scada_is_between_two_calls(seen: Seen, now_ms: int, broken: list[Rule]) -> None:
    watched = remote_rules()
    watched.alive(7)
    watched.look(seen, now_ms)
    assert [each.rule for each in watched.broken] == broken


def test_as_much_silence_more_is_borne_as_a_dead_scadas_clock_was_set_back() -> None:
    watched = remote_rules()
    watched.alive(0)
    watched.set_back_unseen(90_000)
    watched.look(Seen(True, Holder.Remote, 5, 100, 50, 0), 5 * MINUTE_MS + 90_000)
    assert watched.broken == []
    watched.alive(1)
    watched.look(Seen(True, Holder.Remote, 5, 100, 50, 0), 5 * MINUTE_MS + 2)
    assert [each.rule for each in watched.broken] == [Rule.SILENCE]


@pytest.mark.parametrize(("asked_ms", "count"), [(100, 0), (99, 1), (None, 1)])
def test_local_heating_is_asked_as_soon_as_it_has_the_lease(asked_ms: int | None, count: int) -> None:
    watched = rules()
    watched.lease(lease(LOCAL, 2), 100)
    watched.look(Seen(False, Holder.Local, 2, None, 0, asked_ms), 100)
    watched.look(Seen(False, Holder.Local, 2, None, 0, 100), 100 + 11 * MINUTE_MS)
    assert [each.rule for each in watched.broken] == [Rule.NEVER_WITHOUT] * count
    watched.look(Seen(False, Holder.Local, 2, None, 0, 100), 101 + 11 * MINUTE_MS)
    assert len(watched.broken) == count + 1


LIMITS = Limits(tanks_c=10, pipes_c=7, hottest_c=90, off_k=2, mending_ms=1_000)


@pytest.mark.parametrize(
    ("tanks_c", "pipes_c", "before_c", "guarded_ms", "broken"),
    [
        ([8, 92], [5], 50, 1_000, []),
        ([7.9, 50], [20], 50, 1_000, [Rule.WARM]),
        ([50], [4.9], 50, 1_000, [Rule.WARM]),
        ([50], [4.9], 50, 999, []),
        ([92.3], [20], 92, 1_000, [Rule.COOL]),
        ([92.3], [20], 92.2, 1_000, []),  # layers mix
        ([92.1], [20], 92.2, 1_000, []),  # it cools
        ([], [], 50, 1_000, []),
    ],
)
def test_water(tanks_c: list[float], pipes_c: list[float], before_c: float, guarded_ms: int, broken: list[Rule]) -> None:
    watched = rules()
    judge_water(watched, LIMITS, tanks_c, pipes_c, before_c, guarded_ms, 0)
    assert [each.rule for each in watched.broken] == broken


@pytest.mark.parametrize(
    ("scada", "atn", "count"),
    [
        ({"x": Life.CompletedSuccess}, {"x": "CompletedSuccess"}, 0),
        ({"x": Life.CompletedSuccess}, {"x": "TerminatedByLtn"}, 1),
        ({"x": Life.Ending}, {"x": "Ending"}, 1),
        ({"x": Life.Active}, {}, 1),
        ({}, {"x": "Ending"}, 1),
        ({}, {"x": "TerminatedByLtn"}, 0),  # forgotten by the other, as the oldest are
    ],
)
def test_outcomes(scada: dict[str, Life], atn: dict[str, str], count: int) -> None:
    def pact(contract_id: str, life: Life) -> Pact:
        contract = SlowDispatchContract(
            scada_alias="x.ta.scada",
            start_s=0,
            duration_minutes=60,
            avg_power_watts=1,
            oil_boiler_on=False,
            contract_id=contract_id,
        )
        return Pact(contract=contract, standing=True, life=life, created_ms=0)

    watched = rules()
    watched.compare([pact(name, life) for name, life in scada.items()], atn, 0)
    assert [each.rule for each in watched.broken] == [Rule.OUTCOMES] * count


@pytest.mark.parametrize(("scada_wh", "broken"), [(11.0, []), (11.1, [Rule.ACCOUNTS]), (8.9, [Rule.ACCOUNTS])])
def test_accounts(scada_wh: float, broken: list[Rule]) -> None:
    watched = rules()
    watched.account(Spent("x", scada_wh, 10.0), 0)
    assert [each.rule for each in watched.broken] == broken


def test_logs_and_that_a_rule_is_told_a_few_times_only() -> None:
    watched = rules()
    watched.log("scada", Verified(NO_ENTRIES, ()), [], 0)
    assert watched.broken == []
    for _ in range(9):
        watched.log("scada", Verified(NO_ENTRIES, (Fault(3, "was altered"), Fault(4, "was altered"))), [], 0)
    assert [each.rule for each in watched.broken] == [Rule.LOGS] * MOST_OF_A_RULE
    assert "entry 3 of the scada's log" in watched.broken[0].text
