"""The example of each message type, as another implementation would write it."""

import copy
import json
from pathlib import Path
from typing import Any

EXAMPLES = {path.stem: json.loads(path.read_text()) for path in sorted((Path(__file__).parent / "examples").glob("*.json"))}
SCADA = "hw1.isone.me.demo.ta.scada"


def example(type_name: str, **changes: Any) -> dict[str, Any]:
    """A copy of an example with some fields changed; a field given as None is left out."""
    fields = copy.deepcopy(EXAMPLES[type_name]) | changes
    return {name: value for name, value in fields.items() if value is not None}


def topic_of(type_name: str, src: str = SCADA, dst: str = "a") -> str:
    return f"gw/{src}/to/{dst}/{type_name}".replace(".", "-")


def enveloped(payload: Any, type_name: str, src: str = SCADA, dst: str = "a", **header: Any) -> dict[str, Any]:
    return {
        "Header": {
            "Src": src,
            "Dst": dst,
            "MessageType": type_name,
            "MessageId": "7289260c-a09f-4a8b-84a5-ba87f69fad74",
            "AckRequired": True,
            "TypeName": "gridworks.header",
            "Version": "001",
        }
        | header,
        "Payload": payload,
        "TypeName": "gw",
    }
