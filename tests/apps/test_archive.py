"""What an AtomicTNode has acknowledged is known again when it begins anew."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import msgspec
import pytest

from gw_spaceheat.apps.archive import archive_path, open_archive, recall
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.atn import AtnOptions, AtomicTNode
from gw_spaceheat.core.contract.atn_side import AtnSide
from gw_spaceheat.core.events import Archive, Persist, Received
from gw_spaceheat.stores.faults import StoreBusyError, StoreError
from gw_spaceheat.stores.message_journal import MessageJournal
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, Moment
from tests.core.contract.houses import POWER, metered_house
from tests.core.test_accounts import pact
from tests.core.test_atn import node
from tests.heard import HOUSE, MIDNIGHT_MS, SCADA, power, report_event, uuid

NOW_MS = MIDNIGHT_MS + 1000


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_folder=tmp_path)


@pytest.fixture
def archive(settings: Settings) -> Iterator[MessageJournal]:
    archive = open_archive(HOUSE, settings)
    yield archive
    archive.close()


def test_reports_and_identifiers_are_known_again(archive: MessageJournal) -> None:
    numbers = count(1)
    for message, arrived_ms in (
        (report_event(1, {}), NOW_MS),
        (power(5), NOW_MS),
        (report_event(3, {}).report, NOW_MS),
        (report_event(4, {}), NOW_MS - 36 * DAY_MS),
    ):
        archive.keep(Persist(HOUSE, arrived_ms, SCADA, "a", uuid(next(numbers)), message))
    archive.commit()
    atn = node(AtnOptions(archives=True))
    recall(atn, archive.path, NOW_MS)
    for number in (1, 2, 3, 4):
        message = report_event(number, {})
        atn.handle(Received("uplink", SCADA, uuid(number), True, message, NOW_MS, "a"), Moment(0, NOW_MS))
    assert atn.view(Moment(0, NOW_MS)).reports == 1  # the one that is older than what is kept


def test_the_accounts_are_what_they_were(archive: MessageJournal) -> None:
    metered = metered_house()
    before = AtomicTNode(
        metered, AtnSide(metered, IdSource(b"contract"), lambda: 5), IdSource(b"test"), AtnOptions(archives=True)
    )
    for number in range(13):
        taken_ms = MIDNIGHT_MS + number * 300_000
        made = report_event(number, {POWER: [(taken_ms, 3600)]})
        report = msgspec.structs.replace(made.report, slot_start_unix_s=taken_ms // 1000)
        message = msgspec.structs.replace(made, report=report)
        came = Received("uplink", SCADA, uuid(number), True, message, taken_ms, "a")
        (kept,) = before.handle(came, Moment(0, taken_ms))[-1:]
        assert isinstance(kept, Archive)
        archive.keep(kept.message)
    archive.commit()
    after = AtomicTNode(
        metered, AtnSide(metered, IdSource(b"contract"), lambda: 5), IdSource(b"test"), AtnOptions(archives=True)
    )
    recall(after, archive.path, MIDNIGHT_MS + HOUR_MS)
    for atn in (before, after):
        account = atn._accounts.of(pact(), MIDNIGHT_MS + HOUR_MS)
        assert (account.missing_s, round(account.used_wh, 6)) == (0, 3600)


def test_nothing_is_known_where_there_is_nothing(tmp_path: Path) -> None:
    recall(node(), tmp_path / "archive.sqlite", NOW_MS)
    (tmp_path / "archive.sqlite").write_bytes(b"no archive" * 500)
    with pytest.raises(OSError, match="cannot be read"):
        recall(node(), tmp_path / "archive.sqlite", NOW_MS)


def test_one_process_keeps_the_archive_of_a_house(settings: Settings, archive: MessageJournal) -> None:
    assert archive.path == archive_path(HOUSE, settings)
    with pytest.raises(StoreBusyError):
        open_archive(HOUSE, settings)
    open_archive("other.house", settings).close()


@pytest.mark.parametrize("house", ["../elsewhere", "", "A.b", "x" * 201])
def test_no_name_of_a_house_leads_out_of_the_folder(settings: Settings, house: str) -> None:
    with pytest.raises(StoreError, match="no alias"):
        open_archive(house, settings)
