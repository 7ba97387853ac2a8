"""The symbols that stood for telemetry names on the wire until 2023."""

TELEMETRY_NAMES: dict[str, str] = {
    "af39eec9": "PowerW",
    "793505aa": "WaterTempFTimes1000",
    "329a68c0": "GallonsPerMinuteTimes10",
    "d70cce28": "WaterFlowGpmTimes100",
    "c89d0ba1": "WaterTempCTimes1000",
    "5a71d4b3": "RelayState",
    "ad19e79c": "CurrentRmsMicroAmps",
}
"""Symbol to name, as the registry of June 2022 had them."""


def telemetry_name(symbol: str) -> str:
    """The name that a symbol stands for; a symbol that we do not know survives as it is."""
    return TELEMETRY_NAMES.get(symbol, symbol)
