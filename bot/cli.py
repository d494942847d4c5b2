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

from bot import trust
from bot.channel import Revoked
from bot.clock import now
from bot.config import SettingsError, read_settings
from bot.console import Console, write
from bot.conversation import Conversation
from bot.forms import FORMS, TEXTS, in_one_file
from bot.house import read_house
from bot.logs import quietly, speechless, without_core_dumps
from bot.papers import Papers
from content.loader import ContentError
from content.render import PRIVACY_VERSION
from flows.answers import clean
from storage import copies
from storage.erased import erased_beside
from storage.keys import read_keys
from storage.rekeying import rekey
from storage.schema import BUSY_SECONDS, StoreError, in_one_sentence, open_database
from storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from bot.config import Settings

TO_MEND = 2
FOUND = 1
PATIENT_SECONDS = 0.5
"""The bot waits no longer for a lock before it tries again later: its loop stands still then."""

LOCK_SECONDS = 3
"""Long enough for the program that this one follows to end."""

LARGEST_ID = 63
"""Bits of a number that SQLite can hold."""

NO_CANVAS = "There is no such canvas; export --format json --all lists them all."
BAR = 30


class Mistake(Exception):  # noqa: N818 - what the caller did, in one sentence
    """Something that the caller must mend: one sentence, exit code 2."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit code."""
    sys.excepthook = speechless
    without_core_dumps()
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
    export = commands.add_parser("export", help="answers and advice as documents and pictures")
    export.add_argument("--format", required=True, choices=FORMS)
    export.add_argument("--what", choices=dict.fromkeys(w for some in FORMS.values() for w in some))
    which = export.add_mutually_exclusive_group()
    which.add_argument("--all", action="store_true", help="every canvas (the default)")
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
    _add_trust(commands)
    doctor = commands.add_parser("doctor", help="what is wrong, and what to do about it")
    doctor.add_argument("--retry", action="store_true", help="take again what was set aside")
    doctor.add_argument("--sweep", action="store_true", help="delete what is overdue, once")
    doctor.set_defaults(run=_doctor)


def _add_trust(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    forget = commands.add_parser("forget", help="erase a person or a canvas, for good")
    which = forget.add_mutually_exclusive_group(required=True)
    which.add_argument("--chat", metavar="ID", help="everything of this person")
    which.add_argument("--canvas", type=int, metavar="ID", help="one canvas")
    forget.set_defaults(run=_forget)
    hold = commands.add_parser("hold", help="keep a canvas from going, or let it go again")
    hold.add_argument("--canvas", type=int, required=True, metavar="ID")
    hold.add_argument("--who", metavar="NAME", help="who asks for it")
    hold.add_argument("--why", metavar="TEXT", help="its person reads this")
    hold.add_argument("--release", action="store_true", help="it may go again")
    hold.set_defaults(run=_hold)
    change = commands.add_parser("rekey", help="a new key; the guide must be stopped")
    change.set_defaults(run=_rekey)


def _positive(said: str) -> int:
    number = int(said)
    if number < 1:
        raise ValueError(said)
    return number


@contextmanager
def _store(settings: Settings, busy: float = BUSY_SECONDS) -> Iterator[Store]:
    db = open_database(settings.database, settings.key_file, busy)
    erased = erased_beside(settings.database, read_keys(settings.database, settings.key_file))
    store = Store(db, settings.language, PRIVACY_VERSION, erased, settings.keep)
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
        trust.complete(conversation, now(settings.timezone))
        papers = Papers(conversation, read_house(settings.house))
        Console(conversation, person, settings.timezone, papers, jsonl=options.jsonl).run()


def _telegram(options: argparse.Namespace) -> None:
    from bot.telegram import program  # noqa: PLC0415 - the terminal starts without it

    del options
    settings = read_settings()
    if not settings.token:
        raise Mistake("TELEGRAM_BOT_TOKEN is not set; ask BotFather for a token, put it in .env.")
    quietly()
    with _alone(settings.database), _store(settings, PATIENT_SECONDS) as store:
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
    from bot.making import Unmade  # noqa: PLC0415

    settings = read_settings()
    if options.traject is not None:
        _export_traject(options, settings)
        return
    form, what = options.format, _what(options)
    if not settings.database.exists():
        raise Mistake(f"There is no database at {settings.database}; start with: opschaalgids chat")
    house = read_house(settings.house)
    try:
        with _store(settings) as store:
            found = export(Conversation(store), form, what, options.canvas, house, show_progress)
            trust.exported(store, options.canvas, now(settings.timezone))
    except Unmade as error:
        raise Mistake(f"The {form} could not be made ({error}); try again, or use md.") from error
    if found is None:
        raise Mistake(NO_CANVAS)
    _put(options.output, found)


def _what(options: argparse.Namespace) -> str:
    """What to export, if that can be."""
    form, what = options.format, options.what or FORMS[options.format][0]
    if what not in FORMS[form]:
        raise Mistake(f"{form} does not hold {what}; choose from: {', '.join(FORMS[form])}.")
    zipped = options.canvas is None and not in_one_file(form, what)
    if _to_terminal(options.output) and (zipped or form not in TEXTS):
        made = f"All canvases as {form} make a ZIP" if zipped else f"{form} is no text"
        raise Mistake(f"{made}; add --output FILE{' or --canvas ID' if zipped else ''}.")
    if options.canvas and options.canvas.bit_length() > LARGEST_ID:
        raise Mistake(NO_CANVAS)
    return str(what)


def show_progress(done: int, of: int) -> None:
    """A bar on stderr, where somebody watches and there is something to wait for."""
    if of > 1 and sys.stderr.isatty():
        bar = "#" * (BAR * done // of)
        write(sys.stderr, f"\r[{bar:-<{BAR}}] {done} of {of}" + ("\n" if done == of else ""))
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
    copies.expire(folder, settings.keep.backups, at)
    write(sys.stdout, f"{path}\n")


def _restore(options: argparse.Namespace) -> None:
    settings = read_settings()
    with _alone(settings.database):
        at = now(settings.timezone)
        kept = copies.put_back(options.file, settings.database, settings.key_file, at)
    write(sys.stdout, f"{options.file} is the database now.\n")
    if kept:
        write(sys.stdout, f"What stood there is kept as {kept}; remove it when all is well.\n")


def _forget(options: argparse.Namespace) -> None:
    _trusted(lambda store, at: trust.forget(store, options.chat, options.canvas, at))


def _hold(options: argparse.Namespace) -> None:
    if options.release:
        _trusted(lambda store, at: trust.release(store, options.canvas, at))
    elif not (options.who and options.why):
        raise Mistake("A hold needs --who and --why: its person is told; or use --release.")
    else:
        who, why = (" ".join(clean(said).split()) for said in (options.who, options.why))
        _trusted(lambda store, at: trust.hold(store, options.canvas, who, why, at))


def _rekey(options: argparse.Namespace) -> None:
    del options
    settings = read_settings()
    if not settings.database.exists():
        raise Mistake(f"There is no database at {settings.database}, so no key to change.")
    with _alone(settings.database):
        days, today = settings.keep.backups, now(settings.timezone).date()
        older = rekey(settings.database, settings.key_file, days, today)
    write(sys.stdout, f"{settings.key_file} holds a new key, and {older} older for backups.\n")
    write(sys.stdout, "Copy it to where you keep your copy of the key.\n")


def _trusted(does: Callable[[Store, datetime], str]) -> None:
    settings = read_settings()
    with _existing(settings) as store:
        try:
            said = does(store, now(settings.timezone))
        except trust.Refused as refused:
            raise Mistake(str(refused)) from None
    write(sys.stdout, said)


@contextmanager
def _existing(settings: Settings) -> Iterator[Store]:
    if not settings.database.exists():
        raise Mistake(f"There is no database at {settings.database}; start with: opschaalgids chat")
    with _store(settings) as store:
        yield store


def _doctor(options: argparse.Namespace) -> int:
    from bot.doctor import examine, retry  # noqa: PLC0415 - only here
    from bot.sweep import sweep  # noqa: PLC0415 - likewise

    settings = read_settings()
    with _existing(settings) as store:
        if options.retry:
            write(sys.stdout, retry(Conversation(store), now(settings.timezone)))
        if options.sweep:
            sweep(Conversation(store), now(settings.timezone))
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
