"""What a driver says of its device: what it can do, for the checks of house files, and the words of its page in the docs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gw_spaceheat.vocabulary.make_model import MakeModel


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """One make and model, described once: the checks, `gws devices list` and the pages of the docs all come from here.

    Attributes:
        device: What it can do, and on which bus it sits.
        title: What it is, in one line.
        measures: What it measures or switches, with units, a sentence or two.
        span: Within which limits a value is believed; what is beyond them is missing.
        wiring: How it is connected, a line each.
        address: An example of `address` in a house file.
        registers: What a channel's `register` may be, and what that is; empty if the device has only one value.
        options: What may stand in `options`, each with its meaning and default.
        identity: How it says which one of its kind it is, so that another in its place is noticed; empty if it cannot.
        recognised: How its make and model is checked when it is opened, where it has no identity; empty if it cannot be.
        recovers: What happens when it is unplugged and comes back.
        source: The document that its registers, commands or topics are taken from.
        tried_on_hardware: Somebody has run this driver with the real device, and says so in the change that sets this.
    """

    device: MakeModel
    title: str
    measures: str
    span: str
    source: str
    recovers: str
    wiring: tuple[str, ...] = ()
    address: Mapping[str, str | int] = field(default_factory=dict)
    registers: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    identity: str = ""
    recognised: str = ""
    tried_on_hardware: bool = False


REOPENED = "The error closes the bus, and the next poll opens it and sets the device up again."
"""The words of `recovers` for devices on a bus of their own that need nothing more than that."""
