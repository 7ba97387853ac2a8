"""`gws bench`: figures, as JSON. Each is measured by a module of `apps/bench/`."""

import json
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from gw_spaceheat.apps.compiled.finder import use_compiled
from gw_spaceheat.apps.settings import read_settings
from gw_spaceheat.links.broker import BrokerKind

JsonOption = Annotated[bool, typer.Option("--json", help="Print one line of JSON.")]


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    bench = typer.Typer(help="Measure, and print the figures as JSON.", no_args_is_help=True)

    @bench.command("simulate", help="House-days per second of a house with its whole SCADA in virtual time, on one core.")
    def simulate(
        days: Annotated[int, typer.Option(min=1, max=20, help="Length of a run [days].")] = 10,
        rounds: Annotated[int, typer.Option(min=1, help="Number of runs.")] = 5,
        as_json: JsonOption = False,
    ) -> None:
        """Measure virtual time."""
        settings = read_settings()
        use_compiled(settings.compiled_folder, settings.compiled)  # before anything of the control code is imported
        _tell(_measure("simulate", houses=settings.houses_path(), days=days, rounds=rounds, compiled=settings.numba), as_json)

    @bench.command("actors", help="Messages and timers per second of both runtimes, against Pykka and SimPy if they are here.")
    def actors(
        rounds: Annotated[int, typer.Option(min=1, help="Interleaved rounds.")] = 5, as_json: JsonOption = False
    ) -> None:
        """Measure the runtimes."""
        _tell(_measure("actors", rounds=rounds), as_json)

    @bench.command("codec", help="Encoding and decoding a report, against gridworks-protocol if it is here.")
    def codec(
        rounds: Annotated[int, typer.Option(min=1, help="Interleaved rounds.")] = 15, as_json: JsonOption = False
    ) -> None:
        """Measure the codec."""
        _tell(_measure("codec", rounds=rounds), as_json)

    @bench.command("daemon", help="Memory, processor time, threads and stopping time of a running SCADA daemon.")
    def daemon(
        seconds: Annotated[float, typer.Option(min=5, help="How long to watch it [s].")] = 60.0, as_json: JsonOption = False
    ) -> None:
        """Measure the daemon."""
        _tell(_measure("daemon", houses=read_settings().houses_path(), seconds=seconds), as_json)

    @bench.command("contract-log", help="Verifying a year of a contract log, and making state and log durable.")
    def contract_log(
        entries: Annotated[int, typer.Option(min=1, help="Entries of the log.")] = 500_000,
        commits: Annotated[int, typer.Option(min=2, help="Commits of state and log.")] = 500,
        as_json: JsonOption = False,
    ) -> None:
        """Measure log and store."""
        _tell(_measure("contract_log", entries=entries, commits=commits), as_json)

    @bench.command("outbox", help="Keeping messages until they are acknowledged: events per second, bytes and flushes.")
    def outbox(
        events: Annotated[int, typer.Option(min=50, help="How many events each way keeps in a round.")] = 2000,
        waiting: Annotated[int, typer.Option(min=50, help="How many wait when the start-up is timed.")] = 20_000,
        rounds: Annotated[int, typer.Option(min=1, help="Rounds, each way in turn.")] = 3,
        folder: Annotated[Path | None, typer.Option(help="On whose disk; that of temporary files without it.")] = None,
        as_json: JsonOption = False,
    ) -> None:
        """Measure the outbox."""
        _tell(_measure("outbox", events=events, waiting=waiting, rounds=rounds, folder=folder), as_json)

    @bench.command("dispatch", help="Milliseconds from the AtomicTNode over a real broker to the driver in the house.")
    def dispatch(
        number: Annotated[int, typer.Option(min=10, help="How many commands.")] = 300,
        signed: Annotated[bool, typer.Option(help="With keys on both sides.")] = True,
        as_json: JsonOption = False,
    ) -> None:
        """Measure commands."""
        _tell(_measure("dispatch", houses=read_settings().houses_path(), number=number, signed=signed), as_json)

    @bench.command("faults", help="Whole houses while everything goes wrong that can: how often a rule was broken, and which.")
    def faults(
        seeds: Annotated[int, typer.Option(min=1, help="How many stretches of time.")] = 2000,
        first: Annotated[int, typer.Option(min=0, help="Seed of the first; with --seeds 1 to play one again.")] = 0,
        workers: Annotated[int, typer.Option(min=0, help="Processes; 0 for one per core.")] = 0,
        trace: Annotated[bool, typer.Option("--trace", help="Tell what happened in seeds that broke a rule.")] = False,
        as_json: JsonOption = False,
    ) -> None:
        """Break everything, and see what holds."""
        settings = read_settings()
        use_compiled(settings.compiled_folder, settings.compiled)  # before anything of the control code is imported
        houses = settings.houses_path()
        _tell(_measure("faults", houses=houses, seeds=seeds, first=first, workers=workers or None, trace=trace), as_json)

    @bench.command("fuzz-commands", help="Histories of commands that end in one not to be obeyed: how many of those were.")
    def fuzz_commands(
        number: Annotated[int, typer.Option(min=1, help="How many histories.")] = 1_000_000,
        first: Annotated[int, typer.Option(min=0, help="Seed of the first ten thousand.")] = 0,
        as_json: JsonOption = False,
    ) -> None:
        """Try to be obeyed."""
        _tell(_measure("fuzz_commands", houses=read_settings().houses_path(), number=number, first=first), as_json)

    @bench.command("ear", help="Messages and readings per second until durable, and bytes per reading, against plain peers.")
    def ear(
        houses: Annotated[int, typer.Option(min=1, help="Houses that are heard.")] = 20,
        slots: Annotated[int, typer.Option(min=1, max=288, help="Reports of each.")] = 72,
        rounds: Annotated[int, typer.Option(min=1, help="Interleaved rounds.")] = 3,
        as_json: JsonOption = False,
    ) -> None:
        """Measure the Ear's store."""
        _tell(_measure("ear", houses=houses, slots=slots, rounds=rounds), as_json)

    @bench.command("chaos", help="A house's processes are killed and their lines troubled: what is lost or doubled.")
    def chaos(
        rounds: Annotated[int, typer.Option(min=1, help="How many times something is killed, or a line troubled.")] = 200,
        seed: Annotated[int, typer.Option(help="Draws what, when and for how long.")] = 1,
        broker: Annotated[BrokerKind | None, typer.Option(help="Which broker; else mosquitto where it is installed.")] = None,
        proxy: Annotated[bool, typer.Option(help="Lines to the broker that delay, cut, swallow and refuse.")] = True,
        trace: Annotated[bool, typer.Option("--trace", help="Tell each round, on standard error.")] = False,
        as_json: JsonOption = False,
    ) -> None:
        """Kill everything, and count."""
        houses = read_settings().houses_path()
        tell = (lambda text: typer.echo(text, err=True)) if trace else (lambda _: None)
        _tell(_measure("chaos", houses=houses, rounds=rounds, seed=seed, broker=broker, proxy=proxy, tell=tell), as_json)

    @bench.command("endurance", help="Days of a house with its threads and stores, faster than life: what grows.")
    def endurance(
        days: Annotated[float, typer.Option(min=0.05, max=60.0, help="How many [days].")] = 7.0,
        speed: Annotated[float, typer.Option(min=1.0, max=10_000.0, help="How much faster than life.")] = 1500.0,
        as_json: JsonOption = False,
    ) -> None:
        """Let a week pass."""
        _tell(_measure("endurance", houses=read_settings().houses_path(), days=days, speed=speed), as_json)

    @bench.command("netbalance", help="Net balance: hysteresis in a sweep, a sweep over two days, the exact frontier of a day.")
    def netbalance(
        files: Annotated[list[Path] | None, typer.Argument(help="Recordings (CSV); SYNTHETIC days without.")] = None,
        rounds: Annotated[int, typer.Option(min=1, help="How often each case is timed.")] = 5,
        as_json: JsonOption = False,
    ) -> None:
        """Measure the net-balance simulator."""
        _tell(_measure("netbalance", files=tuple(files or ()), rounds=rounds), as_json)

    app.add_typer(bench, name="bench")


def _measure(name: str, **arguments: object) -> dict[str, object]:
    figures: dict[str, object] = import_module(f"gw_spaceheat.apps.bench.{name}").measure(**arguments)
    return figures


def _tell(figures: dict[str, object], as_json: bool) -> None:
    typer.echo(json.dumps(figures) if as_json else json.dumps(figures, indent=2))
