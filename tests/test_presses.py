"""A press spins until it is answered: by the program that heard it, or by the next one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.clock import now
from storage.conversations.outbox import SOME
from storage.database.connection import open_database
from tests.faults import ZONE, Here
from tests.people import START, Person
from tests.walkers import until

if TYPE_CHECKING:
    from pathlib import Path

    from storage.store import Store

LEFT = "SELECT chat FROM updates WHERE press IS NOT NULL AND answered_at IS NULL ORDER BY chat"


async def killed(here: Here) -> None:
    """Anna's press got a message, Bram's on an old button none; then -9, before their answers."""
    anna, bram = await here.begun(4, 1001), await here.begun(3, 1002)
    old, heard = bram.buttons[0][1], "SELECT id FROM outbox WHERE chat = '1002'"
    await here.walks(bram, "started")
    await until(lambda: not here.look.rows(LEFT))
    here.standin.faults.methods = frozenset({"answerCallbackQuery"})
    here.standin.faults.bad_gateway = 1
    before = here.look.rows(heard)
    await anna.presses(key="running")
    await bram.presses_raw(old, bram.last.message_id)
    await until(lambda: not here.standin.world.updates.waiting())
    await until(lambda: [row["chat"] for row in here.look.rows(LEFT)] == ["1001", "1002"])
    assert here.look.rows(heard) == before
    here.look.close()
    await here.program.kill()
    here.standin.faults.bad_gateway = 0


async def test_killed_before_it_answered_the_next_program_does(here: Here) -> None:
    """Both were acknowledged, so that Telegram hands over neither of them again."""
    await killed(here)
    before = len(here.standin.called("answerCallbackQuery"))
    await here.program.start()
    await until(lambda: not here.look.rows(LEFT))
    assert all(query.answered for query in here.standin.world.queries.values())
    assert len(here.standin.called("answerCallbackQuery")) == before + 2


async def test_what_is_too_old_to_be_answered_is_let_be(here: Here) -> None:
    await killed(here)
    earlier = (now(ZONE) - timedelta(seconds=151)).isoformat()
    db = open_database(here.folder / "guide.db", here.folder / "key")
    db.execute("UPDATE updates SET at = ? WHERE chat = '1001'", [earlier])
    db.close()
    before = len(here.standin.called("answerCallbackQuery"))
    await here.program.start()
    await until(lambda: not here.look.rows(LEFT))
    assert len(here.standin.called("answerCallbackQuery")) == before + 1


def test_some_chats_at_a_time_none_is_passed_over(tmp_path: Path) -> None:
    """Expected: each press of who was here lately, once; nothing is read of who was not."""
    people = [Person(tmp_path, f"test:{n}") for n in (1, 5_000, 9_999)]
    for person in people:
        person.starts()
        person.presses("agree")
        pressed = "UPDATE updates SET press = id || chat, toast = '' WHERE chat = ?"
        person.store.db.execute(pressed, [person.chat])
    store: Store = people[0].store
    with store.transaction():
        for n in range(SOME * 2):
            who = [n + 1_000, f"test:{n}x", f"other {n}"]
            known = "INSERT INTO people(id, chat, pseudonym, language) VALUES (?, ?, ?, 'nl')"
            store.db.execute(known, who)
            long_ago = "INSERT INTO chats(chat, person, seen_at) VALUES (?, ?, '2025-01-01')"
            store.db.execute(long_ago, [who[1], who[0]])
            came = "INSERT INTO updates(chat, id, at, press) VALUES (?, 'u', '2025-01-01', 'old')"
            store.db.execute(came, [who[1]])
    found, chats, rounds = [], "", 0
    while True:
        presses, last = store.outbox.unanswered(chats, START - timedelta(days=2))
        found += [(press.chat, press.update, press.id) for press, _ in presses]
        if last is None:
            break
        chats, rounds = last, rounds + 1
    each = [(p.chat, f"u{n}", f"u{n}{p.chat}") for p in people for n in (1, 2)]
    assert (sorted(found), rounds) == (sorted(each), 3)
