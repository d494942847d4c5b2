"""Everything that is kept of one person: the rows behind /mijngegevens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage import audit
from storage.database.rows import decoded, html_in
from storage.database.schema import NAME_A_CANVAS, NAME_A_PERSON

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.reports import Record
    from storage.store import Store

Row = dict[str, Any]

PERSON = """SELECT chat, pseudonym, language, agreed_at, agreed_version,
    (SELECT MAX(seen_at) FROM chats WHERE person = people.id) AS seen_at, zone FROM people
    WHERE id = (SELECT person FROM chats WHERE chat = ?)"""
TOLD = """SELECT created_at AS at, canvas, body FROM outbox WHERE body <> '' AND chat IN
    (SELECT chat FROM chats WHERE person = (SELECT person FROM chats WHERE chat = ?)) ORDER BY id"""
ROWS = {
    "typed": """SELECT at, kind, text, canvas FROM updates WHERE chat IN
        (SELECT chat FROM chats WHERE person = (SELECT person FROM chats WHERE chat = ?))
        AND kind IS NOT NULL ORDER BY at""",
    "unplaced": """SELECT at, text, canvas FROM unplaced WHERE chat IN
        (SELECT chat FROM chats WHERE person = (SELECT person FROM chats WHERE chat = ?))
        ORDER BY at""",
    "aside": """SELECT at, body FROM aside WHERE chat IN
        (SELECT chat FROM chats WHERE person = (SELECT person FROM chats WHERE chat = ?))
        ORDER BY id""",
    "holds": """SELECT canvas, who, why, at, released_at FROM holds WHERE canvas IN (SELECT c.id
        FROM canvases c WHERE c.person = (SELECT person FROM chats WHERE chat = ?)) ORDER BY id""",
}
OTHERWISE = frozenset({
    "answers", "outbox", "unplaced", "holds",  # above, and with each canvas
    "seats", "keepers", "kwartiermakers", "forwarded", "proposals",  # below, of more or less
    "addresses", "doors", "passkeys", "aliases",  # below, without what opens anything
    "handed", "glances", "planned",  # worked out by the guide, from what is given here
})  # fmt: skip
"""Tables that name a canvas or a person and are not given as they stand."""

OWN = "s.person = (SELECT person FROM chats WHERE chat = ?)"
# What trajectories hold of a person, by the name it has in the file.
IN_TRAJECTORIES = {
    "seats": f"SELECT * FROM seats s WHERE {OWN}",  # noqa: S608 - ours
    "shares": f"SELECT h.* FROM shares h JOIN seats s ON s.id = h.seat WHERE {OWN}",  # noqa: S608 - ours
    "remarks": f"SELECT r.* FROM remarks r JOIN seats s ON s.id = r.seat WHERE {OWN}",  # noqa: S608 - ours
    "agreed": f"SELECT a.* FROM agreed a JOIN seats s ON s.id = a.seat WHERE {OWN}",  # noqa: S608 - ours
    **{
        table: f"SELECT o.* FROM {table} o JOIN canvases s ON s.id = o.canvas WHERE {OWN}"  # noqa: S608 - ours
        for table in NAME_A_CANVAS if table not in OTHERWISE
    },
    **{
        table: f"SELECT * FROM {table} s WHERE {OWN}"  # noqa: S608 - ours
        for table in NAME_A_PERSON if table not in OTHERWISE
    },
    "keeps": f"SELECT * FROM keepers s WHERE {OWN}",  # noqa: S608 - ours
    "forwarded": """SELECT s.id, s.canvas, s.question, s.shown, s.made_at, s.expires_at,
        s.withdrawn_at FROM forwarded s JOIN canvases c ON c.id = s.canvas
        WHERE c.person = (SELECT person FROM chats WHERE chat = ?)""",
    "proposals": """SELECT s.forwarded, s.canvas, s.person = h.person AS own,
        (SELECT f.question FROM forwarded f WHERE f.id = s.forwarded) AS question, s.value,
        s.name, s.role, s.note, s.at, s.sent_at, s.settled
        FROM proposals s JOIN chats h ON h.chat = ? WHERE s.person = h.person
        OR s.canvas IN (SELECT c.id FROM canvases c WHERE c.person = h.person)""",
    "together": f"""SELECT id AS canvas, pilot, role, called FROM canvases s
        WHERE pilot > 0 AND {OWN}""",  # noqa: S608 - ours
    "settlements": f"SELECT * FROM settlements s WHERE {OWN}",  # noqa: S608 - ours
    "kwartiermaker": f"SELECT * FROM kwartiermakers s WHERE {OWN}",  # noqa: S608 - ours
}  # fmt: skip
# How a person comes in by the web: never what opens anything.
ON_THE_WEB = {
    "devices": """SELECT device, made_at, seen_at, until_at FROM sessions WHERE chat IN
        (SELECT h.chat FROM chats h WHERE h.person = (SELECT person FROM chats WHERE chat = ?))
        ORDER BY made_at""",
    "addresses": f"SELECT address, made_at, confirmed_at, stopped_at FROM addresses s WHERE {OWN}",  # noqa: S608 - ours
    "doors": f"SELECT kind, made_at, expires_at, opened FROM doors s WHERE {OWN}",  # noqa: S608 - ours
    "known_as": f"SELECT pseudonym FROM aliases s WHERE {OWN}",  # noqa: S608 - ours
    "passkeys": f"SELECT name, made_at, used_at FROM passkeys s WHERE {OWN}",  # noqa: S608 - ours
}


@dataclass(frozen=True)
class Whole:
    """`typed` and `told` hold only what the records still hold."""

    person: Row
    canvases: tuple[Record, ...]
    typed: tuple[Row, ...]
    told: tuple[Row, ...]
    unplaced: tuple[Row, ...]
    aside: tuple[Row, ...]
    audit: tuple[Row, ...]
    holds: tuple[Row, ...]
    trajectories: dict[str, tuple[Row, ...]]
    web: dict[str, tuple[Row, ...]]

    @classmethod
    def of(cls, store: Store, chat: str, canvases: Iterable[Record] = ()) -> Whole | None:
        """None where nobody is known by that chat. `canvases`: theirs, as they were read."""
        person = store.row(PERSON, chat)
        if person is None:
            return None
        told = store.rows(TOLD, chat)
        for row in told:
            row["html"] = html_in(decoded(row.pop("body"))["html"])
        rows = {name: tuple(store.rows(sql, chat)) for name, sql in ROWS.items()}
        return cls(
            person,
            tuple(canvases),
            told=tuple(row for row in told if row["html"]),
            audit=tuple(store.rows(audit.OF_PERSON, chat=chat)),
            trajectories={k: tuple(store.rows(sql, chat)) for k, sql in IN_TRAJECTORIES.items()},
            web={k: tuple(store.rows(sql, chat)) for k, sql in ON_THE_WEB.items()},
            **rows,
        )
