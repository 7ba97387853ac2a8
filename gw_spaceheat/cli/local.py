"""`gws local`: the home owner wants the house to heat by itself, whatever contract there is, or does not mind any more."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from gw_spaceheat.cli._human import FileOption, HouseOption, JsonOption, LocalBrokerOption, Place, WhoOption, ask_and_tell

if TYPE_CHECKING:
    from gw_spaceheat.actors.human_door import Request
    from gw_spaceheat.house.model import House


class Switch(StrEnum):
    """What can be said."""

    ON = "on"
    OFF = "off"


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("local", help="on: the house heats by itself and obeys no AtomicTNode, until you say off.")
    def local(
        switch: Annotated[Switch, typer.Argument(help="on or off.", show_default=False)],
        house: HouseOption = None,
        file: FileOption = None,
        local_broker: LocalBrokerOption = None,
        who: WhoOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Ask for it; exit code 77 if the house refuses, 69 if nobody answers."""

        def request(found: "House", person: str, trigger_id: str) -> "Request":
            from gw_spaceheat.messages.gws_human_local import GwsHumanLocal

            asked = switch is Switch.ON
            return GwsHumanLocal(to_g_node_alias=found.scada_alias, who=person, trigger_id=trigger_id, asked=asked)

        ask_and_tell(Place(house, file, local_broker, who), request, as_json)
