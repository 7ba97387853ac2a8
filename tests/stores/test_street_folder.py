"""Streets as files: what is odd is told, what is wrong is named with file and line."""

from pathlib import Path

import pytest

from gw_spaceheat.stores.street_folder import StreetFileError, read_street

JOB = "1000;1000;4600;[1]:[2]:[3];dish.csv"
ROOF = "1000;pv_producer[1]:[9];1_9_1.csv"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "street"
    for name in ("loads", "predictions"):
        (made / name).mkdir(parents=True)
    (made / "consumer_event.csv").write_text(f"{JOB}\r\n\r\n2000;2000;2020;[1]:washer;dish.csv\r\n")
    (made / "producer_event.csv").write_text(f"{ROOF}\n")
    (made / "loads" / "dish.csv").write_text("0 0\n3600 900\n")
    (made / "predictions" / "1_9_1.csv").write_text("1000 0\n4600 500\n8200 1500\n")
    return made


def test_jobs_and_roofs_from_the_first_event_on(folder: Path) -> None:
    read = read_street(folder)
    assert read.warnings == ()
    street = read.street
    assert (street.name, street.days, street.epoch_s) == ("street", 1, 1000)
    assert [(job.id, job.registered_s, job.earliest_s, job.latest_s, job.wh) for job in street.jobs] == [
        ("[1]:[2]:[3]", 0.0, 0.0, 3600.0, 900.0),
        ("[1]:washer", 1000.0, 1000.0, 1020.0, 900.0),
    ]
    (producer,) = street.producers
    (forecast,) = producer.forecasts
    assert forecast.energy.times_s.tolist() == [0.0, 3600.0, 7200.0]


def test_days_are_said_or_found(folder: Path) -> None:
    (folder / "meta.json").write_text('{"days": 5}')
    assert read_street(folder).street.days == 5
    assert read_street(folder, days=2).street.days == 2


def test_a_job_that_is_there_twice_is_kept_and_told(folder: Path) -> None:
    (folder / "consumer_event.csv").write_text(f"{JOB}\n{JOB}\n")
    read = read_street(folder)
    assert [job.id for job in read.street.jobs] == ["[1]:[2]:[3]", "[1]:[2]:[3]#2"]
    assert read.warnings == ("consumer_event.csv, line 2: [1]:[2]:[3] is there already; it is called [1]:[2]:[3]#2",)


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("consumer_event.csv", "1000;1000;[1];dish.csv", "consumer_event.csv, line 1: 4 cells; 5 are wanted"),
        ("consumer_event.csv", "1000;soon;4600;[1];dish.csv", "consumer_event.csv, line 1: 'soon' is no number"),
        ("consumer_event.csv", "1000;nan;4600;[1];dish.csv", "'nan' is no number"),
        ("consumer_event.csv", "1000;5000;4600;[1];dish.csv", "consumer_event.csv, line 1: job [1] may start"),
        ("consumer_event.csv", "1000;1000;4600;[1];none.csv", "loads has no file 'none.csv'"),
        ("consumer_event.csv", "1000;1000;4600;[1];../consumer_event.csv", "loads has no file '../consumer_event.csv'"),
        ("producer_event.csv", "1000;roof;none.csv", "producer_event.csv, line 1: predictions has no file"),
        ("loads/dish.csv", "0 0\n0 900\n", "dish.csv, line 2: its time does not come after"),
        ("loads/dish.csv", "0 0\n", "dish.csv has 1 lines"),
        ("meta.json", "{}", "meta.json must say how many days"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, file: str, text: str, words: str) -> None:
    (folder / file).write_text(text)
    with pytest.raises(StreetFileError) as wrong:
        read_street(folder)
    assert words in str(wrong.value)


def test_a_folder_that_is_no_street(tmp_path: Path) -> None:
    with pytest.raises(StreetFileError, match=r"no consumer_event\.csv"):
        read_street(tmp_path)
