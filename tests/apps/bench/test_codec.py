import pytest

from gw_spaceheat.apps.bench.codec import CHANNELS, READINGS, measure

WAYS = ("encode_us", "decode_us")


def test_a_short_run_gives_every_figure_and_compares_with_the_peer() -> None:
    figures = measure(rounds=1, repeats=2)
    for what in ("", "power_"):
        for who in ("", "peer_", "peer_envelope_"):
            for way in WAYS:
                value = figures[f"{what}{who}{way}"]
                assert isinstance(value, float)
                assert value > 0
    assert (figures["channels"], figures["readings"]) == (CHANNELS, READINGS)
    assert str(figures["peer"]).startswith("gridworks-protocol ")
    theirs, ours = figures["peer_decode_us"], figures["decode_us"]
    assert isinstance(theirs, float)
    assert isinstance(ours, float)
    # of two calls only: a stall in one of them may bring the ratio near nothing
    assert figures["peer_decode_ratio"] == pytest.approx(theirs / ours, rel=0.01, abs=0.01)
