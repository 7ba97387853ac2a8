"""The protocol's own classes, by type name: the judge of what we send and the author of what we must read."""

import inspect
from typing import Any

import gwproto.messages
import gwproto.named_types
import gwsproto.named_types
from pydantic import BaseModel


def _classes(module: Any) -> dict[str, type[BaseModel]]:
    return {
        thing.model_fields["TypeName"].default: thing
        for _, thing in inspect.getmembers(module, inspect.isclass)
        if issubclass(thing, BaseModel)
        and "TypeName" in thing.model_fields
        and isinstance(thing.model_fields["TypeName"].default, str)
    }


BASE = _classes(gwproto.messages) | _classes(gwproto.named_types)
"""gridworks-protocol: readings, reports, events, ping and acknowledgement."""
SCADA = _classes(gwsproto.named_types)
"""gridworks-scada-protocol: all but events, ping and acknowledgement, and more strictly."""
CALIBRATION = {
    "gw1.tank.temp.calibration": gwsproto.named_types.TankTempCalibration,
    "gw1.tank.temp.calibration.map": gwsproto.named_types.TankTempCalibrationMap,
}


def judges(type_name: str) -> list[type[BaseModel]]:
    """Every class that reads this type; more than one where both packages have it in the same version."""
    known = [classes[type_name] for classes in (SCADA, BASE, CALIBRATION) if type_name in classes]
    newest = max((str(judge.model_fields["Version"].default) for judge in known if "Version" in judge.model_fields), default="")
    return [judge for judge in known if not newest or str(judge.model_fields["Version"].default) == newest]
