"""Whole houses in virtual time while everything goes wrong that can: how many seeds break a rule, and which.

Seeds do not know each other, so they are played by as many processes as there are cores, in shares; whichever plays one, it is
the same to the last effect.
"""

import multiprocessing
import os
import time
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from gw_spaceheat.apps.faults.director import stage_of
from gw_spaceheat.apps.faults.rules import Broken, Rule
from gw_spaceheat.apps.faults.stage import Played, Set
from gw_spaceheat.apps.faults.story import Story, story_of
from gw_spaceheat.apps.houses import house_to_start
from gw_spaceheat.apps.samples import SAMPLES, WEATHER
from gw_spaceheat.plant.drive import make_drive
from gw_spaceheat.plant.series import Span
from gw_spaceheat.plant.weather import read_weather
from gw_spaceheat.runtime.garbage import collecting_seldom
from gw_spaceheat.vocabulary.compiling import numba_is_here

SMALL, LARGE = "dw1.isone.nh.orange.1", "hw1.isone.me.millinocket.oak"
START, DAYS = datetime(2018, 1, 8), 3  # noqa: DTZ001 - local standard time
A_SHARE = 10
"""So many seeds are handed to a process at once."""


class Seed(NamedTuple):
    """What became of one seed."""

    seed: int
    played: Played


def measure(
    houses: Path, seeds: int = 2000, first: int = 0, workers: int | None = None, *, trace: bool = False
) -> dict[str, object]:
    """Play so many seeds.

    Args:
        houses: The house file.
        seeds: How many.
        first: The first of them; with `seeds=1` one is played again.
        workers: Processes; None for one per core.
        trace: Tell what happened in every seed that broke a rule, line by line, and in a single one in any case.
    """
    began_s = time.perf_counter()
    wanted = range(first, first + seeds)
    _set(houses, SMALL)
    _set(houses, LARGE)
    results = _play_all(houses, wanted, min(workers or os.cpu_count() or 1, max(seeds // A_SHARE, 1)), trace)
    broken = [
        {"seed": result.seed, "at_s": each.at_ms / 1000, "rule": each.rule.value, "what": each.text}
        for result in results
        for each in result.played.broken
    ]
    figures: dict[str, object] = {
        "violations": len(broken),
        "seeds": seeds,
        "first": first,
        "wall_s": round(time.perf_counter() - began_s, 2),
        "broken": broken,
        "hours": round(sum(story_of(seed).end_ms for seed in wanted) / 3_600_000, 1),
        "commands": sum(result.played.commands for result in results),
        "obeyed_from_outside": sum(result.played.obeyed for result in results),
        "attacks": sum(result.played.attacks for result in results),
        "deaths": sum(result.played.deaths for result in results),
        "accounts_compared": sum(result.played.accounts for result in results),
    }
    if trace:
        figures["trace"] = {
            str(result.seed): result.played.trace for result in results if result.played.broken or len(results) == 1
        }
    return figures


def play(houses: Path, story: Story, *, tracing: bool = False) -> Played:
    """Play one story; what raises in it breaks a rule too."""
    stage = stage_of(_set(houses, SMALL if story.small else LARGE), story, tracing=tracing)
    try:
        return stage.play()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
        at_ms = stage.runtime.now.mono_ms
        found = Broken(at_ms, Rule.ALIVE, f"{type(error).__name__}: {error}")
        return Played((*stage.rules.broken, found), tuple(stage.trace), 0, 0, 0, 0, 0)


def _play_all(houses: Path, wanted: Sequence[int], workers: int, trace: bool) -> list[Seed]:
    shares = [wanted[at : at + A_SHARE] for at in range(0, len(wanted), A_SHARE)]
    work = [(houses, share, trace) for share in shares]
    if workers <= 1:
        return [seed for each in work for seed in _play_share(each)]
    with multiprocessing.get_context("fork").Pool(workers) as pool:  # so that the houses are made once
        return [seed for played in pool.imap(_play_share, work) for seed in played]


def _play_share(work: tuple[Path, Sequence[int], bool]) -> list[Seed]:
    houses, share, trace = work
    with collecting_seldom():
        return [Seed(seed, play(houses, story_of(seed), tracing=trace)) for seed in share]


@cache
def _set(houses: Path, alias: str) -> Set:
    house, _ = house_to_start(houses, alias)
    span = Span(START, DAYS * 24, house.utc_offset_standard_h)
    weather = read_weather((SAMPLES / WEATHER).read_text(encoding="utf-8-sig"), WEATHER, span)
    return Set.of(house, make_drive(weather, None, house.latitude_deg, house.longitude_deg), compiled=numba_is_here())
