"""`opschaalgids traject`: a kwartiermaker's desk, for scripts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import now
from bot.commands.base import made, opened
from bot.config import read_settings
from bot.documents.house import read_house
from bot.engine.conversation import Conversation
from bot.mistake import Mistake, outlet
from bot.operators.tables import answer
from bot.operators.trajectories import Office, Unknown
from bot.output import write

if TYPE_CHECKING:
    import argparse
    from typing import TypeAlias

    Subcommands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - it has no public name


def add(traject: argparse.ArgumentParser) -> None:
    which = traject.add_subparsers(required=True, metavar="WHAT", dest="what")
    listed = which.add_parser("list", help="all trajectories")
    appoint = which.add_parser("appoint", help="a link that makes a kwartiermaker")
    appoint.add_argument("name", metavar="NAME")
    dismiss = which.add_parser("dismiss", help="somebody is no kwartiermaker any more")
    dismiss.add_argument("name", metavar="NAME")
    new = which.add_parser("add", help="a trajectory for a kwartiermaker")
    new.add_argument("name", metavar="NAME")
    new.add_argument("--keeper", required=True, metavar="NAME", help="its kwartiermaker")
    invite = which.add_parser("invite", help="links for municipalities, from a CSV or by name")
    invite.add_argument("traject", type=int, metavar="ID")
    invite.add_argument("file", metavar="FILE", help="municipality,name per line; - reads stdin")
    invite.add_argument("--pdf", metavar="PATH", help="also as sheets to hand over, a page each")
    move = which.add_parser("move", help="a link that moves a place from an account that is lost")
    move.add_argument("traject", type=int, metavar="ID")
    move.add_argument("who", metavar="WHO", help="MUNICIPALITY, or MUNICIPALITY,NAME")
    overview = which.add_parser("overview", help="who is how far, and what is shared")
    overview.add_argument("traject", type=int, metavar="ID")
    prompt = _add_prompt(which)
    for one in (listed, appoint, dismiss, new, invite, move, overview, prompt):
        one.add_argument("--json", action="store_true", help="for programs")
    traject.set_defaults(run=_traject)


def _add_prompt(which: Subcommands) -> argparse.ArgumentParser:
    prompt = which.add_parser("prompt", help="count whom a prompt goes to; --send sends it off")
    prompt.add_argument("traject", type=int, metavar="ID")
    prompt.add_argument("--kind", default="open", metavar="KIND", help="open, actions, again, text")
    prompt.add_argument("--to", default="all", metavar="WHOM", help="all, quiet, a municipality")
    prompt.add_argument("--text", default="", metavar="TEXT")
    prompt.add_argument("--send", action="store_true")
    return prompt


def _traject(options: argparse.Namespace) -> None:
    settings = read_settings()
    house, paper = read_house(settings.house), getattr(options, "pdf", None)
    put = outlet(paper, settings) if paper else None
    text = _read(options.file) if options.what == "invite" else ""
    with opened(settings) as store, store.transaction():
        try:
            office = Office(Conversation(store), now(settings.timezone))
            if paper:
                _needs_address(office)
            said = answer(office, options, text)
            sheets = office.sheets(options.traject, house) if paper else None
        except Unknown as error:
            raise Mistake(str(error)) from None
    write(sys.stdout, said)
    if put and sheets:
        put(made(sheets))


def _needs_address(office: Office) -> None:
    """Links are shown once, so this is asked before any is made."""
    if not office.said.link:
        raise Mistake("A sheet needs the address of the bot, which has not run yet; omit --pdf.")


def _read(path: str) -> str:
    """Before anything is opened: whoever types may take all day."""
    if path == "-":
        return sys.stdin.buffer.read().decode("utf-8", "replace")
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Mistake(f"{path} cannot be read ({error}); write it as UTF-8.") from error
