"""The log in a file too: one line per event, and the file begins anew when it is large, so that the last megabytes are kept."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

MOST_BYTES = 1_000_000
KEPT_FILES = 5
FORM = "%(asctime)s %(levelname)s %(message)s"


def add_log_file(path: Path, most_bytes: int = MOST_BYTES, kept: int = KEPT_FILES) -> RotatingFileHandler:
    """Write the log there too; a file that is written already is not written twice.

    Args:
        path: The file; older ones lie beside it as `.1`, `.2` and so on.
        most_bytes: Size at which it begins anew [bytes].
        kept: How many older ones are kept.

    Raises:
        OSError: It cannot be written.
    """
    root = logging.getLogger()
    for handler in root.handlers:
        if isinstance(handler, RotatingFileHandler) and handler.baseFilename == str(path.absolute()):
            return handler
    path.parent.mkdir(parents=True, exist_ok=True)
    made = RotatingFileHandler(path, maxBytes=most_bytes, backupCount=kept, encoding="utf-8")
    made.setFormatter(_OneLine(FORM))
    root.addHandler(made)
    return made


class _OneLine(logging.Formatter):
    """An event is a line: what would break it is written out."""

    def format(self, record: logging.LogRecord) -> str:
        return super().format(record).replace("\r", "\\r").replace("\n", "\\n")
