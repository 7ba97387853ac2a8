"""Households and their electricity meters: what is used when, what a meter makes of it, what it says. NumPy."""
