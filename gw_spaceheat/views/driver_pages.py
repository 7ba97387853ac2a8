"""The pages of `docs/drivers/`: made from what each driver says of its device, so that they cannot disagree with it."""

import json
from collections.abc import Iterator, Mapping

from gw_spaceheat.drivers.about import About


def pages(about: Mapping[str, About]) -> dict[str, str]:
    """All pages by file name: one for each make and model, and `README.md`, which lists them."""
    ordered = dict(sorted(about.items()))
    return {"README.md": _index(ordered), **{_file(name): _page(name, one) for name, one in ordered.items()}}


def _file(make_model: str) -> str:
    return f"{make_model.lower()}.md"


def _index(about: Mapping[str, About]) -> str:
    lines = [
        "# Drivers",
        "",
        "Made by `gws devices docs` from the drivers themselves; `gws devices list` prints the same. A driver that was not "
        "tried on",
        "hardware is tested against chips, servers and wires that behave as the data sheet says, and misbehave as devices do.",
        "",
        "| make and model | what it is | bus | says who it is | tried on hardware |",
        "|---|---|---|---|---|",
    ]
    for name, one in about.items():
        row = (f"[{name}]({_file(name)})", one.title, one.device.bus, _yes(one.identity), _yes(one.tried_on_hardware))
        lines.append(f"| {' | '.join(row)} |")
    return "\n".join(lines) + "\n"


def _page(name: str, about: About) -> str:
    return "\n".join(_lines(name, about)) + "\n"


def _lines(name: str, about: About) -> Iterator[str]:
    device = about.device
    yield f"# {name}"
    yield ""
    yield f"{about.title}."
    yield ""
    yield f"{about.measures}"
    yield ""
    yield "| | |"
    yield "|---|---|"
    yield f"| does | {', '.join(sorted(device.kinds))} |"
    yield f"| bus | {device.bus} |"
    if device.outputs:
        yield f"| outputs | {device.outputs} |"
    if device.inputs:
        yield f"| channels | at most {device.inputs} |"
        yield f"| fastest poll | {device.fastest_poll_s:g} s |"
    yield f"| believed | {about.span} |"
    yield f"| says who it is | {about.identity or 'no'} |"
    if about.recognised:
        yield f"| recognised | {about.recognised} |"
    yield f"| after unplugging | {about.recovers} |"
    yield f"| tried on hardware | {_yes(about.tried_on_hardware)} |"
    yield f"| taken from | {about.source} |"
    if about.wiring:
        yield from ("", "## Wiring", "", *(f"- {line}" for line in about.wiring))
    yield from ("", "## In the house file", "", "```json")
    component: dict[str, object] = {"make_model": name}
    if about.address:
        component["address"] = dict(about.address)
    yield json.dumps({"the-device": component}, indent=2)
    yield "```"
    if about.registers:
        yield from ("", "| a channel's `register` | is |", "|---|---|")
        yield from (f"| {word} | {text} |" for word, text in about.registers.items())
    if about.options:
        yield from ("", "| in `options` | is |", "|---|---|")
        yield from (f"| `{word}` | {text} |" for word, text in about.options.items())


def _yes(truth: object) -> str:
    return "yes" if truth else "no"
