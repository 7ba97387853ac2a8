"""The door `gws`: finds the commands in this folder, and turns what went wrong into words on standard error and an exit code.

`gws NAME` imports only `cli/NAME.py` (dashes as underscores; `NAME_.py` where the name is a word of Python), so that a daemon
does not pay for the other commands. Only the list of all commands imports them all.
"""

import importlib
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

import gw_spaceheat
from gw_spaceheat.cli.exits import Exit

CLICK_USAGE_CODE = 2
"""What typer ends with when the command line is wrong."""

MENDABLE = {
    "builtins.FileNotFoundError": Exit.NOINPUT,
    "builtins.OSError": Exit.UNAVAILABLE,
    "gw_spaceheat.apps.commission.reading.NotReadableError": Exit.USAGE,
    "gw_spaceheat.apps.compare.UnknownComparisonError": Exit.USAGE,
    "gw_spaceheat.apps.compiled.build.BuildFailedError": Exit.FAILURE,
    "gw_spaceheat.apps.compiled.build.ToolMissingError": Exit.UNAVAILABLE,
    "gw_spaceheat.apps.compiled.finder.NotCompiledError": Exit.UNAVAILABLE,
    "gw_spaceheat.apps.contract_show.UnknownNodeError": Exit.USAGE,
    "gw_spaceheat.apps.human.NoLocalBrokerError": Exit.UNAVAILABLE,
    "gw_spaceheat.apps.human.NoScadaError": Exit.UNAVAILABLE,
    "gw_spaceheat.apps.local.NothingToRunError": Exit.USAGE,
    "gw_spaceheat.apps.settings.SettingsError": Exit.CONFIG,
    "gw_spaceheat.apps.simulation_run.CannotSimulateError": Exit.USAGE,
    "gw_spaceheat.apps.supervise.console.NoServerError": Exit.UNAVAILABLE,
    "gw_spaceheat.apps.tariffs.UnknownTariffError": Exit.USAGE,
    "gw_spaceheat.core.heating.strategy.UnknownStrategyError": Exit.USAGE,
    "gw_spaceheat.core.planner.figures.CannotPlanError": Exit.USAGE,
    "gw_spaceheat.apps.neighbourhood.live.HouseLostError": Exit.UNAVAILABLE,
    "gw_spaceheat.apps.plan_ahead.NoSuchStepError": Exit.USAGE,
    "gw_spaceheat.core.market.choosing.UnknownChoiceError": Exit.USAGE,
    "gw_spaceheat.core.market.scheduler.UnknownSchedulerError": Exit.USAGE,
    "gw_spaceheat.core.market.exchange.PriceOutsideError": Exit.USAGE,
    "gw_spaceheat.stores.street_folder.StreetFileError": Exit.DATAERR,
    "gw_spaceheat.drivers.base.DeviceError": Exit.UNAVAILABLE,
    "gw_spaceheat.house.actuators.CannotBeSetError": Exit.USAGE,
    "gw_spaceheat.house.faults.HouseFileError": Exit.DATAERR,
    "gw_spaceheat.apps.meter.street.BadStreetError": Exit.USAGE,
    "gw_spaceheat.apps.meter.transport.BadBrokerError": Exit.CONFIG,
    "gw_spaceheat.links.amqp_settings.BadAmqpUrl": Exit.CONFIG,
    "gw_spaceheat.links.broker.BrokerError": Exit.UNAVAILABLE,
    "gw_spaceheat.links.rabbitmq.RabbitError": Exit.UNAVAILABLE,
    "gw_spaceheat.links.mqtt_settings.BadUrl": Exit.CONFIG,
    "gw_spaceheat.plant.meter.faults.BadFault": Exit.USAGE,
    "gw_spaceheat.plant.series.SeriesFileError": Exit.DATAERR,
    "gw_spaceheat.runtime.record.RecordError": Exit.DATAERR,
    "gw_spaceheat.stores.csv_daily.CsvError": Exit.DATAERR,
    "gw_spaceheat.stores.faults.StoreBusyError": Exit.UNAVAILABLE,
    "gw_spaceheat.stores.faults.StoreError": Exit.NOINPUT,
    "gw_spaceheat.stores.keys.KeyExistsError": Exit.CANTCREAT,
    "gw_spaceheat.stores.street_folder_writer.NoPlaceError": Exit.USAGE,
    "gw_spaceheat.stores.street_pickle.ResultFileError": Exit.DATAERR,
    "gw_spaceheat.stores.street_folder_writer.StreetExistsError": Exit.CANTCREAT,
    "gw_spaceheat.stores.keys.KeysError": Exit.CONFIG,
    "gw_spaceheat.stores.keys.NoAliasError": Exit.USAGE,
    "gw_spaceheat.web.passwords.PasswordFileError": Exit.CONFIG,
}
"""What a person can mend, by the name of its class, so that nothing is imported for it; and how the process ends then."""


def command_modules(folder: Path = Path(__file__).parent) -> tuple[str, ...]:
    """Names of the modules that hold a command: all of the folder but this one, the exit codes, and those led by `_`."""
    names = (module.name for module in pkgutil.iter_modules([str(folder)]))
    return tuple(sorted(name for name in names if not name.startswith("_") and name not in {"main", "exits"}))


def modules_for(words: Sequence[str], modules: Sequence[str]) -> tuple[str, ...]:
    """The modules to import for a command line: the one that the first word names, or all."""
    command = next((word for word in words if not word.startswith("-")), "").replace("-", "_")
    named = tuple(name for name in modules if command and name in {command, command + "_"})
    return named or tuple(modules)


def build(modules: Sequence[str]) -> typer.Typer:
    """An application with the commands of these modules; each has a function `register(app)`."""
    app = typer.Typer(
        name="gws",
        help=gw_spaceheat.__doc__,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,  # else every start imports rich
        pretty_exceptions_enable=False,
    )
    app.callback()(_options_of_all)
    for name in modules:
        importlib.import_module(f"gw_spaceheat.cli.{name}").register(app)
    return app


def main(words: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code.

    What a person can mend (settings, a file, a device) ends as a message without a traceback; any other exception is our
    mistake and is left to show where it happened.

    Args:
        words: The command line without the program's name; None for the process's own.
    """
    given = list(sys.argv[1:] if words is None else words)
    app = build(modules_for(given, command_modules()))
    try:
        app(given, prog_name="gws")
    except SystemExit as stop:
        return _code_of(stop)
    except Exception as error:
        code = _exit_code(error)
        if code is None:
            raise
        typer.echo(f"gws: {error}", err=True)
        return code
    return Exit.OK


def _exit_code(error: Exception) -> Exit | None:
    """The exit code for what a person can mend; None for our own mistakes."""
    names = (f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__)
    return next((MENDABLE[name] for name in names if name in MENDABLE), None)


def _code_of(stop: SystemExit) -> int:
    """The exit code of a command that typer ended."""
    if isinstance(stop.code, str):
        typer.echo(stop.code, err=True)
        return Exit.FAILURE
    code = stop.code or Exit.OK
    return Exit.USAGE if code == CLICK_USAGE_CODE else code


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(gw_spaceheat.__version__)
        raise typer.Exit


def _options_of_all(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and leave.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Options before the command; the callback of each does the work."""
