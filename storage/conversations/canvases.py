"""Everything that a turn changes, in the one transaction of its update."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.intents.choices import cut
from flows.intents.text import clean
from flows.model.journey import Walk, changed
from flows.model.kinds import LONGEST
from flows.model.messages import Asking, Message, Update
from flows.model.trajectory import SECRETS
from storage.conversations.askings import post
from storage.conversations.chats import NEWS, given_of
from storage.conversations.joint import next_order
from storage.database import leader
from storage.database.rows import ref_of, update_values, written

if TYPE_CHECKING:
    from datetime import datetime

    from flows.model.turn import Turn
    from storage.conversations.people import People

LAST = "last_canvas"
"""The fact that holds the highest number a canvas had, so that none is given twice."""

HEARD = "SELECT EXISTS (SELECT 1 FROM updates WHERE chat = ? AND id = ?)"
CAME = """INSERT INTO updates(chat, id, at, kind, text, canvas, message, press, toast)
    VALUES (:chat, :id, :at, :kind, :text, :canvas, :message, :press, :toast)
    ON CONFLICT (chat, id) DO NOTHING"""
MORE = """UPDATE updates SET kind = COALESCE(:kind, kind), text = COALESCE(:text, text),
    canvas = COALESCE(:canvas, canvas), message = COALESCE(:message, message),
    press = COALESCE(press, :press), toast = COALESCE(toast, :toast)
    WHERE chat = :chat AND id = :id"""
"""Another turn of the same update."""

SEEN = """UPDATE chats SET shows = COALESCE(:shows, shows), seen_at = :at, pressed = :button,
    pressed_at = :at, last_message = CASE WHEN last_message > :number THEN last_message
    ELSE :number END, gone_at = NULL WHERE chat = :chat"""

STANDS = """UPDATE canvases SET state = :state, depth = :depth, question = :question,
    picked = :picked, plan = :plan, told = :told, changed_at = :at,
    completed_at = CASE WHEN :state = 'done' THEN COALESCE(completed_at, :at) END,
    answered = :answered WHERE id = :canvas"""

IS = """UPDATE people SET language = :language, canvas = :canvas,
    agreed_version = COALESCE(:version, agreed_version),
    agreed_at = COALESCE(:agreed, agreed_at) WHERE id = :id"""

NEW = """INSERT INTO canvases(id, person, content, depth, state, picked, plan, told,
    created_at, changed_at) VALUES ((SELECT MAX(n) + 1 FROM (SELECT MAX(id) AS n
    FROM canvases UNION ALL SELECT CAST(:last AS INTEGER)) AS known),
    :person, :version, 'quick', 'pilot', '[]', '[]', '[]', :at, :at) RETURNING id"""
"""A number that no canvas ever had, also none that was erased."""

UNHEARD = dict.fromkeys(("kind", "text", "canvas", "message", "press", "toast"))
"""Of what somebody did before they agreed nothing is kept but that it came."""

ADDED = """INSERT INTO answers(question, value, at, message, size, note, canvas, id, by)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""

BESIDE = frozenset({"steer.early"})
"""Menus that do not take the place of what a chat shows: what is typed is still for that."""

OF_OTHERS = ("/pilots ", "/forget ", "/erase ", "withdraw ", "renew ")
"""Buttons that carry a name, of another pilot or of somebody: it must not stay where that goes."""


Said = tuple[int, Message, int | None]
"""A message with its number, and the canvas that it is about."""


class Repeated(Exception):  # noqa: N818 - no error: it came again
    """An update was taken before: all that it would change is undone."""


def begin(store: People, update: Update) -> None:
    """An update that is new, or whose first statement will say that it is not."""
    if not store.certain:
        leader.refuse_replaced(store.own)
        if not store.remembered.fits(store.own.version()):
            leader.certain(store.db)
        store.certain = True
    note(store)
    store.noted, store.repeated = update, False


def first_time(store: People, update: Update) -> bool:
    """Whether this update is new; then it is kept. A set, because ids are in no order."""
    begin(store, update)
    ((heard,),) = store.db.conn.execute(HEARD, [update.chat, update.id]).fetchall()
    store.noted = None if heard else update
    return not heard


def note(store: People) -> None:
    """Keep that an update came, where nothing of it was kept yet. Raises Repeated."""
    if store.noted:
        with store.remembered.apart():
            _came(store, {**update_values(store.noted), **UNHEARD})


def _came(store: People, values: dict[str, Any]) -> None:
    noted, store.noted = store.noted, None
    found = store.db.conn.execute(CAME if noted else MORE, values)
    if noted and not found.rowcount:
        raise Repeated


def keep(
    store: People, update: Update, turn: Turn, messages: tuple[Message, ...], version: str
) -> int | None:
    """Where the walk stands, its answers, what was said and heard; the canvas it was about."""
    # What was erased is gone already, the person with it where it was all.
    person = store.person(update) if turn.erases else store.known
    values, walk = update_values(update), turn.session.walk
    with store.remembered.apart():
        canvas = walk.id if walk else None
        if turn.opened:
            canvas = _new_canvas(store, person, version, values)
        kept = _keep_walk(store, walk, turn, person, {**values, "canvas": canvas}) if walk else None
        shows, asking, said = None, person["asking"], list[Said]()
        for message in (message for message in messages if not message.brief):
            number = post(store, update.chat, message, update.at, canvas)
            said.append((number, message, canvas))
            if message.choices and message.key not in BESIDE:
                shows, made = number, _stood_since(asking, message, canvas)
                asking = Asking(ref_of(number), canvas, message.key, message.choices, None, made)
        store.db.conn.execute(SEEN, {**values, "shows": shows})
        if not person["news"]:
            store.db.conn.execute(NEWS, {"chat": update.chat})
        who = (person["language"], person["canvas"])
        if turn.agrees or who != (turn.session.language, turn.switched or canvas):
            _keep_person(store, turn, person, values, canvas)
        _came(store, _heard(update, turn, messages, values, canvas))  # last: it asks what it did
    known = {"walk": kept, "pressed": values["button"], "pressed_at": values["at"]}
    known |= {"language": turn.session.language, "news": True}
    known |= {"answered": (person["answered"] or 0) + len(turn.answers)}
    known |= {"shown_id": shows or person["shown_id"]} | _said(person, values["at"], tuple(said))
    store.remembered.put(update.chat, {**person, **known, "asking": asking})
    shared = walk is not None and walk.joint is not None  # others change it as well
    if shared or turn.erases or turn.opened or turn.switched or turn.agrees:
        store.remembered.drop(update.chat)
    return canvas


def _stood_since(before: Asking | None, message: Message, canvas: int | None) -> datetime | None:
    """What is asked again was read before; all else is still on its way."""
    again = before is not None and (before.key, before.canvas) == (message.key, canvas)
    return before.made if before and again else None


def _said(person: dict[str, Any], at: str, said: tuple[Said, ...]) -> dict[str, Any]:
    """What was said since they did something last, and at the time before; None where unknown.

    A link of theirs is in no memory longer than it takes to send it.
    """
    earlier, secret = person.get("said"), any(one.kind in SECRETS for _, one, _ in said)
    if person["pressed_at"] != at:
        return {"said": None if secret else said, "said_before": earlier}
    return {"said": None if secret or earlier is None else (*earlier, *said)}


def _keep_person(
    store: People, turn: Turn, person: dict[str, Any], values: dict[str, Any], canvas: int | None
) -> None:
    """Most turns change nothing of who somebody is."""
    version, agreed = (store.agreement, values["at"]) if turn.agrees else (None, None)
    known = {"language": turn.session.language, "canvas": turn.switched or canvas}
    who = {"id": person["id"], "version": version, "agreed": agreed}
    store.db.conn.execute(IS, {**known, **who})


def _keep_walk(
    store: People, walk: Walk, turn: Turn, person: dict[str, Any], values: dict[str, Any]
) -> Walk:
    """As it will be read back."""
    first, cursor = 0 if turn.opened else person["answered"] or 0, walk.cursor
    if walk.joint and turn.answers:
        first = next_order(store, walk.joint.pilot) - 1
    lists = {
        "picked": written(cursor.picked) if cursor.picked else "[]",
        "plan": written(cursor.plan) if cursor.plan else "[]",
        "told": written(cursor.told) if cursor.told else "[]",
    }
    place = {"state": walk.state, "depth": walk.depth, "answered": first + len(turn.answers)}
    store.db.conn.execute(STANDS, {**values, **place, **lists, "question": cursor.question})
    before = None if walk.joint else person.get("walk")
    given = dict(before.given) if before else {}
    for number, one in enumerate(turn.answers, first + 1):
        value = None if one.value is None else written(one.value)
        # Only a text can be edited later, and then its answer is found by its message.
        message = "" if values["button"] else one.message
        at = one.at.isoformat(timespec="milliseconds")
        row = (one.question, value, at, message, one.size, one.note)
        store.db.conn.execute(ADDED, [*row, values["canvas"], number, person["pseudonym"]])
        given.pop(one.question, None)  # the newest stands last
        given[one.question] = given_of(*row)
    if walk.joint:
        return walk
    return changed(walk, given=given)  # the same answers: what they open is still so


def _new_canvas(store: People, person: dict[str, Any], version: str, values: dict[str, Any]) -> int:
    last = {"last": int(store.fact(LAST) or 0), "version": version, "at": values["at"]}
    return store.made(NEW, **last, person=person["id"])


def _heard(
    update: Update, turn: Turn, messages: tuple[Message, ...], values: dict[str, Any],
    canvas: int | None,
) -> dict[str, Any]:  # fmt: skip
    """What the person did, for the record of the conversation; and the press to answer."""
    toast = next((m.html for m in messages if m.brief), "") if update.press else None
    pressed = {"press": update.press or None, "toast": toast}
    if canvas is None or not turn.session.agreed:
        return {**values, **UNHEARD, **pressed}
    asked, text = turn.session.pressed, update.text
    if not text.startswith(OF_OTHERS):
        # As they saw it: a button's words, not its key; as long as an answer.
        labels = {c.key: c.label for c in asked.choices} if asked and update.kind == "press" else {}
        said_with = f"{labels.get(text, text)}\n{update.note}"
        text = cut(clean(said_with), LONGEST)
    said = {"kind": update.kind, "text": text, "canvas": canvas}
    return {**values, **said, "message": values["number"] or None, **pressed}
