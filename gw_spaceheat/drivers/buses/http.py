"""HTTP by httpx to a device in the house: an answer's body, or the first lines of a stream that does not end.

httpx bounds each read, so that a device which sends a byte now and then would hold a call for ever. Here all that is done for
one call, looking up the name, connecting and every single read, shares one deadline.
"""

import socket
import ssl
import threading
import time
from collections.abc import Generator, Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gw_spaceheat.drivers.buses.shared import BusError

if TYPE_CHECKING:
    import httpx

TIMEOUT_S = 3.0
"""No call takes longer [s]."""
WAITING_SHARE = 0.9
"""So much of that a call may wait; the rest is for the error and for letting the connection go."""
LONGEST_BODY = 65_536
"""What a device sends beyond this is not read [bytes]."""


class HttpDevice:
    """One device that speaks HTTP; used by the thread of one driver."""

    def __init__(
        self,
        host: str,
        port: int,
        user: str = "",
        password: str = "",
        *,
        digest: bool = False,
        token: str = "",
        certificate: Path | None = None,
    ) -> None:
        """Remember.

        Args:
            host: Name or address.
            port: TCP port.
            user: Who we are; empty for nobody.
            password: And how we show it.
            digest: Show it by digest (RFC 7616) and not plainly.
            token: A bearer's token instead of user and password (RFC 6750); empty for none.
            certificate: The device's own certificate (PEM): the call is encrypted, and only whoever has its key is spoken to.
        """
        self.where = f"{'http' if certificate is None else 'https'}://{host}:{port}"
        self._user, self._password, self._digest = user, password, digest
        self._token, self._certificate = token, certificate
        self._client: httpx.Client | None = None
        self._deadline = _Deadline()
        self._lookup = _Lookup()

    def get(self, path: str, **parameters: str | int) -> bytes:
        """The body of the answer to GET; raises BusError when it is not 200, too long, or not there in time."""
        body = b""
        with closing(self._stream(path, parameters)) as chunks:
            for chunk in chunks:
                body += chunk
                if len(body) > LONGEST_BODY:
                    raise BusError(f"{self.where}{path} sends more than {LONGEST_BODY} bytes; is it the right device?")
        return body

    def first_line(self, path: str, prefix: str) -> str:
        """The first whole line of a stream that begins with a prefix, without it; raises BusError if none comes in time."""
        kept, read, mark = b"", 0, prefix.encode()
        with closing(self._stream(path, {})) as chunks:
            for chunk in chunks:
                read += len(chunk)
                *lines, kept = (kept + chunk).split(b"\n")
                for line in lines:
                    if line.startswith(mark):
                        return line[len(mark) :].strip().decode("utf-8", "replace")
                if read > LONGEST_BODY:
                    break
        raise BusError(f"{self.where}{path} sent no whole line that begins with {prefix!r}; is it the right device?")

    def close(self) -> None:
        """Let the connection go; may be called twice."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _stream(self, path: str, parameters: dict[str, Any]) -> Generator[bytes, None, None]:
        client = self._opened()
        import httpx  # noqa: PLC0415 - only a house with such a device needs it

        self._deadline.begin(WAITING_SHARE * TIMEOUT_S)
        try:
            with client.stream("GET", path, params=parameters) as answer:
                if answer.status_code != httpx.codes.OK:
                    raise BusError(self._refusal(path, answer.status_code))
                yield from answer.iter_bytes()
        except (httpx.HTTPError, httpx.StreamError, OSError, ValueError) as error:
            self.close()
            text = str(error) or type(error).__name__
            raise BusError(f"{self.where}{path} does not answer well within {TIMEOUT_S:g} s: {text}") from error

    def _refusal(self, path: str, status: int) -> str:
        if status in (401, 403):
            wants = "another or a newer token; see token_file" if self._token else "a user and a password; see password_file"
            return f"{self.where}{path} answers {status}: it wants {wants}"
        return f"{self.where}{path} answers {status}; is it the right device, and its firmware the one of the driver's page?"

    def _opened(self) -> "httpx.Client":
        if self._client is None:
            try:
                import httpx  # noqa: PLC0415

                transport = _bounded_transport(self._deadline, self._lookup, self._trusted())
            except ImportError as error:
                raise BusError("HTTP needs the package httpx; install requirements/drivers.txt") from error
            auth: Any = None
            if self._user:
                auth = (httpx.DigestAuth if self._digest else httpx.BasicAuth)(self._user, self._password)
            headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
            self._client = httpx.Client(base_url=self.where, auth=auth, headers=headers, transport=transport, trust_env=False)
        return self._client

    def _trusted(self) -> ssl.SSLContext | None:
        """Trust in the device's own certificate and in no other; its name does not matter, for it is called by its address."""
        if self._certificate is None:
            return None
        try:
            context = ssl.create_default_context(cafile=str(self._certificate))
        except (OSError, ValueError) as error:
            raise BusError(f"{self.where}: certificate {self._certificate} cannot be read: {error}; it must be PEM") from error
        context.check_hostname = False
        return context


class _Lookup:
    """Looks up the name of one device in a thread of its own, because the system's resolver may take as long as it likes."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._found: list[str | OSError] = []

    def address(self, host: str, port: int, timeout_s: float) -> str:
        """The address of a host; raises OSError if there is none, or none in time. An open question is not asked again."""
        if self._thread is None:
            self._found = []
            self._thread = threading.Thread(target=self._ask, args=(host, port, self._found), daemon=True)
            self._thread.start()
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            raise TimeoutError(f"the name {host} is not resolved in time; give the device a fixed address")
        self._thread = None
        answer = self._found[0]
        if isinstance(answer, OSError):
            raise answer
        return answer

    @staticmethod
    def _ask(host: str, port: int, found: list[str | OSError]) -> None:
        try:
            found.append(str(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0]))
        except OSError as error:
            found.append(error)
        except UnicodeError as error:
            found.append(OSError(f"{host!r} is no name: {error}"))


class _Deadline:
    """When the present call must have ended [s, monotonic]."""

    def __init__(self) -> None:
        self._ends_s = 0.0

    def begin(self, timeout_s: float) -> None:
        self._ends_s = time.monotonic() + timeout_s

    def left_s(self) -> float:
        return self._ends_s - time.monotonic()


def _bounded_transport(deadline: _Deadline, lookup: _Lookup, trusted: ssl.SSLContext | None) -> "httpx.BaseTransport":
    """A transport whose every wait ends at the deadline at the latest."""
    import httpcore  # noqa: PLC0415
    import httpx  # noqa: PLC0415

    class Stream(httpcore.NetworkStream):
        def __init__(self, inner: httpcore.NetworkStream) -> None:
            self._inner = inner

        def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - ours goes before
            return self._inner.read(max_bytes, timeout=left_s(httpcore.ReadTimeout))

        def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
            self._inner.write(buffer, timeout=left_s(httpcore.WriteTimeout))

        def close(self) -> None:
            self._inner.close()

        def start_tls(
            self,
            ssl_context: ssl.SSLContext,
            server_hostname: str | None = None,
            timeout: float | None = None,  # noqa: ARG002
        ) -> httpcore.NetworkStream:
            return Stream(self._inner.start_tls(ssl_context, server_hostname, left_s(httpcore.ConnectTimeout)))

        def get_extra_info(self, info: str) -> Any:
            return self._inner.get_extra_info(info)

    class Backend(httpcore.NetworkBackend):
        def connect_tcp(
            self,
            host: str,
            port: int,
            timeout: float | None = None,  # noqa: ARG002
            local_address: str | None = None,
            socket_options: Iterable[Any] | None = None,
        ) -> httpcore.NetworkStream:
            address = lookup.address(host, port, left_s(httpcore.ConnectTimeout))
            bounded_s = left_s(httpcore.ConnectTimeout)
            return Stream(httpcore.SyncBackend().connect_tcp(address, port, bounded_s, local_address, socket_options))

    def left_s(late: type[Exception]) -> float:
        seconds = deadline.left_s()
        if seconds <= 0.0:
            raise late("the time is up")
        return seconds

    class Transport(httpx.HTTPTransport):
        def __init__(self) -> None:
            super().__init__()
            self._pool = httpcore.ConnectionPool(trusted, network_backend=Backend(), max_keepalive_connections=1)

    return Transport()
