"""Reply -> Message: one way for all that is said, escaped in one place."""

from __future__ import annotations

from functools import partial
from types import NoneType
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from content.messages.attachments import attached
from content.messages.buttons import choices
from content.messages.facts import facts_of
from content.messages.html import LIMIT, split
from content.messages.templates import PLAIN, template
from content.words.naming import pointing
from content.words.steering import SteeringWords, kept
from content.words.undertaken import undertaken
from content.words.vocabulary import Words
from flows.exchange import state_of
from flows.intents.text import visible
from flows.model.journey import changed
from flows.model.kinds import KIND
from flows.model.messages import Asks, Message, Passage, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from content.loader import Content
    from flows.expiry import Keep
    from flows.model.canvas import Question
    from flows.model.journey import Given
    from flows.model.messages import Language
    from flows.model.turn import Turn

PRIVACY_VERSION = "3"  # goes up when the privacy text promises something else
STAYING = frozenset({"welcome", "advice", "finished", "summary", "recap", "documents", "renew"})
"""Menus under a text that is worth keeping: what follows does not take their place."""

OVER = frozenset({
    "trajectories", "overview", "ask_what", "ask_whom", "preview", "sharing", "logbook", "words",
    "early",
})  # fmt: skip
"""Menus of a desk in whose place the next step may come; all other texts of a desk stay."""

TO_OTHERS = frozenset({"invite_text", "invitation_paper"})
"""What goes to somebody else is in the language of the trajectory."""


def agreement(keep: Keep) -> str:
    """The version of the privacy text: another one where it promises something else."""
    return f"{PRIVACY_VERSION} (server)" if keep.server else PRIVACY_VERSION


def render(content: Content, turn: Turn, keep: Keep | None = None) -> tuple[Message, ...]:
    """All messages of a turn, as `content` says them. `keep`: what is promised."""
    session = turn.session
    words = Words(content, session.language, session.walk, session.pilots, keep)
    said = SteeringWords(content, session.language, words=words)
    return placed(said, turn, turn.replies)


def placed(said: SteeringWords, turn: Turn, replies: Sequence[Reply]) -> tuple[Message, ...]:
    """Replies of a turn in words, the first in the place of what was pressed or answered."""
    found = messages(said, replies, state_of(turn.session))
    found[:1] = [_placed(said, turn, replies, message) for message in found[:1]]
    return tuple(found)


def messages(said: SteeringWords, replies: Sequence[Reply], state: str = "") -> list[Message]:
    """Every reply in words; those that join flow into the next."""
    found: list[Message] = []
    parts: list[Passage] = []
    for reply in replies:
        others = reply.name in TO_OTHERS
        its = said.into(reply.data["trajectory"].language) if others else said
        asked = "position" in reply.data
        html, asks = _question(its, reply.data) if asked else (_worded(its, reply), None)
        parts += [Passage(reply.name, html)] if html else []
        if not reply.joins:
            message = Message(
                reply.name, reply.asking or "", tuple(parts), choices(its, reply), state,
                asks=asks, brief=reply.brief, **attached(its, reply),
            )  # fmt: skip
            found += [message] if 2 * len(message.html) <= LIMIT else _whole(message)
            parts = []
    return found


def _whole(message: Message) -> list[Message]:
    """One or, where it is long, several; what goes along and the buttons go with the last."""
    *before, last = split(message.html)
    if not before:
        return [message]
    kind = message.kind
    first = [
        Message(kind, message.key, (Passage(kind, text),), (), message.state) for text in before
    ]
    return [*first, changed(message, parts=(Passage(kind, last),))]


# ---------------------------------------------------------------- one reply


def _worded(said: SteeringWords, reply: Reply) -> str:
    """A reply in words; remembered where its facts are nobody's own words."""
    if all(_common(said.words.content, fact) for fact in reply.data.values()):
        return said.remembered(_html, reply.name, *reply.data.items())
    return _html(said, reply.name, *reply.data.items())


def _common(content: Content, fact: Any) -> bool:
    """Whether it is a number, a key of the content, or nothing said."""
    if fact.__class__ is tuple:
        return all(_common(content, one) for one in fact)
    return fact.__class__ in (int, bool, NoneType) or (
        fact.__class__ is str and (not fact or fact in content.keys)
    )


def _html(said: SteeringWords, name: str, *facts: tuple[str, Any]) -> str:
    if name.startswith("half_page"):
        from content.documents.markdown import half_page  # noqa: PLC0415 - a document

        return str(Markup.escape(visible(half_page(said.words, name).strip())))
    data = dict(facts)
    text, names = template(said.source("say", name))
    own: dict[str, Any] = {"library": partial(said.library, data)}
    if "privacy_version" in names:
        own["privacy_version"] = agreement(said.words.keep)
    return text.render(own | facts_of(said, name, data, names)).strip("\n")


def _question(said: SteeringWords, data: Mapping[str, Any]) -> tuple[str, Asks]:
    """A question in words, and taken apart; remembered where it shows no old answer."""
    at, old, since = data["position"], data["old"], data.get("since")
    far = (at.number, at.of, data["planned"], "look_back" if since else "five")
    facts = (data["key"], far, len(data["picked"][:1]))
    if old is None and not data["noted"] and not since:
        return said.remembered(_asked, *facts)
    words, key = said.words, data["key"]
    if "passed" in data:
        instead = str(words.said["asks"]["went"])
        return _asked(said, *facts, (undertaken(words, data["passed"]), instead))
    before = still_so(words, key, old, since) if since else _before(words, key, old, data["noted"])
    return _asked(said, *facts, (before, ""))


def _before(words: Words, key: str, old: Any, noted: str) -> str:
    """What was answered here before, or said already with the choice that this asks more of."""
    if old is not None:
        return old_answer(words, key, old)
    shown, _ = template(words.said["asks"]["noted"], PLAIN)
    return shown.render(note=noted) if noted else ""


def _asked(
    said: SteeringWords,
    key: str,
    far: tuple[int, int, int, str],
    ticks: int,
    told: tuple[str, str] = ("", ""),
) -> tuple[str, Asks]:
    """`far`: its number, of how many, how many of a plan's questions are left, and of which.

    `told`: what was said before, and what is asked in the place of its own words.
    """
    before, instead = told
    words, question, hint = said.words, said.words.canvas[key], ""
    if KIND[question.kind].told_several and not ticks:
        hint = str(words.said["asks"]["bounded" if question.at_most else "several"])
    progress, text = _progress(words, question, far), instead or words.text(key)
    asks = Asks(key, question.kind, progress, text, before, hint, question.at_most)
    facts = ("question", ("asks", asks))
    return _html(said, *facts) if before else said.remembered(_html, *facts), asks


def old_answer(words: Words, key: str, old: Any) -> str:
    """The line that says what was answered before; of several people what each of them said."""
    joint = words.walk.joint if words.walk else None
    shown, _ = template(words.said["asks"]["each" if joint else "old"], PLAIN)
    voices = joint.newest(key) if joint else ()
    given = words.walk.given.get(key) if words.walk else None
    facts = {"voices": voices, "who": words.who, "day": words.day, "value": words.value}
    colleague = given.colleague if given else ""
    return shown.render(key=key, old=old, note=words.note(key), colleague=colleague, **facts)


def still_so(words: Words, key: str, old: Any, since: datetime) -> str:
    """The line that asks whether the answer of that day still holds."""
    shown, _ = template(words.said["asks"]["still"], PLAIN)
    by = words.colleague(key, agreed=True)
    return shown.render(key=key, old=old, value=words.value, day=words.day(since.date()), by=by)


def _progress(words: Words, question: Question, far: tuple[int, int, int, str]) -> str:
    number, of, left, plan = far
    if left:
        return str(words.said["progress"][plan]).format(left=left)
    part = words.part_number(question.part)
    line = str(words.said["progress"]["part" if part else "other"]).format(
        n=part, part=words.part_name(question.part), number=number, of=of
    )
    return f"{line} · {words.about(question.key)}" if question.of else line


def sentence(content: Content, language: Language, name: str, /, **facts: Any) -> str:
    """Something said outside a turn, with no more than its own facts."""
    said = content.words[language]["messages"]
    text, _ = template(said["say"][name])
    if "keep" in facts:
        facts["kept"] = kept(said, facts["keep"])
    return text.render({**pointing(content, language), **facts}).strip("\n")


# ---------------------------------------------------------------- its place


def _placed(said: SteeringWords, turn: Turn, replies: Sequence[Reply], message: Message) -> Message:
    """The first message after a press takes the place of what was pressed, or closes it."""
    pressed, shown, canvas = turn.session.pressed, turn.session.shown, said.words.canvas
    at_desk = any(reply.at_desk for reply in replies)
    given = () if at_desk else turn.answers
    if not (at_desk or pressed) and shown and shown.key in canvas:
        # A question with choices that was answered in words: its buttons have had their time.
        # An edit answers another one, whose answer is no tick under this.
        given = tuple(one for one in given if one.question == shown.key)
        again = any(reply.asking == shown.key for reply in replies)
        if not KIND[canvas[shown.key].kind].open and (given or again):
            return changed(message, closes=shown.ref, chosen=_chosen(said, given))
    if pressed is None or message.brief or replies[0].name == "twice":
        return message
    if _gives_way(pressed.key, message.key):
        return changed(message, over=pressed.ref, chosen=_chosen(said, given))
    if not turn.opened:
        return message
    buttons = said.words.said["buttons"]
    agreed = str(Markup.escape(buttons["ticked"].format(label=buttons["agree"])))
    return changed(message, closes=pressed.ref, chosen=agreed)


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
    facts = {"key": given[-1].question, "value": given[-1].value, "note": given[-1].note}
    question = said.words.canvas.get(given[-1].question)
    facts |= {"own_words": question is not None and KIND[question.kind].open}
    return _worded(said, Reply("chosen", facts))
