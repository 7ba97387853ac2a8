"""A browser's press of a button, without a browser."""

from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient

from tests.web.site import US


def press(client: FlaskClient, button: str, said: Mapping[str, Any]) -> Any:
    """What the server answers to a press of a button.

    Args:
        client: A browser that may be signed in.
        button: Its identifier, or with another property than its clicks, `identifier.property`.
        said: What the page's places hold, by `identifier.property`; the others hold nothing.
    """
    name, _, what = button.partition(".")
    trigger = f"{name}.{what or 'n_clicks'}"
    callbacks = client.get("/_dash-dependencies").get_json()
    (found,) = [each for each in callbacks if any(f"{one['id']}.{one['property']}" == trigger for one in each["inputs"])]
    output = found["output"]
    places = [dict(zip(("id", "property"), word.rsplit(".", 1), strict=True)) for word in output.strip(".").split("...")]
    held = {trigger: 1, **said}

    def given(part: Mapping[str, str]) -> dict[str, Any]:
        return {"id": part["id"], "property": part["property"], "value": held.get(f"{part['id']}.{part['property']}")}

    body = {
        "output": output,
        "outputs": places if ".." in output else places[0],
        "inputs": [given(each) for each in found["inputs"]],
        "changedPropIds": [trigger],
        "state": [given(each) for each in found["state"]],
    }
    return client.post("/_dash-update-component", json=body, headers=US)
