"""The process of a street's meters."""
