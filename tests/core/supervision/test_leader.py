"""Several servers on one broker, of which one leads."""

import random

from gw_spaceheat.core.supervision.leader import LEASE_MS, LISTEN_MS, PATIENCE_MS, SAY_EVERY_MS, Claim, Leader, Role
from gw_spaceheat.vocabulary.moment import Moment

START = Moment(0, 1_700_000_000_000)


class Wire:
    """A broker that keeps the last claim; to who hangs, mail comes when it goes on, before or after it looks at the time."""

    def __init__(self, *names: str) -> None:
        self.servers = {name: Leader(name) for name in names}
        self.mail: dict[str, list[Claim]] = {name: [] for name in names}
        self.kept: Claim | None = None
        self.hung: set[str] = set()
        self.now = START
        self.chance = random.Random(7)

    def come(self, name: str) -> None:
        self.servers[name].link(self.now, up=True)
        if self.kept is not None:
            self.mail[name].append(self.kept)

    def run(self, ms: int) -> None:
        for _ in range(0, ms, 100):
            self.now = self.now.later(100)
            said = [claim for name in self.servers if name not in self.hung for claim in self.turn(name)]
            for claim in said:
                self.kept = claim
                for name, mail in self.mail.items():
                    if name != claim.server:
                        mail.append(claim)
            acting = [name for name in self.leaders() if name not in self.hung]
            assert len(acting) <= 1

    def turn(self, name: str) -> list[Claim]:
        server, claims = self.servers[name], []
        reads_first = self.chance.random() < 0.5
        for reads in (reads_first, not reads_first):
            if not reads:
                claims.append(server.wake(self.now))
                continue
            for claim in self.mail[name]:
                server.hear(claim, self.now)
            self.mail[name].clear()
        return [claim for claim in claims if claim is not None]

    def leaders(self) -> list[str]:
        return [name for name, server in self.servers.items() if server.leads(self.now)]


def test_who_is_alone_leads_soon() -> None:
    wire = Wire("a")
    wire.come("a")
    wire.run(2 * LISTEN_MS)
    assert wire.leaders() == ["a"]
    wire.run(60_000)
    assert wire.leaders() == ["a"]


def test_of_two_that_come_together_one_leads() -> None:
    wire = Wire("b", "a")
    wire.come("a")
    wire.come("b")
    wire.run(5_000)
    assert wire.leaders() == ["a"]
    assert (wire.servers["b"].role, wire.servers["b"].other) == (Role.LISTENS, "a")


def test_the_second_takes_over_when_the_first_is_silent() -> None:
    wire = Wire("a", "b")
    wire.come("a")
    wire.run(3_000)
    wire.come("b")
    wire.run(30_000)
    assert wire.leaders() == ["a"]
    wire.hung.add("a")
    wire.run(LEASE_MS + 200)
    assert wire.leaders() == []
    wire.run(PATIENCE_MS)
    assert wire.leaders() == ["b"]
    wire.hung.clear()  # the first goes on where it was, in the belief that it leads
    wire.run(10_000)
    assert wire.leaders() == ["b"]
    assert wire.servers["a"].other == "b"


def test_who_has_hung_leads_no_more_before_it_has_looked() -> None:
    leader = Leader("a")
    leader.link(START, up=True)
    leader.wake(START.later(LISTEN_MS))
    leader.wake(START.later(2 * LISTEN_MS))
    assert leader.leads(START.later(2 * LISTEN_MS + LEASE_MS))
    assert not leader.leads(START.later(2 * LISTEN_MS + LEASE_MS + 1))
    assert leader.wake(START.later(2 * LISTEN_MS + LEASE_MS + 1)) is None
    assert leader.role is Role.LISTENS


def test_a_leader_without_a_broker_does_not_lead_and_comes_back() -> None:
    wire = Wire("a")
    wire.come("a")
    wire.run(3_000)
    wire.servers["a"].link(wire.now, up=False)
    assert wire.leaders() == []
    assert wire.servers["a"].wake(wire.now) is None
    wire.kept = None  # the broker has forgotten all
    wire.come("a")
    wire.run(2 * LISTEN_MS)
    assert wire.leaders() == ["a"]


def test_its_own_claim_from_before_does_not_hold_it_up() -> None:
    wire = Wire("a")
    wire.kept = Claim("a", 7)
    wire.come("a")
    wire.run(2 * LISTEN_MS)
    assert wire.leaders() == ["a"]
    assert wire.servers["a"].term == 8


def test_impossible_terms_are_left() -> None:
    leader = Leader("a")
    leader.link(START, up=True)
    for term in (-1, 2**53, 10**30):
        leader.hear(Claim("b", term), START)
    assert (leader.term, leader.other) == (0, "")


def test_never_two_whatever_hangs() -> None:
    chance = random.Random(11)
    wire = Wire("a", "b", "c")
    for name in wire.servers:
        wire.come(name)
    led = set()
    for _ in range(60):
        wire.run(chance.randrange(100, 2 * PATIENCE_MS, 100))
        led.update(wire.leaders())
        wire.hung = {name for name in wire.servers if chance.random() < 0.4}
    wire.hung.clear()
    wire.run(6 * PATIENCE_MS)
    assert len(wire.leaders()) == 1
    assert len(led) > 1
    assert SAY_EVERY_MS < LEASE_MS < PATIENCE_MS
