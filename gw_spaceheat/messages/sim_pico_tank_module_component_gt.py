"""A simulated tank module, as the layouts of peers tell it."""

from gw_spaceheat.messages.pico_tank_module_component_gt import PicoTankModuleComponentGt


class SimPicoTankModuleComponentGt(
    PicoTankModuleComponentGt, frozen=True, kw_only=True, tag="sim.pico.tank.module.component.gt"
):
    """The fields of the real one, and which one that is."""

    simulates_type_name: str = "pico.tank.module.component.gt"
    simulates_version: str = "011"
    version: str = "000"
