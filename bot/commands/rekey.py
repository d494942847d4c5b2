"""`opschaalgids rekey`: a new key for the database."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bot.clock import now
from bot.commands.base import alone
from bot.config import read_settings
from bot.mistake import Mistake, refuse_server
from bot.output import write
from storage.backups.replacement import rekey

if TYPE_CHECKING:
    import argparse


def add(change: argparse.ArgumentParser) -> None:
    change.set_defaults(run=_rekey)


def _rekey(_: argparse.Namespace) -> None:
    settings = read_settings()
    refuse_server(settings, "the keys of its disks, where they have any, are for who keeps it")
    if not settings.database.exists():
        raise Mistake(f"There is no database at {settings.database}, so no key to change.")
    with alone(settings.database):
        days, today = settings.keep.backups, now(settings.timezone).date()
        older = rekey(settings.database, settings.key_file, days, today)
    write(sys.stdout, f"{settings.key_file} holds a new key, and {older} older for backups.\n")
    write(sys.stdout, "Copy it to where you keep your copy of the key.\n")
