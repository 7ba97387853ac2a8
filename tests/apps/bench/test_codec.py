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
    ratio = figures["peer_decode_ratio"]
    assert isinstance(ratio, float)
    assert ratio > 0
