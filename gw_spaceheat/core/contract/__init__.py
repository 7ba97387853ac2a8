"""The dispatch contract: under what agreement, in which mode, and by whose command a house is heated.

Each side has one machine: `ScadaSide` in the house, `AtnSide` in the cloud. They speak `gws.contract` with each other, every
60 s and whenever something changes, and they agree afterwards how each contract ended.
"""

from gw_spaceheat.core.contract.lease import LEASES
from gw_spaceheat.core.contract.life import ATOMIC_T_NODE_LIFE, SCADA_LIFE
from gw_spaceheat.core.contract.mode import MODES

TABLES = {"scada": SCADA_LIFE, "atomic_t_node": ATOMIC_T_NODE_LIFE, "mode": MODES, "lease": LEASES}
"""Every table of this subject, for the docs and the tests."""

__all__ = ["TABLES"]
