"""An update -> what a kwartiermaker, an operator or an adviser wants here, and its turn.

Everything that this does not know is the dialogue's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flows.intents.choices import fold, match, match_exactly
from flows.intents.heard import hear, tapped_twice
from flows.intents.text import clean
from flows.machine import BEFORE_AKKOORD
from flows.model.canvas import OPEN
from flows.prompts.responses import Prompted
from flows.steer import STEER, Steered, Wish
from flows.trajectory.meetings import Meetings
from flows.trajectory.roles import HEARD, TYPED, may
from flows.trajectory.sharing import Allowing

if TYPE_CHECKING:
    from flows.model.trajectory import Desk
    from flows.model.turn import Guide, Session, Update

PAYLOAD = re.compile(r"/start(?:@\w+)? ([ksthm][A-Za-z0-9_-]{22,63})")
"""Telegram's deep links arrive as /start with at most 64 letters."""

PASTED = re.compile(r"\bt\.me/\w+\?start=([ksthm][A-Za-z0-9_-]{22,63})(?![\w-])")
"""The same where somebody pastes the address, or sends the whole invitation on to the guide."""

JOINING = f"{STEER}joining"
"""The yes or no of somebody who followed a link."""


class Steering(Meetings, Allowing, Prompted):
    """All verbs."""


def secret_of(update: Update) -> str:
    """The secret of a link that this update follows; nothing in all others."""
    if update.kind != "text":
        return ""
    found = PAYLOAD.fullmatch(update.text.strip()) or PASTED.search(update.text)
    return found[1] if found else ""


def wish_of(guide: Guide, session: Session, update: Update) -> Wish | None:
    """What is wanted here; None where the dialogue hears it."""
    if secret_of(update):
        return Wish("follow")
    wanted = _wanted(guide, session, update)
    # The dialogue asks for the yes that a changed privacy text needs, also at the door.
    return wanted or (None if session.outdated else _at_the_door(guide, session, update))


def _at_the_door(guide: Guide, session: Session, update: Update) -> Wish | None:
    """Where the dialogue would greet a stranger, some have come for something else."""
    if session.agreed and session.walk is not None:
        return None
    verb = hear(guide, session, update).verb
    if verb in BEFORE_AKKOORD or (session.agreed and verb == "agree"):
        return None
    return Wish("hello" if session.agreed else "invited")


def _wanted(guide: Guide, session: Session, update: Update) -> Wish | None:
    if update.kind == "press":
        return _pressed(session, update)
    if update.kind != "text":
        return None
    text = clean(update.text)
    if text.startswith("/"):
        word, _, argument = _words(text)
        word = fold(word.partition("@")[0])
        verb = guide.steering["commands"].get(word)
        return Wish(verb, argument) if verb else _help(guide, word)
    return _typed(guide, session, text)


def _help(guide: Guide, word: str) -> Wish | None:
    return Wish("help") if guide.commands.get(word) == "help" else None


def _unslashed(guide: Guide, session: Session, text: str) -> Wish | None:
    """A command without its slash, where it is no choice and no answer to an open question."""
    word, shown = fold(text), session.shown
    asked = guide.canvas.get(shown.key) if shown else None
    answers = (asked and asked.kind in OPEN) or match_exactly(text, shown.choices if shown else ())
    verb = "" if answers else guide.steering["commands"].get(word)
    return Wish(verb) if verb else _help(guide, word)


def _words(text: str) -> tuple[str, str, str]:
    """A command and what follows it, on the same line or the next."""
    word, space, argument = re.match(r"/(\S*)(\s*)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    return word, space, argument


def _pressed(session: Session, update: Update) -> Wish | None:
    asking = session.pressed
    if asking is None or not asking.key.startswith(STEER):
        return None
    if session.repeated or tapped_twice(asking, update.at):
        return Wish("quiet", "", asking)
    if update.text not in {choice.key for choice in asking.choices}:
        return None
    verb, _, argument = update.text.partition(" ")
    return Wish(verb, argument, asking)


def _typed(guide: Guide, session: Session, text: str) -> Wish | None:
    shown = session.shown
    if session.replied and session.replied.key.startswith(STEER):
        return Wish("replied", text, session.replied)
    if shown is None or not shown.key.startswith(STEER):
        return _unslashed(guide, session, text)
    if shown.key == JOINING and guide.commands.get(fold(text)) == "agree" and not session.agreed:
        return Wish("join", "0", shown)
    if shown.key == f"{STEER}zone" and fold(text) in guide.steering["zones"]:
        return Wish("zone_is", text, shown)
    key = match_exactly(text, shown.choices)
    if key is None and fold(text) not in guide.commands:
        key = match(text, shown.choices)
    verb, _, argument = (key or "").partition(" ")
    return Wish(verb, argument, shown) if key else _unslashed(guide, session, text)


def steer(desk: Desk, session: Session, update: Update, wish: Wish) -> Steered | None:
    """What this changes and what is said. Pure. None: no command for this person."""
    turn = Steering(desk, session, update, wish)
    if wish.verb == "quiet":
        return turn.turn()
    if not may(desk, wish.verb):
        if wish.verb in (*TYPED, *HEARD):
            return _instead(turn)
        turn.tell("not_yours")
        return turn.turn()
    getattr(turn, wish.verb)()
    return turn.turn()


def _instead(turn: Steering) -> Steered | None:
    """What the dialogue would take for a stranger's words, or None: it hears them."""
    if may(turn.desk, "invited"):
        turn.invited()
    elif may(turn.desk, "hello") and turn.session.walk is None:
        turn.hello()
    else:
        return None
    return turn.turn()
