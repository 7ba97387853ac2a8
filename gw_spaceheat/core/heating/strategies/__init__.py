"""Strategies of local heating, one per file, found by the file's name.

A strategy is a module with two names: `Parameters`, a frozen dataclass that extends `SharedParameters`, and `Strategy`, a class
built with `(parameters, house)` whose `source_wanted` says whether the heat source should run.
"""
