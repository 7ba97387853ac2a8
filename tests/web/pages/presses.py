"""A browser's press of a button, and what it would be shown, without a browser."""

import json
from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient
from plotly.utils import PlotlyJSONEncoder

from tests.web.site import US


def shown(part: Any) -> str:
    """Parts of a page as a browser gets them."""
    return json.dumps(part, cls=PlotlyJSONEncoder)


def press(client: FlaskClient, button: str, said: Mapping[str, Any]) -> Any:
    """What the server answers to a press of a button.

    Args:
        client: A browser that may be signed in.
        button: Its identifier, or with another property than its clicks, `identifier.property`.
        said: What the page's places hold, by `identifier.property`; the others hold nothing.
    """
    name, _, what = button.partition(".")
    trigger = f"{name}.{what or 'n_clicks'}"
    return _answered(client, trigger, trigger, {trigger: 1, **said})


def drop(client: FlaskClient, said: Mapping[str, Any], what: str, of: str = "") -> Any:
    """What the server answers to a press of one of the neighbourhood's many buttons that remove something."""
    one = {"of": of, "type": "nh-drop", "what": what}
    every = json.dumps({"of": ["ALL"], "type": "nh-drop", "what": ["ALL"]}, separators=(",", ":"))
    pressed = json.dumps(one, separators=(",", ":"))
    held = {f"{every}.n_clicks": [{"id": one, "property": "n_clicks", "value": 1}], **said}
    return _answered(client, f"{every}.n_clicks", f"{pressed}.n_clicks", held)


def _answered(client: FlaskClient, trigger: str, pressed: str, held: Mapping[str, Any]) -> Any:
    """Let the callback of a trigger answer that something was pressed."""
    callbacks = client.get("/_dash-dependencies").get_json()
    (found,) = [each for each in callbacks if any(f"{one['id']}.{one['property']}" == trigger for one in each["inputs"])]
    output = found["output"]
    places = [dict(zip(("id", "property"), word.rsplit(".", 1), strict=True)) for word in output.strip(".").split("...")]

    def given(part: Mapping[str, str]) -> Any:
        value = held.get(f"{part['id']}.{part['property']}")
        many = isinstance(value, list) and part["id"].startswith("{")
        return value if many else {"id": part["id"], "property": part["property"], "value": value}

    body = {
        "output": output,
        "outputs": places if ".." in output else places[0],
        "inputs": [given(each) for each in found["inputs"]],
        "changedPropIds": [pressed],
        "state": [given(each) for each in found["state"]],
    }
    return client.post("/_dash-update-component", json=body, headers=US)
