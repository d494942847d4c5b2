"""One person, two chats, in any order: no answer at the wrong question, and nothing is lost.

A phone and a page of one person take turns at random, on one database in one program. Each
acts on what its own chat shows, which the other may have gone past long ago.
"""

from __future__ import annotations

import hashlib
import os
import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from flows.model.messages import Update
from storage.web.addresses import Addresses
from tests.desks import Room, link_in
from tests.people import Person
from tests.test_chats import another

if TYPE_CHECKING:
    from pathlib import Path

    from storage.conversations.outbox import Outgoing
    from tests.desks import Member

INTERLEAVED = int(os.environ.get("INTERLEAVED", "40"))  # noqa: TID251 - how long `make prove` looks
ACTS = 24
COMMANDS = (
    "/overslaan", "/klaar", "/terug", "/verder", "/samenvatting", "/nieuw", "/pilots", "/uitleg",
    "overslaan", "klaar", "weet ik niet", "/wijzig pilot.name", "/wijzig pilot.organisation",
)  # fmt: skip
REFUSED = {
    "answered", "elsewhere", "stale", "misfit", "misfit_menu", "refused", "type_it", "no_choice",
    "settled",  # typed for a menu of the desk: "Er is niets veranderd"
}  # fmt: skip
NOT_PRESSED = ("/erase", "/forget", "/language")


# ---------------------------------------------------------------- where the news comes


def mailed(person: Person, confirmed: str | None = "now") -> None:
    """An address of this person, with a yes to it or not."""
    person.store.db.execute(
        "INSERT INTO addresses(person, address, made_at, confirmed_at) SELECT person, 'a@x.example'"
        ", 'now', ? FROM chats WHERE chat = ?",
        [confirmed, person.chat],
    )


def web_of(person: Member, room: Room) -> Member:
    """The same person's page, with a word from there."""
    web = room.person(another(person, f"web:{person.chat[5:]}").chat)
    web.now = person.now
    web.starts()
    return web


def told(*chats: Member) -> list[bool]:
    return [bool(chat.hears()) for chat in chats]


def visits(chat: Member, room: Room) -> None:
    """Whoever says something there is there last."""
    chat.now = max(person.now for person in room.people.values())
    chat.starts()
    for person in room.people.values():
        person.hears()


def sends(karin: Member, room: Room) -> None:
    """A prompt to all, to go within the hour."""
    karin.now = max(person.now for person in room.people.values())
    karin.types("/vraag")
    for move in ("kind open", "target all", "send"):
        karin.presses_first(move)


def asks(karin: Member, room: Room) -> None:
    sends(karin, room)
    room.until(karin.now, 1.5)


def test_a_prompt_comes_where_its_person_was_last(room: Room, karin: Member) -> None:
    anna = room.adviser(karin, "Zutphen", "Anna")
    web = web_of(anna, room)
    mailed(anna)
    visits(web, room)
    asks(karin, room)
    assert told(anna, web) == [False, True]
    visits(anna, room)
    asks(karin, room)
    assert told(anna, web) == [True, False]


def test_who_stops_mail_is_called_where_a_chat_still_calls(room: Room, karin: Member) -> None:
    anna = room.adviser(karin, "Zutphen", "Anna")
    mailed(anna)
    web = web_of(anna, room)
    visits(web, room)
    person = int(anna.store.value("SELECT person FROM chats WHERE chat = ?", anna.chat))
    Addresses(anna.store).stop(person, anna.now)
    asks(karin, room)
    assert told(anna, web) == [True, False]


@pytest.mark.parametrize("confirmed", [None, "now"])
def test_a_page_that_calls_nobody_takes_no_ones_place(
    room: Room, karin: Member, confirmed: str | None
) -> None:
    """Without a mail a prompt on a page would be seen at the next visit, if there is one."""
    anna = room.adviser(karin, "Zutphen", "Anna")
    mailed(anna, confirmed)
    visits(web_of(anna, room), room)
    web = room.people["web:Anna"]
    asks(karin, room)
    assert told(anna, web) == [confirmed is None, confirmed is not None]


def test_who_left_one_chat_is_told_in_the_other(room: Room, karin: Member) -> None:
    anna = room.adviser(karin, "Zutphen", "Anna")
    web = web_of(anna, room)
    visits(anna, room)
    anna.store.outbox.gone(anna.chat, anna.now)
    asks(karin, room)
    assert told(anna, web) == [False, True]
    visits(anna, room)
    asks(karin, room)
    assert told(anna, web) == [True, False], "who writes again is back"


def test_a_prompt_that_found_nobody_is_read_in_the_other_chat(room: Room, karin: Member) -> None:
    anna = room.adviser(karin, "Zutphen", "Anna")
    web = web_of(anna, room)
    visits(anna, room)
    sends(karin, room)
    later = karin.now + timedelta(minutes=5)
    assert room.prompting().due(later) == [anna.chat]
    anna.store.outbox.gone(anna.chat, later)
    assert told(anna, web) == [False, True]
    assert "Karin" in web.seen[-1].message.html
    web.presses(web.seen[-1].message.choices[0].key, web.seen[-1])
    assert web.values, "it is answered there"


def test_a_notice_to_who_invited_comes_where_they_were_last(room: Room, karin: Member) -> None:
    web = web_of(karin, room)
    mailed(karin)
    visits(web, room)
    anna = room.person("test:Anna")
    anna.types(link_in(web.types("/uitnodigen Zutphen, Anna")))
    told(karin, web)
    anna.presses("join 0")
    assert told(karin, web) == [False, True]


def test_erasing_takes_the_words_out_of_every_chat(room: Room, karin: Member) -> None:
    """Of both of theirs, and of both of those who read their name."""
    anna = room.adviser(karin, "Zutphen", "Anna")
    page, web = web_of(karin, room), web_of(anna, room)
    page.types("/overzicht")
    anna.types("/vergeet")
    anna.presses("/erase all")
    left = anna.store.rows("SELECT chat, body FROM outbox")
    assert not [row["chat"] for row in left if "Anna" in row["body"] or "Zutphen" in row["body"]]
    assert not [row for row in left if row["chat"] == web.chat and '"removes"' not in row["body"]]


def test_a_message_is_taken_out_of_the_other_chat_too(tmp_path: Path) -> None:
    phone = Person(tmp_path)
    phone.starts()
    phone.types("akkoord")
    page = another(phone)
    page.starts()
    for place, chat in ((41, phone.chat), (42, page.chat)):
        phone.store.db.execute("UPDATE outbox SET message = ? WHERE chat = ?", [place, chat])
    page.types("/vergeet")
    page.presses("/erase all")
    assert phone.chat in page.conversation.effects.heard(), "its channel is told at once"
    assert any(41 in said.message.removes for said in phone.store.outbox.due(phone.chat))
    phone.flush()
    phone.conversation.complete(phone.now + timedelta(minutes=2))
    assert not phone.store.rows("SELECT chat FROM outbox WHERE chat = ?", phone.chat)


# ---------------------------------------------------------------- in any order


@dataclass
class Screen(Person):
    """One of the two: it acts on what it shows, or on something further up."""

    page: bool = False
    random: random.Random = field(default_factory=random.Random)

    def open(self) -> None:
        """The program is there already."""

    @property
    def shown(self) -> Outgoing:
        return next(o for o in reversed(self.seen) if o.message.choices)

    def acts(self, number: int) -> tuple[Outgoing, str, list[Outgoing]]:
        """(what it was about, what was typed as an answer, what was said)."""
        about, how = self.shown, self.random.random()
        if how < 0.1:
            about = self.random.choice([o for o in self.seen if o.message.choices])
        keys = [c.key for c in about.message.choices if not c.key.startswith(NOT_PRESSED)]
        if how < 0.5 and keys:
            return about, "", self.presses(self.random.choice(keys), about)
        if how < 0.6 and self.page and "/done" in keys:
            ticks = [key for key in keys if key[0] != "/" and key != "unknown"]
            some = self.random.sample(ticks, self.random.randint(0, min(3, len(ticks))))
            return about, "", self._does("choose", 9, text=" ".join(some), ref=about.ref)
        about = about if self.page else self.shown
        if how < 0.85:
            return about, words(number), self.writes(words(number), about)
        if how < 0.97:
            return about, "", self.types(self.random.choice(COMMANDS))
        return about, "", self.starts()

    def writes(self, text: str, about: Outgoing) -> list[Outgoing]:
        """In the field of a page, or in the chat of a phone."""
        field = {"ref": about.ref, "message": ""} if self.page else {}
        return self._does("text", 9, text=text, **field)


def words(number: int) -> str:
    """A sentence that is like no other, so that none is taken for a pilot of nearly that name."""
    mark = hashlib.sha256(str(number).encode()).hexdigest()
    return " ".join(mark[at : at + 9] for at in range(0, 45, 9))


@dataclass
class Pair:
    """One person's phone and page."""

    phone: Screen
    page: Screen

    @classmethod
    def of(cls, host: Person, number: int, chance: random.Random) -> Pair:
        phone, page = (
            Screen(host.folder, f"{kind}{number}", now=host.now, page=kind == "web:", random=chance)
            for kind in ("77", "web:")
        )
        for screen in (phone, page):
            screen.store, screen.conversation = host.store, host.conversation
        phone.starts()
        phone.types("akkoord")
        host.store.db.execute(
            "INSERT INTO chats(chat, person, seen_at) "
            "SELECT ?, person, seen_at FROM chats WHERE chat = ?",
            [page.chat, phone.chat],
        )
        page.now = phone.now
        page.starts()
        return cls(phone, page)

    def rows(self) -> dict[int, list[tuple[str, Any]]]:
        sql = """SELECT a.canvas, a.question, a.value FROM answers a JOIN canvases c
            ON c.id = a.canvas WHERE c.person = (SELECT person FROM chats WHERE chat = ?)
            ORDER BY a.canvas, a.id"""
        found: dict[int, list[tuple[str, Any]]] = {}
        for row in self.phone.store.rows(sql, self.phone.chat):
            found.setdefault(row["canvas"], []).append((row["question"], row["value"]))
        return found

    def take_turns(self, number: int, chance: random.Random) -> None:
        screen = chance.choice((self.phone, self.page))
        screen.now = max(self.phone.now, self.page.now)
        before = self.rows()
        about, typed, said = screen.acts(number)
        after = self.rows()
        self.is_at_its_question(about, before, after)
        self.loses_nothing(typed, said, after)
        self.shows_the_newest(screen, said)

    def is_at_its_question(
        self, about: Outgoing, before: dict[int, Any], after: dict[int, Any]
    ) -> None:
        """What is new is an answer to what was acted on, and over nothing that nobody saw."""
        for canvas, rows in after.items():
            old = before.get(canvas, [])
            assert rows[: len(old)] == old, "what was given stays"
            for question, _ in rows[len(old) :]:
                keys = {choice.key for choice in about.message.choices}
                sure = any(key.startswith(f"/sure {question}") for key in keys)
                assert sure or (about.canvas, about.message.key) == (canvas, question)
                had = {q for q, value in old if value is not None}
                assert question not in had or sure or "/next" in keys, "it was answered since"

    def loses_nothing(self, typed: str, said: list[Outgoing], after: dict[int, Any]) -> None:
        """A sentence is an answer, or its person reads why it is not."""
        if typed and f'"{typed}"' not in {value for rows in after.values() for _, value in rows}:
            names = {part.name for one in said for part in one.message.parts}
            assert (names | {one.message.kind for one in said}) & REFUSED

    def shows_the_newest(self, screen: Screen, said: list[Outgoing]) -> None:
        canvas = screen.store.walk(screen.canvas)
        asked = [o.message.key for o in said if o.message.choices]
        if asked and asked[-1] in screen.conversation.newest.guide.canvas:
            assert asked[-1] == canvas.cursor.question

    def know_the_same(self) -> None:
        """What the program remembers of either chat is what the database holds."""
        for screen in (self.phone, self.page):
            asked = Update("?", screen.chat, screen.now, "other")
            found = screen.store.session(asked).walk
            assert found == screen.store.walk(screen.canvas)


@pytest.mark.parametrize("part", range(4))
def test_two_chats_in_any_order(tmp_path: Path, part: int) -> None:
    host = Person(tmp_path, "770")
    for number in range(1, INTERLEAVED // 4 + 1):
        chance = random.Random(f"{part} {number}")  # noqa: S311 - a test
        pair = Pair.of(host, number, chance)
        for act in range(ACTS):
            pair.take_turns(number * 1000 + act, chance)
            if chance.random() < 0.2:
                pair.know_the_same()
        pair.know_the_same()
        host.now = max(pair.phone.now, pair.page.now)
