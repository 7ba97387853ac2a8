"""How complete what is kept of a house is, by channel and hour, why something is missing, and all of it as a file."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from dash import dcc, html

from gw_spaceheat.core.telemetry.gaps import ChannelHour, hours_of
from gw_spaceheat.stores import query
from gw_spaceheat.stores.faults import StoreError
from gw_spaceheat.views.ages import clock_text
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, YEAR_2000_MS, YEAR_3000_MS
from gw_spaceheat.web.finding import About
from gw_spaceheat.web.site import Asked, Site, link

ABOUT = About("/data", "Data", 4)
HOURS = 24
MOST_CAUSES = 30


def layout(site: Site, asked: Asked) -> Any:
    """A map of the day, the causes, and the files."""
    zone = ZoneInfo(asked.house.timezone if asked.house is not None else "UTC")
    end_ms = _end(site, asked.query)
    begin_ms = end_ms - HOURS * HOUR_MS
    try:
        rows, trouble = _rows(site, asked.alias, begin_ms, end_ms), ""
    except (StoreError, OSError) as error:
        rows, trouble = [], str(error)
    known = [row for row in rows if row.missing is not None]
    whole = sum(row.missing == 0 for row in known)
    when = f"{clock_text(begin_ms, zone)} to {clock_text(end_ms, zone)}"
    words = {"from": str(begin_ms), "to": str(end_ms)}
    return html.Div(
        [
            html.H1("Data"),
            html.Div(
                [
                    dcc.Link("Earlier", href=link(ABOUT.path, asked.alias, to=str(begin_ms)), className="button"),
                    dcc.Link("Later", href=link(ABOUT.path, asked.alias, to=str(end_ms + HOURS * HOUR_MS)), className="button"),
                    dcc.Link("Now", href=link(ABOUT.path, asked.alias), className="button"),
                    html.Span(when, className="dim"),
                ],
                className="row controls",
            ),
            html.P(trouble, className="notice warn")
            if trouble
            else html.P(f"{whole} of {len(known)} hours of channels are whole."),
            html.Div(_map(rows, begin_ms, zone), className="scroll", tabIndex="0") if rows else None,
            _causes(rows, zone),
            html.Section(
                [
                    html.H2("As a file"),
                    html.P("Every reading of this day, in SI units, by the time it was taken (UTC).", className="dim"),
                    html.Div(
                        [
                            html.A(name, href=_file(asked.alias, form, words), className="button", download="")
                            for form, name in (("csv", "CSV"), ("parquet", "Parquet"))
                        ],
                        className="row",
                    ),
                ],
                className="card",
            ),
        ]
    )


def _rows(site: Site, alias: str, begin_ms: int, end_ms: int) -> list[ChannelHour]:
    where = site.ear_folder
    return hours_of(
        begin_ms,
        end_ms,
        query.certificates(where, alias),
        query.stored_counts(where, alias, begin_ms, end_ms),
        query.unsent(where, alias, begin_ms, end_ms),
        site.clock.now().wall_ms,
    )


def _map(rows: Sequence[ChannelHour], begin_ms: int, zone: ZoneInfo) -> Any:
    """A table of squares: a row for each channel, a column for each hour."""
    by_channel: dict[str, dict[int, ChannelHour]] = {}
    for row in rows:
        by_channel.setdefault(row.channel, {})[row.hour_ms] = row
    hours = [begin_ms + index * HOUR_MS for index in range(HOURS)]
    heads = [html.Th(_hour(hour, zone), scope="col") for hour in hours]
    body = [
        html.Tr([html.Th(channel, scope="row"), *(_square(found.get(hour), hour, zone) for hour in hours)])
        for channel, found in sorted(by_channel.items())
    ]
    return html.Table([html.Thead(html.Tr([html.Th("Channel", scope="col"), *heads])), html.Tbody(body)], className="squares")


def _square(row: ChannelHour | None, hour_ms: int, zone: ZoneInfo) -> Any:
    if row is None:
        return html.Td(className="square none", title=f"{clock_text(hour_ms, zone)}: nothing")
    told = f"{row.stored} stored" + (f", {row.thinned} thinned" if row.thinned else "")
    if row.missing is None:
        why = "; ".join(row.why) or "how many are missing is not known yet"
        return html.Td("?", className="square unknown", title=f"{told}; {why}")
    if row.missing == 0:
        kind = "thinned" if row.thinned else "whole"
        return html.Td("~" if row.thinned else "", className=f"square {kind}", title=told)
    return html.Td(str(row.missing), className="square missing", title=f"{told}, {row.missing} missing: {'; '.join(row.why)}")


def _causes(rows: Sequence[ChannelHour], zone: ZoneInfo) -> Any:
    """Each cause once, with the channels and hours that it has cost."""
    found: dict[str, list[ChannelHour]] = {}
    for row in rows:
        if row.missing:
            found.setdefault("; ".join(row.why) or "no cause is known", []).append(row)
    if not found:
        return None
    lines = []
    for cause, of_cause in sorted(found.items(), key=lambda pair: -sum(row.missing or 0 for row in pair[1]))[:MOST_CAUSES]:
        channels = sorted({row.channel for row in of_cause})
        since = clock_text(min(row.hour_ms for row in of_cause), zone)
        count = sum(row.missing or 0 for row in of_cause)
        few = ", ".join(channels[:4]) + (f" and {len(channels) - 4} more" if len(channels) > 4 else "")
        lines.append(html.Li([html.B(cause), f": {count} readings of {few}, from {since}"]))
    return html.Section([html.H2("What is missing, and why"), html.Ul(lines, className="lines")], className="card")


def _end(site: Site, query_words: Mapping[str, str]) -> int:
    """End of the last hour that is shown, UTC [ms]."""
    word = query_words.get("to", "")
    is_time = word.isascii() and word.isdecimal() and len(word) < 15
    wanted = int(word) if is_time else site.clock.now().wall_ms
    return -(-min(max(wanted, YEAR_2000_MS + DAY_MS), YEAR_3000_MS - DAY_MS) // HOUR_MS) * HOUR_MS


def _hour(at_ms: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone):%H}"


def _file(alias: str, form: str, words: Mapping[str, str]) -> str:
    return f"/export/{alias}/{form}?from={words['from']}&to={words['to']}"
