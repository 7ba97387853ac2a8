"""A small package that could be the project's, for rules about sources."""

from pathlib import Path

from gw_spaceheat.apps.compiled.modules import FOUND_BY_NAME, PACKAGE, ROOT


def make_checkout(folder: Path, **texts: str) -> Path:
    """A checkout whose simulation imports these modules of `core`."""
    imports = "".join(f"from {PACKAGE}.core import {name}\n" for name in texts)
    files = {ROOT: imports, FOUND_BY_NAME + ".slow": "", **{f"{PACKAGE}.core.{name}": text for name, text in texts.items()}}
    for name, text in files.items():
        path = folder.joinpath(*name.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        for parent in path.relative_to(folder).parents[:-1]:
            (folder / parent / "__init__.py").touch()
    return folder
