"""`gws set`: a person who has taken command of the house sets an actuator."""

from typing import TYPE_CHECKING, Annotated

import typer

from gw_spaceheat.cli._human import FileOption, HouseOption, JsonOption, LocalBrokerOption, Place, WhoOption, ask_and_tell

if TYPE_CHECKING:
    from gw_spaceheat.actors.human_door import Request
    from gw_spaceheat.house.model import House


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("set", help="Set an actuator of a house that was taken with gws take.")
    def set_(
        node: Annotated[str, typer.Argument(help="Alias of the actuator, such as a.elt1.relay.", show_default=False)],
        value: Annotated[
            str, typer.Argument(help="on, off, 1 or 0 for a relay; a number in its unit for an output.", show_default=False)
        ],
        house: HouseOption = None,
        file: FileOption = None,
        local_broker: LocalBrokerOption = None,
        who: WhoOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Ask for it; exit code 77 if the house refuses, 1 if the device fails, 69 if nobody answers."""

        def request(found: "House", person: str, trigger_id: str) -> "Request":
            from gw_spaceheat.house.actuators import actuator_named, value_for
            from gw_spaceheat.messages.gws_human_set import GwsHumanSet

            actuator = actuator_named(found, node)
            return GwsHumanSet(
                to_g_node_alias=found.scada_alias,
                who=person,
                trigger_id=trigger_id,
                node=actuator.alias,
                value=value_for(found, actuator, value),
            )

        ask_and_tell(Place(house, file, local_broker, who), request, as_json, node)
