"""Given a balance and a time, what each of the simple algorithms wants."""

import pytest

from gw_spaceheat.core.netbalance.algorithm import AlgorithmError, algorithm_names, make_algorithm, settings_of
from gw_spaceheat.core.netbalance.load import Load
from gw_spaceheat.core.netbalance.seen import Seen

LOADS = (Load("one", 700.0), Load("two", 1000.0))
OFF, ON = False, True


def wanted(name: str, given: dict[str, str], seen: Seen) -> tuple[bool, ...]:
    return make_algorithm(name, settings_of(name, given), LOADS).decide(seen)


def at(balance_wh: float, states: tuple[bool, bool], net_w: float = 0.0, remaining_s: float = 1800.0) -> Seen:
    return Seen(
        balance_wh=balance_wh,
        states=states,
        net_w=net_w,
        remaining_s=remaining_s,
        elapsed_s=3600 - remaining_s,
        load_w=(700.0, 1000.0),
    )


@pytest.mark.parametrize(
    ("balance_wh", "states", "expected"),
    [
        (69.9, (OFF, OFF), (OFF, OFF)),
        (70.0, (OFF, OFF), (ON, OFF)),
        (200.0, (OFF, OFF), (ON, ON)),
        (0.1, (ON, ON), (ON, ON)),
        (0.0, (ON, ON), (ON, OFF)),
        (-9.9, (ON, OFF), (ON, OFF)),
        (-10.0, (ON, OFF), (OFF, OFF)),
    ],
)
def test_hysteresis(balance_wh: float, states: tuple[bool, bool], expected: tuple[bool, bool]) -> None:
    assert wanted("hysteresis", {"top_wh": "70,200", "bottom_wh": "-10,0"}, at(balance_wh, states)) == expected


@pytest.mark.parametrize(
    ("mode", "balance_wh", "expected"),
    [
        ("fastest", 116.0, (OFF, OFF)),  # 600 s of 700 W are 116.7 Wh
        ("fastest", 117.0, (ON, OFF)),
        ("fastest", 167.0, (OFF, ON)),  # 600 s of 1000 W are 166.7 Wh: used up sooner
        ("order", 167.0, (ON, OFF)),
        ("first-first", 282.0, (ON, OFF)),
        ("first-first", 284.0, (ON, ON)),  # 600 s of 1700 W are 283.3 Wh
    ],
)
def test_minimum_on_time(mode: str, balance_wh: float, expected: tuple[bool, bool]) -> None:
    given = {"mode": mode, "time_limit_s": "600"}
    assert wanted("minimum-on-time", given, at(balance_wh, (OFF, OFF))) == expected


def test_a_load_goes_off_when_its_time_is_over() -> None:
    algorithm = make_algorithm("minimum-on-time", settings_of("minimum-on-time", {"time_limit_s": "600"}), LOADS)
    states, history = (OFF, OFF), []
    for second in range(0, 1300, 100):
        seen = at(150.0 if second < 300 else 0.0, states)
        seen.wall_s = float(second)
        states = algorithm.decide(seen)
        history.append(states[0])
    assert history == [ON] * 8 + [OFF] * 5  # renewed until 200 s, so it ends at 800 s


@pytest.mark.parametrize(
    ("predictor", "seen", "expected"),
    [
        ("balance", at(349.0, (OFF, OFF)), (OFF, OFF)),
        ("balance", at(350.0, (OFF, OFF)), (ON, OFF)),  # 30 min of 700 W
        ("average", at(175.0, (OFF, OFF)), (ON, OFF)),  # twice that at the end
        ("average", at(174.0, (OFF, OFF)), (OFF, OFF)),
        ("projection", at(0.0, (OFF, OFF), 700.0), (ON, OFF)),
        ("projection", at(0.0, (OFF, OFF), 690.0), (OFF, OFF)),
        ("projection", at(0.0, (ON, OFF), 1000.0), (ON, ON)),
        ("projection", at(0.0, (ON, OFF), -700.0), (OFF, OFF)),
        ("projection", at(0.0, (ON, ON), -1000.0), (ON, OFF)),
        ("projection", at(0.0, (OFF, ON), -1000.0), (OFF, OFF)),  # the first is off: still there is a rule
    ],
)
def test_time_to_consume(predictor: str, seen: Seen, expected: tuple[bool, bool]) -> None:
    assert wanted("time-to-consume", {"predictor": predictor}, seen) == expected


def test_the_average_at_the_very_edge_divides_by_nothing() -> None:
    assert wanted("time-to-consume", {"predictor": "average"}, at(0.0, (OFF, OFF), remaining_s=3600.0)) == (OFF, OFF)


@pytest.mark.parametrize("name", algorithm_names())
def test_none_of_them_switches_anything_on_in_debt_at_night(name: str) -> None:
    seen = at(-100.0, (OFF, OFF), -200.0)
    seen.base_w = 200.0
    assert wanted(name, {}, seen) == (OFF, OFF)


@pytest.mark.parametrize(
    ("name", "given", "what"),
    [
        ("fastest", {}, "there are hysteresis"),
        ("hysteresis", {"top": "1"}, "no setting 'top'"),
        ("hysteresis", {"top_wh": "a"}, "not a value"),
        ("hysteresis", {"top_wh": "1", "bottom_wh": "2"}, "must not be above"),
        ("minimum-on-time", {"mode": "slowest"}, "not a value"),
        ("minimum-on-time", {"time_limit_s": "0"}, "above 0"),
        ("time-to-consume", {"on_minimum_wh": "10", "end_at_wh": "20"}, "again and again"),
        ("time-to-consume", {"smoothing_s": "-1"}, "negative"),
        ("ours", {"doubt": "-1"}, "negative"),
    ],
)
def test_what_cannot_be(name: str, given: dict[str, str], what: str) -> None:
    with pytest.raises(AlgorithmError, match=what):
        wanted(name, given, at(0.0, (OFF, OFF)))


def test_a_setting_of_one_load() -> None:
    assert settings_of("hysteresis", {"top_wh.2": "150"}).top_wh == (70.0, 150.0)
    assert settings_of("hysteresis", {"top_wh.3": "150"}).top_wh == (70.0, 200.0, 150.0)
