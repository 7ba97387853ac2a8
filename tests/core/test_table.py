"""State machines as tables."""

from enum import StrEnum

from gw_spaceheat.core.table import Table


class Lamp(StrEnum):
    Dark = "Dark"
    Lit = "Lit"


class Press(StrEnum):
    On = "On"
    Off = "Off"


TABLE: Table[Lamp, Press] = Table(Lamp.Dark, {Lamp.Dark: {Press.On: Lamp.Lit}, Lamp.Lit: {Press.Off: Lamp.Dark}})


def test_a_pair_in_the_table_leads_on_and_any_other_is_refused() -> None:
    assert TABLE.after(Lamp.Dark, Press.On) is Lamp.Lit
    assert TABLE.after(Lamp.Lit, Press.Off) is Lamp.Dark
    assert TABLE.after(Lamp.Dark, Press.Off) is None
    assert TABLE.after(Lamp.Lit, Press.On) is None


def test_a_state_without_a_row_refuses_everything() -> None:
    assert Table(Lamp.Dark, {Lamp.Dark: {Press.On: Lamp.Lit}}).after(Lamp.Lit, Press.Off) is None


def test_the_diagram_is_drawn_from_the_table() -> None:
    assert TABLE.mermaid().splitlines() == [
        "stateDiagram-v2",
        "    [*] --> Dark",
        "    Dark --> Lit: On",
        "    Lit --> Dark: Off",
    ]
