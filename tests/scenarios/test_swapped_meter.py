"""A power meter that says who it is, once a day in virtual time: the right one, another in its place, the right one again."""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from gw_spaceheat.apps.houses import house_to_start
from gw_spaceheat.apps.settings import houses_file
from gw_spaceheat.apps.simulate import Simulation, simulate
from gw_spaceheat.apps.simulation_run import SimulationRequest, prepare
from gw_spaceheat.core.events import Event, Persist
from gw_spaceheat.messages.base import given
from gw_spaceheat.messages.gws_contract import GwsContract
from gw_spaceheat.plant.faults import MeterSwap
from gw_spaceheat.vocabulary.contract_plan import ContractPlan
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS

OAK = "hw1.isone.me.millinocket.oak"
ANOTHER = "the power meter says another serial number than the house file's: meter"


class Heard(NamedTuple):
    """What one side said in a gws.contract, and how many hours after the beginning it arrived with the others."""

    hour: float
    by_scada: bool
    mode: str
    cause: str
    matches: bool | None
    strange: list[str] | None


def winter(hours: int, *swaps: tuple[float, float], skipping: bool = True) -> Simulation:
    """A house under a standing contract, with another meter from hour to hour."""
    house, _ = house_to_start(houses_file(), OAK)
    request = SimulationRequest(house=house, start=datetime(2018, 1, 8), days=4, contract=ContractPlan.MIRROR)
    what, _ = prepare(request)
    start_ms = what.drive.start_ms
    others = tuple(
        MeterSwap("meter", "SIM-9999", start_ms + round(begin * HOUR_MS), start_ms + round(end * HOUR_MS))
        for begin, end in swaps
    )
    return replace(what, hours=hours, swaps=others, skipping=skipping)


def played(what: Simulation) -> list[Heard]:
    heard: list[Heard] = []

    def keep(event: Event) -> None:
        if isinstance(event, Persist) and isinstance(event.message, GwsContract):
            message, says = event.message, given(event.message.attestation_says)
            heard.append(
                Heard(
                    (event.arrived_ms - what.drive.start_ms) / HOUR_MS,
                    message.from_g_node_alias == what.house.scada_alias,
                    message.mode,
                    message.mode_cause,
                    None if says is None else says.serial_number_matches,
                    None if says is None else given(says.strange_meters),
                )
            )

    simulate(what, keep=keep)
    return heard


def test_another_meter_leads_to_local_control_until_the_right_one_is_back() -> None:
    """It is asked at midnight; the swap is between the second and the third time, and over before the fourth."""
    heard = played(winter(73, (30, 60)))
    scada = [each for each in heard if each.by_scada]
    with_another = [each for each in scada if each.strange == ["meter"]]
    assert (round(with_another[0].hour, 2), round(with_another[-1].hour, 2)) == (48.0, 72.0)
    assert {(each.mode, each.cause, each.matches) for each in with_another} == {("LocalControl", ANOTHER, False)}
    assert all(each.matches for each in scada if not 48 <= each.hour <= 72.001)
    assert {each.mode for each in scada if 1 < each.hour < 48} == {"RemoteControl"}
    held_h = 72 + 2.1 * MINUTE_MS / HOUR_MS
    assert {each.mode for each in scada if each.hour > held_h} == {"RemoteControl"}
    atn = [each for each in heard if not each.by_scada]
    assert {each.mode for each in atn if 48.1 < each.hour < 72} == {"LocalControl"}, "the AtomicTNode has heard it"
    assert {each.mode for each in atn if each.hour > held_h + 0.1} == {"RemoteControl"}


def test_passing_over_scans_changes_nothing_of_it() -> None:
    passed, made = (simulate(winter(26, (12, 25), skipping=skipping)) for skipping in (True, False))
    assert passed.digest == made.digest
    assert passed.mode_changes == made.mode_changes == 2, "remote, and local since the second midnight"
    assert passed.calls < made.calls
