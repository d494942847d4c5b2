"""What is meant at the desk of trajectories: a command, a button, a link, a form of a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flows.intents.choices import fold, match, match_exactly
from flows.model.kinds import KIND
from flows.model.messages import STEER, Asking, Update
from flows.model.turn import Intent, Session

if TYPE_CHECKING:
    from flows.model.guidebook import Guide

LETTERS = r"([ksthmcqp][A-Za-z0-9_-]{22,63})"
PAYLOAD = re.compile(rf"/start(?:@\w+)? {LETTERS}")
"""Telegram's deep links arrive as /start with at most 64 letters."""

PASTED = re.compile(rf"\b(?:t\.me/\w+\?start=|[\w.-]+(?::\d+)?/u/){LETTERS}(?![\w-])")
"""The same where somebody pastes the address, or sends the whole invitation on to the guide."""

JOINING, ZONE, REPLYING = f"{STEER}joining", f"{STEER}zone", f"{STEER}replying"
"""The yes or no of somebody who followed a link; which clock counts; a colleague's answer."""

ACTING = f"{STEER}acting"
"""How an action went: a sentence, what is next door, who, when."""

NAMING = f"{STEER}naming"
"""Who a link is for, to fill in a pilot together."""

REMARKING, ANSWERING = f"{STEER}remarking", f"{STEER}answering"
"""What an adviser says to a kwartiermaker, and what that one says back."""

SAID_THERE = {
    ACTING: "acting_said",
    NAMING: "together",
    REMARKING: "remark_said",
    ANSWERING: "answer_said",
    f"{STEER}ask_one": "ask_said",
    f"{STEER}plan_day": "plan_said",
    f"{STEER}report_how": "report_said",
}
"""Menus that ask for words: what is written under them is that, unless it is a command."""

OF_WORDS = {ZONE: "zone", REPLYING: "reply_said", **SAID_THERE}
"""What words in the field under a menu mean; under all others they reply to a prompt."""

PASSING = ("skip", "unknown", "next")
"""What is typed instead of the last button, where words are asked for that may stay away."""

VERB_OF = {"answer": "answer_prompt"}  # buttons whose own name is a verb of the interview


ASIDES = (
    "appoint_yes", "appoint_no", "admit", "refuse", "settle", "refuse_agreed", "let_in", "keep_out",
    "move_yes", "move_no", "connect_yes", "connect_no", "take_answer", "replace_answer",
    "leave_answer", "share_summary", "went_done", "went_failed", "take_up look_back",
)  # fmt: skip
"""Buttons under what comes by itself: typed word for word they mean that, whatever is shown."""

FORMS = frozenset({
    "table", "patterns", "invite", "invite_as", "withdraw", "renew", "admit", "refuse", "ask",
    "write", "send", "drop", "call_off", "paper", "shared_of", "meeting", "unmeet", "report",
    "portfolio", "take", "trajectory", "go", "appoint", "appoint_yes", "appoint_no",
    "reply_form", "unsay_form", "remarks_of",
})  # fmt: skip
"""The verbs that a page at a desk has forms for: their guards are those of the chat."""


def filled(text: str) -> Intent:
    """A form says its verb itself: nothing of it is taken from what was filled in."""
    verb, _, argument = text.partition(" ")
    return Intent(verb, argument) if verb in FORMS else Intent("strange")


def of_desk(asking: Asking | None) -> bool:
    return asking is not None and asking.key.startswith(STEER)


def secret_of(update: Update) -> str:
    """The secret of a link that this update follows; nothing in all others."""
    if update.kind != "text":
        return ""
    found = PAYLOAD.fullmatch(update.text.strip()) or PASTED.search(update.text)
    return found[1] if found else ""


def chosen(key: str, asking: Asking | None) -> Intent:
    """What the button with this key means."""
    verb, _, argument = key.partition(" ")
    return Intent(VERB_OF.get(verb, verb), argument, asking)


def typed_at_desk(  # noqa: PLR0911 - in order
    guide: Guide, session: Session, update: Update, text: str
) -> Intent | None:
    """What a text means here; None where it can only be the interview's."""
    if secret_of(update):
        return Intent("follow")
    if text.startswith("/"):
        # A command and what follows it, on the same line or the next.
        word, *rest = re.split(r"\s+", text[1:], maxsplit=1)
        return _command(guide, fold(word.partition("@")[0]), "".join(rest))
    if session.replied and of_desk(session.replied):
        return Intent(OF_WORDS.get(session.replied.key, "replied"), text, session.replied)
    shown, word = session.shown, fold(text)
    found = at_menu(guide, session, shown, text) if shown and of_desk(shown) else None
    if found:
        return found
    if shown and shown.key == REPLYING and text:
        return Intent("reply_said", text, shown)
    asks = shown is not None and shown.key in SAID_THERE
    if shown and asks and text and not (word in guide.commands or _command(guide, word)):
        return Intent(SAID_THERE[shown.key], text, shown)
    # Without its slash, where it is no choice and no answer to an open question.
    asked = guide.canvas.get(shown.key) if shown else None
    if (asked and KIND[asked.kind].open) or match_exactly(text, shown.choices if shown else ()):
        return Intent("desk_help") if guide.commands.get(word) == "help" else None
    return _command(guide, word)


def _command(guide: Guide, word: str, argument: str = "") -> Intent | None:
    verb = guide.steering["commands"].get(word)
    helps = guide.commands.get(word) == "help"
    return Intent(verb, argument) if verb else Intent("desk_help") if helps else None


def at_menu(guide: Guide, session: Session, shown: Asking, text: str) -> Intent | None:
    word = fold(text)
    if shown.key == JOINING and guide.commands.get(word) == "agree" and not session.agreed:
        return Intent("join", "0", shown)
    if shown.key == ZONE and word in guide.steering["zones"]:
        return Intent("zone_is", text, shown)
    if shown.key == ACTING and guide.commands.get(word) in PASSING:
        return chosen(shown.choices[-1].key, shown)
    key = match_exactly(text, shown.choices)
    if key is None and word not in guide.commands:
        key = match(text, shown.choices)
    return chosen(key, shown) if key else None
