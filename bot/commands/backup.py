"""`opschaalgids backup` and `restore`: copies of the database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import now
from bot.commands.base import alone, opened
from bot.config import read_settings
from bot.mistake import Mistake, refuse_server
from bot.output import write
from storage.backups.copies import Places

if TYPE_CHECKING:
    import argparse

WITHOUT = "also where the list of what was erased is not whole: what was erased may come back"

INSTEAD = "back it up as that server is, or copy it to a file: opschaalgids move"


def add(backup: argparse.ArgumentParser, restore: argparse.ArgumentParser) -> None:
    backup.add_argument("--to", type=Path, metavar="FOLDER", help="beside the database if left out")
    backup.add_argument("--keep", type=_positive, default=35, metavar="N", help="so many copies")
    backup.set_defaults(run=_backup)
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument("--without-erasures", action="store_true", help=WITHOUT)
    restore.set_defaults(run=_restore)


def _positive(said: str) -> int:
    number = int(said)
    if number < 1:
        raise ValueError(said)
    return number


def _backup(options: argparse.Namespace) -> None:
    settings = read_settings()
    refuse_server(settings, INSTEAD)
    if not settings.database.exists():
        raise Mistake(f"There is no database at {settings.database}, so nothing to back up.")
    folder = options.to or settings.database.parent / "backups"
    places = Places(settings.database, settings.key_file, folder)
    places.clean()
    with opened(settings) as store:
        at = now(settings.timezone)
        path = places.back_up(store, at)
    places.rotate(options.keep, settings.keep.backups, at)
    write(sys.stdout, f"{path}\n")


def _restore(options: argparse.Namespace) -> None:
    from storage.restore import put_back  # noqa: PLC0415 - a backup needs none of it

    settings = read_settings()
    refuse_server(settings, INSTEAD)
    where, at = (settings.database, settings.key_file), now(settings.timezone)
    with alone(settings.database):
        restored = put_back(options.file, *where, at, without=options.without_erasures)
    write(sys.stdout, f"{options.file} is the database now.\n")
    if restored.kept:
        kept = f"What stood there is kept as {restored.kept}; remove it when all is well.\n"
        write(sys.stdout, kept)
    write(sys.stderr, "".join(f"{sentence}\n" for sentence in restored.said))
