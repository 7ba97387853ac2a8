"""A run with the conventions of 2022, as one object for JSON."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gw_spaceheat.apps.netbalance.experiment import read_traces
from gw_spaceheat.core.netbalance.algorithm import AlgorithmError, make_algorithm, settings_of
from gw_spaceheat.core.netbalance.as_published import run_as_published
from gw_spaceheat.core.netbalance.load import Load


def as_published_told(
    files: tuple[Path, ...], name: str, given: Mapping[str, str], loads_w: tuple[float, ...], base_w: float | None
) -> dict[str, Any]:
    """Totals under their published names, and the switchings by sample.

    Raises:
        AlgorithmError: There are not two loads, as that manager had.
    """
    if len(loads_w) != 2:
        raise AlgorithmError("the manager of 2022 had two loads")
    trace = read_traces(files, base_w)
    loads = tuple(Load(f"load {index + 1}", load_w) for index, load_w in enumerate(loads_w))
    run = run_as_published(trace, trace, (loads_w[0], loads_w[1]), make_algorithm(name, settings_of(name, given), loads))
    return {"algorithm": name, "settings": dict(given), "totals": run.totals, "switches": run.switches}
