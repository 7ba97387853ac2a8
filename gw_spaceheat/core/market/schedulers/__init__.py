"""Schedulers, one per file, found by the file's name: each has a function `schedule(timetable, seed)`.

Those that decide as time goes on know of a job from its registration on, of a forecast from its issue on, and move no job that
has started.

A scheduler that can decide by messages too (`core/market/manager.py`) also has a `RULE`.
"""
