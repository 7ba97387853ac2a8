"""Streets as the original's XML: what is odd is told, what is wrong is named with file and line."""

import os
from pathlib import Path
from shutil import copy

import pytest

from gw_spaceheat.stores.street_folder import StreetFileError
from gw_spaceheat.stores.street_xml import is_xml, read_xml

DATA = os.environ.get("GWS_TEST_DATA")
DEVICES = """<neighborhood id="13" name="n"><house id="30"><user id="1">
<device><id>121</id><name>dish</name><template>89</template><type>consumer</type></device>
<device><id>122</id><name>panel</name><template>1</template><type>producer</type></device>
</user></house></neighborhood>
"""
JOB = "<device><id>{id}</id><est>{est}</est><lst>{lst}</lst><creation_time>{made}</creation_time><profile>8</profile></device>"
GOOD = {"id": "121", "est": "1460282400", "lst": "1460311200", "made": "1460271600"}


def jobs(*changes: dict[str, str]) -> str:
    lines = "\r\n".join(JOB.format(**(GOOD | change)) for change in changes)
    return f'<neighborhood id="3" executionId="1"><house id="30"><user id="1">\r\n{lines}\r\n</user></house></neighborhood>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("loads", "predictions"):
        (tmp_path / name).mkdir()
    (tmp_path / "neighborhood.xml").write_text(DEVICES)
    (tmp_path / "jobs.xml").write_text(jobs({}))
    (tmp_path / "loads" / "121.csv").write_text("0 0\r\n3600 900\r\n")
    (tmp_path / "predictions" / "30_122_1.csv").write_text("1460268000 0\n1460271600 500\n")
    (tmp_path / "predictions" / "30_122_2.csv").write_text("1460271600 500\n1460275200 800\n")
    return tmp_path


def test_devices_and_jobs(folder: Path) -> None:
    assert is_xml(folder)
    read = read_xml(folder)
    assert read.warnings == ()
    (one,) = read.street.jobs
    assert (one.id, one.registered_s, one.earliest_s, one.latest_s) == ("[30]:[121]:[1]", 3600.0, 14400.0, 43200.0)
    (roof,) = read.street.producers
    assert (roof.id, [forecast.issued_s for forecast in roof.forecasts]) == ("pv_producer[30]:[122]", [0.0, 3600.0])
    assert read.street.epoch_s == 1460268000


@pytest.mark.parametrize(
    ("change", "says", "left"),
    [
        ({"made": "123112335"}, "line 2: creation_time is no time of this century; est is taken", 1),
        ({"lst": "12314361232"}, "line 2: est and lst are no times from one to the other", 0),
        ({"est": "1460311201"}, "line 2: est and lst are no times from one to the other", 0),
        ({"id": "33"}, "line 2: house 30 has no consumer 33", 0),
    ],
)
def test_what_is_odd_is_told(folder: Path, change: dict[str, str], says: str, left: int) -> None:
    (folder / "jobs.xml").write_text(jobs(change))
    read = read_xml(folder)
    assert len(read.street.jobs) == left
    assert says in read.warnings[0]


def test_a_device_may_have_many_jobs(folder: Path) -> None:
    (folder / "jobs.xml").write_text(jobs({}, {}, {}))
    assert len({job.id for job in read_xml(folder).street.jobs}) == 3


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("jobs.xml", "<neighborhood>", "jobs.xml, line 1: "),
        ("jobs.xml", "<street/>", "neighborhood is wanted, not street"),
        ("jobs.xml", '<!DOCTYPE a [<!ENTITY b "c">]><neighborhood/>', "types of documents are not accepted"),
        ("jobs.xml", jobs({}).replace("<est>1460282400</est>", ""), "line 2: this device has 0 est"),
        ("neighborhood.xml", DEVICES.replace("producer", "windmill"), "line 3: type is consumer or producer, not 'windmill'"),
        ("neighborhood.xml", DEVICES.replace('house id="30"', "house"), "this house has no id"),
        ("neighborhood.xml", DEVICES.replace("122", "121"), "house 30 has two devices 121"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, file: str, text: str, says: str) -> None:
    (folder / file).write_text(text)
    with pytest.raises(StreetFileError, match=says):
        read_xml(folder)


def test_a_load_that_is_not_there(folder: Path) -> None:
    (folder / "loads" / "121.csv").unlink()
    with pytest.raises(StreetFileError, match=r"line 2: loads has no file 121\.csv"):
        read_xml(folder)


@pytest.mark.skipif(DATA is None, reason="GWS_TEST_DATA is not set")
def test_the_originals_own_examples(tmp_path: Path) -> None:
    for name in ("neighborhood.xml", "jobs.xml"):
        copy(Path(DATA or "") / "neighbourhood" / "upstream" / name, tmp_path)
    read = read_xml(tmp_path)
    assert {producer.id for producer in read.street.producers} == {"pv_producer[30]:[122]", "pv_producer[31]:[124]"}
    assert any("house 8 has no consumer 33" in text for text in read.warnings)
