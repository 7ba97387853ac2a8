"""Photovoltaics: what a field of panels gives."""
