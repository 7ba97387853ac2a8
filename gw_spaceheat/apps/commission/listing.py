"""The makes and models that have a driver, for people and programs."""

from dataclasses import asdict

from gw_spaceheat.drivers.registry import all_about
from gw_spaceheat.views.devices_text import Listed


def listed_devices() -> tuple[Listed, ...]:
    """All of them, by name."""
    return tuple(
        Listed(
            make_model,
            about.title,
            ", ".join(sorted(about.device.kinds)),
            about.device.bus,
            bool(about.identity),
            about.tried_on_hardware,
        )
        for make_model, about in sorted(all_about().items())
    )


def as_json() -> dict[str, object]:
    """The same as one JSON object."""
    return {"devices": [asdict(device) for device in listed_devices()]}
