"""Words whose place is not sure: shown back to who typed them, and put where they say.

They were typed after a kwartiermaker's words, or before what they would answer was shown.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.intents.at_desk import chosen
from flows.intents.choices import Misfit, fold
from flows.intents.heard import WORDS
from flows.intents.typed import typed_under
from flows.interview.answering import read
from flows.interview.onward import stand_at
from flows.interview.questions import ask
from flows.model.effects import DropWords, KeepWords
from flows.model.kinds import KIND
from flows.model.messages import Asking
from flows.model.trajectory import Unplaced
from flows.model.turn import Intent

if TYPE_CHECKING:
    from flows.exchange import Exchange
    from flows.model.messages import Choice
    from flows.model.trajectory import Contact

KEY_LETTERS = 12
READS = ("answer", "tick", "unknown", "done", "skip")
"""What words can mean that are an answer, or say that there is none."""

HELD, EARLY = "words", "early"
"""The menu under words that may be for a kwartiermaker, and under those that came too early.

The second is never what a chat shows: what is typed next is for the question above it.
"""


def aside(x: Exchange) -> None:
    """What the newest button with these words means; where there is none, what they mean here."""
    said = fold(x.argument)
    for asking in x.context.asides:
        for choice in asking.choices:
            if fold(choice.label) == said:
                x.then = chosen(choice.key, asking)
                return
    x.then = x.intent.otherwise


def offer(x: Exchange) -> None:
    """Kept, and shown with where they may belong; nothing else is done with them yet."""
    shown, asked, contact = x.session.shown, x.desk.asked, _contact(x)
    held = asked is not None or (shown is not None and shown.key == WORDS)
    key = hashlib.sha256(f"{x.desk.seed}:words".encode()).hexdigest()[:KEY_LETTERS]
    words = Unplaced(
        key, x.argument, x.update.message, x.session.walk.id if x.session.walk else None,
        _question(x), "" if held else _before(x), contact, about=_asked_about(x),
    )  # fmt: skip
    if x.update.ref and x.desk.heard_at(contact):
        _send(x, words)
    elif held or words.question or words.before or x.desk.heard(words):
        _keep(x, words)
        _show(x, words, "words_held" if held else "words_early", HELD if held else EARLY)
    else:
        x.tell("words_unmeant", text=words.text)


def edited(x: Exchange) -> Unplaced | None:
    """What waits of the message that was edited."""
    waiting = x.context.desk.unplaced if x.context.desk else ()
    return next((one for one in waiting if one.message == x.update.message != ""), None)


def change(x: Exchange, words: Unplaced) -> None:
    """They wait as they are now, and are shown so; where they may belong is looked at anew."""
    text = x.argument
    x.intent = replace(x.intent, verb="unplaced")
    known = _meant(x, words.question, words.choices, text) if words.question and text else None
    now = replace(words, text=text or words.text, question=words.question if known else "")
    _keep(x, now)
    menu = HELD if words.contact else EARLY
    _show(x, now, "words_held" if words.contact else "words_early", menu)


def _send(x: Exchange, words: Unplaced) -> None:
    """Written in the field under it, whose button says that it goes there."""
    x.desk = replace(x.desk, unplaced=(words,))
    x.intent = replace(x.intent, argument=words.key)
    x.trigger("send_words")


def _contact(x: Exchange) -> Contact | None:
    """Who wrote what these words follow; where those before them still wait, the same."""
    if x.desk.asked:
        return x.desk.asked.contact
    shown = x.session.shown
    waiting = x.desk.unplaced[-1:] if shown and shown.key == WORDS else ()
    return next((one.contact for one in waiting), None)


def _asked_about(x: Exchange) -> str:
    """The question of the kwartiermaker, where they asked one and it is open."""
    asked = x.desk.asked
    known = asked and asked.walk and asked.guide and asked.about in asked.guide.canvas
    return asked.about if asked and asked.open and known else ""


def _question(x: Exchange) -> str:
    """What is asked now, where the words can be an answer to it."""
    walk, shown = x.session.walk, x.session.shown
    key = walk.cursor.question if walk and not x.session.reads else None
    if key is None:
        return ""
    known = shown is not None and shown.key == key
    choices = shown.choices if shown and known else ()
    return key if not known or _meant(x, key, choices, x.argument) else ""


def _before(x: Exchange) -> str:
    """What this person answered last in their own words."""
    last = x.session.last
    question = x.guide.canvas.get(last.question) if last and not x.session.reads else None
    return question.key if question and KIND[question.kind].open else ""


def _meant(x: Exchange, key: str, choices: tuple[Choice, ...], text: str) -> Intent | None:
    """What words mean as an answer to this question; None where they are none."""
    found = typed_under(x.guide, Asking("", None, key, choices), text)
    if found.verb not in READS:
        return None
    heard, x.intent = x.intent, found
    value = read(x, x.guide.canvas[key], text) if found.argument == text else found.argument
    x.intent = heard
    return None if isinstance(value, Misfit) else found


def _keep(x: Exchange, words: Unplaced) -> None:
    prompt = words.contact.prompt if words.contact else None
    x.do(
        KeepWords(
            words.key, x.session.chat, words.text, words.message, words.canvas, words.question,
            words.before, prompt,
        )
    )  # fmt: skip


def _show(x: Exchange, words: Unplaced, name: str, menu: str, **data: Any) -> None:
    seat = x.desk.heard(words)
    labels: dict[str, Any] = {
        f"answer_asked {words.key}": words.about,
        f"send_words {words.key}": seat,
        f"place {words.key}": words.question,
        f"place_before {words.key}": words.before,
    }
    labels = {key: about for key, about in labels.items() if about}
    labels[f"drop_words {words.key}"] = menu
    x.tell(name, *labels, key=menu, labels=labels, text=words.text, seat=seat, **data)


# ---------------------------------------------------------------- where they belong


def waiting(x: Exchange) -> Unplaced | None:
    return x.desk.words(x.argument)


def for_question(x: Exchange) -> Unplaced | None:
    words = waiting(x)
    return words if words and words.question else None


def for_before(x: Exchange) -> Unplaced | None:
    words = waiting(x)
    return words if words and words.before else None


def for_asked(x: Exchange) -> Unplaced | None:
    words = waiting(x)
    return words if words and words.about and words.asking else None


def answer_asked(x: Exchange, words: Unplaced) -> None:
    """To the question of the kwartiermaker: as if they had replied to it."""
    x.do(DropWords(words.key))
    x.tell("words_placed", asked=words.about, text=words.text)
    x.then = Intent("replied", words, words.asking)


def drop(x: Exchange, words: Unplaced) -> None:
    """What was asked stands again, where nothing waits that belongs to it."""
    x.do(DropWords(words.key))
    x.tell("words_dropped", text=words.text)
    held = x.session.shown is not None and x.session.shown.key == WORDS
    if x.session.walk and (held or len(x.desk.unplaced) == 1):
        x.go("again")


def place(x: Exchange, words: Unplaced) -> None:
    """An answer to what was asked; where that has another by now it is asked once more."""
    walk = x.session.walk
    if walk and walk.id == words.canvas and words.question in walk.mine:
        words = replace(words, question="", before=words.question)
        _keep(x, words)
        _show(x, words, "words_answered", EARLY, asked=words.before, old=walk.mine[words.before])
    else:
        _put(x, words, words.question, words.choices)


def place_before(x: Exchange, words: Unplaced) -> None:
    """In the place of an answer of this person: as if they had changed it."""
    _put(x, words, words.before, ())


def _put(x: Exchange, words: Unplaced, key: str, choices: tuple[Choice, ...]) -> None:
    walk = x.session.walk
    here = walk is not None and walk.id == words.canvas
    if walk is None or not here or key not in walk.opened(x.guide.canvas)["paper"]:
        x.tell("words_elsewhere")
    elif _meant(x, key, choices, words.text) is None:
        x.tell("words_unfit", asked=key)
    else:
        x.do(DropWords(words.key))
        x.tell("words_placed", asked=key, text=words.text)
        x.then = Intent("placed", replace(words, question=key, choices=choices))


def placed(x: Exchange) -> None:
    """Read as if they had been typed under their question."""
    words = x.intent.argument
    if not isinstance(words, Unplaced):
        ask(x)
        return
    stand_at(x, x.guide.canvas[words.question])
    asking = Asking("", x.here.id, words.question, words.choices)
    x.intent = typed_under(x.guide, asking, words.text)
    x.trigger(x.intent.verb)
