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
from storage.backups.series import Series

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from bot.config import Settings

NEWEST = "without it: the newest in OPSCHAALGIDS_COPIES_TO that can be put back"
WITHOUT = "also where the list of what was erased is not whole: what was erased may come back"

INSTEAD = "back it up as that server is, or copy it to a file: opschaalgids move"


def add(backup: argparse.ArgumentParser, restore: argparse.ArgumentParser) -> None:
    backup.add_argument("--to", type=Path, metavar="FOLDER", help="beside the database if left out")
    backup.add_argument("--keep", type=_positive, default=35, metavar="N", help="so many copies")
    backup.set_defaults(run=_backup)
    restore.add_argument("file", type=Path, metavar="FILE", nargs="?", help=NEWEST)
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
    places = Series(settings.database, settings.key_file, folder, along=folder == settings.copies)
    places.clean()
    with opened(settings) as store:
        at = now(settings.timezone)
        path = places.back_up(store, at)
    if folder != settings.copies:  # those are thinned out by the running program
        places.rotate(options.keep, settings.keep.backups, at)
    write(sys.stdout, f"{path}\n")


def _restore(options: argparse.Namespace) -> None:
    from storage.restore import put_back  # noqa: PLC0415 - a backup needs none of it

    settings = read_settings()
    refuse_server(settings, INSTEAD)
    where, at = (settings.database, settings.key_file), now(settings.timezone)
    with alone(settings.database):
        file, wrong = (options.file, ()) if options.file else _newest(settings)
        restored = put_back(file, *where, at, without=options.without_erasures)
    write(sys.stdout, f"{file} is the database now.\n{_missing(restored.as_of, at)}\n")
    if restored.kept:
        kept = f"What stood there is kept as {restored.kept}; remove it when all is well.\n"
        write(sys.stdout, kept)
    write(sys.stderr, "".join(f"{sentence}\n" for sentence in (*wrong, *restored.said)))


def _newest(settings: Settings) -> tuple[Path, tuple[str, ...]]:
    """The newest copy that can be put back, and what is wrong with newer ones."""
    if not settings.copies:
        raise Mistake("Name the FILE to put back, or set OPSCHAALGIDS_COPIES_TO.")
    if not settings.key_file.exists():
        raise Mistake(f"The key file {settings.key_file} is missing; put back the key first.")
    found = Series(settings.database, settings.key_file, settings.copies).newest()
    if not found.path:
        raise Mistake(f"{settings.copies} has no copy that can be put back; name a FILE.")
    return found.path, found.wrong


def _missing(since: datetime, at: datetime) -> str:
    """To the minute, rounded down: what came in that minute may be in it or not."""
    return (
        f"What was said since {since.astimezone(at.tzinfo):%Y-%m-%d %H:%M} may be missing; "
        "everyone with an open question, or seen in the day before, is told so."
    )
