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
from tests.bench_report import Table
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


def measured(folder: Path, canvases: int) -> Table:
    """There and back, every row compared."""
    table = Table(
        f"A move of {canvases:,} canvases", ("", "Rows", "Seconds", "Rows a second")
    )  # fmt: skip
    with server() as postgres:
        url = Server(postgres.url("moved"))
        filled(folder, canvases)
        for source, target in ((folder / "guide.db", url), (url, folder / "back.db")):
            rows, took = timed(source, target, folder / "key")
            way = ("from a server to a file", "from a file to a server")[source != url]
            table.row(way, f"{rows:,}", f"{took:.1f}", f"{rows / took:,.0f}")
    table.notes = [
        "`opschaalgids move`, each row compared with what it was. The server is on the same",
        "computer, and does not wait for its disk.",
    ]
    return table


def timed(source: Place, target: Place, key: Path) -> tuple[int, float]:
    """Rows, and seconds."""

    def led(leads: Callable[[], bool], _: Callable[[], str]) -> None:
        assert leads()

    began = time.perf_counter()
    rows = transfer(source, target, key, led, lambda _, __: None)
    return rows, time.perf_counter() - began


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--canvases", type=int, default=10_000)
    with TemporaryDirectory() as where:
        table = measured(Path(where), options.parse_args().canvases)
    sys.stdout.write("\n".join(table.lines()) + "\n")


if __name__ == "__main__":
    main()
