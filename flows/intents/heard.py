"""An update -> what is meant by it, in the interview or at the desk of trajectories.

Nothing here changes anything.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flows.intents.at_desk import OF_WORDS, at_menu, chosen, filled, of_desk, typed_at_desk
from flows.intents.choices import fold, listed, match, match_exactly, said_with_more
from flows.intents.noted import noted
from flows.intents.text import clean
from flows.model.kinds import KIND, UNKNOWN
from flows.model.messages import STEER
from flows.model.turn import Intent, Session

if TYPE_CHECKING:
    from flows.model.guidebook import Guide
    from flows.model.journey import Given
    from flows.model.messages import Asking, Update

VERBS = (
    "start", "agree", "answer", "tick", "choose", "done", "skip", "back", "next", "unknown",
    "other", "explain", "forward", "where", "pause", "stop", "help", "privacy", "again", "misfit",
    "summary", "look", "half_pages", "document", "change", "sure", "language", "depth", "five",
    "new", "pilots", "strange", "stale", "elsewhere", "answered", "piece", "edit", "quiet", "twice",
    "forget", "erase", "my_data", "note", "enough", "look_back", "still", "since", "year", "placed",
    "my_actions", "went",
)  # fmt: skip
"""Everything a person can do: a closed list, never taken from what was typed."""

NOT_TYPED = {
    "answer", "tick", "choose", "piece", "edit", "answered", "elsewhere", "stale", "misfit",
    "strange", "quiet", "twice", "placed",
}  # fmt: skip
"""Verbs that only an update of that kind can mean; typed as a command they are none."""

OF_ITS_QUESTION = frozenset({
    "skip", "done", "next", "still", "went", "other", "sure", "language", "erase",
})  # fmt: skip
"""Buttons that mean the message they stand under, and nothing once that has passed."""

ANEW = ("/next", "/still", "/went done")
"""A question with one of these is asked although it was answered."""

OF_WHAT_IS_OPEN = frozenset({"answer", "tick", "piece", "done", "skip", "unknown"})
"""What is typed for the question that is open: as far as its chat shows that one."""

NOT_CHOSEN = ("answer", "misfit", "unplaced")
"""What words mean that are no choice of what is shown."""

FOR_THE_SHOWN = (OF_WHAT_IS_OPEN - {"piece"}) | {"misfit", "sure", "erase"}
"""What is read by what its chat shows: another thing where the person read something else."""

WORDS = f"{STEER}words"
"""Whether words are for a kwartiermaker: until that is settled, all words are."""

UNREAD = {"start": "start", "other": "strange", "timer": "hand_over"}
"""Kinds of updates that hold no words."""

PIECE = timedelta(seconds=2)
SECOND_TAP = timedelta(seconds=1)
"""The longest that a press can be the second of two; a clock that steps back makes no more."""
SEEN = timedelta(seconds=3)
"""Who types within this before a question came may be answering it: a channel's times are
whole seconds, and its clock is a little off ours."""

LONGEST_KEPT = timedelta(days=1)
"""A channel keeps what waits no longer: beyond this it did not wait, a clock is wrong."""

FULL_MESSAGE = 4_000
SENTENCE = 4
QUOTED = re.compile(r"[\"“„'‘](.+)[\"”“'’]", re.DOTALL)
"""In quotes a word is an answer, also where it is a command: a pilot called "Later"."""


def understand(guide: Guide, session: Session, update: Update) -> Intent:
    """What this update means. Always something, whatever came in."""
    if update.kind in UNREAD:
        return Intent(UNREAD[update.kind])
    if update.kind in POINTED:
        meant = POINTED[update.kind](guide, session, update)
        return replace(meant, note=clean(update.note)) if update.note else meant
    text = clean(update.text)
    if update.kind == "form":
        return filled(text)
    if update.kind == "edit":
        return Intent("edit", text)
    if update.ref:
        return _written(guide, session, text)
    plain, shown, walk = _typed(guide, session, update, text), session.shown, session.walk
    if plain.verb in FOR_THE_SHOWN and _unsure(session, update):
        plain = Intent("unplaced", text, session.letter, otherwise=plain)
    elif plain.verb in OF_WHAT_IS_OPEN and not (
        shown
        and walk
        and (shown.canvas, shown.key) == (walk.id, walk.cursor.question)
        and shown.key not in walk.own
    ):  # most are typed where they are asked for the first time
        plain = _in_its_chat(guide, session, plain)
    wanted = typed_at_desk(guide, session, update, text)
    found = replace(wanted, otherwise=plain) if wanted else plain
    besides = (
        found.verb in NOT_CHOSEN
        and found.asking in (None, session.letter)
        and (fold(text) in guide.steering["asides"] or (session.agreed and not walk))
    )  # it may be a button that came besides what is shown
    return Intent("aside", text, otherwise=found) if besides else found


def _unsure(session: Session, update: Update) -> bool:
    """Whether it may be for something else than what is shown.

    A kwartiermaker's words came after that, or it came itself after what was typed.
    """
    shown = session.shown
    if not session.agreed or shown is None or session.replied or update.text.startswith("/"):
        return False
    if session.letter or shown.key == WORDS:
        return True
    if update.came is None or update.came - update.at > LONGEST_KEPT:
        return False
    # What is not in the chat yet was read by nobody.
    return update.at + SEEN < (shown.made or update.came)


def _pressed(guide: Guide, session: Session, update: Update) -> Intent:
    """What a button means, once it is one that can still be pressed."""
    asking, key = session.pressed, update.text
    if session.repeated:
        return Intent("quiet")
    if asking and tapped_twice(asking, update.at):
        return Intent("quiet" if of_desk(asking) else "twice")
    if asking is None or not any(choice.key == key for choice in asking.choices):
        return Intent("stale")
    if of_desk(asking):
        return chosen(key, asking)
    if asking.canvas and session.walk and asking.canvas != session.walk.id:
        return Intent("elsewhere", asking.canvas, asking)
    return _press_on(guide, session, asking, key)


def _press_on(guide: Guide, session: Session, asking: Asking, key: str) -> Intent:
    """It belongs to its own asking, and never overwrites what was answered since."""
    walk, current = session.walk, _still_asked(guide, session, asking)
    if key.startswith("/"):
        return _press_on_command(guide, asking, key, current=current)
    if asking.key not in guide.canvas:
        return Intent(asking.key if asking.key in VERBS else key, key)
    if walk is None or asking.canvas != walk.id:
        return Intent("elsewhere", asking.canvas, asking)
    if not current and asking.key in walk.mine:
        return Intent("answered", asking.key, asking)
    if KIND[guide.canvas[asking.key].kind].some and key != UNKNOWN:
        here = asking.key == walk.cursor.question
        return Intent("tick", (key,), asking) if here else Intent("stale")
    return Intent("answer", key, asking)


def _chose(guide: Guide, session: Session, update: Update) -> Intent:
    """All that is ticked under a question, said in one go; only as long as that is asked."""
    asking, keys = session.pressed, tuple(update.text.split())
    question = guide.canvas.get(asking.key) if asking else None
    if asking is None or not (question and KIND[question.kind].some):
        return Intent("stale")
    if not _still_asked(guide, session, asking):
        return _passed(session, asking, Intent("choose", keys))
    ticks = {c.key for c in asking.choices if c.key[0] != "/" and c.key != UNKNOWN}
    return Intent("choose", keys, asking) if ticks.issuperset(keys) else Intent("stale")


def _written(guide: Guide, session: Session, text: str) -> Intent:
    """Words in the field under an asking: an answer there, whatever they would mean elsewhere."""
    asking = session.pressed
    if asking is None or not text:
        return Intent("stale")
    if of_desk(asking):
        other = OF_WORDS.get(asking.key, "replied")
        return at_menu(guide, session, asking, text) or Intent(other, text, asking)
    question = guide.canvas.get(asking.key)
    if question is None:
        return Intent("stale")
    move = typed_under(guide, asking, text)
    if move.verb not in OF_WHAT_IS_OPEN or _still_asked(guide, session, asking):
        return move
    return _passed(session, asking, move)


def typed_under(guide: Guide, asking: Asking, text: str) -> Intent:
    """What words mean under a question, whatever they would mean elsewhere."""
    if KIND[guide.canvas[asking.key].kind].open:
        return Intent("answer", text, asking)
    return _typed_at_question(guide, asking, text)


POINTED = {"press": _pressed, "choose": _chose}
"""Kinds of updates that name their asking and keys of its choices."""


def _still_asked(guide: Guide, session: Session, asking: Asking) -> bool:
    """Whether it is what this chat shows, and what waits: another chat may have gone on since.

    A question that was answered since, and not only asked to be changed, waits no more.
    """
    walk, shown = session.walk, session.shown
    if shown is None or shown.ref != asking.ref:
        return False
    if walk is None or asking.key not in guide.canvas:
        return True
    waits = asking.key == walk.cursor.question and asking.canvas == walk.id
    return waits and (asking.key not in walk.mine or any(c.key in ANEW for c in asking.choices))


def _passed(session: Session, asking: Asking, move: Intent) -> Intent:
    """What somebody does about a question that does not wait any more: it never does another."""
    walk = session.walk
    if walk is None or asking.canvas != walk.id:
        return Intent("elsewhere", asking.canvas, asking)
    if asking != session.shown:
        return Intent("stale")
    if asking.key in walk.mine:
        return Intent("answered", asking.key, asking)
    return replace(move, asking=asking) if move.verb == "answer" else _nothing_there(move)


def _nothing_there(move: Intent) -> Intent:
    """What is open is asked anew; words that were an answer to nothing are not passed over."""
    words = move.verb in ("answer", "tick", "choose", "piece")
    return Intent("misfit", move.argument) if words else Intent("again")


def tapped_twice(asking: Asking, at: datetime) -> bool:
    """Whether a press is the second tap on what was there before: one rule for every button."""
    return asking.ready is not None and timedelta(0) < asking.ready - at <= SECOND_TAP


def _press_on_command(guide: Guide, asking: Asking, text: str, *, current: bool) -> Intent:
    """An old button for one question never acts on another."""
    move = command(guide, text)
    bound = asking.key in guide.canvas or move.verb in ("sure", "language", "erase")
    if bound and not current and move.verb in OF_ITS_QUESTION:
        return Intent("stale")
    return Intent("explain", asking.key) if move.verb == "explain" else move


def command(guide: Guide, text: str) -> Intent:
    """What a slash command means: /wijzig impact.issue is change. Others get help."""
    word, _, argument = text.removeprefix("/").partition(" ")
    word = word.partition("@")[0]
    verb, _, fixed = guide.commands.get(fold(word), word).partition(" ")
    known = verb in VERBS and verb not in NOT_TYPED
    return Intent(verb, argument.strip() or fixed) if known else Intent("help")


def _in_its_chat(guide: Guide, session: Session, move: Intent) -> Intent:
    """What is typed for the question that is open belongs to what its own chat shows."""
    shown = session.shown
    if shown and shown.key in guide.canvas:
        return move if _still_asked(guide, session, shown) else _passed(session, shown, move)
    return _nothing_there(move) if session.several else move


def _typed(guide: Guide, session: Session, update: Update, text: str) -> Intent:  # noqa: PLR0911 - in order
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
