"""`opschaalgids traject`: a kwartiermaker's desk, for scripts; a table, or JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.clock import now
from bot.commands.base import made, opened
from bot.config import read_settings
from bot.documents.house import read_house
from bot.engine.conversation import Conversation
from bot.mistake import Mistake, accepted, outlet
from bot.operators.trajectories import Office
from bot.output import write
from flows.intents import invited
from flows.intents.choices import units
from flows.intents.text import clean, one_line
from flows.model.lists import LONGEST_NAME, LONGEST_TEXT

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

WHATS = {
    "list": "all trajectories",
    "appoint": "a link that makes a kwartiermaker, after a yes",
    "confirm": "that yes, to who used the link with this mark",
    "dismiss": "somebody is no kwartiermaker any more",
    "add": "a trajectory for a kwartiermaker",
    "invite": "links for municipalities, from a CSV or by name",
    "move": "a link that moves a place from an account that is lost",
    "overview": "who is how far, and what is shared",
    "prompt": "count whom a prompt goes to; --send sends it off",
}
LINKS = ("municipality", "name", "link", "expires")
COLUMNS = {
    "list": ("id", "name", "keepers", "people", "language"),
    "appoint": ("name", "mark", "link", "expires"),
    "invite": LINKS,
    "move": LINKS,
    "overview": (
        "municipality", "name", "part", "settled", "asked", "week", "open_points", "shared",
    ),
}  # fmt: skip
"""What a table shows; all that is found of any other."""

TWO_NAMES = 2 * LONGEST_NAME + 2


def add(traject: argparse.ArgumentParser) -> None:
    which = traject.add_subparsers(required=True, metavar="WHAT", dest="what")
    of = {what: which.add_parser(what, help=line) for what, line in WHATS.items()}
    of["confirm"].add_argument("mark", metavar="MARK", help="as it stands beside the link")
    for what in ("appoint", "dismiss", "add"):
        of[what].add_argument("name", metavar="NAME")
    for what in ("invite", "move", "overview", "prompt"):
        of[what].add_argument("traject", type=int, metavar="ID")
    of["add"].add_argument("--keeper", required=True, metavar="NAME", help="its kwartiermaker")
    invite, prompt = of["invite"], of["prompt"]
    invite.add_argument("file", metavar="FILE", help="municipality,name per line; - reads stdin")
    invite.add_argument("--pdf", metavar="PATH", help="also as sheets to hand over, a page each")
    of["move"].add_argument("who", metavar="WHO", help="MUNICIPALITY, or MUNICIPALITY,NAME")
    prompt.add_argument("--kind", default="open", metavar="KIND", help="open, actions, again, text")
    prompt.add_argument("--to", default="all", metavar="WHOM", help="all, quiet, a municipality")
    prompt.add_argument("--text", default="", metavar="TEXT")
    prompt.add_argument("--send", action="store_true")
    for one in of.values():
        one.add_argument("--json", action="store_true", help="for programs")
    traject.set_defaults(run=_traject)


def _traject(options: argparse.Namespace) -> None:
    settings = read_settings()
    house, paper = read_house(settings.house), getattr(options, "pdf", None)
    put = outlet(paper, settings) if paper else None
    text = _read(options.file) if options.what == "invite" else ""
    with opened(settings) as store, store.transaction():
        link = settings.web.link if settings.web else ""
        office = Office(Conversation(store), now(settings.timezone), link)
        if paper and not office.said.link:  # links are shown once: before any is made
            raise Mistake(
                "A sheet needs the address of the guide, which has not run yet; omit --pdf."
            )
        found = _found(office, options, text)
        sheets = office.sheets(options.traject, house) if paper else None
    if options.json:
        write(sys.stdout, json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    else:
        many = found if isinstance(found, list) else [found]
        write(sys.stdout, _table(many, COLUMNS.get(options.what) or tuple(found)))
    if put and sheets:
        put(made(sheets))


def _found(office: Office, options: argparse.Namespace, text: str) -> Any:
    """Rows, or one of them. `text`: of the file that names whom to invite."""
    found: list[dict[str, Any]] | dict[str, Any]
    match options.what:
        case "list":
            found = office.desks.trajectories()
        case "appoint":
            found = [office.appoint(accepted(options.name, "NAME"))]
        case "confirm":
            found = {"name": office.confirm(accepted(options.mark, "MARK"))}
        case "dismiss":
            found = {"left without": office.dismiss(accepted(options.name, "NAME"))}
        case "add":
            name, keeper = accepted(options.name, "NAME"), accepted(options.keeper, "--keeper")
            found = {"id": office.add(name, keeper)}
        case "invite":
            found = office.invite(options.traject, pairs(text))
        case "move":
            found = [office.move(options.traject, accepted(options.who, "WHO", TWO_NAMES))]
        case "overview":
            found = office.overview(options.traject)
        case _:
            found = _prompted(office, options)
    return found


def _prompted(office: Office, options: argparse.Namespace) -> dict[str, Any]:
    text, to = clean(options.text), accepted(options.to, "--to")
    if units(text) > LONGEST_TEXT:
        raise Mistake(f"--text has {units(text)} characters; write at most {LONGEST_TEXT}.")
    count = office.prompt(options.traject, options.kind, to, text, send=options.send)
    return {"people": count, "sent": options.send and count > 0}


def _read(path: str) -> str:
    """Before anything is opened: whoever types may take all day."""
    if path == "-":
        return sys.stdin.buffer.read().decode("utf-8", "replace")
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Mistake(f"{path} cannot be read ({error}); write it as UTF-8.") from error


def pairs(text: str) -> list[tuple[str, str]]:
    """`municipality,name` per line. Raises Mistake with the number of the line that is none."""
    try:
        return invited.pairs(text)
    except invited.UnreadLine as unread:
        line, size = unread.line, unread.units
        raise Mistake(
            f"Line {line} has a name of {size} characters; shorten it to {LONGEST_NAME}."
            if size
            else f"Line {line} is no CSV ({unread}); write one a line."
        ) from None


def _table(found: Sequence[dict[str, Any]], names: Sequence[str]) -> str:
    lines = [list(names), *([one_line(str(row[name])) for name in names] for row in found)]
    wide = [max(len(line[at]) for line in lines) for at in range(len(names))]
    return "".join(
        "  ".join(cell.ljust(w) for cell, w in zip(line, wide, strict=True)).rstrip() + "\n"
        for line in lines
    )
