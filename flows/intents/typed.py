"""What typed words mean: a command, an answer, a choice, or none of these."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from flows.intents.at_desk import of_desk
from flows.intents.choices import fold, listed, match, match_exactly, said_with_more
from flows.intents.noted import noted
from flows.intents.verbs import NOT_TYPED, VERBS
from flows.model.kinds import KIND, UNKNOWN
from flows.model.turn import Intent, Session

if TYPE_CHECKING:
    from flows.model.guidebook import Guide
    from flows.model.journey import Given
    from flows.model.messages import Asking, Update

PIECE = timedelta(seconds=2)
FULL_MESSAGE = 4_000
SENTENCE = 4
QUOTED = re.compile(r"[\"“„'‘](.+)[\"”“'’]", re.DOTALL)
"""In quotes a word is an answer, also where it is a command: a pilot called "Later"."""


def typed_under(guide: Guide, asking: Asking, text: str) -> Intent:
    """What words mean under a question, whatever they would mean elsewhere."""
    if KIND[guide.canvas[asking.key].kind].open:
        return Intent("answer", text, asking)
    return _typed_at_question(guide, asking, text)


def command(guide: Guide, text: str) -> Intent:
    """What a slash command means: /wijzig impact.issue is change. Others get help."""
    word, _, argument = text.removeprefix("/").partition(" ")
    word = word.partition("@")[0]
    verb, _, fixed = guide.commands.get(fold(word), word).partition(" ")
    known = verb in VERBS and verb not in NOT_TYPED
    return Intent(verb, argument.strip() or fixed) if known else Intent("help")


def typed(guide: Guide, session: Session, update: Update, text: str) -> Intent:  # noqa: PLR0911 - in order
    """What words mean that point at no message."""
    if not text:
        return Intent("again")
    if text.startswith("/") and not text.startswith("//"):
        return command(guide, text)
    if session.last and _continues(session.last, update):
        return Intent("piece", text)
    note = noted(guide, session, text) if session.replied or ":" in text else None
    if note:
        return note
    shown = None if of_desk(session.shown) else session.shown
    asked = guide.canvas.get(shown.key) if shown else None
    words = asked is not None and KIND[asked.kind].open
    quoted = QUOTED.fullmatch(text) if words else None
    if quoted:
        return Intent("answer", quoted[1])
    exact = match_exactly(text, shown.choices) if shown else None
    if exact and shown:
        return _chosen(guide, shown, exact)
    word = guide.commands.get(fold(text))
    if word:
        return _fixed(word)
    if words:
        return Intent("answer", text)
    if asked and shown:
        return _typed_at_question(guide, shown, text)
    return _typed_at_menu(guide, session, shown, text)


def _fixed(word: str) -> Intent:
    """What a typed word stands for: a verb, and sometimes what it is about."""
    verb, _, argument = word.partition(" ")
    return Intent(verb, argument)


def _continues(last: Given, update: Update) -> bool:
    """A long paste arrives as several messages."""
    if not update.message or not isinstance(last.value, str):
        return False
    return last.size >= FULL_MESSAGE and timedelta(0) <= update.at - last.at <= PIECE


def _chosen(guide: Guide, shown: Asking, key: str, *, guessed: bool = False) -> Intent:
    if key.startswith("/"):
        return command(guide, key)
    if shown.key not in guide.canvas:
        return Intent(shown.key, key) if shown.key in VERBS else Intent(key)
    if KIND[guide.canvas[shown.key].kind].some and key != UNKNOWN:
        return Intent("tick", (key,), shown)
    return Intent("answer", key, shown, guessed)


def _typed_at_question(guide: Guide, shown: Asking, text: str) -> Intent:
    if KIND[guide.canvas[shown.key].kind].some:
        several = listed(text, [c for c in shown.choices if not c.key.startswith("/")])
        if several:
            return Intent("tick", several, shown)
    return _typed_choice(guide, shown, text)


def _typed_at_menu(guide: Guide, session: Session, shown: Asking | None, text: str) -> Intent:
    """A sentence is no choice of a menu: it goes to the open question that waits behind it."""
    move = _typed_choice(guide, shown, text)
    waiting = session.walk.cursor.question if session.walk else None
    sentence = len(text.split()) >= SENTENCE
    if move.verb == "misfit" and sentence and waiting and KIND[guide.canvas[waiting].kind].open:
        return Intent("answer", text)
    return move


def _typed_choice(guide: Guide, shown: Asking | None, text: str) -> Intent:
    choices = shown.choices if shown else ()
    long_words = [w for w in guide.commands if len(w) >= 5]  # noqa: PLR2004
    key = match(text, choices, long_words)
    if shown is None or (key is None and shown.key not in guide.canvas):
        return Intent("misfit", text)
    if key is None:
        found = said_with_more(text, [c for c in choices if not c.key.startswith("/")])
        if found is None or fold(found[1]) in guide.commands:
            return Intent("misfit", text)
        return replace(_chosen(guide, shown, found[0], guessed=True), note=found[1])
    if key in guide.commands and key not in {c.key for c in choices}:
        return _fixed(guide.commands[key])
    return _chosen(guide, shown, key, guessed=True)
