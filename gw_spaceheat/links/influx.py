"""Writes lines to a server that takes InfluxDB's line protocol, by HTTP: InfluxDB 1.x, InfluxDB 2, VictoriaMetrics.

A point that is written twice is there once: measurement, tags and time are its key. So a batch of which nobody knows whether
it came may be sent again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

TIMEOUT_S = 10.0
"""How long the server may be silent [s]."""
MOST_TOLD = 300


class ServerAwayError(OSError):
    """It did not take the lines now, and may later; says why."""


class LinesRefusedError(OSError):
    """It will never take these lines; says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InfluxServer:
    """Where lines are written.

    Attributes:
        url: Such as http://localhost:8086.
        database: Of `/write`; empty for `/api/v2/write`.
        organisation: Of `/api/v2/write`.
        bucket: Of `/api/v2/write`.
        user: Of `/write`; empty for none.
        secret: Its password, or the token of `/api/v2/write`; empty for none.
    """

    url: str
    database: str = ""
    organisation: str = ""
    bucket: str = ""
    user: str = ""
    secret: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError unless the URL is one of a server, without a user in it."""
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
            raise ValueError(f"{parts.hostname or self.url!r} must be like http://HOST:8086, without user and password")

    def write(self, lines: Sequence[str]) -> None:
        """Write lines with times in milliseconds.

        Raises:
            ServerAwayError: It is not there, refuses the sign-in, or has a fault of its own; they may be sent again.
            LinesRefusedError: It says that the lines themselves are wrong.
        """
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        if self.database:
            path, given = "/write", {"db": self.database, "precision": "ms"}
        else:
            path, given = "/api/v2/write", {"org": self.organisation, "bucket": self.bucket, "precision": "ms"}
            headers["Authorization"] = f"Token {self.secret}"
        sign_in = (self.user, self.secret) if self.database and self.user else None
        where = f"{self.url.rstrip('/')}{path}"
        try:
            answer = httpx.post(
                where,
                params=given,
                headers=headers,
                auth=sign_in,
                content="\n".join(lines).encode(),
                timeout=TIMEOUT_S,
                follow_redirects=False,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServerAwayError(f"{where} cannot be reached: {type(error).__name__}") from None
        if answer.status_code in {200, 204}:
            return
        said = f"{where} answers {answer.status_code}: {answer.text[:MOST_TOLD].strip()}"
        if answer.status_code in {400, 413, 422}:
            raise LinesRefusedError(said)
        raise ServerAwayError(said)
