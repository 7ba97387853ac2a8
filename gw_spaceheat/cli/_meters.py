"""The options that commands about meters have in common."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gw_spaceheat.vocabulary.moment import DAY_MS

if TYPE_CHECKING:
    from gw_spaceheat.apps.settings import Settings

BrokerOption = Annotated[
    str | None,
    typer.Option(
        "--broker",
        help="amqp://[user:password@]host[:port][/virtual-host] for RabbitMQ, or mqtt://host[:port]; "
        "without it GWS_METER_BROKER, which is the embedded MQTT broker on port 18833 of this machine if it is None.",
        show_default=False,
    ),
]
QueueOption = Annotated[
    str | None, typer.Option(help="RabbitMQ's queue of readings.", show_default="pv_simulator_queue, as in 2021")
]
ProfileOption = Annotated[
    str, typer.Option(help="household, standard (all follow the standard profile), or original (that of 2021).")
]
HousesOption = Annotated[int | None, typer.Option("--houses", min=1, help="How many houses.", show_default="3")]
NamesOption = Annotated[
    list[str] | None, typer.Option("--house", help="Name of a house; may be repeated, instead of --houses.")
]
IntervalOption = Annotated[float, typer.Option(min=0.1, max=3600, help="Time between two readings of a meter [s].")]
JitterOption = Annotated[float, typer.Option(min=0, help="A reading is late by up to this [s].")]
AnnualOption = Annotated[float, typer.Option(min=0, help="Electricity of a household in a year [kWh].")]
WaterOption = Annotated[float, typer.Option(min=0, help="Hot water that electricity heats, per household [l/d].")]
RecordedOption = Annotated[
    Path | None,
    typer.Option(help="Load from a file (CSV: time, local; load_w), over and over, instead of households.", show_default=False),
]
ResolutionOption = Annotated[int, typer.Option(min=1, help="Registers show whole multiples of this [Wh].")]
FaultOption = Annotated[
    list[str] | None,
    typer.Option(
        "--fault",
        help="What goes wrong: HOUSE:KIND:START:SECONDS; dropout, reboot, stuck, inverted, or skew (then :SECONDS ahead).",
    ),
]
SeedOption = Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Seed of all that is left to chance.")]
ZoneOption = Annotated[str, typer.Option(help="Time zone of the houses.")]
LogFileOption = Annotated[
    Path | None, typer.Option(help="Write the log there too; six files of 1 MB are kept.", show_default=False)
]
HealthOption = Annotated[
    str | None, typer.Option(help="Serve /healthz on HOST:PORT, or PORT of this machine.", show_default=False)
]
SecondsOption = Annotated[float | None, typer.Option(help="Stop by itself after this [s].", show_default=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DaysOption = Annotated[float, typer.Option(min=0.0001, max=3660, help="How many days.")]


def broker_of(given: str | None, settings: "Settings") -> str | None:
    """The broker that is meant: as given, else that of the settings; None for the embedded one."""
    if given is not None or settings.meter_broker is None:
        return given
    return settings.meter_broker.get_secret_value()


def start_ms(start: datetime, zone: str) -> int:
    """A moment of local time as UTC [ms]."""
    from gw_spaceheat.apps.meter.street import zone_of

    local = start if start.tzinfo else start.replace(tzinfo=zone_of(zone))
    return round(local.astimezone(UTC).timestamp() * 1000)


def end_ms(begin_ms: int, days: float) -> int:
    """So many days of 24 h later."""
    return begin_ms + round(days * DAY_MS)


def refuse_bad_address(address: str | None) -> None:
    """End with a message when this is no address to listen on."""
    from gw_spaceheat.apps.settings import listen_address

    try:
        if address is not None:
            listen_address(address)
    except ValueError as error:
        raise typer.BadParameter(f"{address!r} is no address: HOST:PORT, [IPV6]:PORT or PORT", param_hint="--health") from error
