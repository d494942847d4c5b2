"""A person's screen as a page: what was said, what is asked, and what can be chosen there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from bot.channels.web.markup import blocks, titled
from content.messages.html import plain
from flows.model.kinds import KIND, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup

    from flows.model.messages import Asks, Choice, Message
    from storage.conversations.outbox import Outgoing
    from storage.web.screen import Screen

Form = Literal["choices", "several", "open", "menu", ""]

WRITES = ("steer.prompt", "steer.zone")
"""Menus of a desk, by how their key begins, under which words are an answer too."""

BESIDE = ("/done",)
"""What the page's own button does."""


@dataclass(frozen=True)
class File:
    """Something to take along: where it is, what it is called."""

    number: int
    name: str


@dataclass(frozen=True)
class WebPage:
    """`news`: what was said, oldest first; `title`: what is asked, or what the text is about.

    `options`: answers; `commands`: what else can be done there; `writes`: there is a field
    for words, of one line where `line`. `before`: what was answered before.
    """

    title: str
    ref: str = ""
    news: tuple[Markup, ...] = ()
    text: str = ""
    progress: str = ""
    hint: str = ""
    before: str = ""
    form: Form = ""
    options: tuple[Choice, ...] = ()
    commands: tuple[Choice, ...] = ()
    writes: bool = False
    line: bool = False
    files: tuple[File, ...] = ()


def page_of(screen: Screen, words: Mapping[str, Any]) -> WebPage:
    """The whole of it. `words`: of the web's own, in the reader's language."""
    shown = screen.shown
    before = [one for one in screen.news if shown is None or one.id < shown.id]
    after = [one for one in screen.news if shown is not None and one.id > shown.id]
    news = tuple(blocks(one.message.html) for one in (*before, *after))
    files = tuple(
        File(one.id, one.message.file_name)
        for one in (*screen.news, *([shown] if shown else []))
        if one.message.document or one.message.file_name
    )
    if shown is None:
        return WebPage(words["page"]["nothing_asked"], news=news, files=files)
    return asking_page(shown, words, news, files)


def asking_page(
    shown: Outgoing,
    words: Mapping[str, Any],
    news: tuple[Markup, ...] = (),
    files: tuple[File, ...] = (),
) -> WebPage:
    """One message with its choices; what was said before the question in it is news."""
    message = shown.message
    if message.asks is None:
        return _menu(shown, words, news, files)
    told = tuple(blocks(part.html) for part in message.parts[:-1])
    asks, (options, commands) = message.asks, _sorted(message)
    return WebPage(
        asks.text, shown.ref, (*news, *told), progress=asks.progress, hint=asks.hint,
        before=plain(asks.old), form=_form(asks), options=options, commands=commands,
        writes=_kind(asks).open, line=_kind(asks).reads in ("line", "date"), files=files,
    )  # fmt: skip


def _menu(
    shown: Outgoing, words: Mapping[str, Any], news: tuple[Markup, ...], files: tuple[File, ...]
) -> WebPage:
    message, titles = shown.message, words["titles"]
    title, text = titled(message.html)
    named = titles.get(message.key.replace(".", "_")) or titles.get(message.kind)
    return WebPage(
        plain(title) or named or words["page"]["choose"], shown.ref, news, blocks(text),
        form="menu", options=message.choices, writes=message.key.startswith(WRITES), line=True,
        files=files,
    )  # fmt: skip


def _kind(asks: Asks) -> Any:
    return KIND[asks.kind]  # type: ignore[index]  # kept as it was asked


def _form(asks: Asks) -> Form:
    kind = _kind(asks)
    return "several" if kind.some else "open" if kind.open else "choices"


def _sorted(message: Message) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    """(answers, what else can be done): "I do not know yet" is the last of the answers."""
    answers = tuple(c for c in message.choices if c.key[0] != "/")
    known = tuple(c for c in answers if c.key != UNKNOWN)
    commands = tuple(c for c in message.choices if c.key[0] == "/" and c.key not in BESIDE)
    return (*known, *(c for c in answers if c.key == UNKNOWN)), commands
