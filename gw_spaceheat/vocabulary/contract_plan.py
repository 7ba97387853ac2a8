"""Under which contracts a house lives, in simulation and in demonstrations."""

from enum import StrEnum


class ContractPlan(StrEnum):
    """Who commands the house, under which contracts."""

    MIRROR = "mirror"
    """A standing contract; in RemoteControl the AtomicTNode commands what the strategy would."""
    SLOTS = "slots"
    """The same with a contract for every market slot."""
    PLANNED = "planned"
    """A standing contract; in RemoteControl the AtomicTNode commands by a plan, with prices and weather in view."""
    NONE = "none"
    """No contract: the SCADA heats by itself, and reports are held back."""
    OPEN = "open"
    """No contract, and reports go up all the same."""
