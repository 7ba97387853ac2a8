"""`gws release`: a person at the house gives the command of it back."""

from typing import TYPE_CHECKING

import typer

from gw_spaceheat.cli._human import FileOption, HouseOption, JsonOption, LocalBrokerOption, Place, WhoOption, ask_and_tell

if TYPE_CHECKING:
    from gw_spaceheat.actors.human_door import Request
    from gw_spaceheat.house.model import House


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("release", help="Give the command of the house back before the time is over; whoever took it.")
    def release(
        house: HouseOption = None,
        file: FileOption = None,
        local_broker: LocalBrokerOption = None,
        who: WhoOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Ask for it; exit code 77 if the house refuses, 69 if nobody answers."""

        def request(found: "House", person: str, trigger_id: str) -> "Request":
            from gw_spaceheat.messages.gws_human_release import GwsHumanRelease

            return GwsHumanRelease(to_g_node_alias=found.scada_alias, who=person, trigger_id=trigger_id)

        ask_and_tell(Place(house, file, local_broker, who), request, as_json)
