"""Answers are compressed for who takes that; a file of a library only once."""

import gzip
from functools import lru_cache

from flask import Flask, Response, request

LEAST_BYTES = 600
TYPES = ("text/", "application/json", "application/javascript", "image/svg+xml")
STATIC = ("/_dash-component-suites/", "/assets/")


def compress(server: Flask) -> None:
    """Compress what the server answers from now on."""
    server.after_request(_compressed)


def _compressed(answer: Response) -> Response:
    if "gzip" not in request.headers.get("Accept-Encoding", "") or "Content-Encoding" in answer.headers:
        return answer
    if answer.status_code != 200 or not (answer.mimetype or "").startswith(TYPES):
        return answer
    answer.direct_passthrough = False
    data = answer.get_data()
    if len(data) < LEAST_BYTES:
        return answer
    answer.set_data(_once(data) if request.path.startswith(STATIC) else gzip.compress(data, 5))
    answer.headers["Content-Encoding"] = "gzip"
    answer.headers.add("Vary", "Accept-Encoding")
    return answer


@lru_cache(maxsize=64)
def _once(data: bytes) -> bytes:
    return gzip.compress(data, 9)
