"""`python -m tests.bench_move --canvases 100000`: how long a move takes, there and back."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from storage.database.connection import open_database
from storage.database.place import Server
from storage.store import Store
from storage.transfer import transfer
from tests.crowd import crowd
from tests.desks import Room
from tests.postgres import server

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.database.place import Place

EACH = 20
"""Advisers of one municipality."""


def filled(folder: Path, canvases: int) -> None:
    """A database with so many canvases, each with the answers of a quick walk."""
    room = Room(folder)
    room.kwartiermaker("Karin", "Oost")
    for person in room.people.values():
        person.store.close()
    store = Store(open_database(folder / "guide.db", folder / "key"))
    crowd(store, max(1, canvases // EACH), EACH)
    store.close()


def timed(source: Place, target: Place, key: Path) -> str:
    """A row of the report."""

    def led(leads: Callable[[], bool], _: Callable[[], str]) -> None:
        assert leads()

    began = time.perf_counter()
    rows = transfer(source, target, key, led, lambda _, __: None)
    took = time.perf_counter() - began
    way = " to ".join("server" if isinstance(one, Server) else "file" for one in (source, target))
    return f"| {way} | {rows:,} rows | {took:.1f} s | {rows / took:,.0f} rows a second |"


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--canvases", type=int, default=10_000)
    with TemporaryDirectory() as where, server() as postgres:
        folder, url = Path(where), Server(postgres.url("moved"))
        filled(folder, options.parse_args().canvases)
        for source, target in ((folder / "guide.db", url), (url, folder / "back.db")):
            sys.stdout.write(f"{timed(source, target, folder / 'key')}\n")


if __name__ == "__main__":
    main()
