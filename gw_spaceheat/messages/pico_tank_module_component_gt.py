"""A tank module with a microcontroller, or a simulated one, as the layouts of peers tell it. Our houses have none."""

from collections.abc import Sequence

from msgspec import UNSET

from gw_spaceheat.messages.base import Malformed, Maybe, Message, given
from gw_spaceheat.messages.channel_config import ChannelConfig
from gw_spaceheat.messages.formats import PositiveInteger, Uuid4, WireInteger


class PicoTankModuleComponentGt(Message, frozen=True, kw_only=True, tag="pico.tank.module.component.gt"):
    """Three thermistors in a tank, read by one microcontroller or by two (A and B)."""

    component_id: Uuid4
    component_attribute_class_id: Uuid4
    config_list: Sequence[ChannelConfig]
    display_name: Maybe[str] = UNSET
    hw_uid: Maybe[str] = UNSET
    enabled: bool
    pico_hw_uid: Maybe[str] = UNSET
    pico_a_hw_uid: Maybe[str] = UNSET
    pico_b_hw_uid: Maybe[str] = UNSET
    temp_calc_method: str
    thermistor_beta: PositiveInteger
    send_micro_volts: bool
    samples: PositiveInteger
    num_sample_averages: PositiveInteger
    pico_k_ohms: Maybe[PositiveInteger] = UNSET
    serial_number: str = "NA"
    async_capture_delta_micro_volts: WireInteger
    sensor_order: Maybe[Sequence[WireInteger]] = UNSET
    version: str = "011"

    def check(self) -> None:
        """It has one microcontroller or two."""
        one = given(self.pico_hw_uid) is not None
        parts = [given(self.pico_a_hw_uid) is not None, given(self.pico_b_hw_uid) is not None]
        if any(parts) if one else not all(parts):
            raise Malformed("a tank module needs either PicoHwUid or both PicoAHwUid and PicoBHwUid")
