"""What came is kept once, whole and in order, however often the database refuses it."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.delivery.limits import BURST
from bot.program import Program
from storage.conversations import dead_letters
from storage.database.errors import StoreTrouble
from tests.people import START, Person
from tests.test_malformed import settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.channels.branch import Branch

USER = {"id": 7, "is_bot": False, "first_name": "Anna", "language_code": "nl"}
CHAT = {"id": 7, "type": "private", "first_name": "Anna"}
NOW = START + timedelta(minutes=5)
DATE = int(NOW.timestamp())
REFUSED = 60
"""Attempts while the database refuses: a minute of them."""


def says(number: int, text: str, later: int = 0) -> dict[str, Any]:
    head = {"message_id": 100 + number, "date": DATE + later, "chat": CHAT, "from": USER}
    return {"update_id": number, "message": {**head, "text": text}}


def standing(number: int, status: str) -> dict[str, Any]:
    change = {"chat": CHAT, "from": USER, "date": DATE, "new_chat_member": {"status": status}}
    return {"update_id": number, "my_chat_member": change}


@pytest.fixture
async def branch(tmp_path: Path) -> Branch:
    anna = Person(tmp_path, "7")
    anna.starts()
    anna.types("akkoord")
    found = Program(anna.conversation, settings(tmp_path))
    found.now = lambda: NOW
    found.branches[0].limits.clock = lambda: 0.0
    return found.branches[0]


@contextmanager
def refusing(branch: Branch) -> Iterator[None]:
    """A database that takes no writes."""
    branch.store.db.execute("PRAGMA query_only = ON")
    yield
    branch.store.db.execute("PRAGMA query_only = OFF")


async def refused(branch: Branch, batch: list[dict[str, Any]], times: int = REFUSED) -> None:
    with refusing(branch):
        for _ in range(times):
            with pytest.raises(StoreTrouble):
                await branch.take(batch)


def heard(branch: Branch) -> list[str]:
    sql = "SELECT text FROM updates WHERE text IS NOT NULL ORDER BY at, length(id), id"
    rows = branch.store.rows(sql)
    return [row["text"] for row in rows][1:]


def told(branch: Branch, kind: str) -> int:
    return sum(o.message.kind == kind for o in branch.store.outbox.due("7"))


async def test_a_minute_of_refusal_is_no_flood(branch: Branch) -> None:
    """Ten messages a person: by counting each attempt all of them were a flood, and dropped."""
    batch = [says(n, f"woord {n}") for n in range(10)]
    await refused(branch, batch)
    await branch.take(batch)
    assert heard(branch) == [f"woord {n}" for n in range(10)]
    assert told(branch, "too_fast") == 0


async def test_who_floods_hears_so_although_the_database_refused(branch: Branch) -> None:
    batch = [says(n, f"ruis {n}") for n in range(BURST + 20)]
    await refused(branch, batch, 3)
    await branch.take(batch)
    assert heard(branch) == [f"ruis {n}" for n in range(BURST)]
    assert told(branch, "too_fast") == 1
    await branch.take(batch)
    assert (len(heard(branch)), told(branch, "too_fast")) == (BURST, 1)


async def test_a_post_that_comes_again_counts_once(branch: Branch) -> None:
    """Each of forty is refused ten times, kept, and sent once more."""
    for number in range(40):
        await refused(branch, [says(number, f"post {number}")], 10)
        for _ in range(2):
            await branch.take([says(number, f"post {number}")])
    assert heard(branch) == [f"post {n}" for n in range(40)]
    assert told(branch, "too_fast") == 0


async def test_what_comes_again_twice_in_one_batch_takes_nothing_along(branch: Branch) -> None:
    """The second repetition undid all that the batch had kept before it."""
    await branch.take([says(1, "een"), *[says(2, "twee")] * 3, says(3, "drie")])
    assert heard(branch) == ["een", "twee", "drie"]


async def test_what_cannot_be_read_is_set_aside_once(branch: Branch) -> None:
    odd = {"update_id": 5, "message": {"date": "?"}}
    await refused(branch, [odd, says(6, "gewoon")], 5)
    for _ in range(2):
        await branch.take([odd, says(6, "gewoon")])
    assert len(dead_letters.waiting(branch.store)) == 1
    assert heard(branch) == ["gewoon"]


async def test_who_left_and_came_back_is_answered(branch: Branch) -> None:
    """In one batch, as after an outage: the order decides."""
    await branch.take([standing(1, "kicked"), standing(2, "member"), says(3, "Hier weer")])
    assert branch.store.outbox.due("7")
    row = branch.store.row("SELECT gone_at FROM chats WHERE chat = '7'")
    assert row == {"gone_at": None}
    await branch.take([says(4, "Weg"), standing(5, "kicked")])
    assert branch.store.outbox.due("7") == []


async def test_figures_count_what_was_kept_once(branch: Branch) -> None:
    batch = [says(n, f"woord {n}") for n in range(3)]
    await refused(branch, batch, 4)
    for _ in range(2):
        await branch.take(batch)
    counted = branch.figures.updates["text"]
    assert counted == 3


# ---------------------------------------------------------------- a clock that is set


def away(branch: Branch) -> int:
    return told(branch, "away")


async def test_a_clock_set_two_days_ahead_is_no_gap(branch: Branch) -> None:
    passed = [0.0]
    branch.presence.clock = lambda: passed[0]
    await branch.take([])
    passed[0] += 61
    branch.program.now = lambda: START + timedelta(days=2)
    await branch.take([])
    assert away(branch) == 0
    passed[0] += 30 * 3600
    await branch.take([])
    assert away(branch) == 1, "but thirty hours that passed are one"


async def test_a_gap_is_told_although_the_database_refused(branch: Branch) -> None:
    passed = [0.0]
    branch.presence.clock = lambda: passed[0]
    await branch.take([])
    passed[0] += 30 * 3600
    await refused(branch, [], 3)
    passed[0] += 61
    await branch.take([])
    assert away(branch) == 1


# ---------------------------------------------------------------- length


async def test_a_text_is_kept_no_longer_than_an_answer(branch: Branch) -> None:
    await branch.take([says(1, "Proef"), says(2, "Ede"), says(3, "x" * 100_000)])
    rows = branch.store.rows("SELECT text FROM updates WHERE text IS NOT NULL")
    assert max(len(row["text"]) for row in rows) == 12_000


def test_a_long_line_of_a_pipe_is_cut_and_told(anna: Person) -> None:
    anna.starts()
    anna.types("akkoord")
    anna.types("Jongeren aan zet " + "x" * 100_000)
    rows = anna.store.rows("SELECT text FROM updates WHERE text IS NOT NULL")
    assert max(len(row["text"]) for row in rows) == 12_000
    assert "langer dan ik kan bewaren" in anna.seen[-1].message.html
