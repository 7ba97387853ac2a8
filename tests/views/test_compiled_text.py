"""A build in a line."""

from gw_spaceheat.views.compiled_text import compiled_text


def test_what_was_made_and_what_was_there() -> None:
    told = {"folder": "F", "made": True, "seconds": 40.2, "compiled": ["a", "b"], "left_out": {}}
    assert compiled_text(told) == "2 modules were compiled in 40.2 s into F"
    assert compiled_text({**told, "made": False}) == "2 modules are compiled and up to date in F"
