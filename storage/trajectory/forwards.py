"""Questions to colleagues: by their links, of their owners, and what is done with an answer."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.model.forwarded import KEY_LETTERS, Forwarded, Forwarding, Proposal
from flows.model.trajectory import hashed
from storage.audit import PERSON
from storage.database.rows import decoded, utc
from storage.sequences import Noted, Steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.model.desk import Desk
    from flows.model.guidebook import Guide
    from flows.model.turn import Intent
    from storage.store import Store

    Row = dict[str, Any]

OUT = """SELECT f.*, c.person AS owner, (SELECT COUNT(*) FROM proposals n
    WHERE n.forwarded = f.id AND n.sent_at IS NOT NULL) AS replies
    FROM forwarded f JOIN canvases c ON c.id = f.canvas WHERE """
BY_HASH = f"{OUT}f.hash = ?"
BY_NUMBER = f"{OUT}f.id = ?"
BY_OWNER = f"{OUT}c.person = ? AND f.withdrawn_at IS NULL AND f.expires_at > ? ORDER BY f.id"
REPLY = "SELECT * FROM proposals WHERE receipt = ?"
UNDER_WAY = "SELECT * FROM proposals WHERE person = ? AND sent_at IS NULL ORDER BY id DESC LIMIT 1"
WAITING = """SELECT p.* FROM proposals p JOIN canvases c ON c.id = p.canvas WHERE c.person = ?
    AND p.sent_at IS NOT NULL AND p.settled IS NULL ORDER BY p.id"""

FORWARDS: Steps = (
    """INSERT INTO forwarded(hash, canvas, question, made_at, expires_at)
    SELECT :hash, id, :question, :utc, :expires_at FROM canvases
    WHERE id = :canvas AND person = :doer RETURNING id""",
    Noted(PERSON, "forwarded", ""),
)
RECALLS: Steps = (
    """UPDATE forwarded SET withdrawn_at = :now WHERE id = :forwarded AND withdrawn_at IS NULL
    RETURNING id""",
    "DELETE FROM proposals WHERE forwarded = :forwarded AND sent_at IS NULL",
    Noted(PERSON, "recalled", ""),
)
# One answer under way for each person, and one of each by one link. Who never agreed is not
# known by what they sent: it bears the name that they gave.
KEEPS_REPLY: Steps = (
    """DELETE FROM proposals WHERE sent_at IS NULL
    AND (person = :doer OR receipt = :receipt)""",
    """INSERT INTO proposals(forwarded, canvas, person, receipt, value, name, role, note, at,
    sent_at) SELECT f.id, f.canvas, CASE WHEN :sent AND NOT EXISTS (SELECT 1 FROM people
    WHERE id = :doer AND agreed_at IS NOT NULL) THEN NULL ELSE :doer END, :receipt, :value, :name,
    :role, :note, :now, CASE WHEN :sent THEN :now END FROM forwarded f WHERE f.id = :forwarded
    AND f.withdrawn_at IS NULL AND (SELECT COUNT(*) FROM proposals n WHERE n.forwarded = f.id
    AND n.sent_at IS NOT NULL) < :most ON CONFLICT DO NOTHING""",
)
SETTLES: Steps = """UPDATE proposals SET settled = :how, value = NULL, name = '', role = '',
    note = '' WHERE receipt = :receipt AND settled IS NULL"""
"""What was taken over stands on the canvas, and what was left stands nowhere."""


def receipt_of(secret: str, chat: str) -> str:
    """What a colleague's answer is found by: with the link, in the chat where it was given."""
    return hashlib.sha256(f"{secret} {chat}".encode()).hexdigest()[:KEY_LETTERS]


class Forwards:
    """Reads them. `guide_of`: the structure that a canvas is pinned to."""

    def __init__(self, store: Store, guide_of: Callable[[int], Guide]) -> None:
        self.store, self.guide_of = store, guide_of

    def of(self, desk: Desk, secret: str, intent: Intent, now: datetime) -> Forwarding:
        """What this verb of this person may know; nothing where it follows another link."""
        if intent.verb == "follow" and not secret.startswith("q"):
            return Forwarding()
        receipt = receipt_of(secret, desk.chat) if secret else ""
        wanted = str(intent.argument) if intent.verb == "unsay" else receipt
        followed = self.by_secret(secret) if secret else None
        before = self._proposals(REPLY, wanted) if wanted else ()
        draft = self._proposals(UNDER_WAY, desk.person)
        out, waiting = self._owned(desk, now)
        about = [one.canvas for one in out if one.key == intent.argument]
        about += [one.of.canvas for one in waiting if one.receipt == intent.argument]
        walk = self.store.walk(about[0]) if about else None
        guide = self.guide_of(about[0]) if about else None
        return Forwarding(
            followed, next(iter(before), None), receipt, next(iter(draft), None),
            out, waiting, walk, guide,
        )  # fmt: skip

    def by_secret(self, secret: str) -> Forwarded | None:
        row = self.store.row(BY_HASH, hashed(secret))
        return _forwarded(row) if row else None

    def reply(self, secret: str, chat: str) -> Proposal | None:
        """What was answered there by this link."""
        return next(iter(self._proposals(REPLY, receipt_of(secret, chat))), None)

    def _owned(
        self, desk: Desk, now: datetime
    ) -> tuple[tuple[Forwarded, ...], tuple[Proposal, ...]]:
        if not desk.agreed:
            return (), ()
        out = map(_forwarded, self.store.rows(BY_OWNER, desk.person, utc(now)))
        return tuple(out), self._proposals(WAITING, desk.person)

    def _proposals(self, sql: str, *values: Any) -> tuple[Proposal, ...]:
        return tuple(self._proposal(row) for row in self.store.rows(sql, *values))

    def _proposal(self, row: Row) -> Proposal:
        of = _forwarded(self.store.row(BY_NUMBER, row["forwarded"]) or {})
        value = decoded(row["value"]) if row["value"] else None
        return Proposal(
            of, row["receipt"], value, row["name"], row["role"], row["note"],
            row["sent_at"] is not None, row["settled"] or "",
        )  # fmt: skip


def _forwarded(row: Row) -> Forwarded:
    return Forwarded(
        row["id"], row["hash"][:KEY_LETTERS], row["canvas"], row["owner"], row["question"],
        row["shown"], datetime.fromisoformat(row["expires_at"]), row["withdrawn_at"] is not None,
        row["replies"],
    )  # fmt: skip
