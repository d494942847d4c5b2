"""`opschaalgids forget` and `hold`: what an operator does with someone's data."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bot.clock import now
from bot.commands.base import existing
from bot.config import read_settings
from bot.mistake import Mistake, accepted
from bot.operators import data
from bot.output import write
from flows.model.lists import LONGEST_TEXT

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from datetime import datetime

    from storage.store import Store


def add(forget: argparse.ArgumentParser, hold: argparse.ArgumentParser) -> None:
    which = forget.add_mutually_exclusive_group(required=True)
    which.add_argument("--chat", metavar="ID", help="everything of this person")
    which.add_argument("--canvas", type=int, metavar="ID", help="one canvas")
    forget.set_defaults(run=_forget)
    hold.add_argument("--canvas", type=int, required=True, metavar="ID")
    hold.add_argument("--who", metavar="NAME", help="who asks for it")
    hold.add_argument("--why", metavar="TEXT", help="its person reads this")
    hold.add_argument("--release", action="store_true", help="it may go again")
    hold.set_defaults(run=_hold)


def _forget(options: argparse.Namespace) -> None:
    _trusted(lambda store, at: data.forget(store, options.chat, options.canvas, at))


def _hold(options: argparse.Namespace) -> None:
    if options.release:
        _trusted(lambda store, at: data.release(store, options.canvas, at))
    elif not (options.who and options.why):
        raise Mistake("A hold needs --who and --why: its person is told; or use --release.")
    else:
        who, why = accepted(options.who, "--who"), accepted(options.why, "--why", LONGEST_TEXT)
        _trusted(lambda store, at: data.hold(store, options.canvas, who, why, at))


def _trusted(does: Callable[[Store, datetime], str]) -> None:
    settings = read_settings()
    with existing(settings) as store:
        try:
            said = does(store, now(settings.timezone))
        except data.Barred as barred:
            raise Mistake(str(barred)) from None
    write(sys.stdout, said)
