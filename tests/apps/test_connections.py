"""From settings to links."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from gw_spaceheat.apps.connections import (
    embedded_broker,
    listening_link,
    local_mqtt_settings,
    mqtt_settings,
    on_wire,
    retention_options,
    session_link,
)
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.link.listener import Listener
from gw_spaceheat.core.link.session import Session, SessionSettings
from gw_spaceheat.core.link.upkept import Upkept
from gw_spaceheat.core.retention.retention import Retention, RetentionOptions
from gw_spaceheat.links.mqtt_settings import BadUrl, MqttVersion
from gw_spaceheat.runtime.clock import SystemClock
from gw_spaceheat.vocabulary.moment import HOUR_MS

URL = "mqtts://broker.example:8884"


def test_what_the_settings_say_goes_into_the_connection(tmp_path: Path) -> None:
    for name in ("ca.pem", "own.pem", "own.key"):
        (tmp_path / name).touch()
    settings = Settings(
        mqtt_user="me",
        mqtt_password=SecretStr("secret"),
        mqtt_ca=tmp_path / "ca.pem",
        mqtt_cert=tmp_path / "own.pem",
        mqtt_key=tmp_path / "own.key",
        mqtt_version=3,
        data_folder=tmp_path,
    )
    made = mqtt_settings(settings, URL, "client", ("gw/#",))
    assert (made.host, made.port, made.tls, made.client_id, made.subscriptions) == (
        "broker.example",
        8884,
        True,
        "client",
        ("gw/#",),
    )
    assert (made.username, made.password, made.version) == ("me", "secret", MqttVersion.V311)
    assert (made.ca_file, made.cert_file, made.key_file) == tuple(tmp_path / name for name in ("ca.pem", "own.pem", "own.key"))
    assert "secret" not in repr(made)


@pytest.mark.parametrize(("uplink_url", "user"), [("mqtt://localhost:1", "me"), ("mqtt://cloud.example", ""), (None, "")])
def test_the_uplink_s_password_goes_to_its_broker_only(uplink_url: str | None, user: str) -> None:
    settings = Settings(mqtt_user="me", mqtt_password=SecretStr("secret"))
    made = local_mqtt_settings(settings, "mqtt://localhost:1", uplink_url, "client", ("gw/#",))
    assert (made.username, bool(made.password)) == (user, bool(user))
    assert made.subscriptions == ("gw/#",)


def test_nobody_is_named_without_a_user() -> None:
    made = mqtt_settings(Settings(), "mqtt://localhost", "client", ())
    assert (made.username, made.password, made.version, made.port) == ("", "", MqttVersion.V5, 1883)


def test_a_wrong_url() -> None:
    with pytest.raises(BadUrl):
        mqtt_settings(Settings(), "localhost", "client", ())


def test_the_two_kinds_of_links() -> None:
    transport = mqtt_settings(Settings(), "mqtt://localhost", "client", ())
    speaking = session_link(transport, SessionSettings(link="uplink", alias="a.b"), lambda _event: None, SystemClock(), 1)
    assert isinstance(speaking.session, Session)
    looked_after = session_link(
        transport,
        SessionSettings(link="uplink", alias="a.b"),
        lambda _event: None,
        SystemClock(),
        1,
        upkeep=lambda outbox: Retention(outbox, "a.b", str),
    )
    assert isinstance(looked_after.session, Upkept)
    hearing = listening_link(transport, "uplink", "ear", lambda _event: None, SystemClock(), 1)
    assert isinstance(hearing.session, Listener)


def test_the_private_broker_lies_in_the_data_folder(tmp_path: Path) -> None:
    with embedded_broker(Settings(data_folder=tmp_path)) as broker:
        assert broker.url.startswith("mqtt://127.0.0.1:")
        assert (tmp_path / "broker" / "broker.log").is_file()


def test_dots_are_dashes_on_the_wire() -> None:
    assert on_wire("hw1.isone.me") == "hw1-isone-me"


def test_the_settings_say_how_long_what_is_kept() -> None:
    assert retention_options(Settings()) == RetentionOptions(most_bytes=57_600_000)
    settings = Settings(retention_whole_days=0.5, retention_minute_days=1, retention_days=2, outbox_mb=3)
    made = retention_options(settings)
    assert (made.whole_ms, made.minute_ms, made.most_ms) == (12 * HOUR_MS, 24 * HOUR_MS, 48 * HOUR_MS)
    assert made.most_bytes == 2_700_000
