"""Histories of commands from outside, each of which ends in one that must not be obeyed: how many of those were.

A history is what a SCADA had taken before, in a contract of its own, and then one more command: forged, replayed, expired, out
of order, under an old lease, for another house. The gate that judges it is the SCADA's own.
"""

import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import UNSET

from gw_spaceheat.apps.bench.bad_commands import Spoiler, triggered
from gw_spaceheat.apps.faults.keys import NOBODYS, THEIRS
from gw_spaceheat.apps.faults.story import Draws
from gw_spaceheat.apps.houses import house_to_start
from gw_spaceheat.core.contract.gate import Authorized, Gate, Judgement, Taken
from gw_spaceheat.core.contract.options import ContractOptions
from gw_spaceheat.core.events import Obey
from gw_spaceheat.house.model import House, wire_name
from gw_spaceheat.messages.analog_dispatch import AnalogDispatch
from gw_spaceheat.messages.fsm_event import CHANGE_RELAY_STATE, ChangeRelayState, FsmEvent
from gw_spaceheat.messages.gws_command import GwsCommand
from gw_spaceheat.messages.signing import sign
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import SECOND_MS, Moment
from gw_spaceheat.vocabulary.roles import ActorClass

HOUSE = "hw1.isone.me.millinocket.pine"
"""It has relays and an analogue output."""
OF_A_PAST = 50
"""So many histories share what went before."""
A_SHARE = 10_000
NOW = Moment(10_000_000, 1_700_000_000_000)


class Past(NamedTuple):
    """What went before.

    Attributes:
        authorized: What the gate knows after the good command was taken.
        earlier: A good command that came before that.
        good: The good command that was taken last.
        following: One that would be good now.
    """

    authorized: Authorized
    earlier: GwsCommand
    good: GwsCommand
    following: GwsCommand


class Bad(NamedTuple):
    """The end of a history, and what is known then."""

    kind: str
    command: GwsCommand
    authorized: Authorized
    now: Moment


def measure(houses: Path, number: int = 1_000_000, first: int = 0, workers: int | None = None) -> dict[str, object]:
    """Judge so many histories.

    Args:
        houses: The house file.
        number: How many.
        first: Seed of the first share of ten thousand.
        workers: Processes; None for one per core.
    """
    began_s = time.perf_counter()
    _house(houses)
    shares = [(houses, first + at // A_SHARE, min(A_SHARE, number - at)) for at in range(0, number, A_SHARE)]
    counts: Counter[str] = Counter()
    workers = min(workers or os.cpu_count() or 1, len(shares))
    if workers <= 1:
        for share in shares:
            counts.update(_judge_share(share))
    else:
        with multiprocessing.get_context("fork").Pool(workers) as pool:
            for judged in pool.imap_unordered(_judge_share, shares):
                counts.update(judged)
    good = counts.pop("good"), counts.pop("good obeyed")
    accepted = {kind.removeprefix("accepted: "): count for kind, count in counts.items() if kind.startswith("accepted: ")}
    return {
        "accepted": sum(accepted.values()),
        "histories": number,
        "wall_s": round(time.perf_counter() - began_s, 2),
        "good": good[0],
        "good_obeyed": good[1],
        "accepted_by_kind": accepted,
        "judged": dict(sorted((kind, count) for kind, count in counts.items() if not kind.startswith("accepted: "))),
    }


def histories(house: House, seed: int, number: int) -> Iterator[tuple[Past, Bad]]:
    """So many histories; the same for the same seed."""
    draws, new_id = Draws(seed, 1), IdSource(b"fuzz" + seed.to_bytes(8, "big"))
    past = None
    for count in range(number):
        if past is None or count % OF_A_PAST == 0:
            past = _past(house, draws, new_id)
            spoiler = Spoiler(house, THEIRS.sign, NOBODYS.sign, new_id(), (1, *_old_hearing(past)))
            ends = [*(_spoiled(spoiler, kind) for kind in spoiler.kinds()), *_ENDS]
        yield past, draws.one_of(ends)(past, draws)


def _judge_share(share: tuple[Path, int, int]) -> Counter[str]:
    houses, seed, number = share
    house = _house(houses)
    gate = Gate(house, ContractOptions().allowed_age_ms, THEIRS.verify)
    counts: Counter[str] = Counter()
    before = None
    for past, bad in histories(house, seed, number):
        if past is not before:
            before = past
            fresh = past.authorized._replace(taken=(), last_sequence=past.earlier.sequence)
            counts["good"] += 1
            counts["good obeyed"] += _obeyed(gate.judge(past.good, fresh, NOW))
        counts[bad.kind] += 1
        if _obeyed(gate.judge(bad.command, bad.authorized, bad.now)):
            counts[f"accepted: {bad.kind}"] += 1
    return counts


def _obeyed(judgement: Judgement) -> bool:
    return isinstance(judgement, Obey)


@cache
def _house(houses: Path) -> House:
    return house_to_start(houses, HOUSE)[0]


# what went before


def _past(house: House, draws: Draws, new_id: Callable[[], str]) -> Past:
    sequence, token, heard = 2 + draws.whole(1000), 1 + draws.whole(50), 1_700_000_000 + draws.whole(10_000)
    contract_id, seconds_ago = new_id(), draws.whole(80)
    sent = {heard - 200: NOW.mono_ms - 200_000, heard: NOW.mono_ms - seconds_ago * SECOND_MS}
    unsigned = _command(house, draws, new_id, contract_id, token, sequence, heard)
    good = sign(unsigned, THEIRS.sign)
    earlier = sign(msgspec.structs.replace(unsigned, sequence=sequence - 1, **triggered(unsigned, new_id())), THEIRS.sign)
    following = sign(msgspec.structs.replace(unsigned, sequence=sequence + 1, **triggered(unsigned, new_id())), THEIRS.sign)
    taken = Taken(sequence, good.asked().trigger_id, next(iter(house.nodes)), 1.0)
    authorized = Authorized(
        contract_id, remote=True, why_not="", token=token, last_sequence=sequence, taken=(taken,), sent_mono_ms=sent
    )
    return Past(authorized, earlier, good, following)


def _old_hearing(past: Past) -> list[int]:
    return [number for number, sent_ms in past.authorized.sent_mono_ms.items() if NOW.mono_ms - sent_ms > 120_000]


def _command(
    house: House, draws: Draws, new_id: Callable[[], str], contract_id: str, token: int, sequence: int, heard: int
) -> GwsCommand:
    nodes = [node for node in house.nodes.values() if node.actuator is not None]
    node = draws.one_of(nodes)
    name = wire_name(node.alias)
    asked: FsmEvent | AnalogDispatch
    if node.actor is ActorClass.AnalogActuator:
        limits = node.actuator
        value = house.dispatch_to_wire(node.alias, 0.0 if limits is None else limits.minimum)
        asked = AnalogDispatch(
            from_handle="a",
            to_handle=f"a.{name}",
            about_name=name,
            value=value,
            trigger_id=new_id(),
            unix_time_ms=NOW.wall_ms,
        )
    else:
        asked = FsmEvent(
            from_handle="a",
            to_handle=f"a.{name}",
            event_type=CHANGE_RELAY_STATE,
            event_name=draws.one_of(tuple(ChangeRelayState)).value,
            trigger_id=new_id(),
            send_time_unix_ms=NOW.wall_ms,
        )
    return GwsCommand(
        from_g_node_alias=house.alias,
        to_g_node_alias=house.scada_alias,
        contract_id=contract_id,
        fencing_token=token,
        sequence=sequence,
        heard_heartbeat=heard,
        time_to_live_s=60.0,
        event=asked if isinstance(asked, FsmEvent) else UNSET,
        dispatch=asked if isinstance(asked, AnalogDispatch) else UNSET,
    )


# how a history ends

End = Callable[[Past, Draws], Bad]


def _spoiled(spoiler: Spoiler, kind: str) -> End:
    def end(past: Past, draws: Draws) -> Bad:
        return Bad(kind, spoiler.spoil(kind, past.following, draws.number), past.authorized, NOW)

    return end


def _once_more(past: Past, draws: Draws) -> Bad:
    """The same again, later or sooner, while all is well or not any more."""
    remote = draws.happens(0.5)
    return Bad("the same again", past.good, past.authorized._replace(remote=remote), NOW.later(draws.whole(200_000)))


def _out_of_order(past: Past, _draws: Draws) -> Bad:
    """It was on its way for longer than one that was given after it."""
    return Bad("out of order", past.earlier, past.authorized, NOW)


def _too_late(past: Past, draws: Draws) -> Bad:
    """It was kept back on its way."""
    return Bad("late on its way", past.following, past.authorized, NOW.later(91_000 + draws.whole(10_000_000)))


def _not_any_more(past: Past, _draws: Draws) -> Bad:
    """LocalControl came before it."""
    return Bad("in LocalControl", past.following, past.authorized._replace(remote=False, why_not="the link was down"), NOW)


def _after_a_change_of_hands(past: Past, draws: Draws) -> Bad:
    """The lease went away and came back."""
    token = past.authorized.token + 2 * (1 + draws.whole(20))
    return Bad("after a change of hands", past.following, past.authorized._replace(token=token), NOW)


def _after_the_end(past: Past, draws: Draws) -> Bad:
    """Its contract is over, and another runs or none."""
    other = "" if draws.happens(0.5) else "0384ef21-648b-4455-b917-58a1172d7fc1"
    authorized = past.authorized._replace(contract_id=other, last_sequence=0, taken=(), remote=bool(other))
    return Bad("after the contract's end", past.following, authorized, NOW)


def _after_a_restart(past: Past, _draws: Draws) -> Bad:
    """The SCADA was killed, and has said nothing since."""
    return Bad("after a restart", past.following, past.authorized._replace(sent_mono_ms={}), NOW)


_ENDS: tuple[End, ...] = (
    _once_more,
    _out_of_order,
    _too_late,
    _not_any_more,
    _after_a_change_of_hands,
    _after_the_end,
    _after_a_restart,
)
