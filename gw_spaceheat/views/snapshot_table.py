"""What the AtomicTNode knows of its house, as text for its console."""

from collections.abc import Iterator
from datetime import UTC, datetime

from gw_spaceheat.core.atn_view import AtnView, ChannelNow, Dispatch
from gw_spaceheat.vocabulary.moment import MINUTE_MS, SECOND_MS

_SHOWN_PROBLEMS = 5
_SHOWN_DISPATCHES = 5
_SHOWN_CONTRACTS = 3
_OLD_MS = 20 * MINUTE_MS


def status_lines(view: AtnView) -> Iterator[str]:
    """The link, the power, every channel with its age, states, and the last problems and dispatches."""
    yield f"{view.house}: link {'up' if view.link_up else 'DOWN'}, {_heard(view)}"
    yield f"power: {_power(view)}; {view.reports} reports, {view.snapshots} snapshots, {view.garbled} unreadable messages"
    yield from contract_lines(view)
    yield from _channel_lines(view)
    for state in view.states:
        yield f"{state.machine}: {state.state} for {age_text(view.at_ms - state.since_ms)}"
    yield from (
        f"problem {age_text(view.at_ms - problem.at_ms)} ago, {problem.node} ({problem.kind}): {problem.summary}"
        for problem in view.problems[-_SHOWN_PROBLEMS:]
    )
    yield from (_dispatch_line(view, dispatch) for dispatch in view.dispatches[-_SHOWN_DISPATCHES:])


def contract_lines(view: AtnView) -> Iterator[str]:
    """Who commands the house and why, and the last contracts with the energy used under each."""
    unsigned = "" if view.signed else "; NOTHING IS SIGNED (gws keys init on both sides)"
    yield f"mode: {view.mode or 'not told yet'}: {view.mode_cause}{unsigned}"
    for contract in view.contracts[-_SHOWN_CONTRACTS:]:
        begins = datetime.fromtimestamp(contract.start_ms / 1000, UTC)
        ends = datetime.fromtimestamp(contract.end_ms / 1000, UTC)
        said = "" if contract.scada_wh is None else f", {contract.scada_wh} Wh by the SCADA"
        missing = f", {contract.missing_s:.0f} s of readings missing" if contract.missing_s else ""
        kind = "standing " if contract.standing else ""
        yield (
            f"{kind}contract {contract.id[:8]} {begins:%Y-%m-%d %H:%M}-{ends:%H:%M} UTC: {contract.life}, "
            f"{contract.used_wh:.0f} Wh by the readings{said}{missing}"
        )


def age_text(age_ms: int) -> str:
    """An age in the unit that suits it: 12 s, 7 min, 3.2 h, 2.5 d; "the future" for a time that has not come yet."""
    seconds = age_ms / SECOND_MS
    if seconds < -1:
        return "the future"
    if seconds < 120:
        return f"{max(seconds, 0):.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.1f} d"


def _heard(view: AtnView) -> str:
    if view.last_heard_ms is None:
        return "nothing heard yet"
    return f"last heard {age_text(view.at_ms - view.last_heard_ms)} ago"


def _power(view: AtnView) -> str:
    if view.power_w is None or view.power_ms is None:
        return "not told yet"
    return f"{view.power_w} W, told {age_text(view.at_ms - view.power_ms)} ago"


def _channel_lines(view: AtnView) -> Iterator[str]:
    if not view.channels:
        yield "no readings yet"
        return
    width = max(len(channel.name) for channel in view.channels)
    for channel in view.channels:
        age_ms = view.at_ms - channel.taken_ms
        yield f"  {channel.name:{width}}  {_value(channel):>16}  {age_text(age_ms)}{'  OLD' if age_ms > _OLD_MS else ''}"


def _value(channel: ChannelNow) -> str:
    return f"{channel.value:.{channel.decimals}f} {channel.unit:6}"


def _dispatch_line(view: AtnView, dispatch: Dispatch) -> str:
    because = f": {dispatch.reason}" if dispatch.reason else ""
    verdict = dispatch.verdict or "waiting for the answer"
    return f"dispatch {age_text(view.at_ms - dispatch.asked_ms)} ago, {dispatch.node} = {dispatch.value:g}: {verdict}{because}"
