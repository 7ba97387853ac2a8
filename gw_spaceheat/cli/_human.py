"""What the commands of a person at the house share: their options, the question over the house's own bus, the answer."""

import getpass
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from gw_spaceheat.cli.exits import Exit

if TYPE_CHECKING:
    from gw_spaceheat.actors.human_door import Request
    from gw_spaceheat.apps.settings import Settings
    from gw_spaceheat.house.model import House

DAY_S = 86_400
SECONDS = {"s": 1, "m": 60, "h": 3600}
_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)([smh])")

HouseOption = Annotated[
    str | None, typer.Option("--house", help="Alias of the house; GWS_ATN_ALIAS without it.", show_default=False)
]
FileOption = Annotated[
    Path | None, typer.Option("--file", help="House file or folder; the settings' without it.", show_default=False)
]
LocalBrokerOption = Annotated[
    str | None,
    typer.Option("--local-broker", help="The house's own broker; GWS_LOCAL_URL without it.", show_default=False),
]
WhoOption = Annotated[
    str | None, typer.Option("--who", help="Your name, for the log; your login name without it.", show_default=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class Place(NamedTuple):
    """Where a person stands, and who he is; None where the settings say it."""

    house: str | None
    file: Path | None
    local_broker: str | None
    who: str | None


def duration_s(text: str) -> int:
    """A time to take a house for, such as 90s, 30m or 2h, in whole seconds [s]; raises BadParameter with what is allowed."""
    found = _DURATION.fullmatch(text.strip().lower())
    if found is None:
        raise typer.BadParameter(f"{text} is no duration; write such as 90s, 30m or 2h", param_hint="--for")
    seconds = round(float(found[1]) * SECONDS[found[2]])
    if not 1 <= seconds <= DAY_S:
        raise typer.BadParameter(
            f"{text} is not from 1s to 24h; take the house again before the time is over", param_hint="--for"
        )
    return seconds


def ask_and_tell(
    place: Place, request_for: "Callable[[House, str, str], Request]", as_json: bool, node: str | None = None
) -> None:
    """Find the house, ask its SCADA, show the answer, and end.

    Args:
        place: Where and who.
        request_for: Makes the request for a house, a person and an identifier.
        as_json: Print data.
        node: The actuator that is set; None if none is.

    Raises:
        typer.Exit: With OK, NOPERM (refused) or FAILURE (the device failed).
        typer.BadParameter: The request cannot be sent.
        NoLocalBrokerError: There is no broker.
        NoScadaError: Nobody answers.
    """
    from zoneinfo import ZoneInfo

    from gw_spaceheat.apps.houses import find_house
    from gw_spaceheat.apps.human import ask_house, new_request_id
    from gw_spaceheat.apps.settings import read_settings
    from gw_spaceheat.house.actuators import actuator_named, unit_of
    from gw_spaceheat.messages.base import Malformed
    from gw_spaceheat.messages.gws_human_answer import HumanVerdict
    from gw_spaceheat.views.human_text import answer_data, answer_lines

    settings = read_settings()
    house = find_house(place.file or settings.houses_path(), place.house or settings.atn_alias)
    request = request_for(house, place.who or login_name(), new_request_id())
    try:
        request.check()
    except Malformed as error:
        raise typer.BadParameter(str(error), param_hint="--who") from error
    answer = ask_house(request, _broker(place, settings), settings)
    done = answer.verdict in (HumanVerdict.Done, HumanVerdict.Accepted)
    unit = "" if node is None else unit_of(house, actuator_named(house, node))
    text = "\n".join(answer_lines(answer, unit, ZoneInfo(house.timezone)))
    if as_json:
        typer.echo(json.dumps(answer_data(answer), indent=2))
    if not (as_json and done):
        typer.echo(text, err=not done)
    if not done:
        raise typer.Exit(Exit.FAILURE if answer.verdict == HumanVerdict.DeviceFailed else Exit.NOPERM)


def _broker(place: Place, settings: "Settings") -> str:
    broker = place.local_broker or settings.local_url
    if broker is None:
        raise typer.BadParameter("GWS_LOCAL_URL is None; name the broker that gws run started", param_hint="--local-broker")
    return broker


def login_name() -> str:
    """Of the person who types; his number where this machine knows no name for him."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"
