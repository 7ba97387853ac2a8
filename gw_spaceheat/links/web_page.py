"""A text from the web: with a time-out and a limit of size, kept on disk, and taken from there when the server is gone."""

import contextlib
import hashlib
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

TIMEOUT_S = 10.0
"""How long the server may be silent [s]."""
LONGEST_S = 30.0
"""How long the whole may take [s]."""
LARGEST_BYTES = 8 * 1024 * 1024


class PageError(OSError):
    """A page could not be had, and none is kept."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page.

    Attributes:
        text: What it says.
        made_ms: When it was fetched, UTC [ms].
        trouble: Why it is one that was kept; empty if it is new.
    """

    text: str
    made_ms: int
    trouble: str = ""


class WebPage:
    """One page, fetched anew whenever it is asked for; blocks for half a minute at most."""

    def __init__(self, url: str, folder: Path, largest_bytes: int = LARGEST_BYTES, longest_s: float = LONGEST_S) -> None:
        """Remember; nothing is fetched.

        Raises:
            ValueError: It is no address of a page, or carries a password.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"https", "http"} or not parts.hostname or parts.username or parts.password:
            raise ValueError(f"{parts.hostname or url} must be https://HOST/... (or http://) without user and password")
        self._url = url
        self._largest_bytes = largest_bytes
        self._longest_s = longest_s
        self._path = folder / f"{hashlib.sha256(url.encode()).hexdigest()[:16]}.txt"
        self.where = f"{parts.hostname}{parts.path}"
        """Which page, without what stands after ?, which may be a key."""

    def fetch(self, now_ms: int) -> Fetched:
        """The page as it is now; as it was kept, with its time, if it cannot be had.

        Raises:
            PageError: It cannot be had, and none is kept.
        """
        try:
            text = self._get()
        except PageError as error:
            return self._kept(error)
        self._keep(text, now_ms)
        return Fetched(text, now_ms)

    def _get(self) -> str:
        import httpx  # noqa: PLC0415 - a daemon that reads no page is spared its megabytes

        until_s = monotonic() + self._longest_s
        body = bytearray()
        try:
            with httpx.stream("GET", self._url, timeout=TIMEOUT_S, follow_redirects=False) as answer:
                if answer.status_code != httpx.codes.OK:
                    raise PageError(f"{self.where} answers {answer.status_code}")
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > self._largest_bytes:
                        raise PageError(f"{self.where} is larger than {self._largest_bytes} bytes")
                    if monotonic() > until_s:
                        raise PageError(f"{self.where} takes longer than {self._longest_s:g} s")
            return body.decode("utf-8")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise PageError(f"{self.where} cannot be had: {type(error).__name__}") from error
        except UnicodeDecodeError as error:
            raise PageError(f"{self.where} is not UTF-8 text") from error

    def _keep(self, text: str, now_ms: int) -> None:
        """Keep it beside the time at which it was fetched; a disk that takes nothing harms nobody now."""
        new = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(f"{now_ms}\n{text}", encoding="utf-8")
            new.replace(self._path)
        except OSError:
            with contextlib.suppress(OSError):
                new.unlink()

    def _kept(self, error: PageError) -> Fetched:
        try:
            first, _, text = self._path.read_text(encoding="utf-8").partition("\n")
            return Fetched(text, int(first), str(error))
        except (OSError, ValueError):
            raise error from None
