"""`gws compile`: what it tells, and how it ends."""

import json
from pathlib import Path

import pytest

from gw_spaceheat.apps.compiled import build, kernels
from gw_spaceheat.apps.compiled.build import BuildFailedError, ToolMissingError
from gw_spaceheat.apps.compiled.cache import Build
from gw_spaceheat.apps.settings import houses_file
from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main


def test_a_build_is_told_in_a_line_or_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Build(tmp_path / "k", {"gw_spaceheat.core.scada": "scada.so", "group__mypyc": "group.so"}, {"a": "why"}, 40.2)
    monkeypatch.setenv("GWS_COMPILED_FOLDER", str(tmp_path))
    monkeypatch.setattr(build, "compile_control_code", lambda folder: (made, folder == tmp_path))
    monkeypatch.setattr(kernels, "compile_kernels", lambda houses: houses == houses_file())
    assert main(["compile"]) == Exit.OK
    assert capsys.readouterr().out == f"1 modules were compiled in 40.2 s into {tmp_path / 'k'}\n"
    assert main(["compile", "--json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out) == {
        "folder": str(tmp_path / "k"),
        "made": True,
        "seconds": 40.2,
        "compiled": ["gw_spaceheat.core.scada"],
        "left_out": {"a": "why"},
        "kernels": True,
    }


@pytest.mark.parametrize(("error", "code"), [(ToolMissingError("no cc"), Exit.UNAVAILABLE), (BuildFailedError("line 3"), 1)])
def test_how_it_ends(error: Exception, code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_folder: Path) -> None:
        raise error

    monkeypatch.setattr(build, "compile_control_code", fail)
    assert main(["compile"]) == code
    assert capsys.readouterr().err == f"gws: {error}\n"
