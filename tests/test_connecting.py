"""The same person in two chats: a link from one, a yes in the other, a yes where it came from."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from storage.backups import copies
from storage.database.keys import read_keys
from storage.database.tombstones import erased_beside
from storage.restore import put_back
from tests.desks import FORGES, Member, Room, link_in, text_of
from tests.storages import of_a_file

if TYPE_CHECKING:
    from pathlib import Path

    from storage.conversations.outbox import Outgoing

WEB, TELEGRAM = "https://gids.voorbeeld.nl/u/", "https://t.me/gids_bot?start="
SECRET = re.compile(r"(?:/u/|start=)(c[\w-]{22,63})")


class Chats(Room):
    """People of whom some are in two chats."""

    def begun(self, chat: str, *texts: str) -> Member:
        person = self.person(chat)
        person.starts()
        for text in ("akkoord", *texts):
            person.types(text)
        return person

    def joined(self, first: Member, second: Member) -> Member:
        """The second chat is the first's person from now on."""
        asks(first, second)
        self.both_hear(first, second)
        first.presses_first("connect_yes")
        second.hears()
        return second

    def both_hear(self, *people: Member) -> None:
        for person in people:
            person.hears()


@pytest.fixture
def room(tmp_path: Path) -> Chats:
    return Chats(tmp_path)


def link_of(said: list[Outgoing]) -> str:
    found = SECRET.search(" ".join(one.message.html for one in said))
    assert found, text_of(said)
    return f"/start {found[1]}"


def makes(person: Member) -> list[Outgoing]:
    """A link, while the guide is on Telegram and on the web: other links are to be typed."""
    addresses = {"link": TELEGRAM, "link web": WEB}
    for name, address in addresses.items():
        person.store.remember(name, address)
    said = person.types("/verbinden")
    for name in addresses:
        person.store.remember(name, None)
    return said


def asks(first: Member, second: Member) -> None:
    second.now = first.now = max(first.now, second.now)
    second.types(link_of(makes(first)))
    second.presses_first("join 0", "joining")
    first.now = second.now
    first.hears()


def who(*chats: Member) -> list[int]:
    sql = "SELECT person FROM chats WHERE chat = ?"
    return [int(chat.store.value(sql, chat.chat)) for chat in chats]


def every(room: Room, table: str) -> list[dict[str, Any]]:
    return room.operator.store.rows(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608 - a test


def dangling(room: Room) -> list[Any]:
    return room.operator.store.db.execute("PRAGMA foreign_key_check").fetchall()


# ---------------------------------------------------------------- the way


def test_a_stranger_in_a_browser_becomes_who_is_on_telegram(room: Chats) -> None:
    anna, web = room.begun("1001", "Jongeren aan zet"), room.person("web:0123456789abcdef")
    made = makes(anna)
    assert WEB in made[1].message.html
    assert any(one.message.document == "png qr" for one in made), "to scan with a phone"
    read = text_of(web.types(link_of(made)))
    assert "gemaakt op" in read
    assert "iemand anders" in read
    said = text_of(web.presses("join 0"))
    assert "in je andere gesprek" in said
    assert "Ben jij dat?" in text_of(anna.hears())
    assert "hoort er nu bij" in text_of(anna.presses_first("connect_yes"))
    assert "we gaan hier verder" in text_of(web.hears())
    assert len(set(who(anna, web))) == 1
    assert "Jongeren aan zet" in text_of(web.presses_first("connect_look", "connecting"))
    web.types("Zutphen")
    assert anna.values == {"pilot.name": "Jongeren aan zet", "pilot.organisation": "Zutphen"}
    assert dangling(room) == []


def test_who_is_on_the_web_takes_telegram_along(room: Chats) -> None:
    web, phone = room.begun("web:0123456789abcdef", "Jongeren aan zet"), room.person("1001")
    assert TELEGRAM in makes(web)[1].message.html
    room.joined(web, phone)
    assert "Jongeren aan zet" in text_of(phone.starts())


@pytest.mark.parametrize("no", ["decline", "connect_no"])
def test_a_no_at_either_side_changes_nothing(room: Chats, no: str) -> None:
    anna, bram = room.begun("1001", "Jongeren aan zet"), room.begun("web:1", "Buurtmoestuin")
    before = every(room, "people"), every(room, "canvases")
    bram.types(link_of(makes(anna)))
    if no == "decline":
        bram.presses("decline")
        assert not any(o.message.key.endswith("connect_asked") for o in anna.hears())
    else:
        bram.presses("join 0")
        anna.hears()
        assert "Er is niets veranderd" in text_of(anna.presses_first("connect_no"))
        assert "nee gezegd" in text_of(bram.hears())
    people = [{**row, "invitation": None} for row in every(room, "people")]
    assert [row["id"] for row in people] == [row["id"] for row in before[0]]
    assert [r["person"] for r in every(room, "canvases")] == [r["person"] for r in before[1]]


def test_without_another_place_there_is_nothing_to_connect(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.operator.store.remember("link", TELEGRAM)
    anna = room.person("1001")
    anna.starts()
    anna.types("akkoord")
    assert "maar op één plek" in text_of(anna.types("/verbinden"))
    assert every(room, "links") == []


# ---------------------------------------------------------------- what both had


def test_what_both_had_is_one_persons(room: Chats) -> None:
    karin = room.kwartiermaker("Karin", "Zuid")
    anna, web = room.begun("1001", "Jongeren aan zet"), room.adviser(karin, "Ede", "Bo")
    web.types("Buurtmoestuin")
    web.types("/delen")
    answers, seats = every(room, "answers"), every(room, "seats")
    room.joined(anna, web)
    assert every(room, "answers") == answers, "nothing is written over"
    [seat] = every(room, "seats")
    assert seat == {**seats[0], "person": who(anna)[0]}
    assert {row["person"] for row in every(room, "canvases")} == {*who(anna, room.operator)}
    listed = text_of(anna.types("/pilots")) + str(anna.seen[-1].message.choices)
    assert "Buurtmoestuin" in listed
    assert "Jongeren aan zet" in listed
    assert "Ede" in text_of(web.types("/delen"))
    assert dangling(room) == []
    assert "Ede, Bo" in text_of(karin.types("/overzicht")) or "Bo" in text_of(karin.seen[-1:])


def test_two_who_keep_the_same_trajectory_are_one_who_keeps_it(room: Chats) -> None:
    karin, web = room.kwartiermaker("Karin", "Zuid"), room.kwartiermaker("Karin thuis", "Noord")
    web.types(link_in(karin.types("/traject samen")))
    web.presses_first("join 0")
    anna = room.adviser(karin, "Zutphen", "Anna")
    room.joined(karin, web)
    now = [row["trajectory"] for row in every(room, "keepers") if row["until_at"] is None]
    assert sorted(now) == [1, 2]
    assert [row["name"] for row in every(room, "kwartiermakers")] == ["Karin"]
    assert "Zuid" in text_of(web.types("/traject"))
    assert anna.hears() == []
    assert dangling(room) == []


def test_a_kwartiermaker_is_taken_over_by_nobody(room: Chats) -> None:
    """Somebody makes a link and gets a kwartiermaker to press it: their rights stay theirs."""
    karin, mallory = room.kwartiermaker("Karin", "Zuid"), room.begun("1001", "Proef")
    said = karin.types(link_of(makes(mallory)))
    assert "Maak de link daarom hier" in text_of(said)
    assert not any(o.message.key.endswith("joining") for o in said)
    assert len({*who(karin), *who(mallory)}) == 2
    room.joined(karin, mallory)
    assert "Zuid" in text_of(mallory.types("/overzicht"))


def test_nor_is_an_operator(room: Chats) -> None:
    mallory = room.begun("1001", "Proef")
    assert "Maak de link daarom hier" in text_of(room.operator.types(link_of(makes(mallory))))
    room.joined(room.operator, mallory)
    assert "kwartiermaker" not in text_of(mallory.types("/kwartiermaker Piet")), "a chat is itself"


def test_who_became_a_kwartiermaker_meanwhile_is_not_taken_over_either(room: Chats) -> None:
    mallory, karin = room.begun("1001", "Proef"), room.begun("test:Karin", "Andere proef")
    asks(mallory, karin)
    room.kwartiermaker("Karin", "Zuid")
    mallory.hears()
    assert "ben je kwartiermaker" in text_of(mallory.presses_first("connect_yes"))
    assert len({*who(karin), *who(mallory)}) == 2


def test_prompts_and_their_stop_go_along(room: Chats) -> None:
    karin = room.kwartiermaker("Karin", "Zuid")
    anna, web = room.adviser(karin, "Zutphen", "Anna"), room.adviser(karin, "Zutphen", "Bo")
    karin.types("/gesprek Zutphen 15 december 2026 10:00")
    for person in (anna, web):
        person.types("Een proef")
    room.until(karin.now, 0.2)
    web.types("/herinneringen")
    web.presses_first("stop_prompts")
    planned = [row["id"] for row in every(room, "prompts") if row["sent_at"]]
    room.joined(anna, web)
    assert every(room, "prompting")[0]["stopped_at"]
    assert len(every(room, "prompting")) == 1
    assert {row["id"] for row in every(room, "prompts")} >= set(planned)
    assert {row["person"] for row in every(room, "prompts")} <= {*who(anna)}
    room.until(karin.now, 40, hours=6)
    assert dangling(room) == []


def test_more_than_anybody_may_have_is_told(room: Chats, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.trajectory.connecting.MOST_PILOTS", 1)
    anna, web = room.begun("1001", "Jongeren aan zet"), room.begun("web:1", "Buurtmoestuin")
    assert "te veel pilots" in text_of(web.types(link_of(makes(anna))))
    assert len({*who(anna), *who(web)}) == 2


# ---------------------------------------------------------------- links, roles, traces


def test_a_link_works_once_for_a_day_and_for_nobodys_own(room: Chats) -> None:
    anna, bram, late = room.begun("1001", "Proef"), room.person("web:1"), room.person("web:2")
    link = link_of(makes(anna))
    assert "eigen link" in text_of(anna.types(link))
    bram.types(link)
    bram.presses("join 0")
    assert "werkt niet" in text_of(late.types(link)), "it was used"
    second = link_of(makes(anna))
    late.now = anna.now + timedelta(hours=25)
    assert "werkt niet" in text_of(late.types(second)), "a day"
    assert "werkt niet" in text_of(late.types("/start c" + "A" * 32)), "forged"


def test_a_yes_comes_too_late_after_a_day(room: Chats) -> None:
    anna, web = room.begun("1001", "Proef"), room.person("web:1")
    asks(anna, web)
    anna.now += timedelta(hours=25)
    assert "al geregeld" in text_of(anna.presses_first("connect_yes"))
    assert len({*who(anna), *who(web)}) == 2


def test_only_who_made_the_link_says_the_yes(room: Chats) -> None:
    """The number of the link in somebody else's button, also in that of who wants in."""
    anna, web, other = room.begun("1001", "Proef"), room.begun("web:1"), room.begun("1003")
    asks(anna, web)
    number = every(room, "links")[-1]["id"]
    for person in (web, other):
        person.store.db.execute(
            FORGES,
            [person.chat, f'[["connect_yes {number}", "x", false]]'],
        )
        said = person._does("press", 20, ref="1", text=f"connect_yes {number}")  # noqa: SLF001
        assert "al geregeld" in text_of(said)
    assert len({*who(anna), *who(web), *who(other)}) == 3


def test_the_link_is_not_kept(room: Chats) -> None:
    anna = room.begun("1001", "Proef")
    secret = link_of(makes(anna)).removeprefix("/start ")
    room.prompting().due(anna.now)
    rows = [*every(room, "outbox"), *every(room, "updates"), *every(room, "links")]
    assert secret not in str(rows)


def test_both_read_in_their_account_that_they_are_one(room: Chats) -> None:
    anna, web = room.begun("1001", "Jongeren aan zet"), room.begun("web:1", "Buurtmoestuin")
    room.joined(anna, web)
    for chat in (anna, web):
        assert text_of(chat.types("/logboek")).count("een ander gesprek erbij gekomen") == 2


def test_who_looked_keeps_their_name(room: Chats) -> None:
    """Lines that never change bear a pseudonym that is nobody's own any more."""
    karin, web = room.kwartiermaker("Karin", "Zuid"), room.kwartiermaker("Karin thuis", "Noord")
    bo = room.adviser(web, "Ede", "Bo")
    bo.types("Een proef")
    web.types("/gesprek Ede")
    web.types("/portfolio")
    room.joined(karin, web)
    lines = bo.store.rows("SELECT who, by FROM audit WHERE by IS NOT NULL")
    assert lines
    assert "een kwartiermaker" not in text_of(bo.types("/logboek"))


@pytest.mark.parametrize("erased", [False, True])
@of_a_file
def test_a_backup_of_before_brings_nobody_back_and_loses_nobody(
    room: Chats,
    erased: bool,  # noqa: FBT001
) -> None:
    anna, web = room.begun("1001", "Jongeren aan zet"), room.begun("web:1", "Buurtmoestuin")
    database, key = room.folder / "guide.db", room.folder / "key"
    for person in room.people.values():
        person.store.erased = erased_beside(database, read_keys(database, key))
    backup = copies.Places(database, key, room.folder / "backups").back_up(anna.store, anna.now)
    room.joined(anna, web)
    if erased:
        web.types("/vergeet")
        web.presses("/forget all")
        web.presses("/erase all")
        assert every(room, "aliases") == []
    for person in room.people.values():
        person.store.close()
    put_back(backup, database, key, anna.now + timedelta(1), without=not erased)
    again = Member(room.folder, "1001")
    found = {row["value"] for row in again.store.rows("SELECT value FROM answers")}
    assert found == (set() if erased else {'"Jongeren aan zet"', '"Buurtmoestuin"'})
    people = {row["chat"] for row in again.store.rows("SELECT chat FROM people")}
    assert people == {"test:operator"} | (set() if erased else {"1001", "web:1"})
