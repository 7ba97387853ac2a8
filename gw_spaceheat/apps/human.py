"""A person at the house asks its SCADA for something, over the house's own broker, and gets one answer."""

import time
from queue import Empty, SimpleQueue

from gw_spaceheat.actors.human_door import SPEAKER, Request
from gw_spaceheat.actors.local_bus import LINK, SCADA
from gw_spaceheat.apps.connections import local_mqtt_settings
from gw_spaceheat.apps.process import fresh_seed
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.events import Event, LinkChanged, Received
from gw_spaceheat.house.actuators import CannotBeSetError, actuator_named, value_for
from gw_spaceheat.house.model import House
from gw_spaceheat.links.mqtt import Mqtt
from gw_spaceheat.messages.base import Malformed
from gw_spaceheat.messages.codec import encode
from gw_spaceheat.messages.gws_human_answer import GwsHumanAnswer
from gw_spaceheat.messages.gws_human_release import GwsHumanRelease
from gw_spaceheat.messages.gws_human_set import GwsHumanSet
from gw_spaceheat.messages.gws_human_take import GwsHumanTake
from gw_spaceheat.vocabulary.ids import IdSource

TAKE, RELEASE, SET = "take", "release", "set"
SHORTEST_S, LONGEST_S = 60, 86_400
CONNECTED_WITHIN_S = 10.0
ANSWERED_WITHIN_S = 5.0


class NoLocalBrokerError(Exception):
    """The house's own broker cannot be reached; says why and what to do."""


class NoScadaError(Exception):
    """Nobody answered in time; says what may have become of the request."""


class CannotAskError(ValueError):
    """What cannot be asked of the house; says why."""


def new_request_id() -> str:
    """Identifier of a request [uuid4]."""
    return IdSource(fresh_seed())()


def request_of(house: House, what: str, who: str, minutes: float | None, node: str | None, value: str | None) -> Request:
    """The question; raises CannotAskError."""
    try:
        request = _request(house, what, who, minutes, node, value)
        request.check()
    except (CannotBeSetError, Malformed) as error:
        raise CannotAskError(str(error)) from error
    return request


def _request(house: House, what: str, who: str, minutes: float | None, node: str | None, value: str | None) -> Request:
    to, trigger_id = house.scada_alias, new_request_id()
    if what == TAKE:
        seconds = round((minutes or 0) * 60)
        if not SHORTEST_S <= seconds <= LONGEST_S:
            raise CannotAskError("Take the house for 1 minute to 24 hours.")
        return GwsHumanTake(to_g_node_alias=to, who=who, trigger_id=trigger_id, for_s=seconds)
    if what == SET:
        if not node or not value:
            raise CannotAskError("Choose an actuator and a value.")
        actuator = actuator_named(house, node)
        wanted = value_for(house, actuator, value)
        return GwsHumanSet(to_g_node_alias=to, who=who, trigger_id=trigger_id, node=actuator.alias, value=wanted)
    if what == RELEASE:
        return GwsHumanRelease(to_g_node_alias=to, who=who, trigger_id=trigger_id)
    raise CannotAskError("Choose what to do.")


def ask_house(request: Request, url: str, settings: Settings) -> GwsHumanAnswer:
    """Say it on the house's own bus, and wait for the answer; takes 5 s at most once the broker is there.

    Args:
        request: What is asked.
        url: The house's own broker.
        settings: How to speak to it.

    Raises:
        BadUrl: The broker's URL cannot be understood.
        NoLocalBrokerError: The broker is not there, or went away before the answer came.
        NoScadaError: Nobody answered.
    """
    speaker = f"{SPEAKER}{fresh_seed()[:4].hex()}"
    mail: SimpleQueue[Event] = SimpleQueue()
    transport = Mqtt(
        local_mqtt_settings(settings, url, settings.uplink_url, speaker, (f"gw/{SCADA}/to/{speaker}/#",)), LINK, mail.put
    )
    transport.open()
    try:
        _wait_until_connected(mail, url)
        topic, payload = encode(request, src=speaker, dst=SCADA, message_id=request.trigger_id)
        transport.publish(topic, payload, qos=1)
        return _answer(mail, request)
    finally:
        transport.close()


def _wait_until_connected(mail: SimpleQueue[Event], url: str) -> None:
    until_s = time.monotonic() + CONNECTED_WITHIN_S
    while (event := _next(mail, until_s)) is not None:
        if isinstance(event, LinkChanged):
            if event.up:
                return
            raise NoLocalBrokerError(f"no local broker: {event.reason}; --local-broker names another")
    raise NoLocalBrokerError(f"no local broker: {url} does not answer within {CONNECTED_WITHIN_S:g} s")


def _answer(mail: SimpleQueue[Event], request: Request) -> GwsHumanAnswer:
    until_s = time.monotonic() + ANSWERED_WITHIN_S
    while (event := _next(mail, until_s)) is not None:
        if isinstance(event, Received) and isinstance(event.message, GwsHumanAnswer):
            if event.message.trigger_id == request.trigger_id:
                return event.message
        elif isinstance(event, LinkChanged):
            raise NoLocalBrokerError(f"the local broker was lost: {event.reason}; it may or may not have been done")
    raise NoScadaError(
        f"no answer of {request.to_g_node_alias} within {ANSWERED_WITHIN_S:g} s: it does not run, or not on this broker, or a "
        "device hangs; it may or may not have been done"
    )


def _next(mail: SimpleQueue[Event], until_s: float) -> Event | None:
    """The next event; None when the time is over."""
    try:
        return mail.get(timeout=max(until_s - time.monotonic(), 0.0))
    except Empty:
        return None
