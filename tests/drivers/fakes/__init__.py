"""Devices that are not there: chips at the level of their registers, servers and peers that speak the real protocols."""
