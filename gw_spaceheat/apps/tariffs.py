"""Delivery tariffs by name, for whoever asks what a house would cost under another one."""

from gw_spaceheat.house.model import House, Tariff

FLAT_USD_PER_KWH = 0.10
FLAT = Tariff(name="flat", on_peak_usd_per_kwh=FLAT_USD_PER_KWH, off_peak_usd_per_kwh=FLAT_USD_PER_KWH)
"""The same at all hours."""


class UnknownTariffError(ValueError):
    """There is no tariff of that name; the text says which there are."""


def tariff_of(house: House, name: str | None) -> Tariff:
    """A house's own tariff, or `flat`.

    Raises:
        UnknownTariffError: It is neither.
    """
    if name is None or name == house.tariff.name:
        return house.tariff
    if name == FLAT.name:
        return FLAT
    raise UnknownTariffError(f"{house.alias} has no tariff {name}; known are {house.tariff.name}, {FLAT.name}")
