"""A draft of a street with its forms: what is changed, and where it is said."""

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from gw_spaceheat.apps.neighbourhood.bring import LARGEST_BYTES, MOST_PREDICTIONS
from gw_spaceheat.apps.neighbourhood.drafts import Held
from gw_spaceheat.apps.neighbourhood.heat_by_hand import MOST_LOSS_W_PER_K
from gw_spaceheat.apps.neighbourhood.moments import UTC_NAME, zone_names
from gw_spaceheat.core.market.draft import MOST_DAYS
from gw_spaceheat.core.market.street import MOST_LEVELS
from gw_spaceheat.web.pages._neighbourhood_parts import summary
from gw_spaceheat.web.sessions import Role
from gw_spaceheat.web.site import Asked, link

BATTERY = (
    ("capacity", "Battery, kWh", 8, 100_000),
    ("charge", "Takes at most, kW", 4, 100_000),
    ("discharge", "Gives at most, kW", 4, 100_000),
    ("gives", "Gives of it, %", 90, 100),
    ("stored", "In it at first, kWh", 0, 100_000),
)
"""Fields of a battery: name, what is asked, what it is to begin with, and the most."""
HEAT = (
    ("loss", "Loses, W/K", 260, MOST_LOSS_W_PER_K),
    ("levels", "Powers of its source", 6, MOST_LEVELS),
    ("stored", "Stores full at first, %", 70, 100),
)
"""Fields of a heated house, as those of a battery."""
KINDS = [{"value": "consumer", "label": "Consumer"}, {"value": "producer", "label": "Producer"}]


def editor(asked: Asked, word: str, held: Held, models: Sequence[str]) -> Any:
    """All forms of a draft, and places for what it has; heated houses can be like those models."""
    may = asked.role is Role.OPERATOR
    draft = held.draft
    return html.Div(
        [
            html.H1("Neighbourhood"),
            dcc.Store(id="nh-draft", data=word),
            dcc.Store(id="nh-version", data=""),
            html.Section(
                [
                    html.Div(
                        [
                            dmc.TextInput(id="nh-name", label="Name", value=draft.name, className="grow"),
                            dmc.NumberInput(
                                id="nh-days",
                                label="Days of sun",
                                value=draft.days if draft.days is not None else "",
                                placeholder="as jobs need",
                                min=1,
                                max=MOST_DAYS,
                                w=140,
                            ),
                            dmc.Select(
                                id="nh-zone",
                                label="Times are in",
                                data=list(zone_names()),
                                value=UTC_NAME,
                                searchable=True,
                                limit=60,
                                allowDeselect=False,
                                persistence=True,
                                persistence_type="local",
                                w=200,
                            ),
                        ],
                        className="row",
                    ),
                    html.Div(
                        [
                            html.Button("Save", id="nh-save", className="button main", disabled=not may),
                            dcc.Upload(
                                html.Button("Bring XML and CSV files", className="button", disabled=not may),
                                id="nh-bring",
                                multiple=True,
                                max_size=LARGEST_BYTES,
                                disabled=not may,
                                className="upload",
                            ),
                            html.Button("Delete", id="nh-delete", className="button", disabled=not may),
                            html.Span(id="nh-run"),
                            dcc.Link("All streets", href=link("/neighbourhood", asked.alias), className="button"),
                        ],
                        className="row",
                    ),
                    html.Div(id="nh-said", role="status"),
                    html.Div(summary(held), id="nh-told"),
                    html.P(
                        "Files are the houses and devices as neighborhood.xml, jobs as XML, a profile as 121.csv for consumer "
                        "121, a forecast as 30_122_1.csv for roof 122 of house 30; any of them at once.",
                        className="dim",
                    ),
                    dcc.ConfirmDialog(id="nh-sure", message=""),
                ],
                className="card",
            ),
            html.Section(
                [
                    html.Div(
                        [
                            dmc.Select(
                                id="nh-house",
                                label="House",
                                data=[house.id for house in draft.houses],
                                value=next((house.id for house in draft.houses), None),
                                searchable=True,
                                allowDeselect=False,
                                w=140,
                            ),
                            html.Button("Remove this house", id="nh-drop-house", className="button", disabled=not may),
                            dmc.TextInput(id="nh-new-house", label="Another house", placeholder="its number", w=140),
                            html.Button("Add house", id="nh-add-house", className="button", disabled=not may),
                        ],
                        className="row",
                    ),
                    html.Div(id="nh-parts"),
                ],
                className="card",
            ),
            *_forms(models, may=may),
        ]
    )


def _forms(models: Sequence[str], *, may: bool) -> list[Any]:
    day = {"placeholder": "2016-04-10", "w": 130}
    hour = {"placeholder": "07:30", "w": 90}
    return [
        html.Section(
            [
                html.H2("Add or change a device of this house"),
                html.Div(
                    [
                        dmc.Select(id="nh-kind", label="Kind", data=KINDS, value="consumer", allowDeselect=False, w=140),
                        dmc.TextInput(id="nh-device", label="Id", placeholder="121", w=100),
                        dmc.TextInput(id="nh-device-name", label="Name", className="grow"),
                        dmc.TextInput(id="nh-template", label="Template", w=100),
                    ],
                    className="row",
                ),
                html.Div(
                    [
                        dcc.Upload(
                            html.Button("Choose CSV", className="button", disabled=not may),
                            id="nh-files",
                            multiple=True,
                            accept=".csv",
                            max_size=LARGEST_BYTES,
                            disabled=not may,
                            className="upload",
                        ),
                        html.Span(id="nh-chosen", className="dim"),
                        html.Button("Keep device", id="nh-keep-device", className="button", disabled=not may),
                    ],
                    className="row",
                ),
                html.P(
                    "A consumer has one file: seconds from the start and Wh since then. A producer has up to "
                    f"{MOST_PREDICTIONS} forecasts: Unix seconds and Wh. A device that is there keeps its jobs, and its files "
                    "where none are chosen.",
                    className="dim",
                ),
            ],
            className="card",
        ),
        html.Section(
            [
                html.H2("Base load and battery of this house"),
                html.Div(
                    [
                        dcc.Upload(
                            html.Button("Choose CSV", className="button", disabled=not may),
                            id="nh-base-files",
                            multiple=True,
                            accept=".csv",
                            max_size=LARGEST_BYTES,
                            disabled=not may,
                            className="upload",
                        ),
                        html.Span(id="nh-base-chosen", className="dim"),
                        html.Button("Keep base load", id="nh-keep-base", className="button", disabled=not may),
                    ],
                    className="row",
                ),
                html.P(
                    "Base load is what nobody can move: one file, Unix seconds and Wh until then. It takes the place of what "
                    "was there.",
                    className="dim",
                ),
                html.Div(
                    [
                        *(
                            dmc.NumberInput(id=f"nh-battery-{name}", label=label, value=value, min=0, max=most, w=150)
                            for name, label, value, most in BATTERY
                        ),
                        html.Button("Keep battery", id="nh-keep-battery", className="button", disabled=not may),
                    ],
                    className="row",
                ),
            ],
            className="card",
        ),
        html.Section(
            [
                html.H2("Heat of this house"),
                html.Div(
                    [
                        dmc.Select(
                            id="nh-heat-model",
                            label="Source and stores like those of",
                            data=list(models),
                            value=next(iter(models), None),
                            searchable=True,
                            allowDeselect=False,
                            w=300,
                        ),
                        *(
                            dmc.NumberInput(id=f"nh-heat-{name}", label=label, value=value, min=0, max=most, w=150)
                            for name, label, value, most in HEAT
                        ),
                        html.Button("Heat it by the street", id="nh-keep-heat", className="button", disabled=not may),
                    ],
                    className="row",
                ),
                html.P(
                    "It is heated when that suits the street: each hour it plans anew with the sun that the others leave. What "
                    "it needs is SYNTHETIC: what it loses in the weather of the street's days, which is drawn where the street "
                    "has none.",
                    className="dim",
                ),
            ],
            className="card",
        ),
        html.Section(
            [
                html.H2("Add a job to this house"),
                html.Div(
                    [
                        dmc.Select(id="nh-job-device", label="Device", data=[], allowDeselect=False, className="grow"),
                        dmc.TextInput(id="nh-earliest-day", label="Earliest start, day", **day),
                        dmc.TextInput(id="nh-earliest-hour", label="hour", **hour),
                        dmc.TextInput(id="nh-latest-day", label="Latest start, day", **day),
                        dmc.TextInput(id="nh-latest-hour", label="hour", **hour),
                        dmc.TextInput(id="nh-registered-day", label="Handed in, day", **day | {"placeholder": "as earliest"}),
                        dmc.TextInput(id="nh-registered-hour", label="hour", **hour | {"placeholder": ""}),
                        html.Button("Add job", id="nh-add-job", className="button", disabled=not may),
                    ],
                    className="row",
                ),
                html.P(id="nh-zone-said", className="dim"),
            ],
            className="card",
        ),
    ]
