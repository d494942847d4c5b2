"""What one conversation is, and everything that a turn changes, in one transaction."""

from __future__ import annotations

import json
import secrets
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flows.turn import LANGUAGES, Asking, Choice, Cursor, Given, Language, Pilot, Session, Walk
from storage.schema import transaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlite_utils import Database

    from flows.turn import Message, Turn, Update

STRANGERS_KEPT = timedelta(hours=24)
"""How long a chat that never agreed is remembered."""

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Store:
    """The same few methods for every channel, so that a second storage can stand here."""

    def __init__(self, db: Database, language: Language = "nl", agreement: str = "1") -> None:
        self.db, self.language, self.agreement = db, language, agreement

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with transaction(self.db):
            yield

    def close(self) -> None:
        self.db.close()

    # ------------------------------------------------------------ coming in

    def first_time(self, update: Update) -> bool:
        """Whether this update is new; remembers it. A set, because ids are in no order."""
        found = self.db.execute(
            "INSERT OR IGNORE INTO updates(chat, id, at) VALUES (?, ?, ?)",
            [update.chat, update.id, _text(update.at)],
        )
        return bool(found.rowcount == 1)

    def session(self, update: Update) -> Session:
        """All that the dialogue needs to know of this chat."""
        person = self._person(update)
        walk = self.walk(person["canvas"]) if person["canvas"] else None
        return Session(
            chat=update.chat,
            language=_language(person["language"]),
            agreed=person["agreed_at"] is not None,
            walk=walk,
            pilots=self._pilots(person["id"]),
            shown=self._asking(update.chat, person["shown"]),
            pressed=self._asking(update.chat, update.ref) if update.kind == "press" else None,
            edited=(edited := self._edited(person["id"], update)),
            edited_choices=self._choices_of(update.chat, edited[1].question) if edited else (),
            last=self._last(walk),
        )

    def _person(self, update: Update) -> dict[str, Any]:
        found = self._row("SELECT * FROM people WHERE chat = ?", update.chat)
        if found:
            return found
        self.forget_strangers(update.at)
        self.db.execute(
            "INSERT INTO people(chat, pseudonym, language, seen_at) VALUES (?, ?, ?, ?)",
            [
                update.chat,
                secrets.token_hex(8),
                update.language or self.language,
                _text(update.at),
            ],
        )
        return self._person(update)

    def forget_strangers(self, now: datetime) -> None:
        """Who never agreed is gone after a day, with what was said to them."""
        before = [_text(now - STRANGERS_KEPT)]
        old = "SELECT chat FROM people WHERE agreed_at IS NULL AND seen_at < ?"
        for table in ("outbox", "askings", "updates"):
            self.db.execute(f"DELETE FROM {table} WHERE chat IN ({old})", before)  # noqa: S608
        self.db.execute("DELETE FROM people WHERE agreed_at IS NULL AND seen_at < ?", before)

    def walk(self, canvas: int) -> Walk:
        """One canvas with its newest answers."""
        row = self._row("SELECT * FROM canvases WHERE id = ?", canvas) or {}
        cursor = Cursor(row["question"], *(tuple(json.loads(row[c])) for c in _CURSOR))
        return Walk(canvas, row["state"], row["depth"], cursor, self.given(canvas))

    def given(self, canvas: int) -> dict[str, Given]:
        """The newest answer or skip of each question."""
        rows = self._rows(
            "SELECT question, value, at, message, size, MAX(id) FROM answers WHERE canvas = ? "
            "GROUP BY question",
            canvas,
        )
        return {row["question"]: _given(row) for row in rows}

    def _pilots(self, person: int) -> tuple[Pilot, ...]:
        rows = self._rows(
            "SELECT c.id, c.state, (SELECT value FROM answers WHERE canvas = c.id AND "
            "question = 'pilot.name' ORDER BY id DESC LIMIT 1) AS name "
            "FROM canvases c WHERE c.person = ? ORDER BY c.id",
            person,
        )
        return tuple(Pilot(r["id"], _name(r["name"]), r["state"]) for r in rows)

    def _asking(self, chat: str, ref: str | None) -> Asking | None:
        row = self._row("SELECT * FROM askings WHERE chat = ? AND ref = ?", chat, ref or "")
        return _asking(row) if row else None

    def _choices_of(self, chat: str, question: str) -> tuple[Choice, ...]:
        row = self._row(
            "SELECT * FROM askings WHERE chat = ? AND key = ? ORDER BY length(ref) DESC, ref DESC",
            chat,
            question,
        )
        return _asking(row).choices if row else ()

    def _edited(self, person: int, update: Update) -> tuple[int, Given] | None:
        if update.kind != "edit" or not update.message:
            return None
        row = self._row(
            "SELECT a.* FROM answers a JOIN canvases c ON c.id = a.canvas "
            "WHERE a.message = ? AND c.person = ? ORDER BY a.id DESC LIMIT 1",
            update.message,
            person,
        )
        return (row["canvas"], _given(row)) if row else None

    def _last(self, walk: Walk | None) -> Given | None:
        if walk is None:
            return None
        return max(walk.given.values(), key=lambda given: given.at, default=None)

    # ------------------------------------------------------------ content

    def version_of(self, canvas: int) -> str:
        """The hash of the structure that a canvas is pinned to."""
        found = self._row("SELECT content FROM canvases WHERE id = ?", canvas) or {}
        return str(found["content"])

    def files_of(self, version: str) -> dict[str, str]:
        """The files kept of that structure."""
        row = self._row("SELECT files FROM contents WHERE hash = ?", version) or {}
        return dict(json.loads(row["files"]))

    def pin(self, version: str, files: Mapping[str, str]) -> None:
        """Keep this structure for the canvases that begin with it."""
        self.db.execute(
            "INSERT OR IGNORE INTO contents(hash, files) VALUES (?, ?)",
            [version, json.dumps(dict(files), ensure_ascii=False)],
        )

    # ------------------------------------------------------------ what a turn changes

    def keep(self, update: Update, turn: Turn, messages: tuple[Message, ...], version: str) -> None:
        """Session, answers, askings and outbox of one turn."""
        person = self._person(update)
        canvas = self._keep_walk(update, turn, person, version)
        shown = person["shown"]
        for number, message in enumerate(messages):
            ref = _ref(person["turn"] * 16 + number)
            self._keep_message(update, message, ref, canvas)
            shown = ref if message.choices else shown
        agreed = _text(update.at) if turn.session.agreed else None
        self.db.execute(
            "UPDATE people SET language = ?, canvas = ?, turn = turn + 1, shown = ?, seen_at = ?, "
            "agreed_version = COALESCE(agreed_version, ?), agreed_at = COALESCE(agreed_at, ?) "
            "WHERE id = ?",
            [
                turn.session.language, turn.switched or canvas, shown, _text(update.at),
                self.agreement if agreed else None, agreed, person["id"],
            ],
        )  # fmt: skip

    def _keep_walk(
        self, update: Update, turn: Turn, person: dict[str, Any], version: str
    ) -> int | None:
        walk = turn.session.walk
        if walk is None:
            return None
        now = _text(update.at)
        canvas = self._new_canvas(person["id"], version, now) if turn.opened else walk.id
        lists = [json.dumps(getattr(walk.cursor, name)) for name in _CURSOR]
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
        found = self.db.execute(
            "INSERT INTO canvases(person, content, depth, state, picked, plan, told, created_at, "
            "changed_at) VALUES (?, ?, 'quick', 'pilot', '[]', '[]', '[]', ?, ?)",
            [person, version, now, now],
        )
        return int(found.lastrowid or 0)

    def _keep_answer(self, canvas: int, given: Given, by: str) -> None:
        value = None if given.value is None else json.dumps(given.value, ensure_ascii=False)
        self.db.execute(
            "INSERT INTO answers(canvas, question, value, at, by, message, size) "
            "VALUES (?,?,?,?,?,?,?)",
            [canvas, given.question, value, _text(given.at), by, given.message, given.size],
        )

    def _keep_message(self, update: Update, message: Message, ref: str, canvas: int | None) -> None:
        choices = [[c.key, c.label, c.ticked] for c in message.choices]
        if choices:
            self.db.execute(
                "INSERT INTO askings(chat, ref, canvas, key, choices) VALUES (?, ?, ?, ?, ?)",
                [update.chat, ref, canvas, message.key, json.dumps(choices, ensure_ascii=False)],
            )
        body = {
            "kind": message.kind, "key": message.key, "html": message.html, "choices": choices,
            "ref": ref, "canvas": canvas, "state": message.state,
            "file_name": message.file_name, "file_text": message.file_text,
        }  # fmt: skip
        self.db.execute(
            "INSERT INTO outbox(chat, body, created_at) VALUES (?, ?, ?)",
            [update.chat, json.dumps(body, ensure_ascii=False), _text(update.at)],
        )

    # ------------------------------------------------------------ rows

    def _rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        found = self.db.execute(sql, list(values))
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def _row(self, sql: str, *values: Any) -> dict[str, Any] | None:
        rows = self._rows(sql, *values)
        return rows[0] if rows else None


_CURSOR = ("picked", "plan", "told")


def _given(row: Mapping[str, Any]) -> Given:
    value = None if row["value"] is None else json.loads(row["value"])
    at = datetime.fromisoformat(row["at"])
    return Given(row["question"], value, at, row["message"], row["size"])


def _asking(row: Mapping[str, Any]) -> Asking:
    choices = tuple(Choice(*choice) for choice in json.loads(row["choices"]))
    return Asking(row["ref"], row["canvas"], row["key"], choices)


def _name(value: str | None) -> str:
    name = json.loads(value) if value else ""
    return name if name != "unknown" else ""


def _language(code: str) -> Language:
    return next((language for language in LANGUAGES if language == code), "nl")


def _text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def _ref(number: int) -> str:
    """A short name for an asking, unique within its chat."""
    digits = ""
    while number or not digits:
        number, digit = divmod(number, len(DIGITS))
        digits = DIGITS[digit] + digits
    return digits
