"""`gws keys init|show|trust`: the keys with which this site signs, and those of whom it trusts."""

import json
import sys
from typing import Annotated

import typer

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON; secrets are in neither.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite without asking.")]


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    keys = typer.Typer(name="keys", help="The keys of this site.", no_args_is_help=True, rich_markup_mode=None)
    keys.command(
        "init", help="Make the keys of this site; exit code 73 if there are some, unless --force or a person says so."
    )(init)
    keys.command("show", help="Show the public key of this site, and the keys that it trusts.")(show)
    keys.command("trust", help="Trust the key of an AtomicTNode or SCADA; exit code 73 if another is trusted under its alias.")(
        trust
    )
    app.add_typer(keys)


def init(force: ForceOption = False, as_json: JsonOption = False) -> None:
    """Make a pair of keys, and print the public one."""
    from gw_spaceheat.apps.settings import read_settings
    from gw_spaceheat.apps.site_keys import has_key, make_key
    from gw_spaceheat.views.keys_text import keys_lines

    folder = read_settings().keys_path()
    if not force and has_key(folder):
        force = _asked(f"There are keys in {folder}. Whoever trusts them must trust the new ones anew. Overwrite them?")
    told = make_key(folder, force=force)
    typer.echo(json.dumps(told) if as_json else "\n".join(keys_lines(told)))


def show(as_json: JsonOption = False) -> None:
    """Print the public keys."""
    from gw_spaceheat.apps.settings import read_settings
    from gw_spaceheat.apps.site_keys import shown_keys
    from gw_spaceheat.views.keys_text import keys_lines

    told = shown_keys(read_settings().keys_path())
    typer.echo(json.dumps(told) if as_json else "\n".join(keys_lines(told)))


def trust(
    alias: Annotated[str, typer.Argument(help="Alias of the AtomicTNode or SCADA, such as hw1.isone.me.millinocket.oak.")],
    public_key: Annotated[str, typer.Argument(help="Its public key, as gws keys show prints it there.")],
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Remember a public key."""
    from gw_spaceheat.apps.settings import read_settings
    from gw_spaceheat.apps.site_keys import trust_key
    from gw_spaceheat.stores.keys import KeyExistsError, KeysError, from_text
    from gw_spaceheat.views.keys_text import peer_line

    try:
        public = from_text(public_key, "PUBLIC_KEY")
    except KeysError as error:
        raise typer.BadParameter(str(error), param_hint="PUBLIC_KEY") from None
    folder = read_settings().keys_path()
    try:
        told = trust_key(folder, alias, public, force=force)
    except KeyExistsError as error:
        if not _asked(f"{error}. Trust the new one instead?"):
            raise
        told = trust_key(folder, alias, public, force=True)
    typer.echo(json.dumps(told) if as_json else f"trusted: {peer_line(told)}")


def _asked(question: str) -> bool:
    """What a person at the terminal says; no if there is none."""
    return sys.stdin.isatty() and typer.confirm(question, err=True)
