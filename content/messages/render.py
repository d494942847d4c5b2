"""Reply -> Message: one way for all that is said, escaped in one place."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from content.messages.asks import asks_of
from content.messages.attachments import attached
from content.messages.buttons import choices
from content.messages.facts import facts_of
from content.messages.html import split
from content.messages.templates import template
from content.words.naming import TYPED, Naming, pointing
from content.words.steering import SteeringWords
from content.words.vocabulary import Words
from flows.exchange import state_of
from flows.expiry import Keep
from flows.intents.text import visible
from flows.model.kinds import KIND
from flows.model.messages import Message, Passage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from content.loader import Content
    from flows.model.messages import Asks, Reply
    from flows.model.turn import Turn

STANDARD = Keep()

PRIVACY_VERSION = "2"
"""Goes up when the privacy text promises something else."""

STAYING = frozenset({"welcome", "advice", "finished", "summary", "recap", "documents", "renew"})
"""Menus under a text that is worth keeping: what follows does not take their place."""

OVER = frozenset(
    {"trajectories", "overview", "ask_what", "ask_whom", "preview", "sharing", "logbook"}
)
"""Menus of a desk in whose place the next step may come; all other texts of a desk stay."""

TO_OTHERS = frozenset({"invite_text", "invitation_paper"})
"""What goes to somebody else is in the language of the trajectory."""


def render(
    content: Content, turn: Turn, keep: Keep = STANDARD, naming: Naming = TYPED
) -> tuple[Message, ...]:
    """All messages of a turn. `keep`: what is promised; `naming`: how the channel points."""
    session = turn.session
    words = Words(content, session.language, session.walk, session.pilots, keep)
    said = SteeringWords(content, session.language, words=words, naming=naming)
    return placed(said, turn, turn.replies)


def placed(said: SteeringWords, turn: Turn, replies: Iterable[Reply]) -> tuple[Message, ...]:
    """Replies of a turn in words, the first in the place that it takes."""
    found = messages(said, replies, state_of(turn.session))
    return (_placed(said.words, turn, found[0]), *found[1:]) if found else ()


def messages(said: SteeringWords, replies: Iterable[Reply], state: str = "") -> list[Message]:
    """Every reply in words; those that join flow into the next."""
    found: list[Message] = []
    pending: list[Passage] = []
    for reply in replies:
        asks = asks_of(said.words, reply)
        pending.append(Passage(reply.name, html(said, reply, asks)))
        if not reply.joins:
            parts = tuple(part for part in pending if part.html)
            message = Message(reply.name, reply.asking or "", parts, state=state, asks=asks)
            found += _whole(said, reply, message)
            pending = []
    return found


def _whole(said: SteeringWords, reply: Reply, message: Message) -> Iterator[Message]:
    """One or, where it is long, several; what goes along and the buttons go with the last."""
    *before, last = split(message.html)
    for text in before:
        yield replace(message, parts=(Passage(reply.name, text),), asks=None)
    parts = (Passage(reply.name, last),) if before else message.parts
    yield replace(
        message, parts=parts, choices=tuple(choices(said, reply)), brief=reply.brief,
        **attached(_for(said, reply), reply),
    )  # fmt: skip


def html(said: SteeringWords, reply: Reply, asks: Asks | None = None) -> str:
    """One reply in words."""
    if reply.name.startswith("half_page"):
        return str(Markup.escape(visible(_half_page(said.words, reply.name))))
    said = _for(said, reply)
    own = {
        "library": partial(said.library, reply.data),
        "privacy_version": PRIVACY_VERSION,
        "asks": asks,
    }
    facts = {**said.helpers, **own, **facts_of(said.words, reply)}
    return template(said.say[reply.name]).render(facts).strip("\n")


def _half_page(words: Words, name: str) -> str:
    from content.documents.markdown import half_page  # noqa: PLC0415 - a document

    return half_page(words, name).strip()


def _for(said: SteeringWords, reply: Reply) -> SteeringWords:
    return said.into(reply.data["trajectory"].language) if reply.name in TO_OTHERS else said


def sentence(words: Mapping[str, Any], name: str, /, naming: Naming = TYPED, **facts: Any) -> str:
    """Something said outside a turn, with no more than its own facts."""
    source = words["messages"]["say"][name]
    return template(source).render({**pointing(words, naming), **facts}).strip("\n")


# ---------------------------------------------------------------- its place


def _placed(words: Words, turn: Turn, message: Message) -> Message:
    """The first message after a press takes the place of what was pressed, or closes it."""
    pressed, answered = turn.session.pressed, _typed_at(words, turn)
    if answered:
        return replace(message, closes=answered, chosen=_chosen(words, turn))
    if pressed is None or message.brief or turn.replies[0].name == "twice":
        return message
    if _gives_way(pressed.key, message.key):
        return replace(message, over=pressed.ref, chosen=_chosen(words, turn))
    return replace(message, closes=pressed.ref, chosen=_agreed(words)) if turn.opened else message


def _gives_way(pressed: str, key: str) -> bool:
    """Whether the menu that was pressed has had its time."""
    desk, _, menu = pressed.rpartition(".")
    if desk == "steer":
        return menu in OVER
    return pressed not in STAYING or pressed == key


def _typed_at(words: Words, turn: Turn) -> str:
    """The question with choices that was answered in words: its buttons have had their time."""
    shown = turn.session.shown
    pressed = turn.session.pressed
    if turn.at_desk or pressed or shown is None or shown.key not in words.canvas:
        return ""
    chosen = not KIND[words.canvas[shown.key].kind].open
    asked_again = any(reply.asking == shown.key for reply in turn.replies)
    return shown.ref if chosen and (turn.answers or asked_again) else ""


def _chosen(words: Words, turn: Turn) -> str:
    if turn.at_desk or not turn.answers:
        return ""
    given = turn.answers[-1]
    facts = {"key": given.question, "v": given.value, "short": words.short, "value": words.value}
    return template(words.said["say"]["chosen"]).render(facts)


def _agreed(words: Words) -> str:
    buttons = words.said["buttons"]
    return str(Markup.escape(buttons["ticked"].format(label=buttons["agree"])))
