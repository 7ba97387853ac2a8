"""Run as a process of its own by `build.py`: mypyc turns modules into C, setuptools has the C compiled. Needs no network."""

import sys
from collections.abc import Sequence

OPTIMIZATION = "1"
"""-O2 and -O3 take half as long again to compile and bring nothing: the time goes into Python's own calls."""


def build(aside: str, paths: Sequence[str]) -> None:
    """Compile the modules in these files, named from the folder that holds the package, into `aside/modules`.

    A C file for each module: one for all takes half as long again to compile and runs no faster.
    """
    from setuptools import Distribution  # noqa: PLC0415, I001 - must come before mypyc, which looks whether it is there
    from mypyc.build import mypycify  # noqa: PLC0415
    from setuptools.command.build_ext import build_ext  # noqa: PLC0415

    extensions = mypycify(
        ["--cache-dir", f"{aside}/mypy", *paths],
        opt_level=OPTIMIZATION,
        debug_level="0",
        multi_file=True,
        target_dir=f"{aside}/c",
        group_name="gw_spaceheat_compiled",
    )
    command = build_ext(Distribution({"name": "gw-spaceheat", "ext_modules": extensions}))
    command.build_lib, command.build_temp, command.inplace = f"{aside}/modules", f"{aside}/objects", False
    command.ensure_finalized()
    command.run()


if __name__ == "__main__":
    build(sys.argv[1], sys.argv[2:])
