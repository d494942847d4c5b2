"""`opschaalgids move`: all of a database to another place, a file or a server, and back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.channel_settings import path_of
from bot.commands.base import alone
from bot.config import read_settings
from bot.mistake import Mistake
from bot.output import show_progress, write
from storage.database.place import Server
from storage.transfer import transfer

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

PLACE = "a file, or postgresql://USER@HOST/NAME (its password: PGPASSWORD, or a .pgpass)"


def add(move: argparse.ArgumentParser) -> None:
    move.add_argument("source", type=_place, metavar="FROM", help=PLACE)
    move.add_argument("target", type=_place, metavar="TO", help="likewise, with nothing in it")
    move.set_defaults(run=_move)


def _place(said: str) -> Path | Server:
    return Server.named(said) or path_of(said)


def _move(options: argparse.Namespace) -> None:
    settings, source, target = read_settings(), options.source, options.target
    if isinstance(source, Path) and not source.exists():
        raise Mistake(f"There is no database at {source}, so nothing to move.")
    if source == target:
        raise Mistake(f"{source} is where it stands already.")
    with alone(source), alone(target):
        rows = transfer(source, target, settings.key_file, _stopped, show_progress)
    write(
        sys.stdout,
        f"{rows} rows are in {target}, each as it was. Set OPSCHAALGIDS_DATABASE to that, start "
        f"the guide, and remove {source} when all is well.\n",
    )


def _stopped(leads: Callable[[], bool], _: Callable[[], str]) -> None:
    """On a server the guide is stopped where nobody leads."""
    if not leads():
        raise Mistake("Another opschaalgids runs on that server; stop that one first.")
