"""What can go wrong with a store. Apart from the stores, so that naming an error does not import Parquet."""


class StoreError(Exception):
    """What is kept cannot be read; the text says why and what to do."""


class StoreBusyError(StoreError):
    """Another process writes there; the text says what to do."""


class StoreDamagedError(StoreError):
    """A file is not what was written to it, or was written by software of another version."""
