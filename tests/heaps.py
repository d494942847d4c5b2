"""Far more of everything than anybody needs, straight into the tables of an old database."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from flows.model.trajectory import hashed
from tests.crowd import AT, CONTENT
from tests.people import START

if TYPE_CHECKING:
    from storage.store import Store

LATER = (START + timedelta(days=20)).isoformat()
LONG_NAME = "Súdwest-Fryslân & <Noardeast> " * 2
"""Sixty letters with what must be escaped."""

LOW = 500_000
"""Above every number that the crowd has."""


def person(store: Store, chat: str, number: int, language: str = "nl") -> int:
    """Somebody who agreed and has no pilot yet; their number."""
    store.db.execute(
        "INSERT INTO people(id, chat, pseudonym, language, agreed_at, agreed_version) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        [number, chat, f"h{number}", language, AT, store.agreement],
    )
    store.db.execute(
        "INSERT INTO chats(chat, person, seen_at) VALUES (?, ?, ?)", [chat, number, AT]
    )
    return number


def pilots(store: Store, owner: int, count: int, held: int = 0, first: int = LOW) -> None:
    """So many canvases with a name each; the first `held` of them under a hold."""
    numbers = range(first, first + count)
    many = store.db.conn.executemany
    many(
        "INSERT INTO canvases(id, person, content, depth, state, question, picked, plan, told, "
        "created_at, changed_at) VALUES (?, ?, ?, 'quick', 'pilot', 'pilot.organisation', '[]', "
        "'[]', '[\"opened pilot\"]', ?, ?)",
        [(n, owner, CONTENT.version, AT, AT) for n in numbers],
    )
    many(
        "INSERT INTO answers(canvas, question, id, value, at, by, message, size) "
        "VALUES (?, 'pilot.name', 1, ?, ?, 'h', '', 0)",
        [(n, json.dumps(f"{LONG_NAME} {n}", ensure_ascii=False), AT) for n in numbers],
    )
    many(
        "INSERT INTO holds(canvas, who, why, at) VALUES (?, 'Griffie', ?, ?)",
        [(n, "Woo-verzoek " * 30, AT) for n in numbers[:held]],
    )
    # As in a database that has run: what comes by itself was worked out when each was changed.
    many("INSERT INTO planned(canvas, changed_at) VALUES (?, ?)", [(n, AT) for n in numbers])
    many(
        "INSERT INTO audit(at, who, what, canvas) VALUES (?, 'operator', 'exported', ?)",
        [(AT, n) for n in numbers],
    )
    store.db.execute("UPDATE people SET canvas = ? WHERE id = ?", [first + count - 1, owner])


def trajectories(store: Store, keeper: int, count: int) -> None:
    numbers = range(LOW, LOW + count)
    store.db.conn.executemany(
        "INSERT INTO trajectories(id, name, language, created_at) VALUES (?, ?, 'nl', ?)",
        [(n, f"{LONG_NAME}{n}"[:60], AT) for n in numbers],
    )
    store.db.conn.executemany(
        "INSERT INTO keepers(trajectory, person, from_at) VALUES (?, ?, ?)",
        [(n, keeper, AT) for n in numbers],
    )


def invitations(store: Store, trajectory: int, keeper: int, count: int) -> None:
    store.db.conn.executemany(
        "INSERT INTO links(hash, kind, made_by, trajectory, municipality, name, made_at, "
        "expires_at) VALUES (?, 's', ?, ?, ?, ?, ?, ?)",
        [(hashed(f"{trajectory} {n}"), keeper, trajectory, LONG_NAME, f"Naam {n}", AT, LATER)
         for n in range(count)],
    )  # fmt: skip


def seats(store: Store, people: dict[int, int | None], trajectory: int, town: str) -> None:
    """Unconfirmed places of these people, each with their canvas."""
    store.db.conn.executemany(
        "INSERT INTO seats(trajectory, municipality, name, person, canvas, joined_at) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        [(trajectory, town, LONG_NAME, who, canvas, AT) for who, canvas in people.items()],
    )


def actions(store: Store, seat: int, count: int) -> None:
    """Agreed, confirmed, and long past their date."""
    store.db.conn.executemany(
        "INSERT INTO agreed(seat, what, who, due_text, due, noted_by, noted_at, confirmed_at) "
        "VALUES (?, ?, ?, 'morgen', '2026-01-01', 1, ?, ?)",
        [(seat, LONG_NAME, LONG_NAME, AT, AT) for _ in range(count)],
    )


def batches(store: Store, seat: int, keeper: int, count: int) -> None:
    """Prompts that wait for their hour, each sent off by itself."""
    store.db.conn.executemany(
        "INSERT INTO prompts(person, canvas, seat, kind, text, batch, made_by, made_at, due_at) "
        "SELECT person, canvas, id, 'text', ?, ?, ?, ?, ? FROM seats WHERE id = ?",
        [(LONG_NAME, f"batch {n}", keeper, AT, LATER, seat) for n in range(count)],
    )


def appointing(store: Store, count: int) -> None:
    """People who wait for an operator's yes."""
    for number in range(LOW, LOW + count):
        person(store, f"test:w{number}", number)
        store.db.execute(
            "INSERT INTO kwartiermakers(person, name, link, joined_at) VALUES (?, ?, 0, ?)",
            [number, LONG_NAME, AT],
        )
