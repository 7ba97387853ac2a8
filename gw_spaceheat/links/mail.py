"""A line to a person by e-mail: SMTP, with TLS wherever a password is shown."""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

TIMEOUT_S = 10.0
_FORM = "smtps://[user:password@]host[:465], or smtp://[user:password@]host[:587]"
_PORTS = {"smtps": 465, "smtp": 587}
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class MailError(OSError):
    """A mail could not be handed over; says why, without secrets."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Who takes mails from us.

    Attributes:
        host: Name or address.
        port: TCP port.
        tls: TLS from the first byte; else it is begun (STARTTLS), but for a server on this machine.
        user: Who we are; empty for nobody.
        password: Never shown.
    """

    host: str
    port: int
    tls: bool
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def from_url(cls, url: str) -> "MailServer":
        """Read a URL such as `smtps://me:password@mail.example`; raises ValueError, without what may be a secret."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise ValueError(f"the mail server's URL has no valid host and port; allowed is {_FORM}") from error
        if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError(f"the mail server's URL must be {_FORM}")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, port or _PORTS[parts.scheme], parts.scheme == "smtps", user, password)

    @property
    def where(self) -> str:
        """The server for a log line, without secrets."""
        return f"mail server {self.host}:{self.port}"


def send_mail(server: MailServer, sender: str, recipients: tuple[str, ...], subject: str, text: str) -> None:
    """Hand one mail over, in some ten seconds at most for each step; raises MailError."""
    message = EmailMessage()
    message["From"], message["To"] = sender, ", ".join(recipients)
    message["Subject"] = " ".join(subject.split())[:200]  # a line that is broken would begin another header
    message.set_content(text)
    try:
        with _connected(server) as connection:
            if server.user:
                connection.login(server.user, server.password)
            connection.send_message(message)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise MailError(f"{server.where}: {_without(server, _words(error))}") from error


def _connected(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.tls:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=context)
    connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    try:
        connection.ehlo()
        if connection.has_extn("starttls"):
            connection.starttls(context=context)
        elif server.host not in LOOPBACK:
            raise smtplib.SMTPException("it does not offer STARTTLS, and nothing is sent in the clear")
    except BaseException:
        connection.close()
        raise
    return connection


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else str(error.smtp_error)
        return f"it answers {error.smtp_code} {said[:200]}"
    return str(error)[:300] or type(error).__name__


def _without(server: MailServer, text: str) -> str:
    return text.replace(server.password, "...") if server.password else text
