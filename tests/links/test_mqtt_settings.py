"""Broker URLs: what is understood, and that secrets stay secret."""

from pathlib import Path

import pytest

from gw_spaceheat.links.mqtt_settings import BadUrl, MqttSettings, MqttVersion


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "username", "password", "where"),
    [
        ("mqtt://localhost", "localhost", 1883, False, "", "", "mqtt://localhost:1883"),
        ("mqtt://127.0.0.1:5000/", "127.0.0.1", 5000, False, "", "", "mqtt://127.0.0.1:5000"),
        ("mqtts://b.example", "b.example", 8883, True, "", "", "mqtts://b.example:8883"),
        ("mqtts://oak:p%40ss%2Fword@b.example:1", "b.example", 1, True, "oak", "p@ss/word", "mqtts://b.example:1"),
        ("mqtt://[::1]:1883", "::1", 1883, False, "", "", "mqtt://[::1]:1883"),
    ],
)
def test_good_urls(url: str, host: str, port: int, tls: bool, username: str, password: str, where: str) -> None:
    settings = MqttSettings.from_url(url, client_id="c")
    assert (settings.host, settings.port, settings.tls) == (host, port, tls)
    assert (settings.username, settings.password) == (username, password)
    assert settings.where == where
    assert settings.version is MqttVersion.V5
    assert settings.keepalive_s == 60


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:1883",
        "http://localhost",
        "mqtt://",
        "mqtt://user:hunter2",
        "mqtt://host:hunter2",
        "mqtt://host:0",
        "mqtt://host:70000",
        "mqtt://host/hunter2",
        "mqtt://host?hunter2",
        "mqtt://host#hunter2",
        f"mqtt://{'x' * 64}.example",
        "mqtt://a..hunter2",
        "mqtt://[hunter2",
    ],
)
def test_bad_urls_are_refused_without_repeating_them(url: str) -> None:
    with pytest.raises(BadUrl) as refusal:
        MqttSettings.from_url(url, client_id="c")
    assert "hunter2" not in str(refusal.value)
    assert "mqtt" in str(refusal.value)


def test_user_and_password_beside_the_url_come_first() -> None:
    settings = MqttSettings.from_url("mqtt://a:b@host", client_id="c", username="u", password="p")
    assert (settings.username, settings.password) == ("u", "p")


def test_a_certificate_needs_its_key() -> None:
    with pytest.raises(BadUrl, match="needs its key"):
        MqttSettings.from_url("mqtts://host", client_id="c", cert_file=Path("cert.pem"))


def test_the_password_is_never_shown() -> None:
    settings = MqttSettings.from_url("mqtt://user:hunter2@host", client_id="c")
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in settings.where
