"""What one conversation is: all that the dialogue must know when an update arrives."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flows.model.journey import Agreed, Attempt, Given, Walk, changed
from flows.model.lists import ON_A_PAGE, Pilot, Pilots, pages_of
from flows.model.messages import LANGUAGES, STEER, Asking, Choice, Message, Update
from flows.model.turn import Session, Turn
from storage import audit
from storage.conversations import askings, canvases, joint
from storage.conversations.canvases import Repeated
from storage.conversations.chats import (
    agreed_of,
    asking_of,
    attempt_of,
    cursor_of,
    given_of,
    time_of,
)
from storage.conversations.past import past_of
from storage.conversations.people import People
from storage.database import leader
from storage.database.connection import immediate, roll_back, scrubbed
from storage.database.errors import Outdated, StoreError, told, told_apart
from storage.database.rows import ASKED, asked, decoded, name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


REPEATED = timedelta(seconds=2)  # the same button within this time is the same press


GIVEN = (
    "WITH RECURSIVE asked(question) AS ("
    "SELECT MIN(question) FROM answers WHERE canvas = :canvas UNION ALL SELECT "
    "(SELECT MIN(question) FROM answers WHERE canvas = :canvas AND question > asked.question) "
    "FROM asked WHERE asked.question IS NOT NULL) "
    "SELECT a.question, a.value, a.at, a.message, a.size, a.note FROM asked JOIN answers a "
    "ON a.canvas = :canvas AND a.question = asked.question AND a.id = "
    "(SELECT MAX(id) FROM answers WHERE canvas = :canvas AND question = asked.question) "
    "ORDER BY a.id"
)
"""From question to question by the index: an answer changed ten thousand times costs no more."""

ASKED_AT = """SELECT * FROM outbox WHERE chat = ? AND key = ? AND choices IS NOT NULL
    AND message IS NOT NULL ORDER BY id DESC LIMIT 1"""
ASKED_LATELY = """SELECT * FROM outbox WHERE chat = ? AND key = ? AND choices IS NOT NULL
    AND id > (SELECT MAX(id) FROM outbox) - 5000 ORDER BY id DESC LIMIT 1"""
"""Where a channel gives no numbers there is no index to find it by: what was said lately."""

LETTER = """SELECT o.*, r.text AS own, r.about, r.canvas AS of FROM outbox o
    JOIN prompts r ON r.outbox = o.id WHERE o.id = ? AND o.chat = ? AND o.failed IS NULL
    AND r.ended_at IS NULL"""
ASIDES = """SELECT * FROM outbox WHERE chat = ? AND key LIKE ? AND choices IS NOT NULL
    AND sent_at IS NOT NULL AND failed IS NULL ORDER BY id DESC LIMIT ?"""
MOST_ASIDES = 20  # messages among which a button is looked for by its words
WHOLE_SECOND = timedelta(seconds=1)  # a channel's times leave out what is less
ATTEMPTS = """SELECT t.* FROM canvases c JOIN canvases o ON o.id = c.id OR o.pilot = c.pilot
    JOIN attempts t ON t.canvas = o.id WHERE c.id = :canvas
    AND (o.id = c.id OR t.action NOT LIKE 'agreed.%') ORDER BY t.id"""
"""What a colleague agreed in a meeting of theirs is theirs alone."""

PRESSED = f"SELECT * FROM outbox WHERE {ASKED}"  # noqa: S608 - ours

COUNTED = """SELECT COUNT(*) AS count, MAX(CASE WHEN c.id <> :number THEN c.id END) AS other,
    COUNT((SELECT 1 FROM holds h WHERE h.canvas = c.id AND h.released_at IS NULL)) AS held
    FROM canvases c WHERE c.person = (SELECT person FROM chats WHERE chat = :chat)"""
PILOTS = """SELECT c.id, c.state, (SELECT value FROM answers WHERE canvas = c.id AND
    question = 'pilot.name' ORDER BY id DESC LIMIT 1) AS name,
    (SELECT why FROM holds WHERE canvas = c.id AND released_at IS NULL) AS held
    FROM canvases c WHERE c.person = (SELECT person FROM chats WHERE chat = ?) """
PILOTS_PAGE, PILOT_NAMED = f"{PILOTS}ORDER BY c.id LIMIT ? OFFSET ?", f"{PILOTS}AND c.id = ?"


class Store(People):
    """The same few methods for every channel, so that a second storage can stand here."""

    begin, first_time, note = canvases.begin, canvases.first_time, canvases.note
    post, say, forget_secrets = askings.post, askings.say, askings.forget_secrets
    past = past_of

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; the list of what was erased goes along."""
        with self.turns():
            leader.certain(self.db)
            yield

    @contextmanager
    def turns(self) -> Iterator[None]:
        """The same for what came in: who leads is read with the first update, or at the end."""
        try:
            with immediate(self.db):
                self.listed.clear()
                self.before, self.certain = self.db.conn.total_changes, False
                try:
                    yield
                    canvases.note(self)
                    if not self.certain:
                        leader.certain(self.db)
                except BaseException:
                    self._take_back(0)
                    raise
        except BaseException:
            self._undone()
            raise
        finally:
            self.certain = False

    def attempt(self, take: Callable[[], object], *, guesses: bool = True) -> None:
        """All or nothing of what one update changes, inside the transaction of its batch.

        Nothing of one that came before, which is `repeated` then. Before anything of the
        batch was kept the transaction itself is the point to go back to. `guesses`: it goes
        by what is remembered before it is known that nobody else wrote, which saves a journey
        to a server; where that was wrong, or anything else before it is known, it is taken
        again without.
        """
        with told_apart():
            canvases.note(self)
            kept, listed = self.db.conn.total_changes != self.before, len(self.listed)
            if kept:
                self.db.conn.execute("SAVEPOINT one")
            self.own.guesses, outdated = guesses, False
            try:
                take()
                canvases.note(self)
                self.own.settle()
                if kept:
                    self.db.conn.execute("RELEASE one")
            except BaseException as error:
                outdated = self._outdated(error)
                self._go_back(kept=kept, listed=listed)
                self.repeated = isinstance(error, Repeated)
                if not (outdated or self.repeated):
                    raise
            finally:
                self.own.guesses = False
        if outdated:
            self.attempt(take, guesses=False)

    def _outdated(self, error: BaseException) -> bool:
        """Whether it may be that others wrote, and nothing else is wrong."""
        if isinstance(error, Outdated):
            return True
        bug = isinstance(error, Exception) and not isinstance(told(error), StoreError)
        return bug and bool(self.own.unproved)

    def _go_back(self, *, kept: bool, listed: int) -> None:
        """To before the update, whatever becomes of the list of what was erased."""
        back = ("ROLLBACK TO one", "RELEASE one") if kept else ("ROLLBACK", "BEGIN IMMEDIATE")
        try:
            self._take_back(listed)
        finally:
            roll_back(self.db, *back)
            self._undone()
            if not kept:  # else what came before it in the batch still stands
                self.before = self.db.conn.total_changes

    def _take_back(self, listed: int) -> None:
        """What fails erases nothing: what was listed since comes off the list.

        Not where a commit fails: a power cut may yet bring it, and then the list must
        have its lines.
        """
        if self.erased and self.listed[listed:]:
            self.erased.withdraw(self.listed[listed:])
        del self.listed[listed:]

    def _undone(self) -> None:
        """What is not kept in the end is not remembered either."""
        self.remembered.forget()
        self.known, self.noted, self.certain = {}, None, False

    def scrub(self) -> None:
        """Take the last traces of what was erased out of the write-ahead log."""
        if self.scrubs:
            self.scrubs = not scrubbed(self.db)

    def close(self) -> None:
        self.db.close()

    def keep(
        self, update: Update, turn: Turn, messages: tuple[Message, ...], version: str
    ) -> int | None:
        """All of one turn, with a line where somebody agreed."""
        canvas = canvases.keep(self, update, turn, messages, version)
        if turn.agrees:
            audit.note(self.db, update.at, audit.PERSON, f"agreed {self.agreement}", canvas)
        return canvas

    # ------------------------------------------------------------ coming in

    def session(self, update: Update) -> Session:
        """All that the dialogue needs to know of this chat."""
        self.known = person = self.find(update.chat) or self.person(update)
        if "walk" not in person or person["pilot"]:
            # What a colleague answers changes a walk that several people share.
            person["walk"] = self._walk_of(person)
            self.remembered.put(update.chat, person)
        walk, shown = person["walk"], self._stood(person)
        edited = self._edited(person["id"], update)
        return Session(
            chat=update.chat,
            language=person["language"] if person["language"] in LANGUAGES else "nl",
            agreed=person["agreed_at"] is not None,
            walk=walk,
            shown=shown,
            pressed=self._pressed(update, shown),
            edited=edited,
            edited_choices=self.choices_of(update.chat, edited[1].question) if edited else (),
            # By order of keeping: a channel's times may be whole seconds.
            last=list(walk.own.values())[-1] if walk and walk.own else None,
            repeated=_repeated(person, update),
            agreement=(person["agreed_version"] or "", person["agreed_at"] or ""),
            outdated=person["agreed_version"] not in (None, self.agreement),
            replied=self._replied(update),
            several=bool(person["several"]),
            zone=person["zone"],
            letter=self._letter(person, update),
            called=person["called"] or "",
            reads=person["role"] == "reader",
            seated=bool(person["seated"]),
        )

    def _walk_of(self, person: Mapping[str, Any]) -> Walk | None:
        """Where the person is."""
        canvas = person["canvas"]
        if canvas is None:
            return None
        agreed = self.agreed(canvas) if person["seated"] else ()
        attempts = self.attempts(canvas) if person["acted"] or person["pilot"] else ()
        return self._walk(canvas, person, agreed, attempts)

    def walk(self, canvas: int) -> Walk:
        """One canvas with its newest answers."""
        row = self.row("SELECT * FROM canvases WHERE id = ?", canvas) or {}
        return self._walk(canvas, row, self.agreed(canvas), self.attempts(canvas))

    def _walk(
        self,
        canvas: int,
        row: Mapping[str, Any],
        agreed: tuple[Agreed, ...],
        attempts: tuple[Attempt, ...],
    ) -> Walk:
        """A personal one, or one person's way through what several fill together."""
        shared = joint.read(self, row["pilot"], canvas) if row["pilot"] else None
        given = shared.given if shared else self.given(canvas)
        where = (canvas, row["state"], row["depth"], cursor_of(row))
        others = [m for m in shared.members if m.person != shared.me] if shared else []
        names = {number: m.name for m in others for number in (m.canvas, *m.beside)}
        told = tuple(changed(one, by=names.get(one.canvas)) for one in attempts)
        return Walk(*where, given, agreed, shared, told)

    def given(self, canvas: int) -> dict[str, Given]:
        """The newest answer or skip of each question."""
        found = self.db.execute(GIVEN, {"canvas": canvas})
        return {row[0]: given_of(*row) for row in found.fetchall()}

    def agreed(self, canvas: int) -> tuple[Agreed, ...]:
        """The actions of meetings that were confirmed for a canvas, oldest first."""
        sql = """SELECT a.* FROM seats s JOIN agreed a ON a.seat = s.id WHERE s.canvas = ?
            AND a.confirmed_at IS NOT NULL ORDER BY a.id"""
        rows = self.rows(sql, canvas)
        return tuple(map(agreed_of, rows))

    def attempts(self, canvas: int) -> tuple[Attempt, ...]:
        """How its actions went, oldest first; on a shared one as anybody said there."""
        return tuple(map(attempt_of, self.rows(ATTEMPTS, canvas=canvas)))

    def newest_agreed(self, seat: int | None) -> int | None:
        """The number of what was noted last for a seat."""
        row = self.row("SELECT MAX(id) AS id FROM agreed WHERE seat = ?", seat)
        return row["id"] if row else None

    def pilots(self, chat: str, at: int, number: int) -> Pilots:
        """The page and the pilot that are wanted, and how many there are: never all of them."""
        known = self.row(COUNTED, chat=chat, number=number) or {}
        at = min(at, pages_of(known["count"]) - 1)
        listed = self._pilots(PILOTS_PAGE, chat, ON_A_PAGE, at * ON_A_PAGE)
        named = self._pilots(PILOT_NAMED, chat, number)
        return Pilots(
            known["count"], known["held"], at, listed, named[0] if named else None, known["other"]
        )

    def _pilots(self, sql: str, *values: str | int) -> tuple[Pilot, ...]:
        rows = self.rows(sql, *values)
        return tuple(Pilot(r["id"], name_of(r["name"]), r["state"], r["held"] or "") for r in rows)

    def _pressed(self, update: Update, shown: Asking | None) -> Asking | None:
        """What a press belongs to: mostly what the person looks at."""
        if not update.ref or update.kind == "form":
            return None
        if shown and shown.ref == update.ref:
            return shown
        row = self.row(PRESSED, **asked(update.chat, update.ref))
        return asking_of(row) if row else None

    def _stood(self, person: Mapping[str, Any]) -> Asking | None:
        """What is shown. What a program before this one left may have stood there since its making.

        It died before it could note that it was sent, or could not note it.
        """
        shown: Asking | None = person["asking"]
        if shown is None or shown.made or person["shown_id"] > self.outbox.left:
            return shown
        row = self.row("SELECT created_at FROM outbox WHERE id = ?", person["shown_id"])
        return replace(shown, made=time_of(row["created_at"])) if row else shown

    def _letter(self, person: Mapping[str, Any], update: Update) -> Asking | None:
        """A kwartiermaker's own words that stood in this chat below what is shown, when typed.

        Where no message can be replied to (it has no id) also those above it, the first time.
        """
        number, below = person["letter"], (person["letter"] or 0) > (person["shown_id"] or 0)
        if number is None or update.kind != "text" or update.ref or (update.message and not below):
            return None
        row = self.row(LETTER, number, update.chat)
        sent, acted = time_of(row["sent_at"]) if row else None, time_of(person["pressed_at"])
        if row is None or sent is None or sent > update.at + WHOLE_SECOND:
            return None
        walk: Walk | None = person["walk"]
        if not row["own"] and walk and (row["of"], row["about"]) == (walk.id, walk.cursor.question):
            return None  # what they ask is what is asked
        return asking_of(row) if below or (acted and sent >= acted) else None

    def asides(self, chat: str) -> tuple[Asking, ...]:
        """What came in this chat about trajectories with buttons, the newest first."""
        found = (asking_of(row) for row in self.rows(ASIDES, chat, f"{STEER}%", MOST_ASIDES))
        return tuple(asking for asking in found if asking)

    def asking(self, chat: str, number: int) -> Asking | None:
        """What could be chosen under a message of this chat, by its number."""
        row = self.row("SELECT * FROM outbox WHERE id = ? AND chat = ?", number, chat)
        return asking_of(row) if row else None

    def _replied(self, update: Update) -> Asking | None:
        if not update.reply:
            return None
        # Several questions stood there, one in the place of the other: the last can be seen.
        sql = """SELECT * FROM outbox WHERE chat = ? AND message = ? AND choices IS NOT NULL
            ORDER BY id DESC LIMIT 1"""
        row = self.row(sql, update.chat, update.reply)
        return asking_of(row) if row else None

    def choices_of(self, chat: str, question: str) -> tuple[Choice, ...]:
        """What could be chosen when a question was asked last."""
        row = self.row(ASKED_AT, chat, question) or self.row(ASKED_LATELY, chat, question)
        return asking.choices if row and (asking := asking_of(row)) else ()

    def _edited(self, person: int, update: Update) -> tuple[int, Given] | None:
        if update.kind != "edit" or not update.message:
            return None
        sql = """SELECT a.* FROM answers a JOIN canvases c ON c.id = a.canvas
            WHERE a.message = ? AND c.person = ? ORDER BY a.id DESC LIMIT 1"""
        row = self.row(sql, update.message, person)
        names = ("question", "value", "at", "message", "size", "note")
        return (row["canvas"], given_of(*(row[name] for name in names))) if row else None

    # ------------------------------------------------------------ content

    def version_of(self, canvas: int) -> str:
        """The hash of the structure that a canvas is pinned to."""
        known = self.known if self.known.get("canvas") == canvas else None
        found = known or self.row("SELECT content FROM canvases WHERE id = ?", canvas) or {}
        return str(found["content"])

    def files_of(self, version: str) -> dict[str, str]:
        """The files kept of that structure."""
        row = self.row("SELECT files FROM contents WHERE hash = ?", version) or {}
        return dict(decoded(row["files"]))

    def pin(self, version: str, files: Mapping[str, str]) -> None:
        """Keep this structure for the canvases that begin with it: once, for it is large."""
        if not self.row("SELECT 1 AS one FROM contents WHERE hash = ?", version):
            written = json.dumps(dict(files), ensure_ascii=False)
            self.db.execute("INSERT INTO contents(hash, files) VALUES (?, ?)", [version, written])


def _repeated(person: Mapping[str, Any], update: Update) -> bool:
    """A client that lost its line sends a press again, under a new id."""
    if update.kind != "press" or person["pressed"] != f"{update.ref}:{update.text}":
        return False
    since = update.at - datetime.fromisoformat(person["pressed_at"])
    return timedelta(0) <= since < REPEATED
