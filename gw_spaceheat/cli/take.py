"""`gws take`: a person at the house takes command of it for a time."""

from typing import TYPE_CHECKING, Annotated

import typer

from gw_spaceheat.cli._human import (
    FileOption,
    HouseOption,
    JsonOption,
    LocalBrokerOption,
    Place,
    WhoOption,
    ask_and_tell,
    duration_s,
)

if TYPE_CHECKING:
    from gw_spaceheat.actors.human_door import Request
    from gw_spaceheat.house.model import House


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("take", help="Take command of the house: neither the AtomicTNode nor local control has it then.")
    def take(
        for_: Annotated[str, typer.Option("--for", help="For how long, such as 90s, 30m or 2h; a day at most.")],
        house: HouseOption = None,
        file: FileOption = None,
        local_broker: LocalBrokerOption = None,
        who: WhoOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Ask for it; exit code 77 if the house refuses, 69 if nobody answers."""
        for_s = duration_s(for_)

        def request(found: "House", person: str, trigger_id: str) -> "Request":
            from gw_spaceheat.messages.gws_human_take import GwsHumanTake

            return GwsHumanTake(to_g_node_alias=found.scada_alias, who=person, trigger_id=trigger_id, for_s=for_s)

        ask_and_tell(Place(house, file, local_broker, who), request, as_json)
