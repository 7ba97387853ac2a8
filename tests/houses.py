"""Small houses for tests of parts that need only a corner of one."""

from gw_spaceheat.house.model import Heating, House, Tariff, WeatherCurve


def bare_house() -> House:
    """A house with nothing in it."""
    return House(
        alias="d1.test.house",
        display_name="Test house",
        timezone="America/New_York",
        utc_offset_standard_h=-5.0,
        latitude_deg=45.66,
        longitude_deg=-68.71,
        scada_instance_id="0384ef21-648b-4455-b917-58a1172d7fc1",
        atn_instance_id="dedc25c2-8276-4b25-abd6-f53edc79b62b",
        nodes={},
        components={},
        channels={},
        thermal_edges=(),
        heating=Heating(
            strategy="hysteresis",
            parameters={},
            curve=WeatherCurve(base_c=32, slope=0.75, reference_c=15, minimum_c=35, maximum_c=60),
        ),
        tariff=Tariff(name="flat", on_peak_usd_per_kwh=0.1, off_peak_usd_per_kwh=0.1),
    )
