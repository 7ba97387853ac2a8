"""The wire between SCADA and AtomicTNode, and somebody who hears all of it and can send what he likes under any name."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from gw_spaceheat.apps.bench.bad_commands import REPLAYED, Spoiler
from gw_spaceheat.apps.faults.keys import NOBODYS, THEIRS
from gw_spaceheat.apps.faults.mortal import ENDS, SCADA
from gw_spaceheat.apps.faults.story import Draws, Story
from gw_spaceheat.core.events import Transmit
from gw_spaceheat.house.model import House
from gw_spaceheat.links.loopback import LATENCY_MS
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.gws_command import GwsCommand
from gw_spaceheat.messages.gws_contract import ContractMode, GwsContract
from gw_spaceheat.vocabulary.moment import MINUTE_MS, Moment


class Wiretap:
    """What was said, what becomes of a message, and what an attacker makes of it.

    Attributes:
        attacks: How much he has sent.
    """

    def __init__(self, house: House, story: Story) -> None:
        """Nothing was said."""
        self._house, self._story = house, story
        self._draws = Draws(story.seed, 11)
        self._attack_draws = Draws(story.seed, 12)
        self._commands_heard: list[GwsCommand] = []
        self._atn_says: dict[int, tuple[int, GwsContract]] = {}
        self._scada_says: list[tuple[int, GwsContract]] = []
        self._forged = 0
        self.attacks = 0

    def fate_of(self, source: str, transmit: Transmit, now: Moment) -> Sequence[int]:
        """What becomes of a message."""
        if source == ENDS[SCADA] and isinstance(transmit.message, GwsContract):
            self._scada_says.append((now.mono_ms, transmit.message))
        wire, draws = self._story.wire, self._draws
        if now.mono_ms >= self._story.calm_ms:
            return (LATENCY_MS,)
        if isinstance(transmit.message, GwsCommand) and draws.happens(wire.held_back):
            return (LATENCY_MS + 80_000 + draws.whole(100_000),)
        if draws.happens(wire.loss):
            return ()
        slow_ms = wire.slowest_ms if draws.happens(wire.slow) else 0
        return [LATENCY_MS + draws.whole(slow_ms + 1) for _ in range(2 if draws.happens(wire.doubled) else 1)]

    def overhear(self, message: GwsCommand | GwsContract, now_ms: int) -> None:
        """The AtomicTNode sends this."""
        if isinstance(message, GwsCommand):
            self._commands_heard.append(message)
        else:
            self._atn_says[message.heartbeat_number] = (now_ms, message)

    def spoken_ms(self, message: GwsContract) -> int | None:
        """When the AtomicTNode really sent this [ms]; None if it never did."""
        sent_ms, spoken = self._atn_says.get(message.heartbeat_number, (None, None))
        return sent_ms if spoken == message else None

    def something_bad(self) -> Message | None:
        """What he sends next; None if he has not heard enough yet."""
        message = self._made_up()
        self.attacks += message is not None
        return message

    def _made_up(self) -> Message | None:
        draws, heard = self._attack_draws, self._commands_heard
        kind = draws.whole(6)
        if kind == 0 and heard:
            return draws.one_of(heard)
        if kind == 1 and self._atn_says:
            return draws.one_of(tuple(self._atn_says.values()))[1]
        if kind == 2 and self._atn_says and self._story.signed:
            _, said = next(reversed(self._atn_says.values()))
            wish = draws.one_of((ContractMode.LocalControl, ContractMode.RemoteControl)).value
            return msgspec.structs.replace(said, heartbeat_number=said.heartbeat_number + 1 + draws.whole(60), mode_wish=wish)
        if kind == 3 and heard:
            return heard[-1].asked()
        if not heard or not self._scada_says:
            return None
        return self._spoiled(heard[-1])

    def _spoiled(self, last: GwsCommand) -> GwsCommand:
        """A command that would be good, but for one thing."""
        draws = self._attack_draws
        now_ms, said = self._scada_says[-1]
        self._forged += 1
        old = tuple(message.heartbeat_number for at_ms, message in self._scada_says if at_ms < now_ms - 2 * MINUTE_MS)
        spoiler = Spoiler(
            self._house,
            THEIRS.sign if self._story.signed else None,
            NOBODYS.sign,
            str(UUID(int=(1 << 64) + self._forged, version=4)),
            old[-8:] or (1,),
        )
        good = spoiler.signed(
            last,
            contract_id=said.heartbeat.contract.contract_id,
            fencing_token=max(said.fencing_token, 1),
            sequence=last.sequence + 1 + draws.whole(3),
            heard_heartbeat=said.heartbeat_number,
        )
        kinds = [kind for kind in spoiler.kinds() if kind != REPLAYED]  # it would be the first of its contract, and good
        return spoiler.spoil(draws.one_of(kinds), good, draws.number)
