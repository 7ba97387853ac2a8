"""The response conditions: what is commanded must be seen at the meter."""

import pytest

from gw_spaceheat.core.contract.response import (
    FIRST_WORD_MS,
    KEPT_RESPONSES,
    SAID_FOR_MS,
    Load,
    Responses,
    attested,
    meter_serials,
    metered_loads,
)
from gw_spaceheat.core.events import Authority, Command, MeterAnswered, Readings
from gw_spaceheat.messages.base import given
from gw_spaceheat.messages.gws_contract import AttestationSays
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, Moment
from tests.core.contract.houses import METER, OUTPUT, POWER, RELAY, SERIAL, STEP_W, metered_house

T0 = 1_700_000_000_000
DAY_S = DAY_MS / 1000
ANOTHER = "1001ab"
STRANGE = "the power meter says another serial number than the house file's: meter"
SILENT = "the power meter has not said its serial number: meter"


def at(second: float) -> Moment:
    return Moment(round(second * 1000), T0 + round(second * 1000))


def responses() -> Responses:
    """A relay that is known to be off, at a meter that shows 0 W and has said its serial number."""
    house = metered_house()
    watch = Responses(metered_loads(house), meter_serials(house))
    watch.answered(MeterAnswered("meter", SERIAL), at(0))
    power(watch, -10, 0)
    command(watch, -10, 0)
    return watch


def command(watch: Responses, second: float, value: float, node: str = RELAY) -> None:
    watch.commanded(Command(node, value, Authority.LOCAL, "", "t", 0), at(second))


def power(watch: Responses, second: float, power_w: float | None) -> list[int]:
    return [seen.took_ms for seen in watch.read(Readings(METER, at(second).wall_ms, (POWER,), (power_w,)))]


def test_the_loads_are_the_metered_actuators() -> None:
    assert metered_loads(metered_house()) == {RELAY: Load(RELAY, (POWER,), STEP_W, 6_000, 1_000)}


@pytest.mark.parametrize(
    ("given", "fails"),
    [
        ([(0, 1, "on"), (3, 4000, "w")], False),
        ([(0, 1, "on"), (7, 4000, "w")], False),  # it was seen one scan later than it happened
        ([(0, 1, "on"), (7.5, 4000, "w")], True),  # too late
        ([(0, 1, "on")], True),
        ([(0, 1, "on"), (3, 3599, "w")], True),  # too small
        ([(0, 1, "on"), (3, -4000, "w")], True),  # the wrong way
        ([(0, 1, "on"), (3, None, "w")], True),  # missing is not seen
        ([(0, 0, "on")], False),  # nothing changes
        ([(0, 1, "on"), (2, 0, "on"), (3, 0, "w")], False),  # it was called back before it could be judged
        ([(0, 1, "on"), (1, 4000, "w"), (2, 0, "on"), (4, 0, "w")], False),
        ([(0, 1, "block 20"), (0, 1, "on")], True),  # held back until 20, and then not seen
        ([(0, 1, "block 20"), (0, 1, "on"), (25, 4000, "w")], False),
        ([(0, 1, "on"), (1, 1, "block 20"), (25, 4000, "w")], False),
        ([(0, 1, "on"), (1, 1, "on"), (6, 4000, "w")], False),  # given once more, the time does not begin anew
        ([(0, 1, "step"), (0, 1, "on"), (1, 1, "step")], False),  # a clock that is set cannot time it
    ],
)
def test_judgement(given: list[tuple[float, float | None, str]], fails: bool) -> None:
    watch = responses()
    for second, value, what in given:
        due = watch.deadline()
        if due is not None and due <= second * 1000:
            watch.wake(at(second))
        if what == "w":
            power(watch, second, value)
        elif what == "on":
            command(watch, second, value or 0)
        elif what == "step":
            watch.clock_stepped(5_000)
        else:
            watch.block(RELAY, round(float(what.split()[1]) * 1000))
    watch.wake(at(100))
    assert bool(watch.fault(at(100))) is fails


def test_it_is_never_judged_while_a_minimum_time_holds_it_back() -> None:
    watch = responses()
    watch.block(RELAY, 300_000)
    command(watch, 0, 1)
    assert not watch.wake(at(299))
    assert watch.deadline() == 300_000 + 6_000 + 1_000 + 2_000
    assert power(watch, 303, 4000) == [2_000]


def test_a_failure_stands_until_the_load_is_seen_again_or_an_hour_has_passed() -> None:
    watch = responses()
    command(watch, 0, 1)
    watch.wake(at(60))
    assert RELAY in watch.fault(at(61))
    assert watch.fault(at(60 + HOUR_MS / 1000)) == ""
    power(watch, 70, 4000)
    command(watch, 80, 0)
    power(watch, 82, 0)
    assert watch.fault(at(83)) == ""


def test_the_mean_of_the_last_50_must_not_be_above_half_the_stated_time() -> None:
    watch = responses()
    watts = 0.0
    for number in range(KEPT_RESPONSES):
        assert watch.fault(at(number * 100)) == ""
        watts = 4000 - watts
        command(watch, number * 100, float(watts > 0))
        power(watch, number * 100 + 5, watts)
    assert "last 50" in watch.fault(at(6000))
    for number in range(KEPT_RESPONSES, KEPT_RESPONSES + 20):
        watts = 4000 - watts
        command(watch, number * 100, float(watts > 0))
        power(watch, number * 100 + 1, watts)
    assert watch.fault(at(9000)) == ""


def test_what_is_not_metered_is_not_judged() -> None:
    watch = responses()
    command(watch, 0, 50, OUTPUT)
    watch.block(OUTPUT, 5)
    assert watch.deadline() is None


@pytest.mark.parametrize(
    ("answers", "day", "fault"),
    [
        ([], 0, SILENT),
        ([(0, SERIAL)], 0, ""),
        ([(0, SERIAL)], 2, ""),  # one answer may be missed
        ([(0, SERIAL)], 2.01, SILENT),
        ([(0, SERIAL), (2, SERIAL)], 3.9, ""),
        ([(0, ANOTHER)], 0, STRANGE),
        ([(0, ANOTHER)], 9, STRANGE),  # it is not the right one for being silent
        ([(0, SERIAL), (1, ANOTHER)], 1, STRANGE),
        ([(0, ANOTHER), (1, SERIAL)], 1, ""),
        ([(1, SERIAL), (0, ANOTHER)], 1, ""),  # an old word that comes late
    ],
)
def test_the_meter_must_say_its_serial_number(answers: list[tuple[float, str]], day: float, fault: str) -> None:
    house = metered_house()
    watch = Responses(metered_loads(house), meter_serials(house))
    come_at = at(max((said for said, _ in answers), default=0) * DAY_S)
    for said, serial in answers:
        watch.answered(MeterAnswered("meter", serial, round(come_at.mono_ms - said * DAY_MS)), come_at)
    says = watch.attestation(at(day * DAY_S))
    assert attested(says) == fault
    assert says.serial_number_matches is (fault == "")
    assert (given(says.strange_meters), given(says.silent_meters)) == (
        ["meter"] if fault == STRANGE else None,
        ["meter"] if fault == SILENT else None,
    )


def test_what_is_no_meter_of_ours_says_nothing() -> None:
    watch = responses()
    assert not watch.answered(MeterAnswered("nobody's", "0"), at(0))
    assert attested(watch.attestation(at(0))) == ""


def test_a_house_that_states_no_serial_number_is_asked_for_none() -> None:
    watch = Responses(metered_loads(metered_house()), {})
    assert watch.attestation(at(0)).serial_number_matches


def test_an_older_peer_says_only_that_it_does_not_match() -> None:
    says = AttestationSays(serial_number_matches=False, steps_seen=True)
    assert attested(says) == "the power meter says another serial number than the house file's"


def test_only_silence_may_last_a_while_when_the_process_begins() -> None:
    house = metered_house()
    watch = Responses(metered_loads(house), meter_serials(house))
    watch.begin(at(10))
    assert watch.counts_from_mono_ms(watch.attestation(at(10))) == 10_000 + FIRST_WORD_MS
    watch.answered(MeterAnswered("meter", ANOTHER), at(11))
    assert watch.counts_from_mono_ms(watch.attestation(at(11))) is None
    watch.answered(MeterAnswered("meter", SERIAL), at(12))
    power(watch, 13, 0)
    command(watch, 13, 0)
    command(watch, 14, 1)
    watch.wake(at(60))
    says = watch.attestation(at(60))
    assert says.unseen == [RELAY]
    assert watch.counts_from_mono_ms(says) is None


@pytest.mark.parametrize("by_days", [-30, 30])
def test_a_clock_that_is_set_makes_no_answer_older_or_younger(by_days: int) -> None:
    watch = responses()
    watch.clock_stepped(by_days * DAY_MS)

    def then(day: float) -> Moment:
        return Moment(round(day * DAY_MS), T0 + round((day + by_days) * DAY_MS))

    assert attested(watch.attestation(then(1.9))) == ""
    assert attested(watch.attestation(then(2.1))) == SILENT


def test_what_was_said_under_a_clock_that_ran_ahead_counts_from_the_restart() -> None:
    house = metered_house()
    watch = Responses(metered_loads(house), meter_serials(house), responses().memory)
    early = Moment(0, T0 - 30 * DAY_MS)
    watch.begin(early)
    assert attested(watch.attestation(early)) == ""
    assert attested(watch.attestation(early.later(SAID_FOR_MS + 1))) == SILENT


def test_a_load_that_rests_is_attested_and_one_that_was_switched_unseen_is_not() -> None:
    watch = responses()
    assert attested(watch.attestation(at(0))) == ""
    command(watch, 0, 1)
    watch.wake(at(60))
    says = watch.attestation(at(60))
    assert (says.steps_seen, says.unseen) == (False, [RELAY])
    assert RELAY in attested(says)
    assert attested(watch.attestation(at(61 + DAY_MS / 1000))) == ""


def test_what_was_seen_counts_for_a_day() -> None:
    watch = responses()
    command(watch, 0, 1)
    power(watch, 2, 4000)
    command(watch, DAY_MS / 1000 - 100, 0)
    watch.wake(at(DAY_MS / 1000 - 50))
    assert watch.attestation(at(DAY_MS / 1000)).steps_seen
    assert not watch.attestation(at(DAY_MS / 1000 + 10)).steps_seen


@pytest.mark.parametrize("serial", [SERIAL, ANOTHER])
def test_it_goes_on_after_a_restart_with_what_it_knew(serial: str) -> None:
    watch = responses()
    watch.answered(MeterAnswered("meter", serial), at(1))
    command(watch, 0, 1)
    watch.wake(at(60))
    house = metered_house()
    again = Responses(metered_loads(house), meter_serials(house), watch.memory)
    assert again.memory == watch.memory
    assert again.fault(at(61)) == watch.fault(at(61))
    again.begin(at(61))
    assert again.attestation(at(61)) == watch.attestation(at(61))
    assert again.attestation(at(61)).serial_number_matches is (serial == SERIAL)
