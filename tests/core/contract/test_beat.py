"""Which messages say nothing new of a contract, and what of them goes to the log."""

from msgspec import UNSET, structs

from gw_spaceheat.core.contract.beat import MOST_CONTRACTS, LastSaid, beat
from gw_spaceheat.core.contract.life import Side
from gw_spaceheat.core.events import StandingWanted
from gw_spaceheat.messages.gws_contract import GwsContract
from gw_spaceheat.vocabulary.moment import MINUTE_MS
from tests.core.contract.test_scada_side import Recorded


def heartbeats() -> list[GwsContract]:
    sides = Recorded()
    sides.start()
    sides.give(Side.ATOMIC_T_NODE, StandingWanted(3000))
    sides.run(10 * MINUTE_MS)
    return sides.told[-3:]


def of_contract(message: GwsContract, contract_id: str) -> GwsContract:
    contract = structs.replace(message.heartbeat.contract, contract_id=contract_id)
    return structs.replace(message, heartbeat=structs.replace(message.heartbeat, contract=contract))


def test_only_what_goes_on_by_itself_says_nothing_new() -> None:
    first, second, third = heartbeats()
    said = LastSaid()
    assert [said.repeats(each) for each in (first, second, third)] == [False, True, True]
    later = structs.replace(third.heartbeat, watt_hours_used=10**6, my_digit=3, your_last_digit=UNSET)
    assert said.repeats(structs.replace(third, heartbeat=later, heartbeat_number=2**40, log_length=7, signature="other"))
    for changed in (
        structs.replace(third, mode="LocalControl"),
        structs.replace(third, fencing_token=third.fencing_token + 1),
        structs.replace(third, heartbeat=structs.replace(third.heartbeat, status="CompletedUnknownOutcome")),
    ):
        assert not said.repeats(changed)


def test_contracts_that_are_spoken_of_in_turn_are_told_apart() -> None:
    first, second, _ = heartbeats()
    said = LastSaid()
    assert [said.repeats(of_contract(each, name)) for each in (first, second) for name in ("a", "b")] == [False] * 2 + [
        True
    ] * 2
    assert not any(said.repeats(of_contract(first, str(number))) for number in range(MOST_CONTRACTS))
    assert not said.repeats(of_contract(first, "a")), "forgotten"


def test_what_tells_it_from_the_one_before_is_kept() -> None:
    *_, last = heartbeats()
    told = beat(last)
    assert told["number"] == last.heartbeat_number
    assert told["used_wh"] == last.heartbeat.watt_hours_used
    assert told["digits"] == (last.heartbeat.my_digit, last.heartbeat.your_last_digit)
