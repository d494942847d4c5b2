"""What one conversation is: all that the dialogue must know when an update arrives."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flows.model.lists import ON_A_PAGE
from flows.model.pilots import Pilot, Pilots, first_of
from flows.model.turn import LANGUAGES, Asking, Choice, Cursor, Given, Language, Session, Walk
from storage.conversations.canvases import Keeping
from storage.database.connection import savepoint, transaction
from storage.database.rows import CURSOR, button_of, name_of
from storage.privacy import erasure
from storage.trajectory.seats import agreed_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flows.model.pilots import Wanted
    from flows.model.trajectory import Agreed
    from flows.model.turn import Update

REPEATED = timedelta(seconds=2)
"""The same button within this time is the same press."""


GIVEN = (
    "WITH RECURSIVE asked(question) AS ("
    "SELECT MIN(question) FROM answers WHERE canvas = :canvas UNION ALL SELECT "
    "(SELECT MIN(question) FROM answers WHERE canvas = :canvas AND question > asked.question) "
    "FROM asked WHERE asked.question IS NOT NULL) "
    "SELECT a.question, a.value, a.at, a.message, a.size FROM asked JOIN answers a ON a.id = "
    "(SELECT MAX(id) FROM answers WHERE canvas = :canvas AND question = asked.question) "
    "ORDER BY a.id"
)
"""From question to question by the index: an answer changed ten thousand times costs no more."""

COUNTED = (
    "SELECT COUNT(*) AS count, MAX(CASE WHEN c.id <> :number THEN c.id END) AS other, "
    "COUNT((SELECT 1 FROM holds h WHERE h.canvas = c.id AND h.released_at IS NULL)) AS held "
    "FROM canvases c JOIN people p ON p.id = c.person WHERE p.chat = :chat"
)
PILOTS = (
    "SELECT c.id, c.state, (SELECT value FROM answers WHERE canvas = c.id AND "
    "question = 'pilot.name' ORDER BY id DESC LIMIT 1) AS name, "
    "(SELECT why FROM holds WHERE canvas = c.id AND released_at IS NULL) AS held "
    "FROM canvases c JOIN people p ON p.id = c.person WHERE p.chat = ? "
)
PILOTS_PAGE, PILOT_NAMED = f"{PILOTS}ORDER BY c.id LIMIT ? OFFSET ?", f"{PILOTS}AND c.id = ?"


class Store(Keeping):
    """The same few methods for every channel, so that a second storage can stand here."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; the list of what was erased goes along."""
        with transaction(self.db):
            self.listed.clear()
            with erasure.taken_back(self):
                yield

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        with savepoint(self.db), erasure.taken_back(self):
            yield

    def scrub(self) -> None:
        """Take the last traces of what was erased out of the write-ahead log."""
        if self.scrubs:
            self.scrubs = not erasure.scrubbed(self.db)

    def close(self) -> None:
        self.db.close()

    # ------------------------------------------------------------ coming in

    def session(self, update: Update) -> Session:
        """All that the dialogue needs to know of this chat."""
        person = self.known = self._person(update)
        canvas, seated = person["canvas"], bool(person["seated"])
        walk = self.walk(canvas, seated=seated) if canvas else None
        return Session(
            chat=update.chat,
            language=_language(person["language"]),
            agreed=person["agreed_at"] is not None,
            walk=walk,
            shown=self._asking(update.chat, person["shown"]),
            pressed=self._asking(update.chat, update.ref) if update.kind == "press" else None,
            edited=(edited := self._edited(person["id"], update)),
            edited_choices=self._choices_of(update.chat, edited[1].question) if edited else (),
            last=self._last(walk),
            repeated=_repeated(person, update),
            agreement=(person["agreed_version"] or "", person["agreed_at"] or ""),
            outdated=person["agreed_version"] not in (None, self.agreement),
            replied=self._replied(update),
            zone=person["zone"],
        )

    def walk(self, canvas: int, *, seated: bool = True) -> Walk:
        """One canvas with its newest answers; without a seat no meeting agreed anything."""
        row = self.row("SELECT * FROM canvases WHERE id = ?", canvas) or {}
        cursor = Cursor(row["question"], *(tuple(json.loads(row[c])) for c in CURSOR))
        given, agreed = self.given(canvas), self.agreed(canvas) if seated else ()
        return Walk(canvas, row["state"], row["depth"], cursor, given, agreed)

    def given(self, canvas: int) -> dict[str, Given]:
        """The newest answer or skip of each question."""
        found = self.db.execute(GIVEN, {"canvas": canvas})
        return {row[0]: _given(*row) for row in found.fetchall()}

    def agreed(self, canvas: int) -> tuple[Agreed, ...]:
        """The actions of meetings that were confirmed for a canvas, oldest first."""
        rows = self.rows(
            "SELECT a.* FROM seats s JOIN agreed a ON a.seat = s.id WHERE s.canvas = ? "
            "AND a.confirmed_at IS NOT NULL ORDER BY a.id",
            canvas,
        )
        return tuple(map(agreed_of, rows))

    def pilots(self, chat: str, wanted: Wanted) -> Pilots:
        """The page and the pilot that are wanted, and how many there are: never all of them."""
        known = self.row(COUNTED, chat=chat, number=wanted.number) or {}
        at, before = first_of(wanted.at, known["count"])
        listed = self._pilots(PILOTS_PAGE, chat, ON_A_PAGE, before)
        named = self._pilots(PILOT_NAMED, chat, wanted.number)
        return Pilots(
            known["count"], known["held"], at, listed, named[0] if named else None, known["other"]
        )

    def _pilots(self, sql: str, *values: str | int) -> tuple[Pilot, ...]:
        rows = self.rows(sql, *values)
        return tuple(Pilot(r["id"], name_of(r["name"]), r["state"], r["held"] or "") for r in rows)

    def _asking(self, chat: str, ref: str | None) -> Asking | None:
        row = self.row("SELECT * FROM askings WHERE chat = ? AND ref = ?", chat, ref or "")
        return _asking(row) if row else None

    def _replied(self, update: Update) -> Asking | None:
        if not update.reply:
            return None
        row = self.row(
            "SELECT * FROM askings WHERE chat = ? AND message = ?", update.chat, update.reply
        )
        return _asking(row) if row else None

    def _choices_of(self, chat: str, question: str) -> tuple[Choice, ...]:
        row = self.row(
            "SELECT * FROM askings WHERE chat = ? AND key = ? "
            "ORDER BY length(ref) DESC, ref DESC LIMIT 1",
            chat,
            question,
        )
        return _asking(row).choices if row else ()

    def _edited(self, person: int, update: Update) -> tuple[int, Given] | None:
        if update.kind != "edit" or not update.message:
            return None
        row = self.row(
            "SELECT a.* FROM answers a JOIN canvases c ON c.id = a.canvas "
            "WHERE a.message = ? AND c.person = ? ORDER BY a.id DESC LIMIT 1",
            update.message,
            person,
        )
        names = ("question", "value", "at", "message", "size")
        return (row["canvas"], _given(*(row[name] for name in names))) if row else None

    def _last(self, walk: Walk | None) -> Given | None:
        """By order of keeping: a channel's times may be whole seconds."""
        return next(reversed(list(walk.given.values())), None) if walk else None

    # ------------------------------------------------------------ content

    def version_of(self, canvas: int) -> str:
        """The hash of the structure that a canvas is pinned to."""
        found = self.row("SELECT content FROM canvases WHERE id = ?", canvas) or {}
        return str(found["content"])

    def files_of(self, version: str) -> dict[str, str]:
        """The files kept of that structure."""
        row = self.row("SELECT files FROM contents WHERE hash = ?", version) or {}
        return dict(json.loads(row["files"]))

    def pin(self, version: str, files: Mapping[str, str]) -> None:
        """Keep this structure for the canvases that begin with it: once, for it is large."""
        if not self.row("SELECT 1 AS one FROM contents WHERE hash = ?", version):
            written = json.dumps(dict(files), ensure_ascii=False)
            self.db.execute("INSERT INTO contents(hash, files) VALUES (?, ?)", [version, written])


def _repeated(person: Mapping[str, Any], update: Update) -> bool:
    """A client that lost its line sends a press again, under a new id."""
    if update.kind != "press" or person["pressed"] != button_of(update):
        return False
    since = update.at - datetime.fromisoformat(person["pressed_at"])
    return timedelta(0) <= since < REPEATED


def _given(question: str, value: str | None, at: str, message: str, size: int) -> Given:
    return Given(question, _value(value), datetime.fromisoformat(at), message, size)


def _value(text: str | None) -> Any:
    """From JSON; most are plain words, and every turn reads all of them."""
    if text is None:
        return None
    if text[0] == '"' and "\\" not in text:
        return text[1:-1]
    return json.loads(text)


def _asking(row: Mapping[str, Any]) -> Asking:
    choices = tuple(Choice(*choice) for choice in json.loads(row["choices"]))
    ready = datetime.fromisoformat(row["ready_at"]) if row["ready_at"] else None
    return Asking(row["ref"], row["canvas"], row["key"], choices, ready)


def _language(code: str) -> Language:
    return next((language for language in LANGUAGES if language == code), "nl")
