"""A house in virtual time: the same story however it is run."""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from gw_spaceheat.apps.houses import house_to_start
from gw_spaceheat.apps.simulate import Simulation, SimulationOutcome, simulate
from gw_spaceheat.apps.simulation_run import SimulationRequest, prepare
from gw_spaceheat.core.events import Event, Persist
from gw_spaceheat.core.retention.retention import RetentionOptions
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.codec import Envelope, decode
from gw_spaceheat.messages.gws_completeness import GwsCompleteness
from gw_spaceheat.messages.gws_thinned_report import GwsThinnedReport
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.plant.faults import FaultKind, SensorFault
from gw_spaceheat.vocabulary.compiling import numba_is_here
from gw_spaceheat.vocabulary.contract_plan import ContractPlan
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS
from gw_spaceheat.vocabulary.slots import slot_start

ROOT = Path(__file__).resolve().parents[2]
OAK = "hw1.isone.me.millinocket.oak"
BUFFER_PROBE = "a-buffer-depth4"
HOURS = 5


def simulation(**changes: object) -> Simulation:
    house, _ = house_to_start(ROOT / "input_data" / "houses.json", OAK)
    what, _ = prepare(SimulationRequest(house=house, start=datetime(2018, 1, 8, 5), days=1, compiled=numba_is_here()))
    return replace(what, hours=HOURS, **changes)


@pytest.fixture(scope="module")
def plain() -> SimulationOutcome:
    return simulate(simulation())


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"skipping": False}, id="every scan made"),
        pytest.param({"strict": True}, id="every message decoded"),
        pytest.param(
            {"compiled": False},
            id="physics not compiled",
            marks=pytest.mark.skipif(not numba_is_here(), reason="Numba is not installed"),
        ),
    ],
)
def test_the_story_is_the_same_to_the_last_byte(plain: SimulationOutcome, changes: dict[str, object]) -> None:
    other = simulate(simulation(**changes))
    assert other.digest == plain.digest
    assert other.totals == plain.totals
    assert other.energy_wh == plain.energy_wh
    assert (other.messages, other.readings) == (plain.messages, plain.readings)


@pytest.mark.parametrize("kind", [FaultKind.DROPOUT, FaultKind.STUCK, FaultKind.SPIKE])
def test_skipping_changes_nothing_when_a_sensor_fails_and_comes_back(kind: FaultKind) -> None:
    what = simulation()
    start_ms = what.drive.start_ms
    faults = (SensorFault(BUFFER_PROBE, kind, start_ms + HOUR_MS // 3, start_ms + HOUR_MS, 40.0),)
    skipped, made = (simulate(replace(what, hours=2, faults=faults, skipping=skipping)) for skipping in (True, False))
    assert skipped.digest == made.digest
    assert skipped.calls < made.calls


def test_a_different_seed_is_a_different_story(plain: SimulationOutcome) -> None:
    assert simulate(simulation(seed=2)).digest != plain.digest


def test_the_digest_is_of_what_a_broker_would_see(plain: SimulationOutcome) -> None:
    seen: list[tuple[str, bytes]] = []
    assert simulate(simulation(), tap=lambda topic, payload: seen.append((topic, payload))).digest == plain.digest
    reports = [message for message in (decode(*each).message for each in seen) if message.type_name() == "report.event"]
    assert len(reports) == plain.messages["report.event"] >= HOURS * 12 - 1


SCRIPT = """
import json
from tests.apps.test_simulate import simulation
from gw_spaceheat.apps.simulate import simulate
outcome = simulate(simulation())
print(json.dumps([outcome.digest, outcome.calls]))
"""


@pytest.mark.parametrize("hash_seed", ["0", "1", "42"])
def test_the_story_does_not_depend_on_the_seed_of_hashes(plain: SimulationOutcome, hash_seed: str) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    told = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, capture_output=True, check=True, text=True)
    assert json.loads(told.stdout) == [plain.digest, plain.calls]


# contracts


@pytest.mark.parametrize(
    ("plan", "remote_min", "sent"),
    [
        (ContractPlan.MIRROR, 120, 24),
        (ContractPlan.SLOTS, 120, 24),  # it starts on the hour, in time for the slot that begins
        (ContractPlan.NONE, 0, 0),
        (ContractPlan.OPEN, 0, 24),
    ],
)
def test_under_which_contracts_a_house_lives(plan: ContractPlan, remote_min: int, sent: int) -> None:
    outcome = simulate(replace(simulation(contract=plan), hours=2))
    assert outcome.remote_ms / MINUTE_MS == pytest.approx(remote_min, abs=0.1)
    assert outcome.mode_changes == (1 if remote_min else 0)
    assert (outcome.reports, outcome.messages.get("report.event", 0)) == (24, sent)
    assert ("gws.command" in outcome.messages) is (remote_min > 0)
    assert ("gws.contract" in outcome.messages) is (remote_min > 0)


def two_days(plan: ContractPlan, *outages: tuple[float, float]) -> Simulation:
    """With outages as (from, to) [h]."""
    house, _ = house_to_start(ROOT / "input_data" / "houses.json", OAK)
    request = SimulationRequest(house=house, start=datetime(2018, 1, 8), days=2, compiled=numba_is_here(), contract=plan)
    what, _ = prepare(request)
    return replace(what, outages=tuple((round(start * HOUR_MS), round(end * HOUR_MS)) for start, end in outages))


TEN_MINUTES, THREE_HOURS = (39 + 1 / 3, 39.5), (41 + 7 / 60, 44 + 7 / 60)


@pytest.fixture(scope="module")
def mirrored() -> SimulationOutcome:
    return simulate(two_days(ContractPlan.MIRROR))


@pytest.fixture(scope="module")
def cut_off() -> SimulationOutcome:
    return simulate(two_days(ContractPlan.MIRROR, TEN_MINUTES, THREE_HOURS))


def assert_agreed(outcome: SimulationOutcome) -> None:
    """Of every contract that both sides remember they say the same: how it ended, and what was used."""
    assert len(outcome.accounts) >= 5
    for account in outcome.accounts:
        assert account.life == account.scada_life
        assert account.atn_wh == pytest.approx(account.scada_wh, abs=1.0)
        assert account.missing_s == 0.0
    assert sum(account.scada_wh for account in outcome.accounts) > 10_000.0


def test_a_mirror_heats_as_the_house_does_by_itself(mirrored: SimulationOutcome) -> None:
    alone = simulate(two_days(ContractPlan.NONE))
    assert mirrored.remote_ms > 47.9 * HOUR_MS
    assert alone.remote_ms == 0
    assert mirrored.totals.delivered_wh == pytest.approx(alone.totals.delivered_wh, rel=0.01)
    assert mirrored.totals.zone_loss_wh == pytest.approx(alone.totals.zone_loss_wh, rel=0.01)
    assert abs(mirrored.totals.worst_k - alone.totals.worst_k) < 0.1


def test_both_sides_of_a_contract_find_the_same_energy(mirrored: SimulationOutcome) -> None:
    assert_agreed(mirrored)
    assert {account.life for account in mirrored.accounts} == {"CompletedSuccess"}
    assert mirrored.mode_changes == 1


def test_two_outages_leave_comfort_as_it_was_and_everything_agreed(
    mirrored: SimulationOutcome, cut_off: SimulationOutcome
) -> None:
    assert cut_off.totals.delivered_wh == pytest.approx(mirrored.totals.delivered_wh, rel=0.01)
    assert cut_off.totals.worst_k < 0.5
    assert cut_off.totals.kelvin_seconds_below / 3600 < 0.1
    assert_agreed(cut_off)
    outcomes = {
        (account.start_ms - two_days(ContractPlan.MIRROR).drive.start_ms) / HOUR_MS: account.life
        for account in cut_off.accounts
    }
    assert [hour for hour, life in outcomes.items() if life != "CompletedSuccess"] == [39, 41]  # those that were cut off
    assert (cut_off.reports, cut_off.messages["report.event"]) == (576, 576)
    assert cut_off.mode_changes == 5


def test_remote_control_ends_a_minute_into_an_outage_and_comes_back_two_after_it(cut_off: SimulationOutcome) -> None:
    away_ms = 48 * HOUR_MS - cut_off.remote_ms
    assert away_ms == pytest.approx((10 - 1 + 2 + 180 - 1 + 2) * MINUTE_MS, abs=4 * MINUTE_MS)


def test_slots_through_outages_are_agreed_too() -> None:
    outcome = simulate(two_days(ContractPlan.SLOTS, TEN_MINUTES, THREE_HOURS))
    assert_agreed(outcome)
    assert outcome.totals.worst_k < 0.5
    assert (outcome.reports, outcome.messages["report.event"]) == (576, 576)


def test_a_story_with_outages_is_the_same_again(cut_off: SimulationOutcome) -> None:
    again = simulate(replace(two_days(ContractPlan.MIRROR, TEN_MINUTES, THREE_HOURS), strict=True))
    assert again.digest == cut_off.digest
    assert again.accounts == cut_off.accounts
    assert again.totals == cut_off.totals


class Away(NamedTuple):
    """So long a house is cut off [days], after so many hours a report is thinned to minutes, and to quarters of an hour [h]."""

    days: int
    whole_h: int
    minute_h: int

    @property
    def return_ms(self) -> int:
        return HOUR_MS + self.days * 24 * HOUR_MS

    @property
    def retention(self) -> RetentionOptions:
        return RetentionOptions(
            whole_ms=self.whole_h * HOUR_MS, minute_ms=self.minute_h * HOUR_MS, most_ms=self.days * 24 * HOUR_MS
        )


FOUR_DAYS, FOUR_WEEKS = Away(4, 4, 24), Away(28, 24, 7 * 24)
Told = tuple[Away, SimulationOutcome, list[Envelope], list[Persist]]


@pytest.fixture(scope="module", params=[FOUR_DAYS, pytest.param(FOUR_WEEKS, marks=pytest.mark.slow)], ids=["days", "weeks"])
def away(request: pytest.FixtureRequest) -> Told:
    """A house that reports always, cut off an hour after the start, for long: what it sends, and what the Ear hears."""
    plan: Away = request.param
    house, _ = house_to_start(ROOT / "input_data" / "houses.json", OAK)
    asked = SimulationRequest(house=house, start=datetime(2018, 1, 1), days=plan.days + 1, contract=ContractPlan.OPEN)
    what = replace(prepare(asked)[0], outages=((HOUR_MS, plan.return_ms),), retention=plan.retention)
    sent: list[Envelope] = []
    heard: list[Persist] = []

    def tap(topic: str, payload: bytes) -> None:
        if b'"Stream"' in payload:  # which is in what waits for its acknowledgement
            sent.append(decode(topic, payload))

    def keep(event: Event) -> None:
        if isinstance(event, Persist):
            heard.append(event)

    return plan, simulate(what, tap=tap, keep=keep), sent, heard


def slots_of(message: Message) -> range:
    """The report slots [UTC s] that a report, whole or thinned, is about."""
    if isinstance(message, ReportEvent):
        message = message.report
    elif not isinstance(message, GwsThinnedReport):
        return range(0)
    return range(message.slot_start_unix_s, message.slot_start_unix_s + message.slot_duration_s, 300)


def test_everything_kept_through_a_long_time_arrives_exactly_once(away: Told) -> None:
    plan, outcome, sent, heard = away
    ids = [envelope.message_id for envelope in sent]
    assert len(ids) == len(set(ids))
    told = Counter(slot for envelope in sent for slot in slots_of(envelope.message))
    twice = [slot - min(told) for slot, times in told.items() if times > 1]
    assert twice == [2700, 3000]  # sent before; what is left of that quarter of an hour stands for its third slot only
    assert len(told) == outcome.reports == (plan.days + 1) * 288
    kinds = Counter(getattr(envelope.message, "bin_s", 0) for envelope in sent if slots_of(envelope.message))
    assert kinds == {
        0: 11 + plan.whole_h * 12 + 23 * 12,  # before, the last hours, and after the return
        60: (plan.minute_h - plan.whole_h) * 12,
        900: (plan.days * 24 - plan.minute_h) * 4 + 1,
    }
    arrived = Counter(event.message_id for event in heard if slots_of(event.message))
    assert arrived == Counter(envelope.message_id for envelope in sent if slots_of(envelope.message))


def test_every_number_of_that_time_is_accounted_for(away: Told) -> None:
    _, _, sent, _ = away
    came = {envelope.sequence for envelope in sent}
    assert {envelope.stream for envelope in sent} == {sent[0].stream}
    assert sent[0].stream
    replaced = {
        number for envelope in sent if isinstance(envelope.message, GwsThinnedReport) for number in envelope.message.replaces
    }
    assert not came & replaced
    assert came | replaced == set(range(1, max(came) + 1))


def test_new_reports_do_not_wait_for_those_of_that_time(away: Told) -> None:
    plan, outcome, _, heard = away
    start_ms = slot_start(min(event.arrived_ms for event in heard), HOUR_MS)
    reports = [
        (event.arrived_ms, event.message.report.slot_start_unix_s * 1000)
        for event in heard
        if isinstance(event.message, ReportEvent)
    ]
    late_ms = [at_ms - slot_ms - 300_000 for at_ms, slot_ms in reports if slot_ms >= start_ms + plan.return_ms]
    assert len(late_ms) == 23 * 12
    assert max(late_ms) < 2_000
    waited = [event.arrived_ms - start_ms - plan.return_ms for event in heard if isinstance(event.message, GwsThinnedReport)]
    assert 0 < min(waited) < max(waited) < 2 * MINUTE_MS
    assert [note.text for _, _, note in outcome.notes if "were thinned" in note.text]


def test_each_hour_of_that_time_has_its_certificate_and_nothing_was_missing(away: Told) -> None:
    plan, outcome, _, heard = away
    certificates = [event.message for event in heard if isinstance(event.message, GwsCompleteness)]
    first_s = certificates[0].start_unix_s
    assert sorted(each.start_unix_s - first_s for each in certificates) == [
        hour * 3600 for hour in range((plan.days + 1) * 24 - 1)
    ]
    captured = 0
    for certificate in certificates:
        assert (certificate.duration_s, certificate.down_list) == (3600, [])
        for channel in certificate.channel_list:
            assert channel.captured >= channel.expected > 0
            assert not channel.missing_list
            captured += channel.captured
    assert 0.98 * outcome.readings < captured < outcome.readings  # those of the last hour are not certified yet
