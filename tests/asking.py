"""Asking a server of this machine for a page, for tests."""

import socket

PATIENCE_S = 40.0


def ask(port: int, path: str, method: str = "GET") -> tuple[int, bytes]:
    """Status and body. Reads until the server has closed, so that whoever asks next finds the place free."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        connection.sendall(f"{method} {path} HTTP/1.0\r\n\r\n".encode())
        with connection.makefile("rb") as answer:
            head, _, body = answer.read().partition(b"\r\n\r\n")
    return int(head.split()[1]), body
