"""`gws samples` writes the sample files."""

from pathlib import Path

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main


def test_the_files_are_written_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["samples", "--folder", str(tmp_path)]) == Exit.OK
    assert sorted(capsys.readouterr().out.split()) == sorted(str(path) for path in tmp_path.iterdir())
    assert len(list(tmp_path.iterdir())) == 3
