"""The command line: one function per command, one sentence per mistake."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from bot.channel import Revoked
from bot.clock import now
from bot.config import SettingsError, read_settings
from bot.console import Console, write
from bot.conversation import Conversation
from bot.logs import quietly
from content.loader import ContentError
from content.render import PRIVACY_VERSION
from flows.answers import clean
from storage import copies
from storage.schema import StoreError, in_one_sentence, open_database
from storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.config import Settings

TO_MEND = 2
FOUND = 1
LOCK_SECONDS = 3
"""Long enough for the program that this one follows to end."""

LARGEST_ID = 63
"""Bits of a number that SQLite can hold."""


class Mistake(Exception):  # noqa: N818 - what the caller did, in one sentence
    """Something that the caller must mend: one sentence, exit code 2."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """0; 1 where a check found something; 2 with one sentence on stderr."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options) or 0)
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


def _says(sentence: str) -> int:
    write(sys.stderr, f"opschaalgids: {sentence}\n")
    return TO_MEND


def _deafen() -> None:
    """Nobody hears stdout any more; Python would complain of it once more at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="opschaalgids", description="A guide in conversation form for scaling a pilot."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_chat(commands)
    telegram = commands.add_parser("telegram", help="the guide as a Telegram bot")
    telegram.set_defaults(run=_telegram)
    _add_export(commands)
    _add_traject(commands)
    _add_operations(commands)
    check = commands.add_parser("check", help="refuse content that cannot be walked")
    check.set_defaults(run=_check)
    draw = commands.add_parser("draw", help="draw the table and the canvas as Mermaid")
    draw.add_argument("what", choices=["dialogue", "canvas"], nargs="?", default="dialogue")
    draw.set_defaults(run=_draw)
    return parser


def _add_chat(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    chat = commands.add_parser("chat", help="the guide in this terminal")
    chat.add_argument("--person", default="ik", metavar="NAME", help="who is answering")
    chat.add_argument("--jsonl", action="store_true", help="one JSON object per message")
    chat.set_defaults(run=_chat)


def _add_export(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    export = commands.add_parser("export", help="answers and advice as JSON or Markdown")
    export.add_argument("--format", required=True, choices=["json", "md", "csv", "xlsx"])
    export.add_argument("--what", choices=["summary", "half-pages"], default="summary")
    which = export.add_mutually_exclusive_group()
    which.add_argument("--all", action="store_true", help="every canvas (the default for json)")
    which.add_argument("--canvas", type=int, metavar="ID", help="one canvas")
    which.add_argument("--traject", type=int, metavar="ID", help="what is shared in a trajectory")
    export.add_argument("--output", default="-", metavar="PATH", help="- is standard output")
    export.set_defaults(run=_export)


def _add_traject(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    traject = commands.add_parser("traject", help="trajectories, for scripts")
    which = traject.add_subparsers(required=True, metavar="WHAT", dest="what")
    listed = which.add_parser("list", help="all trajectories")
    appoint = which.add_parser("appoint", help="a link that makes a kwartiermaker")
    appoint.add_argument("name", metavar="NAME")
    dismiss = which.add_parser("dismiss", help="somebody is no kwartiermaker any more")
    dismiss.add_argument("name", metavar="NAME")
    add = which.add_parser("add", help="a trajectory for a kwartiermaker")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--keeper", required=True, metavar="NAME", help="its kwartiermaker")
    invite = which.add_parser("invite", help="links for municipalities, from a CSV or by name")
    invite.add_argument("traject", type=int, metavar="ID")
    invite.add_argument("file", metavar="FILE", help="municipality,name per line; - reads stdin")
    overview = which.add_parser("overview", help="who is how far, and what is shared")
    overview.add_argument("traject", type=int, metavar="ID")
    prompt = which.add_parser("prompt", help="count whom a prompt goes to; --send sends it off")
    prompt.add_argument("traject", type=int, metavar="ID")
    prompt.add_argument("--kind", default="open", metavar="KIND", help="open, actions, again, text")
    prompt.add_argument("--to", default="all", metavar="WHOM", help="all, quiet, a municipality")
    prompt.add_argument("--text", default="", metavar="TEXT")
    prompt.add_argument("--send", action="store_true")
    for one in (listed, appoint, dismiss, add, invite, overview, prompt):
        one.add_argument("--json", action="store_true", help="for programs")
    traject.set_defaults(run=_traject)


def _add_operations(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    backup = commands.add_parser("backup", help="a proved copy of the database, while it runs")
    backup.add_argument("--to", type=Path, metavar="FOLDER", help="beside the database if left out")
    backup.add_argument("--keep", type=_positive, default=35, metavar="N", help="so many copies")
    backup.set_defaults(run=_backup)
    restore = commands.add_parser("restore", help="put a backup back; the guide must be stopped")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.set_defaults(run=_restore)
    doctor = commands.add_parser("doctor", help="what is wrong, and what to do about it")
    doctor.add_argument("--retry", action="store_true", help="take again what was set aside")
    doctor.set_defaults(run=_doctor)


def _positive(said: str) -> int:
    number = int(said)
    if number < 1:
        raise ValueError(said)
    return number


@contextmanager
def _store(settings: Settings) -> Iterator[Store]:
    store = Store(
        open_database(settings.database, settings.key_file), settings.language, PRIVACY_VERSION
    )
    try:
        with in_one_sentence(settings.database):
            yield store
    finally:
        store.close()


def _chat(options: argparse.Namespace) -> None:
    settings = read_settings()
    with _store(settings) as store:
        person = " ".join(clean(options.person).split())[:60] or "ik"
        conversation = Conversation(store, operators=settings.operators)
        Console(conversation, person, settings.timezone, jsonl=options.jsonl).run()


def _telegram(options: argparse.Namespace) -> None:
    from bot.telegram import program  # noqa: PLC0415 - the terminal starts without it

    del options
    settings = read_settings()
    if not settings.token:
        raise Mistake("TELEGRAM_BOT_TOKEN is not set; ask BotFather for a token, put it in .env.")
    quietly()
    with _alone(settings.database), _store(settings) as store:
        try:
            conversation = Conversation(store, operators=settings.operators)
            asyncio.run(program.run(conversation, settings))
        except Revoked:
            raise Mistake(
                "Telegram does not know this bot's token (any more); put the right one in "
                "TELEGRAM_BOT_TOKEN."
            ) from None


@contextmanager
def _alone(database: Path) -> Iterator[None]:
    """One running program per database: two would answer everyone twice."""
    database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FileLock(f"{database}.lock", mode=0o600)
    try:
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        raise Mistake(
            f"Another opschaalgids runs on {database}; stop that one, or set OPSCHAALGIDS_DATABASE."
        ) from None
    with lock:
        yield


def _export(options: argparse.Namespace) -> None:
    from bot.export import export  # noqa: PLC0415 - chat starts without it

    settings = read_settings()
    if options.traject is not None:
        _export_traject(options, settings)
        return
    if options.format in ("csv", "xlsx"):
        raise Mistake(f"{options.format} holds a portfolio; add --traject ID.")
    if options.format == "json" and options.what != "summary":
        raise Mistake("json holds everything; leave --what out, or use --format md.")
    if options.format == "md" and options.canvas is None and _to_terminal(options.output):
        raise Mistake("All canvases as md make a ZIP; add --output summaries.zip or --canvas ID.")
    if options.canvas and options.canvas.bit_length() > LARGEST_ID:
        raise Mistake("There is no such canvas; export --format json --all lists them all.")
    if not settings.database.exists():
        raise Mistake(f"There is no database at {settings.database}; start with: opschaalgids chat")
    with _store(settings) as store:
        found = export(Conversation(store), options.format, options.what, options.canvas)
    if found is None:
        raise Mistake("There is no such canvas; export --format json --all lists them all.")
    _put(options.output, found)


def _export_traject(options: argparse.Namespace, settings: Settings) -> None:
    from bot.traject import Office, Unknown  # noqa: PLC0415 - chat starts without it

    if options.format in ("md", "xlsx") and _to_terminal(options.output):
        raise Mistake("This makes a file; add --output portfolio.xlsx or summaries.zip.")
    with _store(settings) as store, store.transaction():
        try:
            office = Office(Conversation(store), now(settings.timezone))
            found = office.portfolio(options.traject, options.format)
        except Unknown as error:
            raise Mistake(str(error)) from None
    _put(options.output, found)


def _traject(options: argparse.Namespace) -> None:
    from bot.office import answer  # noqa: PLC0415 - chat starts without it
    from bot.traject import Office, Unknown  # noqa: PLC0415 - chat starts without it

    settings = read_settings()
    with _store(settings) as store, store.transaction():
        try:
            office = Office(Conversation(store), now(settings.timezone))
            said = answer(office, options, _read)
        except Unknown as error:
            raise Mistake(str(error)) from None
    write(sys.stdout, said)


def _read(path: str) -> str:
    if path == "-":
        return sys.stdin.buffer.read().decode("utf-8", "replace")
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Mistake(f"{path} cannot be read ({error}); write it as UTF-8.") from error


def _to_terminal(output: str) -> bool:
    return output == "-" and sys.stdout.isatty()


def _put(output: str, found: bytes) -> None:
    if output == "-":
        sys.stdout.buffer.write(found)
        sys.stdout.buffer.flush()
        return
    try:
        Path(output).write_bytes(found)
    except OSError as error:
        raise Mistake(f"{output} cannot be written ({error.strerror}); choose another.") from error


def _backup(options: argparse.Namespace) -> None:
    settings = read_settings()
    if not settings.database.exists():
        raise Mistake(f"There is no database at {settings.database}, so nothing to back up.")
    folder = options.to or settings.database.parent / "backups"
    with _store(settings) as store:
        at = now(settings.timezone)
        path = copies.make(store.db, settings.database, settings.key_file, folder, at)
    copies.rotate(folder, options.keep)
    write(sys.stdout, f"{path}\n")


def _restore(options: argparse.Namespace) -> None:
    settings = read_settings()
    with _alone(settings.database):
        at = now(settings.timezone)
        kept = copies.put_back(options.file, settings.database, settings.key_file, at)
    write(sys.stdout, f"{options.file} is the database now.\n")
    if kept:
        write(sys.stdout, f"What stood there is kept as {kept}; remove it when all is well.\n")


def _doctor(options: argparse.Namespace) -> int:
    from bot.doctor import examine, retry  # noqa: PLC0415 - only here

    settings = read_settings()
    if not settings.database.exists():
        raise Mistake(f"There is no database at {settings.database}; start with: opschaalgids chat")
    with _store(settings) as store:
        if options.retry:
            write(sys.stdout, retry(Conversation(store), now(settings.timezone)))
        report, findings = examine(store, settings, now(settings.timezone))
    write(sys.stdout, report)
    for finding in findings:
        write(sys.stderr, f"{finding}\n")
    return FOUND if findings else 0


def _check(options: argparse.Namespace) -> int:
    from content.check import check  # noqa: PLC0415 - chat starts without it

    del options
    report, problems = check()
    write(sys.stdout, report)
    for problem in problems:
        write(sys.stderr, f"{problem}\n")
    return FOUND if problems else 0


def _draw(options: argparse.Namespace) -> None:
    from bot.draw import draw_canvas, draw_dialogue  # noqa: PLC0415 - chat starts without it

    write(sys.stdout, draw_canvas() if options.what == "canvas" else draw_dialogue())
