"""Keeps the simulated houses of several processes alike: what a relay elsewhere was set to moves our own twin too."""

from collections.abc import Sequence

from gw_spaceheat.core.events import Event, Level, Note, Readings
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import House
from gw_spaceheat.vocabulary.moment import Moment


class Twin:
    """Takes the states that actuators of other processes report, and sets our simulated house to them.

    Every process with simulated devices has a twin of the house, from the same seed. They stay alike because all of them follow
    the same commands.
    """

    def __init__(self, house: House, site: SimulatedSite) -> None:
        """Remember; which channels are states of actuators is known from the house."""
        self._site = site
        self._node_of = {
            channel.name: alias
            for alias, node in house.nodes.items()
            if node.actuator is not None and (channel := house.state_channel(alias)) is not None
        }

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:  # noqa: ARG002 - what is told is already over
        """Follow the reported states."""
        if not isinstance(event, Readings):
            return ()
        notes: list[Event] = []
        for name, value in zip(event.channels, event.values, strict=True):
            node = self._node_of.get(name)
            if node is not None and value is not None:
                try:
                    self._site.write(node, value)
                except DeviceError as error:
                    notes.append(Note(Level.WARNING, str(error)))
        return notes

    def wake(self, now: Moment) -> Sequence[Event]:  # noqa: ARG002 - it asks for no time
        """Nothing falls due here."""
        return ()

    def deadline(self) -> int | None:
        """Never."""
        return None
