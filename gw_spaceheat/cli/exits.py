"""How a `gws` command ends: exit codes with the names that sysexits.h gives them."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of every `gws` command; what went wrong stands on standard error."""

    OK = 0
    FAILURE = 1
    """Something failed while running; or the answer of a check is no."""
    USAGE = 64
    """The command line is wrong."""
    DATAERR = 65
    """What a file says is wrong: houses, weather, demand, a record."""
    NOINPUT = 66
    """A file that was named is not there or cannot be read."""
    UNAVAILABLE = 69
    """Something that is needed is not there: a broker, a device, an optional package."""
    CANTCREAT = 73
    """Something is there already and is not overwritten unless that is said."""
    NOPERM = 77
    """The house refused what was asked; the reason stands on standard error."""
    CONFIG = 78
    """A setting is wrong."""
