"""The words of a link's session: its states, and what can happen to it."""

from enum import StrEnum


class State(StrEnum):
    """What a session can do at present. *Set up*: connected, and every subscription granted. *Peer*: heard since connecting."""

    NOT_STARTED = "not_started"
    CONNECTING = "connecting"
    AWAITING_SETUP_AND_PEER = "awaiting_setup_and_peer"
    AWAITING_SETUP = "awaiting_setup"
    AWAITING_PEER = "awaiting_peer"
    ACTIVE = "active"
    ENDED = "ended"


class Input(StrEnum):
    """What can happen to a session."""

    STARTED = "started"
    STOPPING = "stopping"
    CONNECTED = "connected"
    CONNECTED_TO_MANY = "connected, no peer"
    SUBSCRIBED = "subscribed"
    LINK_DOWN = "link down"
    RESPONSE_TIMEOUT = "response timeout"
    LINK_ASKED = "link asked"
    FIGURES_ASKED = "figures asked"
    GATE = "gate"
    SEND_EVENT = "send event"
    SEND_HELD = "send held"
    SEND_PLAIN = "send plain"
    SEND_NOW = "send now"
    ACKNOWLEDGED = "acknowledged"
    PING = "ping"
    MESSAGE = "message"
    ECHO = "echo"
    GARBLED = "garbled"
    TRANSMIT_FAILED = "transmit failed"
