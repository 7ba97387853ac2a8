"""What was compiled, in a line."""

from collections.abc import Mapping


def compiled_text(told: Mapping[str, object]) -> str:
    """A line about a build, as `gws compile --json` tells it."""
    compiled = told["compiled"]
    count = len(compiled) if isinstance(compiled, list | tuple) else 0
    if told["made"]:
        return f"{count} modules were compiled in {told['seconds']} s into {told['folder']}"
    return f"{count} modules are compiled and up to date in {told['folder']}"
