"""What meters send when, and what of it has arrived."""
