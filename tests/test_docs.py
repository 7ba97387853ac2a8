"""What the texts say can be followed: links lead somewhere, and each `gws` command is there with its options."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from gw_spaceheat.cli.main import build, command_modules

ROOT = Path(__file__).parents[1]
PROGRAM = typer.main.get_command(build(command_modules()))
TEXTS = sorted(
    path.relative_to(ROOT)
    for path in [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("deploy/**/*.md"),
        *ROOT.glob("gw_spaceheat/**/*.md"),
    ]
)
_LINK = re.compile(r"(?<!`)\[[^\]\n]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"```[a-z]*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
_COMMAND = re.compile(r"(?:^|[\s(;|&$])(?:\.venv/bin/|bin/)?gws +([a-z][^\n;&>#)]*)")


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as they are made from their words."""
    headings = re.findall(r"^#+ +(.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("text", TEXTS, ids=str)
def test_links_lead_to_what_is_there(text: Path) -> None:
    page = ROOT / text
    lost = []
    for link in _LINK.findall(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            lost.append(link)
    assert lost == []


def commands_in(text: str) -> Iterator[list[str]]:
    """The words after `gws` of every command in a text's code, up to a pipe, a comment or the end of the line."""
    for block, inline in _CODE.findall(text):
        for line in (block or inline).replace("\\\n", " ").splitlines():
            for found in _COMMAND.findall(line):
                yield re.split(r"\s\|\s|\s\|\|", found)[0].split()


def faults(words: list[str]) -> list[str]:
    """The words of a command that the program would not understand; several for one place stand as in `on|off`."""
    command: Any = PROGRAM
    unknown: list[str] = []
    for word in words:
        commands = getattr(command, "commands", {})
        if commands and not word.startswith("-"):
            names = [name for name in re.split(r"[|,]", word.strip("`.,:")) if name]
            there = [commands[name] for name in names if name in commands]
            unknown += [name for name in names if name not in commands and name.islower()]
            if len(there) != 1:
                return unknown  # of several, each has options of its own
            command = there[0]
        elif word.startswith("--"):
            known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
            names = re.split(r"[|/]", re.split(r"[=\[]", word.strip("`.,:)]"))[0])
            unknown += [name for name in names if name.startswith("--") and name not in (*known, "--help", "--version", "--")]
    return unknown


@pytest.mark.parametrize("text", TEXTS, ids=str)
def test_commands_are_there_with_their_options(text: Path) -> None:
    wrong = {
        f"gws {' '.join(words)}": unknown
        for words in commands_in((ROOT / text).read_text(encoding="utf-8"))
        if (unknown := faults(words))
    }
    assert wrong == {}


def test_a_wrong_word_is_found() -> None:
    assert faults(["house", "chekc"]) == ["chekc"]
    assert faults(["house", "check|show|pint"]) == ["pint"]
    assert faults(["simulate", "oak", "--dayz", "3"]) == ["--dayz"]
    assert list(commands_in("`gws plan oak --why 07:30`, then\n```\n.venv/bin/gws ear tail oak | head\n```")) == [
        ["plan", "oak", "--why", "07:30"],
        ["ear", "tail", "oak"],
    ]
