from gw_spaceheat.apps.bench.actors import measure

RATES = ("threaded_tell_per_s", "threaded_ask_p50_us", "threaded_ask_p99_us", "virtual_tell_per_s", "virtual_timers_per_s")


def test_a_short_run_gives_every_figure() -> None:
    figures = measure(rounds=1, messages=400, asks=20)
    for name in RATES:
        value = figures[name]
        assert isinstance(value, float)
        assert value > 0


def test_peers_are_compared_with_or_named_as_missing() -> None:
    figures = measure(rounds=1, messages=400, asks=20)
    missing = figures["missing"]
    assert isinstance(missing, list)
    for peer, ratio in [("pykka", "threaded_tell_ratio"), ("simpy", "virtual_timer_ratio")]:
        assert (peer in missing) != (ratio in figures)
