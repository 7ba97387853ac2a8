"""Where a house's heat is metered: which flow, supply and return belong together, by its thermal edges."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gw_spaceheat.house.model import House
from gw_spaceheat.vocabulary.roles import Role

_TEMPERATURES = {"degC"}
_FLOWS = {"kg/s"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMeter:
    """Three channels that together tell a heat flow, `flow * heat capacity of water * (supply - back)`.

    Attributes:
        flow: Of the flow [kg/s].
        supply: Of the temperature on the hot side [degC].
        back: Of the temperature on the cold side [degC].
    """

    flow: str
    supply: str
    back: str

    @property
    def channels(self) -> tuple[str, str, str]:
        """Flow, supply and return."""
        return self.flow, self.supply, self.back


def source_meter(house: House) -> HeatMeter | None:
    """What the heat pump or boiler gives; None if there is none or it is not metered."""
    source = _source(house)
    return _meter(house, _pipes_from(house, source), _pipes_to(house, source)) if source else None


def rooms_meter(house: House) -> HeatMeter | None:
    """What leaves the tank that feeds the distribution, towards the rooms; None if it is not metered."""
    source = _source(house)
    fed = {edge.to_node for edge in house.thermal_edges if source and edge.from_node == source}
    for name in house.heating.buffer or house.heating.store:
        tank = house.nodes[house.channels[name].about].parent
        back = [pipe for pipe in _pipes_to(house, tank) if pipe not in fed]
        found = _meter(house, _pipes_from(house, tank), back)
        if found is not None:
            return found
    return None


def source_power(house: House) -> str:
    """The channel of the heat source's electricity [W]; empty if it is not metered by itself."""
    source = _source(house)
    return next(_channels(house, [source], {"W"}), "") if source else ""


def electricity(house: House) -> tuple[str, ...]:
    """The channels whose powers [W] are the heating system's: those that go to the AtomicTNode, else the whole house's."""
    metered = tuple(name for name, channel in house.channels.items() if channel.in_power_metering)
    return metered or tuple(n for n, channel in house.channels.items() if house.nodes[channel.about].role is Role.PowerMeter)


def _source(house: House) -> str:
    relay = house.heating.heat_source
    return house.nodes[relay].parent if relay else ""


def _pipes_from(house: House, node: str) -> list[str]:
    return [edge.to_node for edge in house.thermal_edges if edge.from_node == node and _is_pipe(house, edge.to_node)]


def _pipes_to(house: House, node: str) -> list[str]:
    return [edge.from_node for edge in house.thermal_edges if edge.to_node == node and _is_pipe(house, edge.from_node)]


def _is_pipe(house: House, alias: str) -> bool:
    return house.nodes[alias].role is Role.HydronicPipe


def _meter(house: House, supply: list[str], back: list[str]) -> HeatMeter | None:
    """The meter of a circuit; its flow may be measured on either side."""
    flow = next(_channels(house, [*supply, *back], _FLOWS), "")
    hot, cold = next(_channels(house, supply, _TEMPERATURES), ""), next(_channels(house, back, _TEMPERATURES), "")
    return HeatMeter(flow=flow, supply=hot, back=cold) if flow and hot and cold else None


def _channels(house: House, places: Iterable[str], units: set[str]) -> Iterator[str]:
    """Channels of a unit that tell of one of these nodes or of a sensor in it."""
    for place in places:
        for name, channel in house.channels.items():
            if place in (channel.about, house.nodes[channel.about].parent) and channel.telemetry.scale.si_unit in units:
                yield name
