"""An update -> what is meant by it, in the interview or at the desk of trajectories.

Nothing here changes anything.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flows.intents.at_desk import OF_WORDS, at_menu, chosen, filled, of_desk, typed_at_desk
from flows.intents.choices import fold
from flows.intents.text import clean
from flows.intents.typed import command, typed, typed_under
from flows.intents.verbs import FOR_THE_SHOWN, OF_ITS_QUESTION, OF_WHAT_IS_OPEN, VERBS
from flows.model.kinds import KIND, UNKNOWN
from flows.model.messages import STEER
from flows.model.turn import Intent, Session

if TYPE_CHECKING:
    from flows.model.guidebook import Guide
    from flows.model.messages import Asking, Update

ANEW = ("/next", "/still", "/went done")
"""A question with one of these is asked although it was answered."""

NOT_CHOSEN = ("answer", "misfit", "unplaced")
"""What words mean that are no choice of what is shown."""

WORDS = f"{STEER}words"
"""Whether words are for a kwartiermaker: until that is settled, all words are."""

UNREAD = {"start": "start", "other": "strange", "timer": "hand_over"}
"""Kinds of updates that hold no words."""

SECOND_TAP = timedelta(seconds=1)
"""The longest that a press can be the second of two; a clock that steps back makes no more."""

SEEN = timedelta(seconds=3)
"""Who types within this before a question came may be answering it: a channel's times are
whole seconds, and its clock is a little off ours."""

LONGEST_KEPT = timedelta(days=1)
"""A channel keeps what waits no longer: beyond this it did not wait, a clock is wrong."""


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
    plain, shown, walk = typed(guide, session, update, text), session.shown, session.walk
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


def _in_its_chat(guide: Guide, session: Session, move: Intent) -> Intent:
    """What is typed for the question that is open belongs to what its own chat shows."""
    shown = session.shown
    if shown and shown.key in guide.canvas:
        return move if _still_asked(guide, session, shown) else _passed(session, shown, move)
    return _nothing_there(move) if session.several else move
