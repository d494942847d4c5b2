"""An update -> what a kwartiermaker, an operator or an adviser wants here, and its turn.

Everything that this does not know is the dialogue's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flows.exchange import Exchange
from flows.intents.choices import fold, match, match_exactly
from flows.intents.heard import hear, tapped_twice
from flows.intents.text import clean
from flows.machine import BEFORE_AKKOORD
from flows.model.canvas import OPEN
from flows.model.turn import STEER, Intent, Turn
from flows.prompts import broadcast, responses
from flows.trajectory import invitations, joining, meetings, overview, sharing, takeaways
from flows.trajectory.roles import HEARD, TYPED, may

if TYPE_CHECKING:
    from flows.model.trajectory import Desk
    from flows.model.turn import Guide, Session, Update

PAYLOAD = re.compile(r"/start(?:@\w+)? ([ksthm][A-Za-z0-9_-]{22,63})")
"""Telegram's deep links arrive as /start with at most 64 letters."""

PASTED = re.compile(r"\bt\.me/\w+\?start=([ksthm][A-Za-z0-9_-]{22,63})(?![\w-])")
"""The same where somebody pastes the address, or sends the whole invitation on to the guide."""

JOINING = f"{STEER}joining"
"""The yes or no of somebody who followed a link."""


DESK = {
    "appoint": invitations.appoint,
    "appoint_yes": invitations.appoint_yes,
    "appoint_no": invitations.appoint_no,
    "invite": invitations.invite,
    "invite_page": invitations.invite_page,
    "withdraw": invitations.withdraw,
    "renew": invitations.renew,
    "admit": invitations.admit,
    "refuse": invitations.refuse,
    "follow": joining.follow,
    "invited": joining.invited,
    "join": joining.join,
    "decline": joining.decline,
    "move_yes": joining.move_yes,
    "move_no": joining.move_no,
    "moving": joining.moving,
    "hello": overview.hello,
    "help": overview.help_here,
    "trajectory": overview.trajectory,
    "list_page": overview.list_page,
    "go": overview.go,
    "overview": overview.overview,
    "page": overview.page,
    "patterns": overview.patterns,
    "ask": broadcast.ask,
    "kind": broadcast.kind,
    "target": broadcast.target,
    "send": broadcast.send,
    "drop": broadcast.drop,
    "call_off": broadcast.call_off,
    "portfolio": takeaways.portfolio,
    "take": takeaways.take,
    "meeting": meetings.meeting,
    "town": meetings.town,
    "unmeet": meetings.unmeet,
    "paper": meetings.paper,
    "report": meetings.report,
    "settle": meetings.settle,
    "refuse_agreed": meetings.refuse_agreed,
    "sharing": sharing.sharing,
    "share_page": sharing.share_page,
    "share": sharing.share,
    "take_back": sharing.take_back,
    "leave": sharing.leave,
    "left": sharing.left,
    "logbook": sharing.logbook,
    "log_page": sharing.log_page,
    "answer": responses.answer,
    "replied": responses.replied,
    "take_up": responses.take_up,
    "later": responses.later,
    "less": responses.less,
    "stop_prompts": responses.stop_prompts,
    "normal": responses.normal,
    "reminders": responses.reminders,
    "zone": responses.zone,
    "zone_is": responses.zone_is,
    "done_action": responses.done_action,
    "fine": responses.fine,
}
"""What each verb about trajectories does."""


def secret_of(update: Update) -> str:
    """The secret of a link that this update follows; nothing in all others."""
    if update.kind != "text":
        return ""
    found = PAYLOAD.fullmatch(update.text.strip()) or PASTED.search(update.text)
    return found[1] if found else ""


def wish_of(guide: Guide, session: Session, update: Update) -> Intent | None:
    """What is wanted here; None where the dialogue hears it."""
    if secret_of(update):
        return Intent("follow")
    wanted = _wanted(guide, session, update)
    # The dialogue asks for the yes that a changed privacy text needs, also at the door.
    return wanted or (None if session.outdated else _at_the_door(guide, session, update))


def _at_the_door(guide: Guide, session: Session, update: Update) -> Intent | None:
    """Where the dialogue would greet a stranger, some have come for something else."""
    if session.agreed and session.walk is not None:
        return None
    verb = hear(guide, session, update).verb
    if verb in BEFORE_AKKOORD or (session.agreed and verb == "agree"):
        return None
    return Intent("hello" if session.agreed else "invited")


def _wanted(guide: Guide, session: Session, update: Update) -> Intent | None:
    if update.kind == "press":
        return _pressed(session, update)
    if update.kind != "text":
        return None
    text = clean(update.text)
    if text.startswith("/"):
        word, _, argument = _words(text)
        word = fold(word.partition("@")[0])
        verb = guide.steering["commands"].get(word)
        return Intent(verb, argument) if verb else _help(guide, word)
    return _typed(guide, session, text)


def _help(guide: Guide, word: str) -> Intent | None:
    return Intent("help") if guide.commands.get(word) == "help" else None


def _unslashed(guide: Guide, session: Session, text: str) -> Intent | None:
    """A command without its slash, where it is no choice and no answer to an open question."""
    word, shown = fold(text), session.shown
    asked = guide.canvas.get(shown.key) if shown else None
    answers = (asked and asked.kind in OPEN) or match_exactly(text, shown.choices if shown else ())
    verb = "" if answers else guide.steering["commands"].get(word)
    return Intent(verb) if verb else _help(guide, word)


def _words(text: str) -> tuple[str, str, str]:
    """A command and what follows it, on the same line or the next."""
    word, space, argument = re.match(r"/(\S*)(\s*)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    return word, space, argument


def _pressed(session: Session, update: Update) -> Intent | None:
    asking = session.pressed
    if asking is None or not asking.key.startswith(STEER):
        return None
    if session.repeated or tapped_twice(asking, update.at):
        return Intent("quiet", "", asking)
    if update.text not in {choice.key for choice in asking.choices}:
        return None
    verb, _, argument = update.text.partition(" ")
    return Intent(verb, argument, asking)


def _typed(guide: Guide, session: Session, text: str) -> Intent | None:
    shown = session.shown
    if session.replied and session.replied.key.startswith(STEER):
        return Intent("replied", text, session.replied)
    if shown is None or not shown.key.startswith(STEER):
        return _unslashed(guide, session, text)
    if shown.key == JOINING and guide.commands.get(fold(text)) == "agree" and not session.agreed:
        return Intent("join", "0", shown)
    if shown.key == f"{STEER}zone" and fold(text) in guide.steering["zones"]:
        return Intent("zone_is", text, shown)
    key = match_exactly(text, shown.choices)
    if key is None and fold(text) not in guide.commands:
        key = match(text, shown.choices)
    verb, _, argument = (key or "").partition(" ")
    return Intent(verb, argument, shown) if key else _unslashed(guide, session, text)


def steer(
    guide: Guide, desk: Desk, session: Session, update: Update, intent: Intent
) -> Turn | None:
    """What this changes and what is said. Pure. None: no command for this person."""
    x = Exchange(guide, session, update, intent, desk)
    if intent.verb != "quiet" and not may(desk, intent.verb):
        if intent.verb in (*TYPED, *HEARD):
            return _instead(x)
        x.tell("not_yours")
    elif intent.verb != "quiet":
        DESK[intent.verb](x)
    return x.turn()


def _instead(x: Exchange) -> Turn | None:
    """What the dialogue would take for a stranger's words, or None: it hears them."""
    if may(x.desk, "invited"):
        joining.invited(x)
    elif may(x.desk, "hello") and x.session.walk is None:
        overview.hello(x)
    else:
        return None
    return x.turn()
