"""A TCP proxy between a client and a server, that can do what networks do: delay, hold, cut, swallow, refuse.

    with start_broker(folder) as broker, Proxy(broker.port) as proxy:
        ...  # connect to mqtt://127.0.0.1:{proxy.port}
        proxy.delay(0.2)      # every byte takes so much longer, both ways
        proxy.swallow()       # a dead line: connections stay open, nothing arrives; what comes later is connected as ever
        proxy.hold()          # a line without room: nothing is read any more, and whoever sends has to wait
        proxy.cut()           # every connection is reset now
        proxy.refuse()        # reset, and whoever connects from now on is reset at once
        proxy.heal()          # new connections are good again; one that has swallowed something stays dead

Bytes are carried in order. One thread does everything; the methods may be called from any other, and what they ask for has been
done when they return. Nothing here waits for a time to pass, but for bytes that are delayed.
"""

import contextlib
import selectors
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from types import TracebackType

PATIENCE_S = 10.0
MOST_BYTES = 65_536
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Proxy:
    """Listens on a free port of 127.0.0.1 and carries each connection to another port there."""

    def __init__(self, to_port: int, host: str = "127.0.0.1") -> None:
        """Remember where to carry to."""
        self._to = (host, to_port)
        self._asked: SimpleQueue[tuple[Callable[[], None], threading.Event]] = SimpleQueue()
        self._lines: list[_Line] = []
        self._delay_s = 0.0
        self._refusing = False
        self._swallowing = False
        self._ended = False
        self._came = threading.Semaphore(0)
        self._lost_bytes = 0
        self._news = threading.Condition()

    def __enter__(self) -> "Proxy":
        """Itself, carrying."""
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._bell_r, self._bell_w = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._server, selectors.EVENT_READ)
        self._selector.register(self._bell_r, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """It carries nothing any more; connections are reset."""
        self._do(self._end)
        self._thread.join(PATIENCE_S)
        for each in (self._server, self._bell_r, self._bell_w):
            each.close()

    # what is asked for ---------------------------------------------------------------------------------------------------

    @property
    def connections(self) -> int:
        """How many connections there are at present, dead lines among them."""
        return len(self._lines)

    def wait_for_connection(self) -> None:
        """Wait for the next connection; each that came is waited for once."""
        if not self._came.acquire(timeout=PATIENCE_S):
            raise TimeoutError("nobody connected to the proxy")

    def wait_for_swallowed(self, count: int = 1) -> None:
        """Wait until so many bytes have been swallowed in all."""
        with self._news:
            if not self._news.wait_for(lambda: self._lost_bytes >= count, PATIENCE_S):
                raise TimeoutError("nothing was swallowed")

    def delay(self, seconds: float) -> None:
        """Every byte that comes from now on takes so much longer; 0 ends it."""
        self._do(lambda: setattr(self, "_delay_s", seconds))

    def swallow(self, *, new_ones: bool = False) -> None:
        """What goes over the present connections is lost, both ways, and nobody is told; with `new_ones` over later ones."""

        def die() -> None:
            self._swallowing = new_ones
            for line in self._lines:
                line.is_dead = True

        self._do(die)

    def hold(self) -> None:
        """Read nothing of the present connections until `heal`: whoever sends finds at last that the line takes nothing."""

        def stop_reading() -> None:
            for line in self._lines:
                self._stop_reading(line)

        self._do(stop_reading)

    def cut(self) -> None:
        """Reset every connection."""
        self._do(self._cut)

    def refuse(self) -> None:
        """Reset every connection, and each that comes as soon as it has come."""

        def close() -> None:
            self._refusing = True
            self._cut()

        self._do(close)

    def heal(self) -> None:
        """Connections that come from now on are carried, and at once; so are those of now that have lost nothing."""

        def open_again() -> None:
            self._refusing = self._swallowing = False
            self._delay_s = 0.0
            for line in self._lines:
                line.is_dead = line.is_dead and line.has_lost
                self._read_again(line)

        self._do(open_again)

    def _do(self, what: Callable[[], None]) -> None:
        done = threading.Event()
        self._asked.put((what, done))
        self._bell_w.send(b"\0")
        if not done.wait(PATIENCE_S):
            raise TimeoutError("the proxy's thread hangs")

    # in the thread ----------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._ended:
            for key, mask in self._selector.select(self._patience_s()):
                if key.fileobj is self._bell_r:
                    self._obey()
                elif key.fileobj is self._server:
                    self._accept()
                elif key.data in self._lines:
                    self._serve(key.data, key.fileobj, mask)
            for line in [*self._lines]:
                self._push(line)

    def _obey(self) -> None:
        self._bell_r.recv(MOST_BYTES)
        while not self._asked.empty():
            what, done = self._asked.get()
            what()
            done.set()

    def _stop_reading(self, line: "_Line") -> None:
        for way in line.ways:
            if not way.has_ended and not way.is_held:
                self._selector.unregister(way.source)
                way.is_held = True

    def _read_again(self, line: "_Line") -> None:
        for way in line.ways:
            if way.is_held:
                self._selector.register(way.source, selectors.EVENT_READ, line)
                way.is_held = False

    def _end(self) -> None:
        self._ended = True
        self._cut()

    def _cut(self) -> None:
        for line in [*self._lines]:
            self._drop(line)

    def _accept(self) -> None:
        near, _ = self._server.accept()
        if self._refusing:
            _reset(near)
            return
        try:
            far = socket.create_connection(self._to, PATIENCE_S)
        except OSError:
            _reset(near)
            return
        line = _Line(near, far, is_dead=self._swallowing)
        self._lines.append(line)
        for end in (near, far):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            end.settimeout(0)
            self._selector.register(end, selectors.EVENT_READ, line)
        self._came.release()

    def _serve(self, line: "_Line", end: object, mask: int) -> None:
        if not mask & selectors.EVENT_READ:
            return
        way = line.ways[0] if end is line.near else line.ways[1]
        try:
            data = way.source.recv(MOST_BYTES)
        except BlockingIOError:
            return
        except OSError:
            if line.is_dead:  # of an end that goes, the other hears nothing over a dead line
                self._selector.unregister(way.source)
                way.has_ended = True
            else:
                self._drop(line)
            return
        if not data:
            self._selector.unregister(way.source)
            way.has_ended = True
            return
        if line.is_dead:
            line.has_lost = True
            with self._news:
                self._lost_bytes += len(data)
                self._news.notify_all()
            return
        way.waiting.append((time.monotonic() + self._delay_s, data))

    def _push(self, line: "_Line") -> None:
        """Carry on what is due."""
        for way in line.ways:
            while way.waiting and way.waiting[0][0] <= time.monotonic():
                due_s, data = way.waiting[0]
                if line.is_dead:
                    way.waiting.clear()
                    line.has_lost = True
                    break
                try:
                    sent = way.sink.send(data)
                except BlockingIOError:
                    break
                except OSError:
                    self._drop(line)
                    return
                way.waiting.popleft()
                if sent < len(data):
                    way.waiting.appendleft((due_s, data[sent:]))
            if way.has_ended and not way.waiting and not way.is_told and not line.is_dead:
                way.is_told = True
                with contextlib.suppress(OSError):
                    way.sink.shutdown(socket.SHUT_WR)
        if all(way.is_told for way in line.ways):
            self._lines.remove(line)
            line.near.close()
            line.far.close()

    def _patience_s(self) -> float | None:
        due_s = [way.waiting[0][0] for line in self._lines for way in line.ways if way.waiting]
        return max(min(due_s) - time.monotonic(), 0.001) if due_s else None

    def _drop(self, line: "_Line") -> None:
        self._lines.remove(line)
        for end in (line.near, line.far):
            with contextlib.suppress(KeyError):
                self._selector.unregister(end)
            _reset(end)


class _Way:
    """One direction of a connection: bytes that wait, and until when [s, monotonic]."""

    def __init__(self, source: socket.socket, sink: socket.socket) -> None:
        self.source = source
        self.sink = sink
        self.waiting: deque[tuple[float, bytes]] = deque()
        self.has_ended = False
        self.is_told = False
        self.is_held = False


class _Line:
    """A connection: from the client to us, and from us to the server."""

    def __init__(self, near: socket.socket, far: socket.socket, *, is_dead: bool) -> None:
        self.near = near
        self.far = far
        self.ways = (_Way(near, far), _Way(far, near))
        self.is_dead = is_dead
        self.has_lost = False


def _reset(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    end.close()
