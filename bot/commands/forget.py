"""`opschaalgids forget` and `hold`: what an operator does with data; each leaves a line."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import now
from bot.commands.base import LARGEST, NO_CANVAS, existing
from bot.config import read_settings
from bot.engine.conversation import Conversation
from bot.mistake import Mistake, accepted
from bot.output import write
from flows.model.lists import LONGEST_TEXT
from storage.privacy import erasure
from storage.privacy.holds import Holds

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from storage.store import Store

LOGGED = "what this log of the guide says was erased, after a server went back to before that"
ERASED = re.compile(r"\berased (\d{4}-\d\d-\d\d [0-9a-f]{64})\b")


def add(forgetting: argparse.ArgumentParser, holding: argparse.ArgumentParser) -> None:
    which = forgetting.add_mutually_exclusive_group(required=True)
    which.add_argument("--chat", metavar="ID", help="everything of this person")
    which.add_argument("--canvas", type=int, metavar="ID", help="one canvas")
    which.add_argument("--log", type=Path, metavar="FILE", help=LOGGED)
    forgetting.set_defaults(run=_forget)
    holding.add_argument("--canvas", type=int, required=True, metavar="ID")
    holding.add_argument("--who", metavar="NAME", help="who asks for it")
    holding.add_argument("--why", metavar="TEXT", help="its person reads this")
    holding.add_argument("--release", action="store_true", help="it may go again")
    holding.set_defaults(run=_hold)


def _forget(options: argparse.Namespace) -> None:
    settings = read_settings()
    with existing(settings) as store:
        if options.log:
            said = _again(store, options.log, now(settings.timezone))
        else:
            said = forget(store, options.chat, options.canvas, now(settings.timezone))
    write(sys.stdout, said)


def _again(store: Store, log: Path, at: datetime) -> str:
    """A server that went back to a moment of before does not know what was erased since."""
    try:
        lines = ERASED.findall(log.read_text(encoding="utf-8", errors="replace"))
    except OSError as error:
        raise Mistake(f"{log} cannot be read ({error.strerror}); name a file of the log.") from None
    if not lines:
        raise Mistake(f"{log} says of nothing that it was erased; name a file of the log.")
    if store.erased:
        store.erased.join(lines)
    gone = len(Conversation(store).complete(at))
    return f"Of {len(lines)} things that were erased by that log {gone} were here, and are gone.\n"


def _hold(options: argparse.Namespace) -> None:
    """A canvas does not go, also where its person asks for that; or it may again, at its time."""
    number, who, why = options.canvas, options.who, options.why
    if not options.release and not (who and why):
        raise Mistake("A hold needs --who and --why: its person is told; or use --release.")
    if not options.release:
        who, why = accepted(who, "--who"), accepted(why, "--why", LONGEST_TEXT)
    settings = read_settings()
    with existing(settings) as store, store.transaction():
        _owner(store, number)
        at, holds = now(settings.timezone), Holds(store)
        if options.release and not holds.release(number, at):
            raise Mistake(f"Nothing holds canvas {number}; opschaalgids doctor shows what is held.")
        if not options.release and (held := holds.hold(number, who, why, at)):
            raise Mistake(f"Canvas {number} is held already by {held}; release it first.")
    done = "may go again at its time" if options.release else "is held"
    write(sys.stdout, f"Canvas {number} {done}.\n")


def forget(store: Store, chat: str | None, canvas: int | None, at: datetime) -> str:
    """Erase a person or a canvas, with its person where it is their only one."""
    try:
        with store.transaction():
            owner = chat or _owner(store, canvas or 0)
            if not store.knows(owner):
                raise Mistake("There is no such chat; write its number, or terminal:NAME.")
            of = None if chat or len(store.canvases_of(owner)) == 1 else canvas
            erasure.erase(store, owner, of, "operator", at)
    except erasure.Held as held:
        raise Mistake(f"{held}; release it first: opschaalgids hold --release.") from None
    store.scrub()
    return f"Canvas {of} is erased.\n" if of else "All that was known of this person is erased.\n"


def _owner(store: Store, canvas: int) -> str:
    owner = store.owner(canvas) if 0 < canvas <= LARGEST else None
    if owner is None:
        raise Mistake(NO_CANVAS)
    return owner
