"""A process with one actor, for tests: it hangs when `hang` comes on standard input, and goes on when `go on` comes."""

import sys
import threading
from collections.abc import Sequence

from gw_spaceheat.apps.process import start_life, start_log
from gw_spaceheat.core.events import Event, LinkAsked
from gw_spaceheat.runtime.clock import SystemClock
from gw_spaceheat.runtime.host import Hosted
from gw_spaceheat.runtime.threaded import Options, ThreadedRuntime
from gw_spaceheat.vocabulary.moment import Moment

NAME = "a.boiler"


class Actor:
    """Hangs in the driver that it does not have."""

    def __init__(self) -> None:
        self.go_on = threading.Event()

    def handle(self, event: Event, _now: Moment) -> Sequence[Event]:
        if isinstance(event, LinkAsked):
            hang_in_driver(self.go_on)
        return ()

    def wake(self, _now: Moment) -> Sequence[Event]:
        return ()

    def deadline(self) -> int | None:
        return None


def hang_in_driver(go_on: threading.Event) -> None:
    go_on.wait()


def main(critical: bool, hung_for_s: float) -> int:
    life = start_life(start_log("INFO"))
    actor = Actor()
    options = Options(look_every_s=life.look_every_s, hung_for_s=hung_for_s)
    hosted = [Hosted(NAME, actor, late_after_ms=100, critical=critical)]
    runtime = ThreadedRuntime(SystemClock(), lambda _source, _event: (), hosted, life.observers, options)

    def obey() -> None:
        for line in sys.stdin:
            if line.strip() == "hang":
                runtime.post(NAME, LinkAsked("none"))
            else:
                actor.go_on.set()

    threading.Thread(target=obey, daemon=True).start()
    return life.live(runtime)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] == "critical", float(sys.argv[2])))
