"""The AtomicTNode's archive, from the disk: where it lies, and what a new machine must know of it."""

import re
from pathlib import Path

from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.accounts import KEPT_S
from gw_spaceheat.core.atn import AtomicTNode
from gw_spaceheat.messages.refusal import Refusal
from gw_spaceheat.messages.report import Report
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.stores.faults import StoreError
from gw_spaceheat.stores.message_journal import MessageJournal, reading_journal
from gw_spaceheat.vocabulary.moment import SECOND_MS

ARCHIVE_FOLDER = "archive"
"""Folder of archives within the data folder."""
ARCHIVE_FILE = "archive.sqlite"
_ALIAS = re.compile(r"[a-z][a-z0-9]*(\.[a-z0-9]+)*")


def open_archive(house: str, settings: Settings) -> MessageJournal:
    """The archive of a house, open; to be closed when the runtime has stopped.

    Raises:
        StoreBusyError: Another process keeps it.
        StoreError: The house's name is no alias.
        OSError: Its folder cannot be made.
    """
    journal = MessageJournal(archive_path(house, settings))
    journal.open()
    return journal


def archive_path(house: str, settings: Settings) -> Path:
    """Where the archive of a house lies; raises StoreError for a name that is no alias."""
    if _ALIAS.fullmatch(house) is None or len(house) > 200:
        raise StoreError(f"{house[:80]!r} is no alias of a house: dotted words of a-z and 0-9 are wanted")
    return settings.data_folder / ARCHIVE_FOLDER / house / ARCHIVE_FILE


def recall(machine: AtomicTNode, path: Path, now_ms: int) -> None:
    """Let a new machine know what was acknowledged before: identifiers and reports of the last 35 days.

    In whatever thread: it reads over a connection of its own.

    Args:
        machine: The machine, which has handled nothing yet.
        path: The archive's file; nothing is known where there is none.
        now_ms: The time, UTC [ms].

    Raises:
        OSError: It cannot be read; the machine then knows a part of it, or nothing.
    """
    since_ms = now_ms - KEPT_S * SECOND_MS
    with reading_journal(path) as rows:
        if rows is None:
            return
        machine.recall(rows.identifiers(since_ms))
        for row in rows.of_types((ReportEvent.type_name(), Report.type_name()), since_ms):
            try:
                message = row.message()
            except Refusal:  # which an earlier version took
                continue
            machine.recall_report(message.report if isinstance(message, ReportEvent) else message)
