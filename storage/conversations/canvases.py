"""Everything that a turn changes, in the one transaction of its update."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.intents.choices import cut
from flows.intents.text import clean
from flows.model.kinds import LONGEST
from flows.model.messages import Asking
from storage.conversations import askings
from storage.conversations.chats import given_of
from storage.conversations.remembered import version_of
from storage.database import leader
from storage.database.rows import (
    CURSOR,
    answer_values,
    button_of,
    number_of,
    ref_of,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.model.journey import Given
    from flows.model.messages import Message, Update
    from flows.model.turn import Turn
    from storage.conversations.people import People

LAST = "last_canvas"
"""The fact that holds the highest number a canvas had, so that none is given twice."""

HEARD = "SELECT EXISTS (SELECT 1 FROM updates WHERE chat = ? AND id = ?)"
CAME = (
    "INSERT INTO updates(chat, id, at, kind, text, canvas, message, press, toast) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (chat, id) DO NOTHING"
)
MORE = (
    "UPDATE updates SET kind = COALESCE(?, kind), text = COALESCE(?, text), "
    "canvas = COALESCE(?, canvas), message = COALESCE(?, message), press = COALESCE(press, ?), "
    "toast = COALESCE(toast, ?) WHERE chat = ? AND id = ?"
)
"""Another turn of the same update."""

ADDED = (
    "INSERT INTO answers(canvas, id, question, value, at, by, message, size) "
    "VALUES (:canvas, :id, :question, :value, :at, :by, :message, :size)"
)
GIVEN = ("question", "value", "at", "message", "size")

OF_OTHERS = ("/pilots ", "/forget ", "/erase ", "withdraw ", "renew ")
"""Buttons that carry a name, of another pilot or of somebody: it must not stay where that goes."""


class Repeated(Exception):  # noqa: N818 - no error: it came again
    """An update was taken before: all that it would change is undone."""


def begin(store: People, update: Update) -> None:
    """An update that is new, or whose first statement will say that it is not."""
    if not store.certain:
        leader.refuse_replaced(store.db)
        if not store.remembered.fits(version_of(store.db)):
            leader.certain(store.db)
        store.certain = True
    note(store)
    store.noted = update


def first_time(store: People, update: Update) -> bool:
    """Whether this update is new; then it is kept. A set, because ids are in no order."""
    begin(store, update)
    ((heard,),) = store.db.execute(HEARD, [update.chat, update.id]).fetchall()
    store.noted = None if heard else update
    return not heard


def note(store: People) -> None:
    """Keep that an update came, where nothing of it was kept yet. Raises Repeated."""
    if store.noted:
        with store.remembered.apart():
            _note(store, store.noted, [None] * 6)


def _note(store: People, update: Update, what: list[Any]) -> None:
    store.noted = None
    values = [update.chat, update.id, text_of(update.at), *what]
    if not store.db.execute(CAME, values).rowcount:
        raise Repeated


def keep(
    store: People, update: Update, turn: Turn, messages: tuple[Message, ...], version: str
) -> int | None:
    """Session, answers, askings and outbox of one turn; the canvas that it was about."""
    # What was erased is gone already, the person with it where it was all.
    person = store.person(update) if turn.erases else store.known
    with store.remembered.apart():
        canvas, given = _keep_walk(store, update, turn, person, version)
        shows, asking = _keep_said(store, update, messages, canvas)
        _keep_heard(store, update, turn, canvas if turn.session.agreed else None, messages)
        now = _keep_chat(store, update, shows)
        _keep_person(store, update, turn, person, turn.switched or canvas)
    if turn.agrees or turn.erases or (turn.switched or canvas) != person["canvas"]:
        store.remembered.drop(update.chat)
    else:
        walk = turn.session.walk and replace(turn.session.walk, given=given)
        now |= {"language": turn.session.language, "walk": walk}
        now |= {"asking": asking} if asking else {}
        store.remembered.put(update.chat, {**person, **now})
    return canvas


def _keep_said(
    store: People, update: Update, messages: tuple[Message, ...], canvas: int | None
) -> tuple[int | None, Asking | None]:
    """The number of what the person looks at then, where there is anything new to choose."""
    shows, asking = None, None
    for message in messages:
        if not message.brief:
            number = askings.keep_message(store, update.chat, update.at, message, canvas)
            if message.choices:
                shows, asking = number, Asking(ref_of(number), canvas, message.key, message.choices)
    return shows, asking


def _keep_chat(store: People, update: Update, shows: int | None) -> dict[str, Any]:
    """What is known of the chat from now on."""
    button, now = button_of(update), text_of(update.at)
    store.db.execute(
        "UPDATE chats SET shows = COALESCE(?, shows), seen_at = ?, pressed = ?, pressed_at = ?, "
        "last_message = CASE WHEN last_message > ? THEN last_message ELSE ? END, gone_at = NULL "
        "WHERE chat = ?",
        [shows, now, button, now, *[number_of(update)] * 2, update.chat],
    )
    return {"pressed": button, "pressed_at": now}


def _keep_person(
    store: People, update: Update, turn: Turn, person: dict[str, Any], canvas: int | None
) -> None:
    """Most turns change nothing of who somebody is."""
    language = turn.session.language
    if not turn.agrees and (language, canvas) == (person["language"], person["canvas"]):
        return
    agreed = (store.agreement, text_of(update.at)) if turn.agrees else (None, None)
    store.db.execute(
        "UPDATE people SET language = ?, canvas = ?, agreed_version = "
        "COALESCE(?, agreed_version), agreed_at = COALESCE(?, agreed_at) WHERE id = ?",
        [language, canvas, *agreed, person["id"]],
    )


def _keep_walk(
    store: People, update: Update, turn: Turn, person: dict[str, Any], version: str
) -> tuple[int | None, Mapping[str, Given]]:
    """Which canvas, and its newest answers."""
    walk = turn.session.walk
    if walk is None:
        return None, {}
    now = text_of(update.at)
    canvas = _new_canvas(store, person["id"], version, now) if turn.opened else walk.id
    lists = [_listed(getattr(walk.cursor, name)) for name in CURSOR]
    kept = store.db.execute(
        "UPDATE canvases SET state = ?, depth = ?, question = ?, picked = ?, plan = ?, "
        "told = ?, changed_at = ?, completed_at = CASE WHEN ? = 'done' THEN "
        "COALESCE(completed_at, ?) END, answered = answered + ? WHERE id = ? RETURNING answered",
        [
            walk.state, walk.depth, walk.cursor.question, *lists, now, walk.state, now,
            len(turn.answers), canvas,
        ],
    )  # fmt: skip
    ((newest,),) = kept.fetchall()
    before = person.get("walk") and person["walk"].given
    given = dict(before or {})
    for number, one in enumerate(turn.answers, newest - len(turn.answers) + 1):
        given.pop(one.question, None)  # the newest stands last
        given[one.question] = _keep_answer(
            store, canvas, number, _editable(one, update), person["pseudonym"]
        )
    return canvas, given


def _new_canvas(store: People, person: int, version: str, now: str) -> int:
    """A number that no canvas ever had, also none that was erased."""
    return store.made(
        "INSERT INTO canvases(id, person, content, depth, state, picked, plan, told, "
        "created_at, changed_at) VALUES ((SELECT MAX(n) + 1 FROM (SELECT MAX(id) AS n "
        "FROM canvases UNION ALL SELECT CAST(? AS INTEGER)) AS known), "
        "?, ?, 'quick', 'pilot', '[]', '[]', '[]', ?, ?) RETURNING id",
        int(store.fact(LAST) or 0), person, version, now, now,
    )  # fmt: skip


def _keep_answer(store: People, canvas: int, number: int, given: Given, by: str) -> Given:
    """One more, as it is read back; `number`: of its canvas."""
    values = answer_values(given)
    store.db.execute(ADDED, {**values, "canvas": canvas, "id": number, "by": by})
    return given_of(*(values[name] for name in GIVEN))


def _keep_heard(
    store: People, update: Update, turn: Turn, canvas: int | None, messages: tuple[Message, ...]
) -> None:
    """What the person did, for the record of the conversation; and the press to answer."""
    kept = canvas is not None
    what = [
        update.kind if kept else None, _readable(update, turn) if kept else None, canvas,
        (number_of(update) or None) if kept else None, update.press or None,
        next((m.html for m in messages if m.brief), "") if update.press else None,
    ]  # fmt: skip
    if store.noted:
        _note(store, update, what)
    else:
        store.db.execute(MORE, [*what, update.chat, update.id])


def _editable(given: Given, update: Update) -> Given:
    """Only a text can be edited later, and then its answer is found by its message."""
    return replace(given, message="") if update.kind == "press" else given


def _listed(names: tuple[str, ...]) -> str:
    return json.dumps(names) if names else "[]"


def _readable(update: Update, turn: Turn) -> str:
    """What the person did as they saw it: a button's words, not its key; as long as an answer."""
    pressed = turn.session.pressed
    if update.text.startswith(OF_OTHERS):
        return update.text
    labels = {c.key: c.label for c in pressed.choices} if pressed else {}
    said = labels.get(update.text, update.text) if update.kind == "press" else update.text
    return cut(clean(said), LONGEST)
