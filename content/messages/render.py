"""Reply -> Message: one way for all that is said, escaped in one place."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from types import NoneType
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from content.messages.attachments import attached
from content.messages.buttons import choices
from content.messages.facts import facts_of
from content.messages.html import split
from content.messages.templates import PLAIN, template
from content.words.naming import TYPED, Naming, pointing
from content.words.steering import SteeringWords
from content.words.vocabulary import Words
from flows.exchange import state_of
from flows.intents.text import visible
from flows.model.kinds import KIND
from flows.model.messages import Asks, Message, Passage
from flows.model.periods import Keep

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from content.loader import Content
    from flows.model.journey import Given
    from flows.model.messages import Reply
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


def placed(said: SteeringWords, turn: Turn, replies: Sequence[Reply]) -> tuple[Message, ...]:
    """Replies of a turn in words, the first in the place of what was pressed or answered."""
    found = messages(said, replies, state_of(turn.session))
    return (_placed(said, turn, replies, found[0]), *found[1:]) if found else ()


def messages(said: SteeringWords, replies: Sequence[Reply], state: str = "") -> list[Message]:
    """Every reply in words; those that join flow into the next."""
    found: list[Message] = []
    parts: list[Passage] = []
    for reply in replies:
        others = reply.name in TO_OTHERS
        its = said.into(reply.data["trajectory"].language) if others else said
        asks = _asks(its.words, reply.data) if "position" in reply.data else None
        html = worded(its, reply.name, {"asks": asks} if asks else reply.data)
        parts += [Passage(reply.name, html)] if html else []
        if not reply.joins:
            message = Message(
                reply.name, reply.asking or "", tuple(parts), tuple(choices(its, reply)), state,
                asks=asks, brief=reply.brief, **attached(its, reply),
            )  # fmt: skip
            found += _whole(message)
            parts = []
    return found


def _whole(message: Message) -> Iterator[Message]:
    """One or, where it is long, several; what goes along and the buttons go with the last."""
    *before, last = split(message.html)
    for text in before:
        yield Message(
            message.kind, message.key, (Passage(message.kind, text),), state=message.state
        )
    yield replace(message, parts=(Passage(message.kind, last),)) if before else message


# ---------------------------------------------------------------- one reply


def worded(said: SteeringWords, name: str, data: Mapping[str, Any]) -> str:
    """A reply in words; remembered where its facts are nobody's own words."""
    facts, make = tuple(data.values()), partial(_worded, name=name, data=data)
    if all(_common(said.words.content, fact) for fact in facts):
        return said.remembered((name, tuple(data), facts), make)
    return make(said)


def _common(content: Content, fact: Any) -> bool:
    """Whether it is a number, a key of the content, or a question without an old answer."""
    kind = fact.__class__
    if kind is str:
        return fact in content.keys
    if kind is tuple:
        return all(_common(content, one) for one in fact)
    return kind in (int, bool, NoneType) or (kind is Asks and not fact.old)


def _worded(said: SteeringWords, name: str, data: Mapping[str, Any]) -> str:
    if name.startswith("half_page"):
        from content.documents.markdown import half_page  # noqa: PLC0415 - a document

        return str(Markup.escape(visible(half_page(said.words, name).strip())))
    text, names = template(said.source("say", name))
    own = {"library": partial(said.library, data), "privacy_version": PRIVACY_VERSION}
    return text.render(own | facts_of(said, name, data, names)).strip("\n")


def _asks(words: Words, data: Mapping[str, Any]) -> Asks:
    """A question taken apart: what a channel needs to lay it out in its own way."""
    question, position, planned = words.canvas[data["key"]], data["position"], data["planned"]
    number = words.part_number(question.part)
    line = "five" if planned else "part" if number else "other"
    progress = str(words.said["progress"][line]).format(
        left=planned, n=number, part=words.part_name(question.part),
        number=position.number, of=position.of,
    )  # fmt: skip
    if question.of and not planned:
        progress += f" · {words.about(question.key)}"
    old = hint = ""
    if data["old"] is not None:
        shown, _ = template(words.said["asks"]["old"], PLAIN)
        old = shown.render(key=question.key, old=data["old"], value=words.value)
    if KIND[question.kind].told_several and not data["picked"]:
        hint = str(words.said["asks"]["bounded" if question.at_most else "several"])
    text = words.text(question.key)
    return Asks(question.key, question.kind, progress, text, old, hint, question.at_most)


def sentence(words: Mapping[str, Any], name: str, /, naming: Naming = TYPED, **facts: Any) -> str:
    """Something said outside a turn, with no more than its own facts."""
    text, _ = template(words["messages"]["say"][name])
    return text.render({**pointing(words, naming), **facts}).strip("\n")


# ---------------------------------------------------------------- its place


def _placed(said: SteeringWords, turn: Turn, replies: Sequence[Reply], message: Message) -> Message:
    """The first message after a press takes the place of what was pressed, or closes it."""
    pressed, shown, canvas = turn.session.pressed, turn.session.shown, said.words.canvas
    at_desk = any(reply.at_desk for reply in replies)
    given = () if at_desk else turn.answers
    if not (at_desk or pressed) and shown and shown.key in canvas:
        # A question with choices that was answered in words: its buttons have had their time.
        again = any(reply.asking == shown.key for reply in replies)
        if not KIND[canvas[shown.key].kind].open and (given or again):
            return replace(message, closes=shown.ref, chosen=_chosen(said, given))
    if pressed is None or message.brief or replies[0].name == "twice":
        return message
    if _gives_way(pressed.key, message.key):
        return replace(message, over=pressed.ref, chosen=_chosen(said, given))
    if not turn.opened:
        return message
    buttons = said.words.said["buttons"]
    agreed = str(Markup.escape(buttons["ticked"].format(label=buttons["agree"])))
    return replace(message, closes=pressed.ref, chosen=agreed)


def _gives_way(pressed: str, key: str) -> bool:
    """Whether the menu that was pressed has had its time."""
    desk, _, menu = pressed.rpartition(".")
    if desk == "steer":
        return menu in OVER
    return pressed not in STAYING or pressed == key


def _chosen(said: SteeringWords, given: Sequence[Given]) -> str:
    """The line under a question that was answered: what the answer was."""
    if not given:
        return ""
    return worded(said, "chosen", {"key": given[-1].question, "value": given[-1].value})
