"""The solar neighbourhood: shiftable jobs of a street, and the sun on its roofs."""
