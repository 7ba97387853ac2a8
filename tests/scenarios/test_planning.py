"""Plans in real processes' runtimes, with threads: beside the AtomicTNode over a broker, and in the house itself."""

from contextlib import closing
from pathlib import Path

from gw_spaceheat.apps.archive import open_archive
from gw_spaceheat.apps.atn import STOP_ORDER, TRADER, AtnPlan, atn_runtime
from gw_spaceheat.apps.contracts import open_contract_side
from gw_spaceheat.apps.local import LocalRequest, local_runtime
from gw_spaceheat.apps.market import STOP_ORDER as MARKET_STOP_ORDER
from gw_spaceheat.apps.market import MarketPlace, market_runtime
from gw_spaceheat.apps.planner import PLANNER
from gw_spaceheat.apps.settings import SYNTHETIC
from gw_spaceheat.core.contract.life import Side
from gw_spaceheat.core.events import Event, FollowSchedule, SlotWanted
from gw_spaceheat.core.heating import PLANNED
from gw_spaceheat.links.broker import RunningBroker
from gw_spaceheat.messages.bid import Bid
from gw_spaceheat.messages.energy_instruction import EnergyInstruction
from gw_spaceheat.messages.gws_command import GwsCommand
from gw_spaceheat.runtime.clock import PacedClock
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS, Moment
from tests.scenarios.scene import OAK, START_MS, Gathered, Listener, Running, house, new_life, scada, settings_for

SPEED = 240.0


def schedules(seen: Gathered[FollowSchedule]):
    def see(_now: Moment, source: str, effect: Event) -> None:
        if source == PLANNER and isinstance(effect, FollowSchedule):
            seen.add(effect)

    return see


def test_an_atomic_t_node_commands_by_its_plan(tmp_path: Path, broker: RunningBroker) -> None:
    here, there = (settings_for(broker, tmp_path / name) for name in ("house", "cloud"))
    there = there.model_copy(update={"prices": SYNTHETIC, "weather": SYNTHETIC})
    clock, oak = PacedClock(SPEED, START_MS), house(OAK)
    seen: Gathered[FollowSchedule] = Gathered()
    life, lines = new_life()
    life.show(schedules(seen))
    request = LocalRequest(house=oak, nodes=None, uplink_url=broker.url, local_url=None)
    with (
        Listener(broker) as listener,
        scada(request, here, clock),
        closing(open_contract_side(oak, Side.ATOMIC_T_NODE, there)) as side,
        closing(open_archive(oak.alias, there)) as archive,
    ):
        plan = AtnPlan(standing_w=5000, plans=True)
        atn = Running(atn_runtime(oak, broker.url, there, clock, life, lambda _: None, archive, side, plan), STOP_ORDER, lines)
        try:
            first = seen.wait(lambda _: True)[0]
            assert first.edges_ms[-1] - first.edges_ms[0] > 40 * HOUR_MS
            listener.heard(GwsCommand)
            later = seen.wait(lambda schedule: schedule.made_ms >= first.made_ms + HOUR_MS // 2)
            assert later, "it plans anew"
        finally:
            atn.stop()
        assert atn.restarts() == 0


def test_a_house_plans_for_itself(tmp_path: Path, broker: RunningBroker) -> None:
    settings = settings_for(broker, tmp_path).model_copy(update={"prices": SYNTHETIC, "weather": SYNTHETIC})
    clock = PacedClock(SPEED, START_MS)
    seen: Gathered[FollowSchedule] = Gathered()
    life, lines = new_life()
    life.show(schedules(seen))
    request = LocalRequest(house=house(OAK), nodes=None, uplink_url=broker.url, local_url=None, strategy=PLANNED)
    runtime, order = local_runtime(request, settings, clock, life)
    running = Running(runtime, order, lines)
    try:
        first = seen.wait(lambda _: True)[0]
        assert any(first.runs)
        assert seen.wait(lambda schedule: schedule.made_ms >= first.made_ms + HOUR_MS // 2)
    finally:
        running.stop()
    assert running.restarts() == 0


def test_a_contract_for_each_slot_for_what_the_market_sold(tmp_path: Path, broker: RunningBroker) -> None:
    here, there, exchange = (settings_for(broker, tmp_path / name) for name in ("house", "cloud", "market"))
    forecasts = {"prices": SYNTHETIC, "weather": SYNTHETIC}
    there, exchange = there.model_copy(update=forecasts), exchange.model_copy(update=forecasts)
    clock, oak, place = PacedClock(SPEED, START_MS + HOUR_MS - 14 * MINUTE_MS), house(OAK), MarketPlace()
    bought: Gathered[Event] = Gathered()
    life, lines = new_life()
    life.show(lambda _now, source, effect: bought.add(effect) if source == TRADER else None)
    market_life, market_lines = new_life()
    request = LocalRequest(house=oak, nodes=None, uplink_url=broker.url, local_url=None)
    market = Running(market_runtime(place, broker.url, exchange, clock, market_life), MARKET_STOP_ORDER, market_lines)
    try:
        with (
            Listener(broker) as listener,
            scada(request, here, clock) as running,
            closing(open_contract_side(oak, Side.ATOMIC_T_NODE, there)) as side,
            closing(open_archive(oak.alias, there)) as archive,
        ):
            plan = AtnPlan(plans=True, market=place.alias)
            atn = Running(
                atn_runtime(oak, broker.url, there, clock, life, lambda _: None, archive, side, plan), STOP_ORDER, lines
            )
            try:
                (bid,) = listener.heard(Bid)[:1]
                assert isinstance(bid.message, Bid)
                (instruction,) = listener.heard(EnergyInstruction)[:1]
                assert isinstance(instruction.message, EnergyInstruction)
                sold_s = instruction.message.slot_start_s
                (wanted,) = bought.wait(lambda event: isinstance(event, SlotWanted) and event.start_s == sold_s)[:1]
                assert isinstance(wanted, SlotWanted)
                assert wanted.avg_power_w == max(instruction.message.avg_power_watts, 0)
                running.log.wait_for("remote commands now")
                listener.heard(GwsCommand)
            finally:
                atn.stop()
            assert atn.restarts() == 0
    finally:
        market.stop()
