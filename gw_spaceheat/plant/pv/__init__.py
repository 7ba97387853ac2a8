"""Sunlight and what panels make of it: where the sun stands, a clear sky, and a field of panels. NumPy; whole days at once."""
