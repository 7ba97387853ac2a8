"""The option by which a process that another one started learns whose it is."""

from typing import Annotated

import typer

OwnerOption = Annotated[
    int | None,
    typer.Option(
        "--owner",
        help="File descriptor of a pipe; when it ends, because who holds it is gone, this process ends too.",
        hidden=True,
    ),
]
