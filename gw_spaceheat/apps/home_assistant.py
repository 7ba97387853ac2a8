"""Lets a house show up in Home Assistant: its discovery messages, for the house's broker to keep.

The SCADA's own connection tells them by itself (`announcements`); `announce` is for another broker, or for once.
"""

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from gw_spaceheat.house.model import House
from gw_spaceheat.links.broker import BrokerError
from gw_spaceheat.views.home_assistant import discovery

WITHIN_S = 10.0
KEEPALIVE_S = 30


def announcements(house: House) -> tuple[tuple[str, bytes], ...]:
    """Topics and payloads, for a connection that tells them whenever it is made."""
    return tuple((topic, text.encode()) for topic, text in discovery(house).items())


def announce(house: House, host: str, port: int, user: str = "", password: str = "") -> int:
    """Say them, retained, and wait until the broker has them all; how many there were. Raises BrokerError."""
    client = Client(CallbackAPIVersion.VERSION2)
    if user:
        client.username_pw_set(user, password)
    messages = discovery(house)
    try:
        client.connect(host, port, KEEPALIVE_S)
        client.loop_start()
        told = [client.publish(topic, text, qos=1, retain=True) for topic, text in messages.items()]
        for one in told:
            one.wait_for_publish(WITHIN_S)
        if not all(one.is_published() for one in told):
            raise BrokerError(f"broker {host}:{port} did not take all messages within {WITHIN_S:g} s")
    except (OSError, RuntimeError, ValueError) as error:
        raise BrokerError(f"broker {host}:{port} cannot be told of the house: {error}; is mosquitto running?") from error
    finally:
        client.disconnect()
        client.loop_stop()
    return len(messages)
