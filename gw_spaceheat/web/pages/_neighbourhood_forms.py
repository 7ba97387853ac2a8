"""What somebody has written into the forms of a draft, checked."""

import base64
import binascii
from typing import Any

from gw_spaceheat.apps.neighbourhood.bring import File, predictions, profile
from gw_spaceheat.apps.neighbourhood.heat_by_hand import WantedHeat
from gw_spaceheat.apps.neighbourhood.moments import unix_s, zone_of
from gw_spaceheat.apps.web import HouseFiles
from gw_spaceheat.core.market.draft import AskedJob, Consumer, Device, DraftError, Roof
from gw_spaceheat.core.market.energy import Energy
from gw_spaceheat.core.market.street import Battery
from gw_spaceheat.core.planner.figures import can_be_planned, figures_of


def device_asked(kind: str, words: tuple[str, ...], files: list[File]) -> Device:
    """The device of a form: its id, name and template; raises DraftError or StreetFileError."""
    identifier, name, template = words
    if kind == "producer":
        return Roof(id=identifier, name=name, template=template, forecasts=predictions(files))
    if len(files) > 1:
        raise DraftError(f"{len(files)} profiles: a consumer has one.")
    return Consumer(id=identifier, name=name, template=template, load=profile(files[0]) if files else None)


def job_asked(house: str, device: str, zone: str, words: list[str]) -> AskedJob:
    """The job of a form: day and hour when it is handed in, of its earliest and of its latest start; raises DraftError."""
    if not device:
        raise DraftError("Choose a device; a house without a consumer has no jobs.")
    where = zone_of(zone)
    if not words[0] and not words[1]:
        words = [*words[2:4], *words[2:]]
    names = ("Handed in", "Earliest start", "Latest start")
    times = [unix_s(words[2 * place], words[2 * place + 1], where, name) for place, name in enumerate(names)]
    return AskedJob(house, device, times[0], times[1], times[2])


def files_of(contents: Any, names: Any) -> list[File]:
    """Files as a browser sends them; raises DraftError."""
    if contents is None:
        return []
    if not isinstance(contents, list) or not isinstance(names, list) or len(contents) != len(names):
        raise DraftError("The files did not come; choose them again.")
    try:
        return [
            File(str(name)[:120], base64.b64decode(str(content).partition(",")[2], validate=True))
            for name, content in zip(names, contents, strict=True)
        ]
    except binascii.Error:
        raise DraftError("The files did not come whole; choose them again.") from None


def battery_asked(house: str, numbers: tuple[Any, ...]) -> Battery:
    """The battery of a form.

    Args:
        house: Its house.
        numbers: Capacity [kWh], what it takes and gives at most [kW], what it gives of what it took [%], what is in it [kWh].

    Raises:
        DraftError: One is none.
        ValueError: One is not allowed; the text names it.
    """
    if any(isinstance(number, bool) or not isinstance(number, int | float) for number in numbers):
        raise DraftError("Capacity, powers, what it gives and what is in it are numbers.")
    capacity_kwh, charge_kw, discharge_kw, gives_percent, stored_kwh = numbers
    return Battery(
        house=house,
        capacity_wh=capacity_kwh * 1000.0,
        charge_w=charge_kw * 1000.0,
        discharge_w=discharge_kw * 1000.0,
        efficiency=gives_percent / 100.0,
        stored_wh=stored_kwh * 1000.0,
    )


def models_of(files: HouseFiles) -> list[str]:
    """Aliases of the houses that can be planned for, which heated houses can be like."""
    return [alias for alias in files.aliases() if (house := files.house(alias)) is not None and can_be_planned(house)]


def heat_asked(house: str, model: Any, numbers: tuple[Any, ...], files: HouseFiles) -> WantedHeat:
    """How a house is to be heated, by its form.

    Args:
        house: The house.
        model: Alias of the house that its source and stores are like.
        numbers: What it loses [W/K], how many powers its source has, how full its stores are [%].
        files: The houses that there are.

    Raises:
        DraftError: There is no such model, or a number is none.
        CannotPlanError: No plan can be made for the model; the text says what is missing.
    """
    like = files.house(str(model or ""))
    if like is None:
        raise DraftError("Choose a house that it is like.")
    if any(isinstance(number, bool) or not isinstance(number, int | float) for number in numbers):
        raise DraftError("What it loses, its powers and how full its stores are are numbers.")
    loss_w_per_k, levels, stored_percent = numbers
    if levels != int(levels):
        raise DraftError("Its powers are a whole number.")
    figures_of(like)
    return WantedHeat(
        house=house,
        model=str(model),
        loss_w_per_k=float(loss_w_per_k),
        levels=int(levels),
        stored_share=stored_percent / 100.0,
    )


def base_asked(files: list[File]) -> Energy:
    """The base load of a form, in Unix times; raises DraftError or StreetFileError."""
    if len(files) != 1:
        raise DraftError("Choose one CSV: Unix seconds, and Wh until then.")
    return profile(files[0])
