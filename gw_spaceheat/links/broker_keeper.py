"""The small process between us and the broker: ends the broker when our process is gone, however it went.

Its standard input is a pipe that only our process holds open; when that ends, so does the broker. It is a process of its own
because the system's other means (a signal at the parent's death) is lost when mosquitto gives up root rights, and does not
exist on macOS. Run as `python broker_keeper.py mosquitto PROGRAM ARGUMENTS...`, `python broker_keeper.py amqtt PORT`, or, for a
program that starts others and is told to stop by SIGTERM to its group, `python broker_keeper.py group PROGRAM ARGUMENTS...`.
"""

import asyncio
import os
import signal
import subprocess
import sys
import threading


def wait_for_owner() -> None:
    """Return when standard input ends. It is read below Python's own buffer, whose lock would hold up our exit."""
    while os.read(0, 4096):
        pass


def keep_program(command: list[str]) -> int:
    """Run a program until standard input ends; the answer is its exit code, or 0 if we ended it."""
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 (no shell)
    ended_by_us = threading.Event()

    def end_it() -> None:
        wait_for_owner()
        ended_by_us.set()
        program.kill()

    threading.Thread(target=end_it, daemon=True).start()
    code = program.wait()
    return 0 if ended_by_us.is_set() else code or 1


def keep_group(command: list[str]) -> int:
    """Run a program until standard input ends, which ends it and all that it has started, and this process too.

    This process leads their group; SIGTERM to the group is for the others, and the answer is the program's exit code.
    """
    signal.signal(signal.SIGTERM, lambda _number, _frame: None)  # not SIG_IGN, which they would inherit
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 (no shell)

    def end_all() -> None:
        wait_for_owner()
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=end_all, daemon=True).start()
    return program.wait()


async def serve_amqtt(port: int) -> None:
    """Be an amqtt broker on the loopback interface until standard input ends."""
    from amqtt.broker import Broker  # type: ignore[import-untyped]  # noqa: PLC0415 (slow to import, and mosquitto needs none)

    broker = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
    )
    await broker.start()
    await asyncio.get_running_loop().run_in_executor(None, wait_for_owner)
    os._exit(0)  # at once, like mosquitto; an orderly end would wait for clients that are slow to answer


def main(arguments: list[str]) -> int:
    """Keep the broker that the arguments name; the answer is the exit code."""
    kind, *rest = arguments
    if kind == "amqtt":
        asyncio.run(serve_amqtt(int(rest[0])))
        return 0
    return keep_group(rest) if kind == "group" else keep_program(rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
