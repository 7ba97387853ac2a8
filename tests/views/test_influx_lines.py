"""Points in line protocol: tagged, and as the manager of 2022 wrote them; what is missing has no field."""

from gw_spaceheat.core.netbalance.live_events import BalancePoint, LoadPoint
from gw_spaceheat.views.influx_lines import published_lines, tagged_lines

POINT = BalancePoint(
    1_700_000_000_123,
    2000.0,
    512.3456,
    -0.5,
    10.0,
    False,
    (LoadPoint("heat pump, 1", True, 690.0, 1), LoadPoint("two", None, None, 0)),
)
MISSING = BalancePoint(1_700_000_000_123, None, None, 0.0, 0.0, True, (LoadPoint("one", False, None, -1),))


def test_tagged() -> None:
    assert tagged_lines(POINT, "my house") == [
        r"net_balance,site=my\ house production_w=2000,consumption_w=512.346,balance_wh=-0.5,produced_wh=10,partial=false "
        "1700000000123",
        r"net_balance_load,site=my\ house,load=heat\ pump\,\ 1 power_w=690,on=true,change=1i 1700000000123",
        r"net_balance_load,site=my\ house,load=two change=0i 1700000000123",
    ]
    assert tagged_lines(MISSING, "a=b") == [
        r"net_balance,site=a\=b balance_wh=0,produced_wh=0,partial=true 1700000000123",
        r"net_balance_load,site=a\=b,load=one on=false,change=-1i 1700000000123",
    ]


def test_as_in_2022() -> None:
    assert published_lines(POINT) == [
        "hysteresis powerP=2000,powerC=512.346,energyB=-0.5,energyP=10,powerL1=690,on_offL1=1i,on_offL2=0i 1700000000123"
    ]
    assert published_lines(MISSING) == ["hysteresis energyB=0,energyP=0,on_offL1=-1i 1700000000123"]
