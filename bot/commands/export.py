"""`opschaalgids export`: canvases and trajectories as documents, to a file or to stdout."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING

from bot.clock import now
from bot.commands.base import LARGEST, NO_CANVAS, existing, made
from bot.config import Settings, read_settings
from bot.documents.house import read_house
from bot.documents.worker import Unmade
from bot.engine.conversation import Conversation
from bot.mistake import Mistake, outlet
from bot.operators.exports import Export
from bot.operators.trajectories import Office
from bot.output import show_progress
from flows.model.papers import FORMATS, HELD, SHARED, in_one_file
from storage import audit

if TYPE_CHECKING:
    import argparse


CHANGES = "changes"  # what is made where only a day is named


def add(options: argparse.ArgumentParser) -> None:
    options.add_argument("--format", required=True, choices=HELD)
    whats = dict.fromkeys(what for some in HELD.values() for what in some)
    options.add_argument("--what", choices=whats)
    which = options.add_mutually_exclusive_group()
    which.add_argument("--all", action="store_true", help="every canvas (the default)")
    which.add_argument("--canvas", type=int, metavar="ID", help="one canvas")
    which.add_argument("--traject", type=int, metavar="ID", help="what is shared in a trajectory")
    options.add_argument(
        "--since", type=date.fromisoformat, metavar="YYYY-MM-DD",
        help="what changed since the end of that day, in every document (else: the last time); "
        "with --traject as far as it is shared",
    )
    options.add_argument("--output", default="-", metavar="PATH", help="- is standard output")
    options.set_defaults(run=_export)


def _export(options: argparse.Namespace) -> None:
    settings = read_settings()
    if options.traject is not None:
        _export_traject(options, settings)
        return
    form, what = options.format, _what(options)
    house, put = read_house(settings.house), outlet(options.output, settings)
    try:
        with existing(settings) as store:
            wanted = Export(Conversation(store), form, what, house, options.since)
            found = wanted.made(options.canvas, show_progress)
            with store.transaction():
                taken = [n for n in store.canvas_numbers() if options.canvas in (None, n)]
                audit.exported(store, now(settings.timezone), "operator", taken)
    except Unmade as error:
        raise Mistake(f"The {form} could not be made ({error}); try again, or use md.") from error
    if found is None:
        raise Mistake(NO_CANVAS)
    put(found)


def _export_traject(options: argparse.Namespace, settings: Settings) -> None:
    form, house = _shared_form(options), read_house(settings.house)
    put = outlet(options.output, settings)
    with existing(settings) as store, store.transaction():
        office = Office(Conversation(store), now(settings.timezone))
        wanted = (options.traject, form, house, options.since)
        asked = office.document(*wanted) if form else None
        found = b"" if asked else office.portfolio(options.traject, options.since)
    put(made(asked) if asked else found)


def _shared_form(options: argparse.Namespace) -> str:
    """What a trajectory gives in this form; the empty text is a list for programs."""
    if options.format not in SHARED:
        raise Mistake(f"A trajectory has no {options.format}; choose from: {', '.join(SHARED)}.")
    form = SHARED[options.format]
    if form == "png" and options.since:
        raise Mistake("A picture of a trajectory shows how it is now; omit --since.")
    if form and not FORMATS[form].readable and _to_terminal(options.output):
        raise Mistake("This makes a file; add --output portfolio.xlsx or summaries.zip.")
    return form


def _what(options: argparse.Namespace) -> str:
    """What to export, if that can be."""
    form, what = options.format, options.what or HELD[options.format][0]
    if options.since and not options.what and CHANGES in HELD[form]:
        what = CHANGES
    if what not in HELD[form]:
        raise Mistake(f"{form} does not hold {what}; choose from: {', '.join(HELD[form])}.")
    zipped = options.canvas is None and not in_one_file(form, what)
    if _to_terminal(options.output) and (zipped or not FORMATS[form].readable):
        made = f"All canvases as {form} make a ZIP" if zipped else f"{form} is no text"
        raise Mistake(f"{made}; add --output FILE{' or --canvas ID' if zipped else ''}.")
    if options.canvas and abs(options.canvas) > LARGEST:
        raise Mistake(NO_CANVAS)
    return str(what)


def _to_terminal(output: str) -> bool:
    return output == "-" and sys.stdout.isatty()
