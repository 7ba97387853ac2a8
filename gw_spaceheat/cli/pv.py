"""`gws pv`: photovoltaics: a clear day, the process that adds panels to meters, and both for days at once."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gw_spaceheat.cli._clock import DATE_FORMATS
from gw_spaceheat.cli._meters import (
    AnnualOption,
    BrokerOption,
    DaysOption,
    FaultOption,
    HealthOption,
    HousesOption,
    IntervalOption,
    JitterOption,
    JsonOption,
    LogFileOption,
    NamesOption,
    ProfileOption,
    QueueOption,
    RecordedOption,
    SecondsOption,
    SeedOption,
    WaterOption,
    ZoneOption,
    broker_of,
    end_ms,
    refuse_bad_address,
    start_ms,
)

if TYPE_CHECKING:
    from gw_spaceheat.apps.pv.sites import Production

LatOption = Annotated[float, typer.Option("--lat", min=-90, max=90, help="Latitude, north is positive [deg].")]
LonOption = Annotated[float, typer.Option("--lon", min=-180, max=180, help="Longitude, east is positive [deg].")]
AltOption = Annotated[float, typer.Option("--alt", min=-430, max=8850, help="Altitude [m].")]
TiltOption = Annotated[float, typer.Option(min=0, max=90, help="Tilt from the horizontal [deg].")]
AzimuthOption = Annotated[float, typer.Option(min=0, max=360, help="Where the panels face; 180 is south [deg].")]
KwpOption = Annotated[float, typer.Option(min=0, help="Power of a house's panels under standard conditions [kW].")]
InverterOption = Annotated[
    float | None, typer.Option(min=0.001, help="Largest power of the inverter [kW]; as the panels.", show_default=False)
]
SoilingOption = Annotated[float, typer.Option(min=0, max=1, help="Share of the light that dirt keeps away [0-1].")]
HorizonOption = Annotated[
    str, typer.Option(help="Elevation of the horizon [deg], for equal sectors from north on, with commas.", show_default="flat")
]
CloudsOption = Annotated[float, typer.Option("--clouds", min=0, max=1, help="From 0, always clear, to 1, always overcast.")]
SnowOption = Annotated[float, typer.Option(min=0, max=1, help="Share of the days of frost on which snow falls [0-1].")]
AlikeOption = Annotated[bool, typer.Option("--alike", help="All houses in one place, with the same panels.")]
LayoutOption = Annotated[
    str | None, typer.Option(help="net, or original (with the sum of meter and PV).", show_default="by the profile")
]
UtcOption = Annotated[bool, typer.Option("--utc-days", help="Days of UTC in place of local ones.")]
FolderOption = Annotated[
    Path | None, typer.Option(help="Folder of the CSV files.", show_default="pv in the data folder, GWS_DATA_FOLDER")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Panels:
    """The options about panels."""

    lat: float
    lon: float
    alt: float
    tilt: float
    azimuth: float
    kwp: float
    inverter_kw: float | None
    soiling: float
    horizon: str
    clouds: float
    snow: float
    alike: bool
    seed: int

    def production(self, profile: str) -> "Production":
        """What tells a house's power."""
        from gw_spaceheat.apps.pv.sites import PanelsRequest, original_production, production_of
        from gw_spaceheat.plant.pv.day import Place
        from gw_spaceheat.plant.pv.field import Field

        if profile == "original":
            return original_production(self.seed)
        try:
            horizon = tuple(float(word) for word in self.horizon.split(",") if word.strip())
        except ValueError as error:
            raise typer.BadParameter("figures with commas between are wanted", param_hint="--horizon") from error
        field = Field(
            peak_w=self.kwp * 1000.0,
            tilt_deg=self.tilt,
            azimuth_deg=self.azimuth,
            inverter_w=None if self.inverter_kw is None else self.inverter_kw * 1000.0,
            soiling=self.soiling,
            horizon_deg=horizon,
        )
        return production_of(
            PanelsRequest(
                place=Place(self.lat, self.lon, self.alt),
                field=field,
                cloudiness=self.clouds,
                snow=self.snow,
                seed=self.seed,
                alike=self.alike,
            )
        )


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    pv = typer.Typer(help="Photovoltaics.", no_args_is_help=True)
    pv.command("run")(run)
    pv.command("simulate")(simulate)

    @pv.command("energy", help="What a field of panels gives on a clear day (UTC), and how high the sun stands.")
    def energy(
        lat: Annotated[float, typer.Option(min=-90, max=90, help="Latitude, north is positive [deg].")],
        lon: Annotated[float, typer.Option(min=-180, max=180, help="Longitude, east is positive [deg].")],
        date: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day, UTC.")],
        alt: Annotated[float, typer.Option(min=-430, max=8850, help="Altitude [m].")] = 0.0,
        tilt: Annotated[float, typer.Option(min=0, max=90, help="Tilt from the horizontal [deg].")] = 30.0,
        azimuth: Annotated[float, typer.Option(min=0, max=360, help="Where the panels face; 180 is south [deg].")] = 180.0,
        kwp: Annotated[float, typer.Option(min=0, help="Power under standard conditions [kW].")] = 1.0,
        inverter_kw: Annotated[
            float | None, typer.Option(min=0.001, help="Largest power of the inverter [kW]; as the panels.", show_default=False)
        ] = None,
        turbidity: Annotated[
            float | None,
            typer.Option(min=1, max=12, help="Linke turbidity; what is usual there and then without it.", show_default=False),
        ] = None,
        air: Annotated[float, typer.Option(min=-60, max=60, help="Temperature of the air [degC].")] = 10.0,
        wind: Annotated[float, typer.Option(min=0, max=60, help="Wind speed [m/s].")] = 2.0,
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    ) -> None:
        """Tell energy and peak."""
        from gw_spaceheat.apps.pv.energy import EnergyRequest
        from gw_spaceheat.apps.pv.energy import energy as energy_of
        from gw_spaceheat.plant.pv.day import Place
        from gw_spaceheat.plant.pv.field import Field

        inverter_w = None if inverter_kw is None else inverter_kw * 1000.0
        field = Field(peak_w=kwp * 1000.0, tilt_deg=tilt, azimuth_deg=azimuth, inverter_w=inverter_w)
        request = EnergyRequest(
            field=field, place=Place(lat, lon, alt), day=date.date(), turbidity=turbidity, air_c=air, wind_m_s=wind
        )
        told = energy_of(request)
        if as_json:
            typer.echo(json.dumps(told))
        else:
            typer.echo(
                f"{told['date']}: {told['kwh']:.2f} kWh, at most {told['peak_w']:.0f} W at {told['peak_utc']} UTC; "
                f"the sun stands at most {told['max_elevation_deg']:.2f} degrees high; Linke turbidity {told['turbidity']:.2f}"
            )

    app.add_typer(pv, name="pv")


def run(
    broker: BrokerOption = None,
    queue: QueueOption = None,
    folder: FolderOption = None,
    profile: ProfileOption = "household",
    layout: LayoutOption = None,
    utc_days: UtcOption = False,
    zone: ZoneOption = "America/New_York",
    lat: LatOption = 44.6,
    lon: LonOption = -69.8,
    alt: AltOption = 60.0,
    tilt: TiltOption = 30.0,
    azimuth: AzimuthOption = 180.0,
    kwp: KwpOption = 4.0,
    inverter_kw: InverterOption = None,
    soiling: SoilingOption = 0.0,
    horizon: HorizonOption = "",
    clouds: CloudsOption = 0.45,
    snow: SnowOption = 0.25,
    alike: AlikeOption = False,
    seed: SeedOption = 1,
    log_file: LogFileOption = None,
    health: HealthOption = None,
    seconds: SecondsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take the readings of meters, add what panels give at that moment, and write a CSV per house and local day."""
    from gw_spaceheat.apps.log_file import add_log_file
    from gw_spaceheat.apps.meter.state_page import State, served
    from gw_spaceheat.apps.meter.street import zone_of
    from gw_spaceheat.apps.meter.transport import open_source, told_in
    from gw_spaceheat.apps.process import start_log
    from gw_spaceheat.apps.pv.running import run_pv
    from gw_spaceheat.apps.settings import read_settings
    from gw_spaceheat.runtime.ending import until_told
    from gw_spaceheat.stores.csv_daily import CsvDaily, Layout

    chosen = _checked(profile, layout)
    refuse_bad_address(health)
    panels = _Panels(
        lat=lat,
        lon=lon,
        alt=alt,
        tilt=tilt,
        azimuth=azimuth,
        kwp=kwp,
        inverter_kw=inverter_kw,
        soiling=soiling,
        horizon=horizon,
        clouds=clouds,
        snow=snow,
        alike=alike,
        seed=seed,
    )
    settings = read_settings()
    log = start_log(settings.log_level)
    if log_file is not None:
        add_log_file(log_file)
    where = folder or settings.data_folder / "pv"
    state = State("pv")
    store = CsvDaily(where, zone_of("UTC" if utc_days or profile == "original" else zone), Layout(chosen))
    source = open_source(broker_of(broker, settings), where, told_in(log, state.told), queue)
    with until_told(seconds) as stop, served(health, state, log):
        told = run_pv(source, store, panels.production(profile), stop, log, lambda counts: state.show(counts.copy))
    text = f"{told['written']} readings written, {told['doubled']} were there already, {told['refused']} put aside"
    typer.echo(json.dumps(told) if as_json else text)


def simulate(
    folder: Annotated[Path, typer.Option(help="Folder of the CSV files.")],
    start: Annotated[datetime, typer.Option(help="First day, local.", formats=DATE_FORMATS)],
    days: DaysOption = 1.0,
    profile: ProfileOption = "household",
    houses: HousesOption = None,
    house: NamesOption = None,
    interval: IntervalOption = 10.0,
    jitter: JitterOption = 0.0,
    annual_kwh: AnnualOption = 3500.0,
    hot_water: WaterOption = 0.0,
    recorded: RecordedOption = None,
    fault: FaultOption = None,
    layout: LayoutOption = None,
    utc_days: UtcOption = False,
    zone: ZoneOption = "America/New_York",
    lat: LatOption = 44.6,
    lon: LonOption = -69.8,
    alt: AltOption = 60.0,
    tilt: TiltOption = 30.0,
    azimuth: AzimuthOption = 180.0,
    kwp: KwpOption = 4.0,
    inverter_kw: InverterOption = None,
    soiling: SoilingOption = 0.0,
    horizon: HorizonOption = "",
    clouds: CloudsOption = 0.45,
    snow: SnowOption = 0.25,
    alike: AlikeOption = False,
    seed: SeedOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Meters and panels of a street for some days, as fast as they can be made, without a broker."""
    from gw_spaceheat.apps.meter.street import Profile, StreetRequest
    from gw_spaceheat.apps.process import start_log
    from gw_spaceheat.apps.pv.simulate import Days
    from gw_spaceheat.apps.pv.simulate import simulate as simulate_days
    from gw_spaceheat.stores.csv_daily import Layout

    chosen = _checked(profile, layout)
    panels = _Panels(
        lat=lat,
        lon=lon,
        alt=alt,
        tilt=tilt,
        azimuth=azimuth,
        kwp=kwp,
        inverter_kw=inverter_kw,
        soiling=soiling,
        horizon=horizon,
        clouds=clouds,
        snow=snow,
        alike=alike,
        seed=seed,
    )
    street = StreetRequest(
        profile=Profile(profile),
        houses=houses,
        names=tuple(house or ()),
        interval_s=interval,
        jitter_s=jitter,
        annual_kwh=annual_kwh,
        hot_water_l=hot_water,
        recorded=recorded,
        faults=tuple(fault or ()),
        seed=seed,
        zone=zone,
    )
    begin_ms = start_ms(start, "UTC" if utc_days else zone)
    asked = Days(
        street=street,
        start_ms=begin_ms,
        end_ms=end_ms(begin_ms, days),
        folder=folder,
        layout=Layout(chosen),
        utc_days=utc_days or profile == "original",
    )
    told = simulate_days(asked, panels.production(profile), start_log("WARNING"))
    text = f"{told['rows']} rows in {told['files']} files, {told['wall_s']} s"
    typer.echo(json.dumps(told) if as_json else text)


def _checked(profile: str, layout: str | None) -> str:
    """The layout that is meant; ends with a message when profile or layout are unknown."""
    from gw_spaceheat.apps.meter.street import Profile
    from gw_spaceheat.stores.csv_daily import Layout

    if profile not in set(Profile):
        raise typer.BadParameter(f"{profile} is not one of {', '.join(Profile)}", param_hint="--profile")
    chosen = layout or ("original" if profile == "original" else "net")
    if chosen not in set(Layout):
        raise typer.BadParameter(f"{chosen} is not one of {', '.join(Layout)}", param_hint="--layout")
    return chosen
