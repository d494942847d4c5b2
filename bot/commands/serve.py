"""`opschaalgids serve`: the guide on every channel that is set, one program per database."""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from typing import TYPE_CHECKING

from bot.clock import now
from bot.commands.base import alone, as_it_is
from bot.config import read_settings
from bot.delivery.channel import Revoked
from bot.engine.conversation import Conversation
from bot.mistake import Mistake, accepted
from bot.operators import standby
from bot.operators.trajectories import Office
from bot.output import write

if TYPE_CHECKING:
    import argparse

    from bot.config import Settings
    from bot.program import Program

PATIENT_SECONDS = 0.5
"""The bot waits no longer for a lock before it tries again later: its loop stands still then."""


def add(serve: argparse.ArgumentParser, telegram: argparse.ArgumentParser) -> None:
    serve.add_argument(
        "--first", metavar="NAME", help="on this computer: a link that makes NAME a kwartiermaker"
    )
    serve.set_defaults(run=_serve)
    telegram.set_defaults(run=_telegram)


def _serve(options: argparse.Namespace) -> None:
    settings = read_settings()
    if options.first and (not settings.web or settings.web.secure):
        raise Mistake("--first is for http://localhost; elsewhere: opschaalgids traject appoint")
    if not any(settings.channels.values()):
        raise Mistake(
            "Nothing leads to the guide; set TELEGRAM_BOT_TOKEN or OPSCHAALGIDS_WEB_URL in .env, "
            "or both."
        )
    _runs(settings, accepted(options.first, "NAME") if options.first else "")


def _telegram(_: argparse.Namespace) -> None:
    """The same, where Telegram may not be left out by mistake."""
    settings = read_settings()
    if not settings.token:
        raise Mistake("TELEGRAM_BOT_TOKEN is not set; ask BotFather for a token, put it in .env.")
    _runs(settings)


def _runs(settings: Settings, first: str = "") -> None:
    from bot import program  # noqa: PLC0415 - the terminal starts without it

    program.quietly()
    rooms = program.rooms(settings) if settings.server else []
    how = {"busy": PATIENT_SECONDS, "led": partial(standby.until_led, rooms=rooms)}
    with alone(settings.place), as_it_is(settings, **how) as store:
        try:
            conversation = Conversation(store, operators=settings.operators)
            running = program.Program(conversation, settings)
            asyncio.run(_with_first(running, first) if first else running.run())
        except Revoked as revoked:
            raise Mistake(str(revoked)) from None


async def _with_first(program: Program, name: str) -> None:
    """Who follows the link is a kwartiermaker at once: nobody else is on this computer."""
    store, web = program.conversation.store, program.settings.web
    link, url = (web.link, web.url) if web else ("", "")
    office = Office(program.conversation, now(program.settings.timezone), link)
    with store.transaction():
        address = office.first(name)
    write(sys.stdout, f"As {name}, a kwartiermaker: {address}\nAs an adviser: {url}\n")
    await program.run()
