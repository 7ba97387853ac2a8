"""`gws bench`: figures, as JSON. Each is measured by a module of `apps/bench/`."""

import json
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from gw_spaceheat.apps.compiled.finder import use_compiled
from gw_spaceheat.apps.settings import read_settings
from gw_spaceheat.links.broker import BrokerKind

NEW_YEAR = datetime(2018, 1, 1)  # noqa: DTZ001 - local standard time of the house
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

    @bench.command(
        "upload", help="Events per second that waited, until the AtomicTNode has them, and how soon the house is ready."
    )
    def upload(
        waiting: Annotated[int, typer.Option(min=100, help="How many events wait.")] = 20_000,
        as_json: JsonOption = False,
    ) -> None:
        """Measure a backlog."""
        _tell(_measure("upload", houses=read_settings().houses_path(), waiting=waiting), as_json)

    @bench.command(
        "plan", help="Milliseconds of a plan in NumPy, by Numba in a batch, and by HiGHS, and its gap to the optimum."
    )
    def plan(
        rounds: Annotated[int, typer.Option(min=1, max=27, help="How many days are planned, each once.")] = 9,
        batch: Annotated[int, typer.Option(min=1, help="How many different houses are planned for together.")] = 40,
        days: Annotated[
            int, typer.Option(min=1, max=27, help="On how many days of each of three Januaries the gap to the optimum is told.")
        ] = 5,
        as_json: JsonOption = False,
    ) -> None:
        """Measure plans."""
        houses = read_settings().houses_path()
        _tell(_measure("plan", houses=houses, rounds=rounds, batch=batch, convergence_days=days), as_json)

    @bench.command("savings", help="What a plan saves a house with the heat demand of several homes: a row for each.")
    def savings(
        demand: Annotated[list[Path], typer.Argument(help="Heat demand files (CSV).")],
        house: Annotated[str, typer.Option(help="Alias of the house.")] = "hw1.isone.me.millinocket.oak",
        weather: Annotated[Path | None, typer.Option(help="Weather file (CSV); SYNTHETIC without it.")] = None,
        prices: Annotated[Path | None, typer.Option(help="Price file (CSV); SYNTHETIC without it.")] = None,
        price_column: Annotated[str | None, typer.Option(help="The price file's column to take.")] = None,
        tariff: Annotated[str | None, typer.Option(help="Delivery tariff: the house's own, flat, or none.")] = None,
        start: Annotated[datetime, typer.Option(help="First day.", formats=["%Y-%m-%d"])] = NEW_YEAR,
        days: Annotated[int, typer.Option(min=1, help="How many days.")] = 28,
        workers: Annotated[int, typer.Option(min=0, help="Processes; 0 for one per core.")] = 0,
        as_json: JsonOption = False,
    ) -> None:
        """Simulate each home under hysteresis, a price-blind plan, a plan, and a perfect one."""
        settings = read_settings()
        use_compiled(settings.compiled_folder, settings.compiled)  # before anything of the control code is imported
        arguments = {
            "weather": weather,
            "prices": prices,
            "price_column": price_column,
            "tariff": tariff,
            "start": start,
            "days": days,
        }
        houses = settings.houses_path()
        _tell(_measure("savings", houses=houses, house=house, demands=demand, workers=workers or None, **arguments), as_json)

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

    @bench.command("query", help="Means of a month out of a SYNTHETIC year in the Ear's files, and bytes per reading.")
    def query(
        days: Annotated[int, typer.Option(min=1, max=3650, help="How many [days].")] = 365,
        channels: Annotated[int, typer.Option(min=1, max=100, help="How many channels.")] = 30,
        every: Annotated[int, typer.Option(min=1, max=3600, help="Time between readings [s].")] = 10,
        rounds: Annotated[int, typer.Option(min=1, help="How often it is asked.")] = 5,
        folder: Annotated[Path | None, typer.Option(help="On whose disk; that of temporary files without it.")] = None,
        as_json: JsonOption = False,
    ) -> None:
        """Measure queries."""
        _tell(_measure("query", days=days, channels=channels, every_s=every, rounds=rounds, folder=folder), as_json)

    @bench.command("netbalance", help="Net balance: hysteresis in a sweep, a sweep over two days, the exact frontier of a day.")
    def netbalance(
        files: Annotated[list[Path] | None, typer.Argument(help="Recordings (CSV); SYNTHETIC days without.")] = None,
        rounds: Annotated[int, typer.Option(min=1, help="How often each case is timed.")] = 5,
        as_json: JsonOption = False,
    ) -> None:
        """Measure the net-balance simulator."""
        _tell(_measure("netbalance", files=tuple(files or ()), rounds=rounds), as_json)

    @bench.command(
        "neighbourhood", help="Scheduling of thirty houses over five days and of a thousand over one: time, worst event."
    )
    def neighbourhood(
        rounds: Annotated[int, typer.Option(min=1, help="How often each is timed.")] = 3, as_json: JsonOption = False
    ) -> None:
        """Measure the street's schedulers."""
        _tell(_measure("neighbourhood", rounds=rounds), as_json)

    @bench.command("web", help="Milliseconds and kilobytes of a page of a month, with ten viewers, and the server's memory.")
    def web(
        viewers: Annotated[int, typer.Option(min=1, max=100, help="How many people look at the same time.")] = 10,
        views: Annotated[int, typer.Option(min=1, help="How many pages each opens.")] = 6,
        days: Annotated[int, typer.Option(min=1, max=31, help="How many days are simulated.")] = 31,
        as_json: JsonOption = False,
    ) -> None:
        """Measure the pages."""
        _tell(_measure("web", houses=read_settings().houses_path(), viewers=viewers, views=views, days=days), as_json)

    @bench.command("pv", help="A year of a roof, a day of three meters, and readings per second through RabbitMQ into files.")
    def pv(
        rounds: Annotated[int, typer.Option(min=1, help="How often a year and a day are made.")] = 5,
        seconds: Annotated[float, typer.Option(min=0, help="How long readings go through RabbitMQ [s]; 0: not at all.")] = 60.0,
        meters: Annotated[int, typer.Option(min=1, max=10_000, help="How many meters, each a reading per second.")] = 1000,
        as_json: JsonOption = False,
    ) -> None:
        """Measure meters and panels."""
        _tell(_measure("pv", rounds=rounds, seconds=seconds, meters=meters), as_json)

    @bench.command("watch", help="Processor time and memory of gws watch while nobody types.")
    def watch(
        seconds: Annotated[float, typer.Option(min=1.0, help="How long to look [s].")] = 60.0,
        as_json: JsonOption = False,
    ) -> None:
        """Measure the terminal."""
        _tell(_measure("watch", houses=read_settings().houses_path(), seconds=seconds), as_json)

    @bench.command(
        "supervise", help="A street that speaks each second: processor time of gws supervise; a broker that is killed."
    )
    def supervise(
        houses: Annotated[int, typer.Option(min=1, max=2000, help="How many houses.")] = 200,
        devices: Annotated[int, typer.Option(min=2, max=50, help="Devices of each, one of them a supplier.")] = 5,
        seconds: Annotated[float, typer.Option(min=1.0, help="How long to look [s].")] = 30.0,
        kills: Annotated[int, typer.Option(min=0, help="How often the broker is killed afterwards.")] = 3,
        as_json: JsonOption = False,
    ) -> None:
        """Measure the supervision server."""
        _tell(_measure("supervise", houses=houses, devices=devices, seconds=seconds, kills=kills), as_json)

    app.add_typer(bench, name="bench")


def _measure(name: str, **arguments: object) -> dict[str, object]:
    figures: dict[str, object] = import_module(f"gw_spaceheat.apps.bench.{name}").measure(**arguments)
    return figures


def _tell(figures: dict[str, object], as_json: bool) -> None:
    typer.echo(json.dumps(figures) if as_json else json.dumps(figures, indent=2))
