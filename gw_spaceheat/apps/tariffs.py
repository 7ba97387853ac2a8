"""Delivery tariffs by name, for whoever asks what a house would cost under another one."""

from gw_spaceheat.house.model import House, Tariff

FLAT_USD_PER_KWH = 0.10
FLAT = Tariff(name="flat", on_peak_usd_per_kwh=FLAT_USD_PER_KWH, off_peak_usd_per_kwh=FLAT_USD_PER_KWH)
"""The same at all hours."""
NONE = Tariff(name="none", on_peak_usd_per_kwh=0.0, off_peak_usd_per_kwh=0.0)
"""Delivery is in the energy price already."""


class UnknownTariffError(ValueError):
    """There is no tariff of that name; the text says which there are."""


def tariff_of(house: House, name: str | None) -> Tariff:
    """A house's own tariff, `flat` or `none`.

    Raises:
        UnknownTariffError: It is none of them.
    """
    if name is None or name == house.tariff.name:
        return house.tariff
    for other in (FLAT, NONE):
        if name == other.name:
            return other
    raise UnknownTariffError(f"{house.alias} has no tariff {name}; known are {house.tariff.name}, {FLAT.name}, {NONE.name}")
