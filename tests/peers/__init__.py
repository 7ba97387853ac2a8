"""Peers that tests start for themselves, and what stands between them and the code under test."""
