"""The command line: where a command begins, and one sentence per mistake."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any

from bot.channels.console import write
from bot.commands import backup, chat, check, doctor, export, forget, rekey, telegram, traject
from bot.commands.base import Mistake
from bot.config import SettingsError
from bot.logs import speechless, without_core_dumps
from content.loader import ContentError
from storage.database.errors import StoreError, StoreTrouble

if TYPE_CHECKING:
    from collections.abc import Sequence

TO_MEND, FOR_NOW = 2, 75
"""What somebody must mend; what may pass by itself, so that trying again helps (EX_TEMPFAIL)."""

COMMANDS = (chat, telegram, export, traject, backup, forget, rekey, doctor, check)
"""In the order of --help."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit code."""
    sys.excepthook = speechless
    without_core_dumps()
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """0; 1 where a check found something; 2 or 75 with one sentence on stderr."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options) or 0)
    except StoreTrouble as trouble:
        return _says(str(trouble), FOR_NOW)
    except (Mistake, SettingsError, StoreError, ContentError) as error:
        return _says(str(error))
    except BrokenPipeError:
        _deafen()
        return 0
    except OSError as error:
        _deafen()
        return _says(f"writing failed ({error.strerror}); make room, or send it elsewhere.")
    except KeyboardInterrupt:
        return 0


def _says(sentence: str, code: int = TO_MEND) -> int:
    write(sys.stderr, f"opschaalgids: {sentence}\n")
    return code


def _deafen() -> None:
    """Nobody hears stdout any more; Python would complain of it once more at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Parser(argparse.ArgumentParser):
    """What it says of a mistake repeats what was typed."""

    def _print_message(self, message: str, file: Any = None) -> None:
        write(file or sys.stderr, message)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="opschaalgids", description="A guide in conversation form for scaling a pilot."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return parser
