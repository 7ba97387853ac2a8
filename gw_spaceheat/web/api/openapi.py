"""What the API tells of itself: OpenAPI 3.1."""

from gw_spaceheat.stores.history import Aggregate

_TEXT = {"type": "string", "minLength": 1}
_HOUSE: dict[str, object] = {
    "name": "house",
    "in": "query",
    "required": True,
    "schema": _TEXT,
    "description": "Alias of the house.",
}
_TIMES: list[dict[str, object]] = [
    {
        "name": name,
        "in": "query",
        "required": True,
        "schema": _TEXT,
        "description": "ISO 8601, UTC without an offset; or UTC milliseconds.",
    }
    for name in ("from", "to")
]
_STEPS: list[dict[str, object]] = [
    {"name": "channels", "in": "query", "required": True, "schema": _TEXT, "description": "Names with commas between."},
    {"name": "every", "in": "query", "schema": {"type": "string", "default": "5m", "pattern": "^[0-9]{1,9}(ms|s|m|h|d)$"}},
    {"name": "agg", "in": "query", "schema": {"type": "string", "default": "mean", "enum": [each.value for each in Aggregate]}},
    {"name": "points", "in": "query", "schema": {"type": "integer", "minimum": 4, "maximum": 999_999}},
]


def openapi() -> dict[str, object]:
    """The description, as an object of JSON."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "SpaceHeat history", "version": "1", "description": "What the Ear keeps, read-only."},
        "paths": {
            "/api/v1/houses": _get("Houses of which something is kept", []),
            "/api/v1/channels": _get("Channels of a house", [_HOUSE]),
            "/api/v1/readings": _get("Steps of time of channels; null where nothing is kept", [_HOUSE, *_TIMES, *_STEPS]),
            "/api/v1/gaps": _get("What is missing, by channel and hour", [_HOUSE, *_TIMES]),
        },
    }


def _get(summary: str, parameters: list[dict[str, object]]) -> dict[str, object]:
    rows = {"type": "array", "items": {"type": "object"}}
    refused = {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]}
    answers = {"200": ("The rows", rows), "400": ("A wrong argument", refused), "404": ("Nothing of that is kept", refused)}
    responses = {
        code: {"description": text, "content": {"application/json": {"schema": schema}}}
        for code, (text, schema) in answers.items()
    }
    return {"get": {"summary": summary, "parameters": parameters, "responses": responses}}
