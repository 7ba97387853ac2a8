"""A heat pump with the SG-Ready label, told by two relays, wherever these are.

The label's two contacts (Bundesverband Waermepumpe, regulations for SG Ready, version 2.0) give four states:

| state | contact 1 | contact 2 | the heat pump |
|---|---|---|---|
| 1 | closed | open | is locked for at most two hours |
| 2 | open | open | runs as it likes |
| 3 | open | closed | is recommended to run, and stores more |
| 4 | closed | closed | is ordered to run |

Both contacts are switched one after the other, so a state in between may be seen for some milliseconds; heat pumps wait for
minutes. With no relay energised the heat pump is in state 2, its own control: the state for everything that fails.
"""

from gw_spaceheat.drivers.base import ActuatorDriver, DeviceError

CONTACTS = {1: (True, False), 2: (False, False), 3: (False, True), 4: (True, True)}
MEASURES = "Sets the state of the heat pump: 1 locked, 2 normal, 3 recommended, 4 ordered; reads back both relays."
SPAN = "1, 2, 3 or 4."
SOURCE = "Bundesverband Waermepumpe e. V., SG Ready regulations 2.0"
WIRING = (
    "Relay 1's normally-open contact to SG-Ready contact 1, relay 2's to contact 2",
    "Never mains voltage on these contacts",
)


class SgReadyHeatPump:
    """Two relays that are one output."""

    def __init__(self, first: ActuatorDriver, second: ActuatorDriver) -> None:
        """Remember the relays of contact 1 and contact 2."""
        self._relays = (first, second)

    def open(self) -> None:
        """Open both; raises DeviceError."""
        for relay in self._relays:
            relay.open()

    def close(self) -> None:
        """Let both go; they keep what they have."""
        for relay in self._relays:
            relay.close()

    def write(self, value: float) -> None:
        """Set the state [1 to 4]; raises DeviceError."""
        contacts = CONTACTS.get(int(value)) if value in CONTACTS else None
        if contacts is None:
            raise DeviceError(f"an SG-Ready heat pump has the states 1 to 4, not {value:g}")
        for relay, closed in zip(self._relays, contacts, strict=True):
            relay.write(float(closed))

    def read_back(self) -> float | None:
        """The state that both relays stand for [1 to 4], None if one cannot say; raises DeviceError."""
        first, second = (relay.read_back() for relay in self._relays)
        if first is None or second is None:
            return None
        found = (first == 1.0, second == 1.0)
        return float(next(state for state, contacts in CONTACTS.items() if contacts == found))
