"""Settings: where they come from, what is refused, and that nobody ever sees the password."""

import re
from pathlib import Path

import pytest

from gw_spaceheat.apps import settings as module
from gw_spaceheat.apps.settings import Settings, SettingsError, houses_file, known_keys, listen_address, read_settings
from gw_spaceheat.vocabulary.upload_order import UploadOrder

EXAMPLE = Path(__file__).parents[2] / ".env.example"
SECRET = "correct-horse-battery"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for key in known_keys():
        monkeypatch.delenv(key, raising=False)
    monkeypatch.chdir(tmp_path)


def env_file(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "some.env"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def problems_of(path: Path) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        read_settings(path)
    return caught.value.problems


def test_defaults_without_any_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    settings = read_settings()
    assert settings.atn_alias == "dw1.isone.nh.orange.1"
    assert settings.data_folder == tmp_path / "state" / "gw-spaceheat"
    assert settings.numba is None
    assert settings.mqtt_password is None


@pytest.mark.parametrize(
    ("key", "text", "name", "value"),
    [
        ("GWS_ATN_ALIAS", "hw1.isone.me.millinocket.oak", "atn_alias", "hw1.isone.me.millinocket.oak"),
        ("GWS_UPLINK_URL", "mqtts://broker.example:8883", "uplink_url", "mqtts://broker.example:8883"),
        ("GWS_UPLINK_URL", "mqtt://[::1]:1883", "uplink_url", "mqtt://[::1]:1883"),
        ("GWS_UPLINK_URL", "None", "uplink_url", None),
        ("GWS_UPLINK_URL", "", "uplink_url", "mqtt://localhost:1883"),
        ("GWS_MQTT_VERSION", "3", "mqtt_version", 3),
        ("GWS_MQTT_VERSION", "5", "mqtt_version", 5),
        ("GWS_LOG_LEVEL", "debug", "log_level", "DEBUG"),
        ("GWS_RECORD_FILE", "here.jsonl", "record_file", Path("here.jsonl")),
        ("GWS_NUMBA", "auto", "numba", None),
        ("GWS_NUMBA", "1", "numba", True),
        ("GWS_NUMBA", "0", "numba", False),
        ("GWS_HUMAN_DOOR", "on", "human_door", True),
        ("GWS_HUMAN_DOOR", "Off", "human_door", False),
        ("GWS_HOME_ASSISTANT", "off", "home_assistant", False),
        ("GWS_HEALTH_LISTEN", "9464", "health_listen", "9464"),
        ("GWS_HEALTH_LISTEN", "[::1]:0", "health_listen", "[::1]:0"),
        ("GWS_HEALTH_LISTEN", "None", "health_listen", None),
        ("GWS_SPEED", "60", "speed", 60.0),
        ("GWS_SPEED", "0.5", "speed", 0.5),
        ("GWS_RETENTION_DAYS", "366", "retention_days", 366.0),
        ("GWS_UPLOAD_ORDER", "oldest-first", "upload_order", UploadOrder.OLDEST_FIRST),
        ("GWS_UPLOAD_ORDER", "Newest-Day-First", "upload_order", UploadOrder.NEWEST_DAY_FIRST),
    ],
)
def test_good_values(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key: str, text: str, name: str, value: object) -> None:
    assert getattr(read_settings(env_file(tmp_path, f"{key}={text}")), name) == value
    monkeypatch.setenv(key, text)
    assert getattr(read_settings(), name) == value


@pytest.mark.parametrize(
    ("key", "text", "allowed"),
    [
        ("GWS_ATN_ALIAS", "Not An Alias", "dotted words of a-z and 0-9"),
        ("GWS_ATN_ALIAS", "None", "dotted words of a-z and 0-9"),
        ("GWS_HOUSES_FILE", "nowhere/houses.json", "exists"),
        ("GWS_UPLINK_URL", "http://broker.example", "mqtt://HOST[:PORT]"),
        ("GWS_UPLINK_URL", "mqtt://", "mqtt://HOST[:PORT]"),
        ("GWS_UPLINK_URL", "mqtt://broker.example:99999", "mqtt://HOST[:PORT]"),
        ("GWS_UPLINK_URL", "mqtt://broker.example/path", "mqtt://HOST[:PORT]"),
        ("GWS_LOCAL_URL", "broker.example:1883", "mqtt://HOST[:PORT]"),
        ("GWS_HEALTH_LISTEN", "localhost", "a port, HOST:PORT"),
        ("GWS_HEALTH_LISTEN", "localhost:65536", "a port, HOST:PORT"),
        ("GWS_HEALTH_LISTEN", "70000", "a port, HOST:PORT"),
        ("GWS_HEALTH_LISTEN", "http://localhost:9464", "a port, HOST:PORT"),
        ("GWS_MQTT_CA", "nowhere.crt", "file that exists"),
        ("GWS_MQTT_CA", ".", "file that exists"),
        ("GWS_MQTT_VERSION", "4", "5, or 3"),
        ("GWS_DATA_FOLDER", "None", "path of a folder"),
        ("GWS_LOG_LEVEL", "LOUD", "DEBUG, INFO, WARNING or ERROR"),
        ("GWS_NUMBA", "perhaps", "auto, 1 or 0"),
        ("GWS_HUMAN_DOOR", "ajar", "on or off"),
        ("GWS_SPEED", "fast", "above 0"),
        ("GWS_SPEED", "0", "above 0"),
        ("GWS_SPEED", "nan", "above 0"),
        ("GWS_SPEED", "inf", "above 0"),
        ("GWS_RETENTION_WHOLE_DAYS", "0", "above 0"),
        ("GWS_UPLOAD_ORDER", "newest", "oldest-first or newest-day-first"),
    ],
)
def test_a_wrong_value_names_key_value_place_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key: str, text: str, allowed: str
) -> None:
    (problem,) = problems_of(env_file(tmp_path, "# first line", f'{key}="{text}"'))
    assert problem.startswith(f"{key}={text} (")
    assert "some.env line 2" in problem
    assert allowed in problem
    monkeypatch.setenv(key, text)
    (problem,) = problems_of(Path("no.env"))
    assert problem.startswith(f"{key}={text} (environment): allowed is ")


def test_all_wrong_values_and_unknown_keys_are_told_at_once(tmp_path: Path) -> None:
    problems = problems_of(env_file(tmp_path, "GWS_SPEED=fast", "GWS_MQT_VERSION=5", "GWS_NUMBA=perhaps", "OTHER_TOOL=1"))
    assert [problem.split("=")[0].split(" ")[0] for problem in problems] == ["GWS_MQT_VERSION", "GWS_NUMBA", "GWS_SPEED"]
    assert "did you mean GWS_MQTT_VERSION?" in problems[0]


def test_an_unknown_key_far_from_all_others_points_to_the_example(tmp_path: Path) -> None:
    (problem,) = problems_of(env_file(tmp_path, "GWS_ZZZZZZZZZZ=1"))
    assert ".env.example" in problem


def test_unknown_keys_of_the_environment_belong_to_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GWS_TEST_DATA", "somewhere")
    assert read_settings().speed == 1.0


def test_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GWS_SPEED", "10")
    settings = read_settings(env_file(tmp_path, "GWS_SPEED=20", "GWS_LOG_LEVEL=ERROR"))
    assert (settings.speed, settings.log_level) == (10.0, "ERROR")


def test_the_file_of_the_working_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("GWS_SPEED=7\n", encoding="utf-8")
    assert read_settings().speed == 7.0


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"this is no setting\n", "line 1 is no setting"), (b"GWS_SPEED\n", "line 1"), (b"GWS_X=\xff\xfe\n", "UTF-8")],
)
def test_a_garbled_file_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "some.env"
    path.write_bytes(content)
    assert says in problems_of(path)[0]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (("GWS_MQTT_PASSWORD=" + SECRET,), "GWS_MQTT_USER"),
        (("GWS_MQTT_CERT={file}",), "GWS_MQTT_KEY"),
        (("GWS_MQTT_KEY={file}",), "GWS_MQTT_CERT"),
        (("GWS_RETENTION_WHOLE_DAYS=8",), "GWS_RETENTION_MINUTE_DAYS"),
        (("GWS_RETENTION_DAYS=6",), "GWS_RETENTION_MINUTE_DAYS"),
    ],
)
def test_keys_that_belong_together(tmp_path: Path, lines: tuple[str, ...], says: str) -> None:
    certificate = tmp_path / "some.pem"
    certificate.touch()
    (problem,) = problems_of(env_file(tmp_path, *(line.format(file=certificate) for line in lines)))
    assert says in problem


@pytest.mark.parametrize(
    "lines",
    [
        ("GWS_MQTT_PASSWORD=" + SECRET, "GWS_SPEED=fast"),
        ("GWS_MQTT_PASSWORD=" + SECRET,),
        (f"GWS_UPLINK_URL=mqtt://me:{SECRET}@broker.example",),
    ],
)
def test_no_error_shows_a_secret(tmp_path: Path, lines: tuple[str, ...]) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(env_file(tmp_path, *lines))
    error: BaseException | None = caught.value
    assert SECRET not in str(error)
    assert error.__suppress_context__


def test_no_view_of_settings_shows_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GWS_MQTT_USER", "me")
    monkeypatch.setenv("GWS_MQTT_PASSWORD", SECRET)
    settings = read_settings()
    assert SECRET not in f"{settings!r} {settings} {settings.model_dump_json()} {settings.model_dump()}"
    assert settings.mqtt_password is not None
    assert settings.mqtt_password.get_secret_value() == SECRET


def test_settings_do_not_change() -> None:
    settings = read_settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.speed = 2.0  # type: ignore[misc]


def test_the_example_has_every_key_with_its_default_and_a_comment(monkeypatch: pytest.MonkeyPatch) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert tuple(re.findall(r"^(?:# )?(GWS_\w+)=", text, re.MULTILINE)) == known_keys()
    for paragraph in text.split("\n\n"):
        assert paragraph.startswith("#"), f"no comment above: {paragraph}"
    assert read_settings(EXAMPLE).model_dump() == read_settings(Path("no.env")).model_dump()


def test_every_key_says_what_is_allowed() -> None:
    for name, field in Settings.model_fields.items():
        assert module._allowed(field), name


def test_the_houses_file_is_the_named_one_or_the_checkout_s_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = tmp_path / "houses.json"
    own.touch()
    assert read_settings(env_file(tmp_path, f"GWS_HOUSES_FILE={own}")).houses_path() == own
    package = tmp_path / "checkout" / "gw_spaceheat" / "apps"
    monkeypatch.setattr(module, "__file__", str(package / "settings.py"))
    with pytest.raises(SettingsError, match="GWS_HOUSES_FILE"):
        houses_file()
    (tmp_path / "checkout" / "input_data").mkdir(parents=True)
    (tmp_path / "checkout" / "input_data" / "houses.json").touch()
    assert read_settings().houses_path() == tmp_path / "checkout" / "input_data" / "houses.json"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("9464", ("127.0.0.1", 9464)),
        ("0", ("127.0.0.1", 0)),
        ("0.0.0.0:9464", ("0.0.0.0", 9464)),
        ("localhost:9464", ("localhost", 9464)),
        ("[::1]:9464", ("::1", 9464)),
    ],
)
def test_a_port_alone_is_of_this_machine_only(text: str, address: tuple[str, int]) -> None:
    assert listen_address(text) == address
