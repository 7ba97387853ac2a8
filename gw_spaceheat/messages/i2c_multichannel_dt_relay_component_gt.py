"""The relay board of a house, as the layout tells it."""

from collections.abc import Sequence

from msgspec import UNSET, field

from gw_spaceheat.messages.base import Malformed, Maybe, Message
from gw_spaceheat.messages.formats import Uuid4, WireInteger
from gw_spaceheat.messages.relay_actor_config import RelayActorConfig


class I2cMultichannelDtRelayComponentGt(Message, frozen=True, kw_only=True, tag="i2c.multichannel.dt.relay.component.gt"):
    """A board with relays on I2C; a house whose relays are elsewhere has one without an address."""

    component_id: Uuid4
    component_attribute_class_id: Uuid4
    config_list: Sequence[RelayActorConfig]
    display_name: Maybe[str] = UNSET
    hw_uid: Maybe[str] = UNSET
    i2c_address_list: Sequence[WireInteger] = field(name="I2cAddressList")
    version: str = "002"

    def check(self) -> None:
        """No relay and no actor may be there twice."""
        for name, values in (
            ("RelayIdx", [str(config.relay_idx) for config in self.config_list]),
            ("ActorName", [config.actor_name for config in self.config_list]),
        ):
            twice = {value for value in values if values.count(value) > 1}
            if twice:
                raise Malformed(f"relay board: {name} {', '.join(sorted(twice))} is there more than once")
