"""A person's screen as a page: what was said, what is asked, and what can be chosen there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, cast

from markupsafe import Markup

from bot.channels.web.markup import blocks, titled
from content.messages.attachments import goes_along
from content.messages.html import plain
from flows.intents.at_desk import OF_WORDS
from flows.model.kinds import KIND, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flows.model.messages import Asks, Choice, Message
    from storage.conversations.outbox import Outgoing
    from storage.web.screen import Screen

Form = Literal["choices", "several", "open", "menu", ""]

WRITES = ("steer.prompt", *OF_WORDS)
"""Menus of a desk, by how their key begins, under which words are an answer too."""

PASSED_ON = ("colleague_text", "forward_text", "invite_text", "appoint_text", "keep_text")
"""Messages that somebody sends on to another, as they stand."""

COPIED = Markup(
    '<div id="pass{}">{}</div><button class="utrecht-button utrecht-button--secondary-action '
    'guide-screen" type="button" data-copy="pass{}" data-copied="{}" hidden>'
    '<span role="status">{}</span></button>'
)
LETTER = "prompt_text"
"""What a kwartiermaker wrote in their own words: whoever reads it can write back below it."""

BESIDE = ("/done",)
"""What the page's own button does."""


AT_END = ("finished", "steer.offer_sharing")


@dataclass(frozen=True)
class File:
    """Something to take along: where it is, what it is called."""

    number: int
    name: str


@dataclass(frozen=True)
class Beside:
    """Something that was asked besides: by a kwartiermaker, or by the guide itself.

    `writes`: there is a field for words back to them.
    """

    ref: str
    text: Markup
    options: tuple[Choice, ...]
    writes: bool = False


@dataclass(frozen=True)
class WebPage:
    """`news`: what was said, oldest first; `title`: what is asked, or what the text is about.

    `options`: answers; `commands`: what else can be done there; `writes`: there is a field
    for words, of one line where `line`, called `label` where that is not one's own words.
    `before`: what was answered before. `chosen`: what was answered just now, and `changes`:
    the asking where that can be changed. `beside` stands above all this, `below` after it.
    """

    title: str
    ref: str = ""
    chosen: str = ""
    changes: str = ""
    news: tuple[Markup, ...] = ()
    text: str = ""
    progress: str = ""
    hint: str = ""
    before: str = ""
    form: Form = ""
    options: tuple[Choice, ...] = ()
    commands: tuple[Choice, ...] = ()
    writes: bool = False
    label: str = ""
    line: bool = False
    files: tuple[File, ...] = ()
    beside: tuple[Beside, ...] = ()
    below: tuple[Beside, ...] = ()

    @property
    def known(self) -> tuple[Choice, ...]:
        """The answers but "I do not know yet"."""
        return tuple(one for one in self.options if one.key != UNKNOWN)

    @property
    def unknown(self) -> tuple[Choice, ...]:
        """That one, where it can be chosen."""
        return tuple(one for one in self.options if one.key == UNKNOWN)


def page_of(screen: Screen, words: Mapping[str, Any]) -> WebPage:
    """The whole of it. `words`: of the web's own, in the reader's language."""
    asked = [one for one in screen.news if one.message.choices and one.message.asks is None]
    others = (*screen.standing, *asked)
    if not others:
        return _page_of(screen, words)
    end = asked[-1] if asked and _at_end(screen.shown, asked[-1]) else None
    below = (screen.shown,) if end and screen.shown else ()
    news = tuple(one for one in screen.news if one not in asked)
    left = replace(screen, shown=end or screen.shown, news=news)
    page = _page_of(left, words)
    beside = tuple(_beside(one) for one in others if one is not end)
    return replace(page, beside=beside, below=tuple(map(_beside, below)))


def _at_end(shown: Outgoing | None, asked: Outgoing) -> bool:
    """Whether sharing is offered where a walk just ended: that stands below what was found."""
    return shown is not None and (asked.message.key, shown.message.key) == AT_END


def _beside(one: Outgoing) -> Beside:
    writes = one.message.kind == LETTER
    return Beside(one.ref, blocks(one.message.html), one.message.choices, writes)


def _page_of(screen: Screen, words: Mapping[str, Any]) -> WebPage:
    shown = screen.shown
    said = sorted([*screen.news, *([shown] if shown else [])], key=lambda one: one.id)
    files = tuple(
        File(one.id, one.message.file_name)
        for one in said
        if goes_along(one.message)
    )
    if shown is None or (screen.over and shown.message.asks is None):
        title, text = _headed([one for one in said if one is not shown])
        plainly = words["page"]["told" if text else "nothing_asked"]
        return WebPage(title or plainly, text=text, files=files)
    if shown.message.asks is None:
        return replace(_menu(shown, said, words), files=files)
    news = tuple(_told(one, words) for one in said if one is not shown)
    return asking_page(shown, news, files)


def _told(one: Outgoing, words: Mapping[str, Any]) -> Markup:
    """What was said; with a button to copy it where it is to be sent on."""
    text, page = blocks(one.message.html), words["page"]
    if one.message.kind not in PASSED_ON:
        return text
    return COPIED.format(one.id, text, one.id, page["copied"], page["copy"])


def asking_page(
    shown: Outgoing, news: tuple[Markup, ...] = (), files: tuple[File, ...] = ()
) -> WebPage:
    """One question; what was said before it in the same breath is news."""
    message = shown.message
    asks, (options, commands) = cast("Asks", message.asks), _sorted(message)
    told = tuple(blocks(part.html) for part in message.parts[:-1])
    return WebPage(
        asks.text, shown.ref, plain(message.chosen), message.over,
        (*news, *told), progress=asks.progress, hint=asks.hint,
        before=plain(asks.old), form=_form(asks), options=options, commands=commands,
        writes=_kind(asks).open, line=_kind(asks).one_line,
        files=files,
    )  # fmt: skip


def _menu(shown: Outgoing, said: Sequence[Outgoing], words: Mapping[str, Any]) -> WebPage:
    """A text with buttons under it: its first bold line is what the page is about."""
    message, titles = shown.message, words["titles"]
    title, text = _headed(said)
    key = message.key.replace(".", "_")
    named = titles.get(key) or titles.get(message.kind)
    if not (title or named):  # what was done stands first, and is not what the page is about
        title, text = _headed(said, said.index(shown))
    label = words["fields"].get(key, "")
    # One button under what was said leads on from it: that leaves nothing to choose.
    plainly = words["page"]["choose" if len(message.choices) > 1 else "told"]
    return WebPage(
        title or named or plainly, shown.ref, text=text, form="menu",
        options=tuple(one for one in message.choices if not (label and one.key == "again")),
        writes=message.key.startswith(WRITES), line=True, label=label,
    )  # fmt: skip


def _headed(said: Sequence[Outgoing], about: int = 0) -> tuple[str, Markup]:
    """(the bold line that one of them begins with, all the rest) of some messages."""
    if not said:
        return "", Markup()
    texts = [one.message.html for one in said]
    title, texts[about] = titled(texts[about])
    return plain(title), Markup("\n").join(blocks(text, headings=True) for text in texts)


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
