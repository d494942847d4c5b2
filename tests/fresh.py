"""A database as a first start leaves it: made once in each worker, and copied from then on.

Making one runs every change of its form, which costs ten times what a conversation in it does.
Copies have the same key; what is about first starts or keys makes its own.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from storage.database.connection import open_database
from tests.storages import FILES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlite_utils import Database

NAMES = ("guide.db", "key")


def opened(folder: Path) -> Database:
    """The database of this folder, with its key beside it; a copy where there is neither."""
    database, key = (folder / name for name in NAMES)
    of_files = open_database is FILES  # some tests put it on a server
    if of_files and not (database.exists() or key.exists()):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, content in _made().items():
            (folder / name).touch(mode=0o600)
            (folder / name).write_bytes(content)
    return open_database(database, key)


@cache
def _made() -> Mapping[str, bytes]:
    with TemporaryDirectory() as folder:
        database, key = (Path(folder) / name for name in NAMES)
        open_database(database, key).close()
        return {name: (Path(folder) / name).read_bytes() for name in NAMES}
