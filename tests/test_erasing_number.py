"""The number of who erased everything: gone from the bytes on the disk once they heard it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.commands.forget import forget
from bot.engine.gap import BEAT, HEARD, Presence
from storage.database.connection import open_database
from tests.pages import decrypted
from tests.people import Person
from tests.phones import Phone
from tests.program import Look, Program
from tests.standin import StandIn
from tests.storages import POSTGRESQL, dumped
from tests.walkers import until

if TYPE_CHECKING:
    from pathlib import Path

CHAT = 738291645
MINUTE = timedelta(seconds=61)


def places(folder: Path) -> int:
    """How often the number stands in the database and its log, decrypted; or in a dump."""
    if POSTGRESQL:
        return dumped(folder / "guide.db").count(str(CHAT).encode())
    key = (folder / "key").read_text().split()[0]
    found = decrypted(folder / "guide.db", key)
    assert b"CREATE TABLE people" in found, "what is decrypted is the database"
    return found.count(str(CHAT).encode())


@pytest.fixture
def anna(tmp_path: Path) -> Person:
    anna = Person(tmp_path, str(CHAT))
    anna.starts()
    for text in ("akkoord", "Jongeren aan zet", "Zutphen", "/nieuw", "Samen eten", "/vergeet"):
        anna.types(text)
    return anna


def erased(anna: Person, how: str) -> None:
    """In the chat, by an operator, or by the program that finishes what was cut off."""
    if how == "chat":
        anna.presses("/forget all")
        anna.presses("/erase all")
    elif how == "operator":
        forget(anna.store, anna.chat, None, anna.now)
    else:
        person = anna.store.row("SELECT pseudonym FROM people") or {}
        anna.store.erased.add([f"person {person['pseudonym']}"], anna.now.date())  # type: ignore[union-attr]
        assert anna.conversation.complete(anna.now) == [anna.chat]


def minutes(anna: Person, count: int = 1) -> None:
    for _ in range(count):
        anna.now += MINUTE
        beat(anna, anna.now)


def beat(anna: Person, now: datetime) -> None:
    """As the running program does it, every minute."""
    with anna.store.transaction():
        Presence(anna.conversation, HEARD, None, lambda _: True, lambda _: True).note(now)
    anna.store.scrub()


@pytest.mark.parametrize("how", ["chat", "operator", "cut off"])
def test_a_minute_after_the_farewell_no_number_is_left(how: str, anna: Person) -> None:
    minutes(anna)
    assert places(anna.folder) > 10
    erased(anna, how)
    for outgoing in anna.store.outbox.due(anna.chat):
        anna.store.outbox.failed(outgoing.id, "blocked")
    minutes(anna, 2)
    assert places(anna.folder) == 0
    anna.store.close()
    assert places(anna.folder) == 0


def test_who_has_still_to_hear_it_stays_until_then(anna: Person) -> None:
    anna.types("/vergeet")
    anna.store.db.execute("UPDATE outbox SET message = 1000 + id")
    forget(anna.store, anna.chat, None, anna.now)
    minutes(anna, 3)
    (left,) = anna.store.outbox.due(anna.chat)
    assert left.message.removes
    anna.store.outbox.removed(left.id)
    minutes(anna)
    assert places(anna.folder) == 0


def test_the_press_that_erased_is_known_for_a_minute(anna: Person) -> None:
    erased(anna, "chat")
    for wait in (1, 20, 20):
        beat(anna, anna.now + timedelta(seconds=wait))
        assert not anna.conversation.handle(anna.sent[-1])


def test_who_begins_again_is_somebody_new(anna: Person) -> None:
    """Expected: nothing of the new start goes with the old farewell."""
    erased(anna, "chat")
    anna.starts()
    minutes(anna, 3)
    for text in ("akkoord", "Nieuw begin"):
        anna.types(text)
    minutes(anna, 3)
    assert anna.values == {"pilot.name": "Nieuw begin"}
    assert not anna.store.rows("SELECT name FROM facts WHERE name LIKE 'farewell %'")


async def test_the_running_program_does_so(tmp_path: Path) -> None:
    """Over Telegram; the minute is passed by setting the program's own times back."""
    async with StandIn() as api, Program(tmp_path, api, api.token) as program:
        phone, look = Phone(api, CHAT), Look(tmp_path)
        await phone.starts()
        await phone.asked()
        for said in ("akkoord", "Samen eten", "/vergeet"):
            await phone.types(said)
            await phone.asked()
        await phone.presses(label="Ja, wis het")
        await phone.waits()
        await until(lambda: not look.unsaid(str(CHAT)))
        look.close()
        await program.stop()
        assert places(tmp_path) > 0
        earlier(tmp_path, 2 * BEAT)
        await program.start()
        await until(lambda: places(tmp_path) == 0, 20)
        assert [bubble.text[:16] for bubble in phone.view][-1] == "Alles is gewist."


def earlier(folder: Path, by: timedelta) -> None:
    """As if all of it happened so much earlier."""
    db = open_database(folder / "guide.db", folder / "key")
    ((since,),) = db.execute("SELECT seen_at FROM chats").fetchall()
    then = [(datetime.fromisoformat(since) - by).isoformat()]
    db.execute("UPDATE chats SET seen_at = ?", then)
    db.execute("UPDATE facts SET value = ? WHERE name = 'heard_at' OR name LIKE 'farewell %'", then)
    db.close()
