"""Lets happen to a house what is in its story: deaths, dead links, broken outputs, persons, and whoever attacks."""

from collections.abc import Callable, Iterable, Sequence
from heapq import heappop, heappush
from uuid import UUID

from gw_spaceheat.apps.faults.hands import Output
from gw_spaceheat.apps.faults.mortal import ATOMIC_T_NODE, ENDS, SCADA, ProcessKilled
from gw_spaceheat.apps.faults.stage import POWER_W, Set, Stage
from gw_spaceheat.apps.faults.story import SHUT_MS, STEPS_MS, Draws, Happening, Story, Trouble
from gw_spaceheat.core.events import (
    Carried,
    ClockStepped,
    Command,
    ContractQuit,
    Event,
    HumanReleases,
    HumanSets,
    HumanTakes,
    LinkChanged,
    LocalControlAsked,
    ModeWished,
    Received,
    StandingReleased,
    StandingWanted,
)
from gw_spaceheat.core.scada import UPLINK
from gw_spaceheat.house.model import Actuator
from gw_spaceheat.vocabulary.moment import MINUTE_MS, SECOND_MS, Moment

LOOK_MS = MINUTE_MS
"""The house's water is looked at this often [ms]."""
RESTART_MS = (3_000, 20_000, 150_000)
"""A process that was killed is back after one of these, if nothing else is said [ms]."""
MOST_EFFECTS = 80
"""A process is killed at the latest so many effects after that was decided."""
TAKES_FIRST, SETS_HIGH, CHANGES_MIND = 0.8, 0.6, 0.3
"""A person who sets something: how often he has taken the house first, sets it to its most, and changes his mind soon."""
NEXT_ONE = 0.5
"""A command that comes once more: how often it is the next that is given, and not one of the past."""


class Director:
    """Lets happen what is in the story; hosted in the same virtual time."""

    def __init__(self, stage: Stage) -> None:
        """Nothing has happened; the stage is not yet played on."""
        self._stage = stage
        self._story = story = stage.story
        self._draws = Draws(story.seed, 10)
        self._due: list[tuple[int, int, Callable[[], Iterable[Event]]]] = []
        self._count = 0
        self._deadline: int | None = None
        self._commands: list[Command] = []
        self._again: float | None = None
        self._sets = 0
        stage.on_command = self._remember
        for happening in story.happenings:
            self.at(happening.at_ms, lambda happening=happening: self._happen(happening))  # type: ignore[misc]
        if story.attack_ms:
            for at_ms in range(story.attack_ms, story.calm_ms, story.attack_ms):
                self.at(at_ms, self._attack)
        for at_ms in range(LOOK_MS, story.end_ms, LOOK_MS):
            self.at(at_ms, self._look)
        self.at(story.calm_ms, self._calm)
        self.at(story.end_ms - SHUT_MS, self._shut)

    def at(self, at_ms: int, do: Callable[[], Iterable[Event]]) -> None:
        """Have something done then; what it gives is put out."""
        self._count += 1
        heappush(self._due, (at_ms, self._count, do))
        self._deadline = self._due[0][0]

    # hosted

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """A process has died between two effects."""
        if isinstance(event, ProcessKilled) and self._stage.nodes[event.node].alive:
            self._die(event.node, self._draws.one_of(RESTART_MS), now.mono_ms)
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        """What is due."""
        effects: list[Event] = []
        while self._due and self._due[0][0] <= now.mono_ms:
            effects += heappop(self._due)[2]()
        self._deadline = self._due[0][0] if self._due else None
        return effects

    def deadline(self) -> int | None:
        """The next that is due."""
        return self._deadline

    def _remember(self, command: Command) -> None:
        """The SCADA gives this command to an actuator."""
        self._commands.append(command)
        draw, self._again = self._again, None
        if draw is not None:
            self._send_again(command, draw)

    # the story

    def _look(self) -> Iterable[Event]:
        self._stage.look_at_water(self._stage.runtime.now)
        return ()

    def _happen(self, happening: Happening) -> Iterable[Event]:
        self._stage.tell(f"{happening.what} ({happening.lasts_ms / 1000:g} s, {happening.draw:.3f})")
        now_ms = self._stage.runtime.now.mono_ms
        until_ms = min(now_ms + happening.lasts_ms, self._story.calm_ms)
        match happening.what:
            case Trouble.CUT_SCADA | Trouble.CUT_ATN:
                name = SCADA if happening.what is Trouble.CUT_SCADA else ATOMIC_T_NODE
                self._link(name, up=False)
                self.at(until_ms, lambda: self._link(name, up=True))
            case Trouble.KILL_SCADA | Trouble.KILL_ATN:
                name = SCADA if happening.what is Trouble.KILL_SCADA else ATOMIC_T_NODE
                if self._stage.nodes[name].alive:
                    self._die(name, happening.lasts_ms, now_ms)
            case Trouble.CRASH_SCADA | Trouble.CRASH_ATN:
                name = SCADA if happening.what is Trouble.CRASH_SCADA else ATOMIC_T_NODE
                if self._stage.nodes[name].alive:
                    self._stage.nodes[name].fate.effects = int(happening.draw * MOST_EFFECTS)
            case Trouble.STEP_SCADA | Trouble.STEP_ATN:
                self._step(SCADA if happening.what is Trouble.STEP_SCADA else ATOMIC_T_NODE, happening.draw)
            case Trouble.OUTPUT_FAILS:
                self._output(happening.draw).fails_until_ms = until_ms
            case Trouble.OUTPUT_STICKS:
                self._output(happening.draw).sticks_until_ms = until_ms
            case Trouble.ACTOR_BUSY:
                self._output(happening.draw).busy_until_ms = until_ms
            case Trouble.COMMAND_AGAIN:
                self._command_again(happening.draw)
            case Trouble.SET:
                self._set(happening)
            case _:
                node, event = self._asked(happening)
                self._stage.runtime.post(node, event)
        return ()

    def _asked(self, happening: Happening) -> tuple[str, Event]:
        """What a person, or the market behind the AtomicTNode, asks for."""
        who = "somebody"
        match happening.what:
            case Trouble.TAKE:
                return SCADA, HumanTakes(who, happening.lasts_ms)
            case Trouble.RELEASE:
                return SCADA, HumanReleases(who)
            case Trouble.OWNER_LOCAL | Trouble.OWNER_NONE:
                return SCADA, LocalControlAsked(who, happening.what is Trouble.OWNER_LOCAL)
            case Trouble.ATN_LOCAL | Trouble.ATN_REMOTE:
                return ATOMIC_T_NODE, ModeWished(local=happening.what is Trouble.ATN_LOCAL)
            case Trouble.ATN_QUITS:
                return ATOMIC_T_NODE, ContractQuit("prices")
            case Trouble.SCADA_QUITS:
                return SCADA, ContractQuit("the house is cold")
            case Trouble.STOP_RENEWING:
                return ATOMIC_T_NODE, StandingReleased()
            case _:
                return ATOMIC_T_NODE, StandingWanted(POWER_W)

    def _set(self, happening: Happening) -> None:
        """A person sets an actuator, having taken the house first or not, and sometimes changes his mind."""
        aliases = tuple(self._stage.outputs)
        place = happening.draw * len(aliases)
        rest = place % 1
        alias = aliases[int(place)]
        if rest < TAKES_FIRST:
            self._post(SCADA, HumanTakes("somebody", happening.lasts_ms))
        self._post(SCADA, self._set_by_hand(alias, most=rest < SETS_HIGH))
        if rest < CHANGES_MIND:
            at_ms = self._stage.runtime.now.mono_ms + round(rest * 20_000)
            self.at(at_ms, lambda: self._post(SCADA, self._set_by_hand(alias, most=False)))

    def _set_by_hand(self, alias: str, *, most: bool) -> HumanSets:
        limits = self._stage.house.nodes[alias].actuator or Actuator()
        self._sets += 1
        return HumanSets("somebody", alias, limits.maximum if most else limits.minimum, str(UUID(int=self._sets, version=4)))

    def _output(self, draw: float) -> Output:
        outputs = tuple(self._stage.outputs.values())
        return outputs[int(draw * len(outputs))]

    def _command_again(self, draw: float) -> None:
        """A command that was under way for too long, or twice, as on the house's own bus."""
        recent = self._commands[-8:]
        if draw < NEXT_ONE or not recent:
            self._again = draw
        else:
            self._send_again(recent[int(draw * len(recent))], draw)

    def _send_again(self, command: Command, draw: float) -> None:
        """What waits for an actor dies with its process."""
        scada = self._stage.nodes[SCADA]
        process = scada.starts

        def post() -> Iterable[Event]:
            return self._post(command.node, command) if scada.starts == process else ()

        self.at(self._stage.runtime.now.mono_ms + int(draw * 1000) % 10 * SECOND_MS, post)

    def _post(self, name: str, event: Event) -> Iterable[Event]:
        self._stage.runtime.post(name, event)
        return ()

    def _link(self, name: str, *, up: bool) -> Iterable[Event]:
        self._stage.nodes[name].link_up = up
        self._stage.tell(f"the link of {name} is {'up' if up else 'down'}")
        self._stage.runtime.post(ENDS[name], LinkChanged(UPLINK, up=up, reason="" if up else "no network"))
        return ()

    def _die(self, name: str, down_ms: int, now_ms: int) -> None:
        self._stage.kill(name)
        self.at(min(now_ms + down_ms, self._story.calm_ms), lambda: self._come_back(name))

    def _come_back(self, name: str) -> Iterable[Event]:
        if not self._stage.nodes[name].alive:
            self._stage.start(name)
        return ()

    def _step(self, name: str, draw: float) -> None:
        by_ms = STEPS_MS[int(draw * len(STEPS_MS))]
        node = self._stage.nodes[name]
        node.clock.ahead_ms += by_ms
        node.stepped_ms.append(self._stage.runtime.now.mono_ms)
        if name == SCADA and not node.alive:
            self._stage.rules.set_back_unseen(-by_ms)
        self._stage.runtime.post(name, ClockStepped(by_ms))

    def _calm(self) -> Iterable[Event]:
        """All is mended."""
        stage = self._stage
        stage.tell("all is mended")
        for name, node in stage.nodes.items():
            node.fate.effects = None
            self._come_back(name)
            if not node.link_up:
                self._link(name, up=True)
        for output in stage.outputs.values():
            output.mend(stage.runtime.now.mono_ms)
        self._post(SCADA, HumanReleases("somebody"))
        self._post(SCADA, LocalControlAsked("somebody", asked=False))
        self._post(ATOMIC_T_NODE, ModeWished(local=False))
        if not self._story.slots:
            self._post(ATOMIC_T_NODE, StandingWanted(POWER_W))
        return ()

    def _shut(self) -> Iterable[Event]:
        """The last contract is ended; what is offered after that is no part of the story."""
        stage = self._stage
        stage.known = {pact.id for side in (stage.scada, stage.atn) for pact in side.pacts}
        self._post(ATOMIC_T_NODE, StandingReleased())
        return self._post(ATOMIC_T_NODE, ContractQuit("the story is over"))

    def _attack(self) -> Iterable[Event]:
        """Whoever hears the wire sends something under the AtomicTNode's name."""
        stage = self._stage
        message = stage.wiretap.something_bad()
        if message is None:
            return ()
        now = stage.runtime.now
        received = Received(UPLINK, stage.house.alias, "", ack_required=False, message=message, arrived_ms=now.wall_ms)
        return (Carried(ENDS[SCADA], now.mono_ms, received),)


def stage_of(scenery: Set, story: Story, *, tracing: bool = False) -> Stage:
    """A stage with its director, on which a story can be played."""
    stage = Stage(scenery, story, tracing=tracing)
    stage.direct(Director(stage))
    return stage
