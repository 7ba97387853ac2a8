"""SpaceHeat: a house's heat pump and heat storage run on dynamic prices, in the cellar and in simulation, by the same code."""

__version__ = "0.1.0"
