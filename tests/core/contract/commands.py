"""A command that is good, and bad ones made of it."""

from collections.abc import Iterator

from gw_spaceheat.apps.bench.bad_commands import Spoiler
from gw_spaceheat.core.contract.gate import Authorized, Taken
from gw_spaceheat.messages.analog_dispatch import AnalogDispatch
from gw_spaceheat.messages.fsm_event import CHANGE_RELAY_STATE, FsmEvent
from gw_spaceheat.messages.gws_command import GwsCommand
from gw_spaceheat.messages.signing import sign
from gw_spaceheat.vocabulary.chance import uniform
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import Moment
from tests.core.contract.houses import metered_house
from tests.core.contract.keys import OURS, THEIRS

HOUSE = metered_house()
NOW = Moment(10_000_000, 1_700_000_000_000)
CONTRACT = "0384ef21-648b-4455-b917-58a1172d7fc1"
OTHER_ID = "dedc25c2-8276-4b25-abd6-f53edc79b62b"
TAKEN = Taken(16, OTHER_ID, "a.elt1.relay", 1.0)
AUTHORIZED = Authorized(
    contract_id=CONTRACT,
    remote=True,
    why_not="",
    token=5,
    last_sequence=16,
    taken=(TAKEN,),
    sent_mono_ms={100: NOW.mono_ms - 200_000, 101: NOW.mono_ms - 90_000, 102: NOW.mono_ms - 30_000},
)


def relay_event(name: str = "CloseRelay", trigger: str = CONTRACT, node: str = "a-elt1-relay") -> FsmEvent:
    return FsmEvent(
        from_handle="a",
        to_handle=f"a.{node}",
        event_type=CHANGE_RELAY_STATE,
        event_name=name,
        trigger_id=trigger,
        send_time_unix_ms=NOW.wall_ms,
    )


def output_dispatch(value: int = 45, node: str = "a-hp-lwt") -> AnalogDispatch:
    return AnalogDispatch(
        from_handle="a", to_handle=f"a.{node}", about_name=node, value=value, trigger_id=CONTRACT, unix_time_ms=NOW.wall_ms
    )


def command(signed: bool = True, **changes: object) -> GwsCommand:
    fields: dict[str, object] = {
        "from_g_node_alias": HOUSE.alias,
        "to_g_node_alias": HOUSE.scada_alias,
        "contract_id": CONTRACT,
        "fencing_token": 5,
        "sequence": 17,
        "heard_heartbeat": 102,
        "time_to_live_s": 60.0,
        "event": relay_event(),
    } | changes
    return sign(GwsCommand(**fields), THEIRS.sign if signed else None)  # type: ignore[arg-type]


SPOILER = Spoiler(HOUSE, THEIRS.sign, OURS.sign, "7c1f9a52-3d0e-4b8a-9c66-0d5f1e2a3b4c", (1, 100))


def bad_commands(count: int, seed: int) -> Iterator[tuple[str, GwsCommand]]:
    """So many bad commands, and what is wrong with each; the same for the same seed."""
    new_id = IdSource(seed.to_bytes(8, "big"))
    names = sorted(SPOILER.kinds())
    good = command(event=relay_event(trigger=new_id()))
    for number in range(count):
        draws = iter(range(8))
        if number % 1000 == 0:
            good = command(sequence=17 + number % 5, event=relay_event(trigger=new_id()))
        name = names[int(uniform(seed, 1, number) * len(names))]
        yield name, SPOILER.spoil(name, good, lambda number=number, draws=draws: uniform(seed, 2 + next(draws), number))
