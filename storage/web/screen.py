"""What a page of a chat shows: what was said since its person did something, and what is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.model.messages import Passage
from storage.conversations.canvases import HEARD
from storage.conversations.outbox import Outgoing, outgoing_of
from storage.database.rows import ASKED, asked, ref_of

if TYPE_CHECKING:
    from flows.model.messages import Message
    from storage.conversations.people import People

    Known = dict[str, Any]

BLANK = "…"
"""What is left of the words of somebody who was erased, and of a link: nothing to read or ask."""

LATEST = 40
"""Messages among which are those of the last turn: it says ten at most, and others a few more."""

SAID = """SELECT id, chat, message, body, choices, ref, canvas, created_at, key FROM outbox
    WHERE chat = :chat AND chat LIKE 'web:%' AND body <> '' AND failed IS NULL
    AND id < :before ORDER BY id DESC LIMIT :most"""
LATELY = """SELECT id, created_at, key FROM outbox WHERE chat = :chat AND chat LIKE 'web:%'
    AND failed IS NULL ORDER BY id DESC LIMIT :most"""
"""Without the words of what is not shown: those are most of what is read."""

ONE = f"""SELECT id, chat, message, body, choices, ref, canvas FROM outbox
    WHERE {ASKED} AND body <> ''"""  # noqa: S608 - ours
LOOKS = "SELECT shows, seen_at FROM chats WHERE chat = ?"
DONE = """SELECT at, text FROM updates WHERE chat = ? AND text <> ''
    AND kind IN ('text', 'press', 'choose')"""
STANDING = ("steer.prompt", "steer.confirm_agreed")
"""Askings of others: they wait for an answer, whatever the person did since."""

PROMPTED = """SELECT EXISTS (SELECT 1 FROM prompts r WHERE r.outbox = :id AND r.ended_at IS NULL
    AND r.person = (SELECT person FROM chats WHERE chat = :chat) AND NOT EXISTS
    (SELECT 1 FROM answers a WHERE a.canvas = r.canvas AND a.question = r.about
    AND datetime(a.at) > datetime(r.sent_at))) AS open"""
UNSETTLED = """SELECT EXISTS (SELECT 1 FROM agreed WHERE id = ? AND confirmed_at IS NULL
    AND refused_at IS NULL) AS open"""
NEVER = "9999-12-31T00:00:00+00:00"


@dataclass(frozen=True)
class Screen:
    """`shown`: the message under which the person chooses; `news`: what was said beside it.

    `over`: there is news, and what is shown was said before the person did something last.
    `standing`: what others asked before that, and is not answered yet.
    """

    shown: Outgoing | None
    news: tuple[Outgoing, ...]
    over: bool = False
    standing: tuple[Outgoing, ...] = ()


def screen_of(store: People, chat: str, known: Known | None = None) -> Screen:
    """As it stands now. `shown` is None where nothing is asked, or its words are gone.

    `known`: what is known of the chat, where its reader was looked up just now.
    """
    known = store.find(chat) if known is None else known
    return _just_said(chat, known) or _looked_up(store, chat, known)


def _just_said(chat: str, known: Known) -> Screen | None:
    """As the last turn left it, where that asked something, and nobody else waits for an answer."""
    if not known.get("quiet") or not known.get("said"):
        return None
    said = [_outgoing(chat, *one) for one in known["said"]]
    shown = next((one for one in reversed(said) if one.message.choices), None)
    if shown is None or any(one.message.key in STANDING for one in said):
        known["quiet"] = False
        return None
    return Screen(shown, tuple(one for one in said if one is not shown))


def _outgoing(chat: str, number: int, message: Message, canvas: int | None) -> Outgoing:
    """As it would be read back once its page was there."""
    if message.about is not None or message.removes:
        message = replace(message, removes=(), about=None)
    if len(message.parts) == 1 and message.parts[0].name and not message.asks:
        message = replace(message, parts=(Passage("", message.html),))
    trail = (message.chosen,) if message.over else ()
    return Outgoing(number, chat, ref_of(number), canvas, message, trail, number)


def _looked_up(store: People, chat: str, known: Known) -> Screen:
    row = store.row(LOOKS, chat) or {"shows": None, "seen_at": ""}
    since = datetime.fromisoformat(row["seen_at"] or NEVER)
    lately = store.db.execute(LATELY, {"chat": chat, "most": LATEST}).fetchall()
    new = {number for number, at, _ in lately if datetime.fromisoformat(at) >= since}
    known["quiet"] = not any(key in STANDING for _, _, key in lately)
    wanted = sorted({
        number for number, _, key in lately
        if number in new or number == row["shows"] or key in STANDING
    })  # fmt: skip
    found = {number: told(store, chat, number) for number in wanted}
    said = {number: one for number, one in found.items() if one and one.message.html != BLANK}
    shown = said.get(row["shows"]) if row["shows"] is not None else None
    if shown is None and row["shows"] is not None:
        shown = _asked(store, chat, row["shows"])
    new.intersection_update(said)
    beside = tuple(one for number, one in said.items() if number in new and one is not shown)
    old = (one for number, one in said.items() if number not in new and one is not shown)
    standing = tuple(one for one in old if _stands(store, one))
    return Screen(shown, beside, bool(beside) and len(beside) == len(new), standing)


def _stands(store: People, asked: Outgoing) -> bool:
    """Whether somebody still waits for the answer."""
    if asked.message.key == STANDING[0]:
        return bool(store.value(PROMPTED, id=asked.id, chat=asked.chat))
    number = asked.message.choices[0].key.partition(" ")[2]
    return bool(store.value(UNSETTLED, int(number)))


def shown_of(store: People, chat: str) -> Outgoing | None:
    """The message under which the person chooses, and nothing beside it."""
    row = store.row(LOOKS, chat)
    return _asked(store, chat, row["shows"]) if row and row["shows"] is not None else None


def ref_now(store: People, chat: str, known: Known | None = None) -> str:
    """What is asked now, by its reference; nothing where nothing is."""
    if known and known.get("said") and known["asking"]:
        return str(known["asking"].ref)
    row = store.row(LOOKS, chat)
    return ref_of(row["shows"]) if row and row["shows"] is not None else ""


def _asked(store: People, chat: str, number: int) -> Outgoing | None:
    found = store.db.execute(ONE, {"chat": chat, "ref": "", "id": number}).fetchone()
    one = outgoing_of(*found) if found else None
    return one if one and one.message.html != BLANK else None


def said_before(
    store: People, chat: str, before: int = 0, most: int = LATEST
) -> list[tuple[Outgoing, datetime]]:
    """(message, when it was said), oldest first: the last ones, or those before that number."""
    wanted = {"chat": chat, "before": before or 2**62, "most": most}
    found = store.db.execute(SAID, wanted).fetchall()
    return [(outgoing_of(*row[:7]), datetime.fromisoformat(row[7])) for row in reversed(found)]


def asked_there(
    store: People, chat: str, ref: str, known: Known | None = None
) -> Outgoing | None:
    """An older question of this chat, as long as its words are kept."""
    wanted, lately = asked(chat, ref), known or {}
    for one in (*(lately.get("said") or ()), *(lately.get("said_before") or ())):
        if one[0] == wanted["id"] and one[1].choices:
            return _outgoing(chat, *one)
    found = store.db.execute(ONE, wanted).fetchone()
    return outgoing_of(*found) if found else None


def did(store: People, chat: str, once: str) -> bool:
    """Whether this form came already, under its own number."""
    ((found,),) = store.db.conn.execute(HEARD, [chat, once]).fetchall()
    return bool(found)


def told(store: People, chat: str, number: int) -> Outgoing | None:
    """One message of this chat, by its number; nobody else's."""
    sql = """SELECT id, chat, message, body, choices, ref, canvas FROM outbox
        WHERE chat = ? AND id = ? AND body <> '' AND failed IS NULL"""
    found = store.db.execute(sql, [chat, number]).fetchone()
    return outgoing_of(*found) if found else None


def done_since(
    store: People, chat: str, first: datetime, last: datetime
) -> list[tuple[datetime, str]]:
    """(when, what) the person did there between two moments, as they saw it; oldest first."""
    rows = store.rows(DONE, chat)
    found = [(datetime.fromisoformat(row["at"]), row["text"]) for row in rows]
    return sorted((at, text) for at, text in found if first <= at <= last)
