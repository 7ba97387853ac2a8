"""When to buy heat: plans for a house by dynamic programming over the heat in its stores."""
