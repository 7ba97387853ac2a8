"""Schedulers that need a solver's library, one per file, as those in `core/market/schedulers`: a function `schedule`.

A scheduler whose name cannot be a file's says it as `NAME`.
"""
