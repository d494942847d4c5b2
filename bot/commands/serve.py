"""`opschaalgids serve`: the guide on every channel that is set, one program per database."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.commands.base import alone, as_it_is
from bot.config import read_settings
from bot.delivery.channel import Revoked
from bot.engine.conversation import Conversation
from bot.mistake import Mistake

if TYPE_CHECKING:
    import argparse

    from bot.config import Settings

PATIENT_SECONDS = 0.5
"""The bot waits no longer for a lock before it tries again later: its loop stands still then."""


def add(serve: argparse.ArgumentParser, telegram: argparse.ArgumentParser) -> None:
    serve.set_defaults(run=_serve)
    telegram.set_defaults(run=_telegram)


def _serve(_: argparse.Namespace) -> None:
    settings = read_settings()
    if not (settings.token or settings.web):
        raise Mistake(
            "Nothing leads to the guide; set TELEGRAM_BOT_TOKEN or OPSCHAALGIDS_WEB_URL in .env, "
            "or both."
        )
    _runs(settings)


def _telegram(_: argparse.Namespace) -> None:
    """The same, where Telegram may not be left out by mistake."""
    settings = read_settings()
    if not settings.token:
        raise Mistake("TELEGRAM_BOT_TOKEN is not set; ask BotFather for a token, put it in .env.")
    _runs(settings)


def _runs(settings: Settings) -> None:
    from bot import program  # noqa: PLC0415 - the terminal starts without it

    program.quietly()
    with alone(settings.database), as_it_is(settings, busy=PATIENT_SECONDS) as store:
        try:
            conversation = Conversation(store, operators=settings.operators)
            asyncio.run(program.Program(conversation, settings).run())
        except Revoked as revoked:
            raise Mistake(str(revoked)) from None
