"""A flow module with a microcontroller, as the layouts of peers tell it. Our houses have none."""

from collections.abc import Sequence

from msgspec import UNSET

from gw_spaceheat.messages.base import Maybe, Message
from gw_spaceheat.messages.channel_config import ChannelConfig
from gw_spaceheat.messages.formats import SpaceheatName, Uuid4, WireInteger


class PicoFlowModuleComponentGt(Message, frozen=True, kw_only=True, tag="pico.flow.module.component.gt"):
    """A pulse flow meter and how its pulses become a flow."""

    component_id: Uuid4
    component_attribute_class_id: Uuid4
    config_list: Sequence[ChannelConfig]
    display_name: Maybe[str] = UNSET
    hw_uid: Maybe[str] = UNSET
    enabled: bool
    serial_number: str
    flow_node_name: SpaceheatName
    flow_meter_type: str = "SAIER__SENHZG1WA"
    hz_calc_method: str
    gpm_from_hz_method: str
    constant_gallons_per_tick: float
    send_hz: bool = True
    send_gallons: bool = False
    send_tick_lists: bool = False
    no_flow_ms: WireInteger
    async_capture_threshold_gpm_times100: WireInteger
    publish_empty_ticklist_after_s: Maybe[WireInteger] = UNSET
    publish_any_ticklist_after_s: Maybe[WireInteger] = UNSET
    publish_ticklist_period_s: Maybe[WireInteger] = UNSET
    publish_ticklist_length: Maybe[WireInteger] = UNSET
    exp_alpha: Maybe[float] = UNSET
    cutoff_frequency: Maybe[float] = UNSET
    version: str = "000"
