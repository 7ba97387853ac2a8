"""Mails to a server of our own: what arrives, and what is said when none does."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from gw_spaceheat.links import mail
from gw_spaceheat.links.mail import MailError, MailServer, send_mail


class Box:
    """What a server has got."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.refuses = False

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.refuses:
            return "554 no thanks"
        self.mails.append(envelope)
        return "250 OK"


@pytest.fixture
def box() -> Box:
    return Box()


@contextmanager
def served(handler: Box, **options: Any) -> Iterator[int]:
    """A mail server on a free port of the loopback interface."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture
def server(box: Box) -> Iterator[MailServer]:
    with served(box) as port:
        yield MailServer("127.0.0.1", port, tls=False)


def test_a_mail_arrives_and_its_subject_is_one_line(box: Box, server: MailServer) -> None:
    send_mail(server, "house@example.org", ("me@example.org", "you@example.org"), "cold:\nBcc: all@example.org", "14 °C\n")
    (got,) = box.mails
    assert got.mail_from == "house@example.org"
    assert got.rcpt_tos == ["me@example.org", "you@example.org"]
    text = got.content.decode()
    assert "Subject: cold: Bcc: all@example.org" in text
    assert "\nBcc:" not in text


def test_a_refusal_is_told_with_the_servers_words(box: Box, server: MailServer) -> None:
    box.refuses = True
    with pytest.raises(MailError, match=r"mail server 127\.0\.0\.1:[0-9]+: it answers 554 no thanks"):
        send_mail(server, "house@example.org", ("me@example.org",), "s", "t")


def test_a_wrong_password_is_told_without_it() -> None:
    refusing = AuthResult(success=False, handled=False, message="535 not you")
    with served(Box(), authenticator=lambda *_: refusing, auth_require_tls=False) as port:
        server = MailServer("127.0.0.1", port, tls=False, user="me", password="secret-word")
        with pytest.raises(MailError, match="it answers 535") as caught:
            send_mail(server, "house@example.org", ("me@example.org",), "s", "t")
        assert "secret-word" not in str(caught.value)
        assert "secret-word" not in repr(server)


def test_nobody_there_and_one_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MailError, match="Connection refused"):
        send_mail(MailServer("127.0.0.1", 9, tls=False), "a@b.c", ("d@e.f",), "s", "t")
    monkeypatch.setattr(mail, "TIMEOUT_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(MailError, match="timed out"):
        send_mail(MailServer("127.0.0.1", silent.getsockname()[1], tls=False), "a@b.c", ("d@e.f",), "s", "t")


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtps://me:a%40b@mail.example", MailServer("mail.example", 465, tls=True, user="me", password="a@b")),
        ("smtp://mail.example", MailServer("mail.example", 587, tls=False)),
        ("smtp://localhost:25", MailServer("localhost", 25, tls=False)),
    ],
)
def test_a_url(url: str, server: MailServer) -> None:
    assert MailServer.from_url(url) == server


@pytest.mark.parametrize("url", ["http://x", "smtp://", "smtp://x:99999", "smtps://x/y", "smtp://u:secret@"])
def test_a_url_that_is_none(url: str) -> None:
    with pytest.raises(ValueError, match="mail server's URL") as caught:
        MailServer.from_url(url)
    assert "secret" not in str(caught.value)
