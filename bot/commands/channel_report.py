"""What doctor tells of each channel: whether it is heard, and what is wrong there."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from bot.delivery import reach
from bot.engine.gap import HEARD, MAIL_TROUBLE, MAILED, REVOKED, fact_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.channel_settings import WebSettings
    from bot.config import Settings
    from storage.store import Store

ASKED_WITHIN = 2.0  # seconds until nobody is said to listen


def heard_of(store: Store, settings: Settings) -> bool:
    """Whether any channel was ever heard, also one that is not set any more."""
    return any(store.fact(fact_of(HEARD, channel)) for channel in settings.channels)


def told(store: Store, settings: Settings) -> tuple[list[str], list[str]]:
    """(lines, findings): a finding is one sentence with what to do."""
    lines, findings = list[str](), list[str]()
    if heard := store.fact(HEARD):
        lines.append(f"last heard of Telegram: {heard}")
    if reached := reach.kept(store) if settings.webhook else None:
        lines.append(reached.line)
        findings += reached.findings()
    if settings.web:
        lines.append(_web(store, settings.web))
        findings += [*_listens(settings.web), *_theme(settings)]
    if settings.mail:
        lines.append(f"mail: the last one left at {store.fact(MAILED) or 'no time yet'}")
        findings += _mail(store)
    return lines, [*findings, *_revoked(store, settings)]


def _revoked(store: Store, settings: Settings) -> Iterator[str]:
    for channel in settings.channels:
        if said := store.fact(fact_of(REVOKED, channel)):
            yield f"At {said.rstrip('.')}, and restart the guide."


def _web(store: Store, web: WebSettings) -> str:
    heard = store.fact(fact_of(HEARD, "web"))
    return f"web: {web.url}, last heard {heard}" if heard else f"web: {web.url}, not heard yet"


def _theme(settings: Settings) -> Iterator[str]:
    """What would keep the program from starting."""
    from bot.program import theme_trouble  # noqa: PLC0415 - where there is no web it is not loaded

    if trouble := theme_trouble(settings):
        yield trouble


def _mail(store: Store) -> Iterator[str]:
    if said := store.fact(MAIL_TROUBLE):
        yield f"No mail leaves since {said}; check OPSCHAALGIDS_MAIL, _MAIL_PASSWORD and _MAIL_FROM"


def _listens(web: WebSettings) -> Iterator[str]:
    """On this computer; whether the address leads here is for whoever is elsewhere to see."""
    host, port = web.listen
    try:
        socket.create_connection((host, port), ASKED_WITHIN).close()
    except OSError:
        yield (
            f"Nothing listens on {host}:{port} for {web.url}; start the guide: opschaalgids serve"
        )
