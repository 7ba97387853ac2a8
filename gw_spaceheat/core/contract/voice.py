"""How one side speaks with the other: running numbers, digits, signatures; and what it makes of what it hears."""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

import msgspec

from gw_spaceheat.core.contract.life import Side
from gw_spaceheat.core.contract.state import VoiceMemory
from gw_spaceheat.messages.base import given
from gw_spaceheat.messages.gws_contract import GwsContract
from gw_spaceheat.messages.signing import Sign, Verify, sign, signature_fault
from gw_spaceheat.vocabulary.moment import SECOND_MS, Moment

Digit = Callable[[], int]
"""Gives a digit by chance, 0 to 9; the world's chance comes in here."""
REMEMBERED_MESSAGES = 128


class Hearing(StrEnum):
    """What to make of a message."""

    Good = "Good"
    Old = "Old"
    """A newer one was heard already: it came twice, or late. It says nothing any more, and is no fault."""
    Stranger = "Stranger"
    """Somebody else speaks, or he speaks of another house."""
    Unsigned = "Unsigned"
    """It is not signed by the other side, or was altered."""
    WrongDigit = "WrongDigit"
    """It repeats another digit than the one that was in the message that it names."""


class _Said(NamedTuple):
    mono_ms: int | None
    digit: int


class Voice:
    """Numbers and signs what is said, and checks what is heard.

    A running number is at least the second [UTC s] in which it was given, so that a side that has lost its memory is still
    ahead of what it said before.
    """

    def __init__(
        self, side: Side, alias: str, peer: str, digit: Digit, sign: Sign | None, verify: Verify | None, memory: VoiceMemory
    ) -> None:
        """Go on with an exchange.

        Args:
            side: Who we are.
            alias: Our name on the wire.
            peer: The other side's.
            digit: Gives digits.
            sign: Signs with our key; None if there is none.
            verify: Tells the other side's signatures; None if its key is not known.
            memory: Where the exchange stood.
        """
        self._side = side
        self._alias = alias
        self._peer = peer
        self._digit = digit
        self._sign = sign
        self._verify = verify
        self.memory = memory
        self._said: dict[int, _Said] = {memory.number: _Said(None, memory.digit)} if memory.number else {}

    @property
    def sent_mono_ms(self) -> dict[int, int]:
        """When this process sent its last messages, by number [mono ms]."""
        return {number: said.mono_ms for number, said in self._said.items() if said.mono_ms is not None}

    def numbered(self, now: Moment) -> tuple[int, int]:
        """Number and digit of the next message."""
        number = max(self.memory.number + 1, now.wall_ms // SECOND_MS)
        digit = self._digit()
        self.memory = msgspec.structs.replace(self.memory, number=number, digit=digit)
        self._said[number] = _Said(now.mono_ms, digit)
        while len(self._said) > REMEMBERED_MESSAGES:
            del self._said[next(iter(self._said))]
        return number, digit

    def signed(self, message: GwsContract) -> GwsContract:
        """The message with our signature, if we have a key."""
        return sign(message, self._sign)

    def judge(self, message: GwsContract) -> tuple[Hearing, str]:
        """What to make of a message, and why, for a person; changes nothing."""
        heartbeat = message.heartbeat
        if message.from_g_node_alias != self._peer or heartbeat.from_node != self._side.other:
            return Hearing.Stranger, f"{message.from_g_node_alias} speaks as {heartbeat.from_node}; it should be {self._peer}"
        house = self._alias if self._side is Side.SCADA else self._peer
        if heartbeat.contract.scada_alias != house:
            return Hearing.Stranger, f"it is about a contract of {heartbeat.contract.scada_alias}; this is {house}"
        fault = signature_fault(message, self._verify)
        if fault:
            return Hearing.Unsigned, fault
        if message.heartbeat_number <= self.memory.heard:
            return Hearing.Old, ""
        said = self._said.get(given(message.heard_number) or 0)
        repeated = given(heartbeat.your_last_digit)
        if said is not None and repeated != said.digit:
            return Hearing.WrongDigit, f"it repeats the digit {repeated}; in message {message.heard_number} it was {said.digit}"
        return Hearing.Good, ""

    def hear(self, message: GwsContract) -> int | None:
        """Take note of a good message.

        Returns:
            When we sent what the other side had heard last [mono ms]: it was alive after that. None if that is not known.
        """
        self.memory = msgspec.structs.replace(
            self.memory, heard=message.heartbeat_number, their_digit=message.heartbeat.my_digit
        )
        said = self._said.get(given(message.heard_number) or 0)
        return None if said is None else said.mono_ms
