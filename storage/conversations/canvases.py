"""Everything that a turn changes, in the one transaction of its update."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flows.intents.choices import LONGEST, cut
from flows.intents.text import clean
from storage import audit
from storage.conversations.askings import Saying
from storage.database.rows import CURSOR, button_of, number_of, ref_of, text_of
from storage.privacy import erasure

if TYPE_CHECKING:
    from flows.model.turn import Given, Message, Turn, Update

OF_OTHERS = ("/pilots ", "/forget ", "/erase ", "withdraw ", "renew ")
"""Buttons that carry a name, of another pilot or of somebody: it must not stay where that goes."""


class Keeping(Saying):
    """What a turn leaves behind."""

    def first_time(self, update: Update) -> bool:
        """Whether this update is new; remembers it. A set, because ids are in no order."""
        found = self.db.execute(
            "INSERT OR IGNORE INTO updates(chat, id, at) VALUES (?, ?, ?)",
            [update.chat, update.id, text_of(update.at)],
        )
        return bool(found.rowcount == 1)

    def keep(self, update: Update, turn: Turn, messages: tuple[Message, ...], version: str) -> None:
        """Session, answers, askings and outbox of one turn."""
        if turn.erases:
            erasure.in_turn(self, update, turn.erases)
        person = self._person(update) if turn.erases else self.known
        canvas = self._keep_walk(update, turn, person, version)
        shown = person["shown"]
        said = [message for message in messages if not message.brief]
        for number, message in enumerate(said):
            ref = ref_of(person["turn"] * 16 + number)
            self._keep_message(update, message, ref, canvas)
            shown = ref if message.choices else shown
        self._keep_heard(update, turn, canvas if turn.session.agreed else None, messages)
        self.db.execute(
            "UPDATE people SET language = ?, canvas = ?, turn = turn + 1, shown = ?, seen_at = ?, "
            "pressed = ?, pressed_at = ?, last_message = MAX(last_message, ?), gone_at = NULL, "
            "agreed_version = CASE WHEN ? THEN ? ELSE agreed_version END, "
            "agreed_at = CASE WHEN ? THEN ? ELSE agreed_at END WHERE id = ?",
            [
                turn.session.language, turn.switched or canvas, shown, text_of(update.at),
                button_of(update), text_of(update.at), number_of(update),
                turn.agrees, self.agreement, turn.agrees, text_of(update.at), person["id"],
            ],
        )  # fmt: skip
        if turn.agrees:
            audit.note(self.db, update.at, "person", f"agreed {self.agreement}", canvas)

    def _keep_walk(
        self, update: Update, turn: Turn, person: dict[str, Any], version: str
    ) -> int | None:
        walk = turn.session.walk
        if walk is None:
            return None
        now = text_of(update.at)
        canvas = self._new_canvas(person["id"], version, now) if turn.opened else walk.id
        lists = [json.dumps(getattr(walk.cursor, name)) for name in CURSOR]
        self.db.execute(
            "UPDATE canvases SET state = ?, depth = ?, question = ?, picked = ?, plan = ?, "
            "told = ?, changed_at = ?, completed_at = CASE WHEN ? IS NULL THEN NULL ELSE "
            "COALESCE(completed_at, ?) END WHERE id = ?",
            [
                walk.state, walk.depth, walk.cursor.question, *lists,
                now, *[now if walk.state == "done" else None] * 2, canvas,
            ],
        )  # fmt: skip
        for given in turn.answers:
            self._keep_answer(canvas, given, person["pseudonym"])
        return canvas

    def _new_canvas(self, person: int, version: str, now: str) -> int:
        """A number that no canvas ever had, also none that was erased."""
        found = self.db.execute(
            "INSERT INTO canvases(id, person, content, depth, state, picked, plan, told, "
            "created_at, changed_at) VALUES (MAX(?, (SELECT COALESCE(MAX(id), 0) FROM canvases)) "
            "+ 1, ?, ?, 'quick', 'pilot', '[]', '[]', '[]', ?, ?)",
            [int(self.fact(erasure.LAST) or 0), person, version, now, now],
        )
        return int(found.lastrowid or 0)

    def _keep_answer(self, canvas: int, given: Given, by: str) -> None:
        value = None if given.value is None else json.dumps(given.value, ensure_ascii=False)
        self.db.execute(
            "INSERT INTO answers(canvas, question, value, at, by, message, size) "
            "VALUES (?,?,?,?,?,?,?)",
            [canvas, given.question, value, text_of(given.at), by, given.message, given.size],
        )

    def _keep_heard(
        self, update: Update, turn: Turn, canvas: int | None, messages: tuple[Message, ...]
    ) -> None:
        """What the person did, for the record of the conversation; and the press to answer."""
        if canvas is not None:
            self.db.execute(
                "UPDATE updates SET kind = ?, text = ?, canvas = ?, message = ? "
                "WHERE chat = ? AND id = ?",
                [
                    update.kind, _readable(update, turn), canvas, number_of(update) or None,
                    update.chat, update.id,
                ],
            )  # fmt: skip
        if update.press:
            toast = next((m.html for m in messages if m.brief), "")
            self.db.execute(
                "INSERT OR IGNORE INTO presses(id, chat, text, created_at) VALUES (?, ?, ?, ?)",
                [update.press, update.chat, toast, text_of(update.at)],
            )


def _readable(update: Update, turn: Turn) -> str:
    """What the person did as they saw it: a button's words, not its key; as long as an answer."""
    pressed = turn.session.pressed
    if update.text.startswith(OF_OTHERS):
        return update.text
    labels = {c.key: c.label for c in pressed.choices} if pressed else {}
    said = labels.get(update.text, update.text) if update.kind == "press" else update.text
    return cut(clean(said), LONGEST)
