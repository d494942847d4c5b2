"""Everything that a turn changes, in the one transaction of its update."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flows.answers import clean
from flows.desk import SECRETS
from flows.keep import Keep
from flows.turn import Update
from storage import audit, erasing, gone
from storage.rows import CURSOR, Rows, button_of, first_turn, number_of, ref_of, text_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlite_utils import Database

    from flows.turn import Given, Language, Message, Turn
    from storage.erased import Erased

TRAIL = 1
"""Choices that stay in sight above the next question: more is noise by the tenth press."""


OF_OTHERS = ("/pilots ", "/forget ", "/erase ", "withdraw ", "renew ")
"""Buttons that carry a name, of another pilot or of somebody: it must not stay where that goes."""


TO_TELL = {
    "person": "SELECT id, chat, language FROM people WHERE id = ? AND gone_at IS NULL",
    "seat": "SELECT id, chat, language FROM people WHERE gone_at IS NULL "
    "AND id IN (SELECT person FROM seats WHERE id = ?)",
    "keepers": "SELECT id, chat, language FROM people WHERE gone_at IS NULL "
    "AND id IN (SELECT person FROM keepers WHERE trajectory = ? AND until_at IS NULL)",
}


class Keeping(Rows):
    """People, and what their turns leave behind."""

    def __init__(
        self,
        db: Database,
        language: Language = "nl",
        agreement: str = "1",
        erased: Erased | None = None,
        keeps: Keep | None = None,
    ) -> None:
        super().__init__(db)
        self.language, self.agreement, self.erased = language, agreement, erased
        self.known: dict[str, Any] = {}
        """The person of the turn that is under way: read by session(), used by keep()."""
        self.keeps = keeps or Keep()
        self.scrubs = False
        """Something was erased, and its last traces are still in the write-ahead log."""
        self.listed: list[str] = []
        """What this transaction put on the list of what was erased."""

    def first_time(self, update: Update) -> bool:
        """Whether this update is new; remembers it. A set, because ids are in no order."""
        found = self.db.execute(
            "INSERT OR IGNORE INTO updates(chat, id, at) VALUES (?, ?, ?)",
            [update.chat, update.id, text_of(update.at)],
        )
        return bool(found.rowcount == 1)

    def _person(self, update: Update) -> dict[str, Any]:
        found = self.row("SELECT * FROM people WHERE chat = ?", update.chat)
        if found:
            return found
        self.db.execute(
            "INSERT INTO people(chat, pseudonym, language, turn, seen_at) VALUES (?, ?, ?, ?, ?)",
            [
                update.chat, secrets.token_hex(8), update.language or self.language,
                first_turn(update.at), text_of(update.at),
            ],
        )  # fmt: skip
        return self._person(update)

    def forget_strangers(self, now: datetime) -> None:
        """Who never agreed is gone after a day, with what was said to them."""
        before = text_of(now - timedelta(days=self.keeps.strangers))
        old = "SELECT chat FROM people WHERE agreed_at IS NULL AND seen_at < ?"
        for row in self.rows(old, before):
            for statement in gone.OF_PERSON:
                self.db.execute(statement, row)

    def to_hear_news(self) -> list[str]:
        """Who agreed to an older privacy text and was not told of the newest; told from now on."""
        rows = self.rows(
            "SELECT chat FROM people WHERE agreed_at IS NOT NULL AND gone_at IS NULL "
            "AND agreed_version <> ? AND COALESCE(told_version, '') <> ?",
            self.agreement,
            self.agreement,
        )
        self.db.execute("UPDATE people SET told_version = ?", [self.agreement])
        return [row["chat"] for row in rows]

    # ------------------------------------------------------------ what a turn changes

    def keep(self, update: Update, turn: Turn, messages: tuple[Message, ...], version: str) -> None:
        """Session, answers, askings and outbox of one turn."""
        if turn.erases:
            erasing.in_turn(self, update, turn.erases)
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
            [int(self.fact(erasing.LAST) or 0), person, version, now, now],
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
            )
        if update.press:
            toast = next((m.html for m in messages if m.brief), "")
            self.db.execute(
                "INSERT OR IGNORE INTO presses(id, chat, text, created_at) VALUES (?, ?, ?, ?)",
                [update.press, update.chat, toast, text_of(update.at)],
            )

    def post(self, chat: str, message: Message, at: datetime, canvas: int | None = None) -> int:
        """Say something that nobody asked for just now; where the person is stays as it is.

        The number in the outbox comes back.
        """
        person = self.row("SELECT turn FROM people WHERE chat = ?", chat) or {"turn": 0}
        ref = ref_of(person["turn"] * 16)
        self.db.execute("UPDATE people SET turn = turn + 1 WHERE chat = ?", [chat])
        return self._keep_message(Update(ref, chat, at, "other"), message, ref, canvas)

    def _keep_message(self, update: Update, message: Message, ref: str, canvas: int | None) -> int:
        choices = [[c.key, c.label, c.ticked] for c in message.choices]
        body = {
            "kind": message.kind, "key": message.key, "html": message.html, "choices": choices,
            "ref": ref, "canvas": canvas, "state": message.state,
            "file_name": message.file_name, "file_text": message.file_text,
            "document": message.document,
            "over": message.over, "closes": message.closes,
            "chosen": message.chosen, "trail": self._trail(update.chat, message),
        }  # fmt: skip
        found = self.db.execute(
            "INSERT INTO outbox(chat, ref, canvas, body, created_at, secret, about) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                update.chat, ref, canvas, json.dumps(body, ensure_ascii=False), text_of(update.at),
                1 if message.kind in SECRETS else None, message.about,
            ],
        )  # fmt: skip
        if choices:
            said = json.dumps(choices, ensure_ascii=False)
            self.db.execute(
                "INSERT INTO askings(chat, ref, canvas, key, choices, outbox) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                [update.chat, ref, canvas, message.key, said, found.lastrowid],
            )
        return int(found.lastrowid or 0)

    def fact(self, name: str) -> str | None:
        """Something that the running program knows of itself."""
        row = self.row("SELECT value FROM facts WHERE name = ?", name)
        return row["value"] if row else None

    def remember(self, name: str, value: str | None) -> None:
        """Keep a fact; None forgets it."""
        self.db.execute("DELETE FROM facts WHERE name = ?", [name])
        if value is not None:
            self.db.execute("INSERT INTO facts(name, value) VALUES (?, ?)", [name, value])

    def open_chats(self) -> list[str]:
        """Who has a question open and did not leave."""
        rows = self.rows(
            "SELECT p.chat FROM people p JOIN canvases c ON c.id = p.canvas "
            "WHERE p.gone_at IS NULL AND c.question IS NOT NULL"
        )
        return [row["chat"] for row in rows]

    def knows(self, chat: str) -> bool:
        return self.row("SELECT 1 AS one FROM people WHERE chat = ?", chat) is not None

    def owner(self, canvas: int) -> str | None:
        """The chat of the person whose canvas this is."""
        row = self.row(
            "SELECT p.chat FROM canvases c JOIN people p ON p.id = c.person WHERE c.id = ?", canvas
        )
        return row["chat"] if row else None

    def canvas_numbers(self) -> list[int]:
        return [row["id"] for row in self.rows("SELECT id FROM canvases ORDER BY id")]

    def canvases_of(self, chat: str) -> list[int]:
        rows = self.rows(
            "SELECT c.id FROM canvases c JOIN people p ON p.id = c.person WHERE p.chat = ? "
            "ORDER BY c.id",
            chat,
        )
        return [row["id"] for row in rows]
    def to_tell(self, whom: str, number: int) -> list[dict[str, Any]]:
        """People by what they are: `person`, in a `seat`, or the `keepers` of a trajectory."""
        return self.rows(TO_TELL[whom], number)

    def language_of(self, chat: str) -> Language:
        row = self.row("SELECT language FROM people WHERE chat = ?", chat)
        return row["language"] if row else self.language

    def say(self, chat: str, message: Message, at: datetime, canvas: int | None = None) -> None:
        """Something without choices, outside a turn; before akkoord or after."""
        body = {"kind": message.kind, "key": "", "html": message.html, "choices": []}
        written = json.dumps({**body, "ref": "", "canvas": canvas}, ensure_ascii=False)
        self.db.execute(
            "INSERT INTO outbox(chat, canvas, body, created_at) VALUES (?, ?, ?, ?)",
            [chat, canvas, written, text_of(at)],
        )

    def forget_secrets(self) -> None:
        """Only hashes of links are kept: what was sent with one loses its words."""
        self.db.execute(
            "UPDATE outbox SET secret = NULL, body = json_set(body, '$.html', '…', "
            "'$.file_text', '') WHERE secret IS NOT NULL "
            "AND (sent_at IS NOT NULL OR failed IS NOT NULL)"
        )

    def _trail(self, chat: str, message: Message) -> list[str]:
        """The last choices made in the bubble that this message takes over."""
        if not message.over:
            return []
        row = self.row(
            "SELECT body FROM outbox WHERE id = "
            "(SELECT outbox FROM askings WHERE chat = ? AND ref = ?)",
            chat,
            message.over,
        )
        before = json.loads(row["body"])["trail"] if row else []
        return [*before, *filter(None, [message.chosen])][-TRAIL:]


def _readable(update: Update, turn: Turn) -> str:
    """What the person did as they saw it: a button's words, not its key."""
    pressed = turn.session.pressed
    if update.text.startswith(OF_OTHERS):
        return update.text
    labels = {c.key: c.label for c in pressed.choices} if pressed else {}
    said = labels.get(update.text, update.text) if update.kind == "press" else update.text
    return clean(said)
