"""A process that puts messages into an outbox and forgets some, and says each thing when it is true; to be killed."""

import random
import sys
from pathlib import Path

from gw_spaceheat.stores.outbox import SqliteOutbox
from tests.stores.sends import NOW_MS, send


def main(folder: str, first: str) -> None:
    """Go on until killed."""
    outbox = SqliteOutbox(Path(folder))
    outbox.open()
    chance = random.Random(int(first))
    number = int(first)
    while True:
        number += 1
        together = chance.choice((1, 1, 1, 5))
        numbers = range(number, number + together)
        with outbox.together():
            for each in numbers:
                outbox.put(send(each, length=chance.choice((10, 500, 5000))), NOW_MS)
        for each in numbers:
            entry = outbox.find(f"id-{each}")
            assert entry is not None
            print("put", each, entry.sequence, flush=True)  # noqa: T201
        number += together - 1
        if chance.random() < 0.5:
            oldest = outbox.after(0)
            assert oldest is not None
            print("forgets", oldest.send.message_id, flush=True)  # noqa: T201
            outbox.forget(oldest.send.message_id)


if __name__ == "__main__":
    main(*sys.argv[1:])
