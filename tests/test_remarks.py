"""The line: what an adviser says reaches the kwartiermaker, and stays as far as they want."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from bot.documents.printer import Reading
from content.documents.my_data import my_data
from storage.privacy.subject_access import Whole
from tests.desks import FORGES, Member, Room, text_of
from tests.test_connecting import asks

WORDS = "De wethouder wil eerst cijfers zien"


@pytest.fixture
def karin(room: Room) -> Member:
    karin = room.kwartiermaker("Karin", "Zuid")
    room.adviser(karin, "Zutphen", "Anna")
    karin.hears()
    return karin


@pytest.fixture
def anna(room: Room, karin: Member) -> Member:  # noqa: ARG001 - she invited her
    return room.people["test:Anna"]


def test_a_remark_is_told_without_its_words_and_read_by_a_tap(anna: Member, karin: Member) -> None:
    assert "Verstuurd naar Karin" in text_of(anna.types(f"/bericht {WORDS}"))
    told = text_of(karin.hears())
    assert "Anna (Zutphen) schreef je iets" in told
    assert WORDS not in told
    assert "nog niet gelezen" in text_of(anna.types("/bericht"))
    assert WORDS in text_of(karin.presses_first("remarks_of"))
    assert ", gelezen" in text_of(anna.types("/bericht"))
    assert "Karin, berichten aan de kwartiermaker" in text_of(
        anna.types("/delen")
    )  # who looked at what


def test_it_is_written_by_tapping(anna: Member, karin: Member) -> None:
    anna.types("/delen")
    assert "Wat wil je zeggen?" in text_of(anna.presses_first("remark_to"))
    assert "Verstuurd naar Karin" in text_of(anna.types(WORDS))
    assert WORDS not in str(anna.store.walk(anna.canvas).values)
    assert not anna.store.rows("SELECT 1 FROM updates WHERE text LIKE '%wethouder%'")
    karin.hears()
    assert WORDS in text_of(karin.presses_first("remarks_of"))


def test_a_command_is_no_remark(anna: Member) -> None:
    anna.types("/bericht")
    anna.types("hulp")
    assert not anna.store.rows("SELECT * FROM remarks")


def test_too_much_is_not_cut_off_and_not_sent(anna: Member) -> None:
    anna.types("/bericht")
    assert "hooguit 1000 tekens" in text_of(anna.types("lang " * 300))
    assert "Verstuurd" in text_of(anna.types(WORDS))  # it still asks
    for _ in range(7):  # 128 of them
        sql = "INSERT INTO remarks(seat, text, at) SELECT seat, text, at FROM remarks"
        anna.store.db.execute(sql)
    assert "Neem er eerst een terug" in text_of(anna.types(f"/bericht {WORDS}"))


def test_taken_back_it_is_gone_everywhere(anna: Member, karin: Member) -> None:
    anna.types(f"/bericht {WORDS}")
    karin.hears()
    karin.presses_first("remarks_of")
    karin.store.db.execute("UPDATE outbox SET message = id WHERE chat = ?", [karin.chat])
    anna.types("/bericht")
    assert "weg, ook bij je kwartiermaker" in text_of(anna.presses_first("unremark "))
    assert not anna.store.rows("SELECT * FROM remarks")
    kept = anna.store.rows("SELECT id FROM outbox WHERE chat = ? AND body LIKE '%wethouder%'",
                           karin.chat)  # fmt: skip
    assert not kept
    assert [o.message.kind for o in karin.hears()] == ["remove"]  # and out of her chat
    assert WORDS not in text_of(karin.types("/gesprek Zutphen"))


def test_she_answers_by_a_tap_and_sees_it_before_it_goes(anna: Member, karin: Member) -> None:
    anna.types(f"/bericht {WORDS}")
    karin.hears()
    karin.presses_first("remarks_of")
    assert "Wat wil je Anna antwoorden?" in text_of(karin.presses_first("answer_remark"))
    assert "naar 1 persoon: Zutphen, Anna" in text_of(karin.types("Welke cijfers helpen haar?"))
    assert "Klaargezet voor 1 persoon" in text_of(karin.presses_first("send "))


def test_the_meeting_page_shows_it_and_that_is_reading(anna: Member, karin: Member) -> None:
    anna.types(f"/bericht {WORDS}")
    assert WORDS in text_of(karin.types("/gesprek Zutphen"))
    assert ", gelezen" in text_of(anna.types("/bericht"))


def test_one_notice_until_it_is_read(anna: Member, karin: Member) -> None:
    for n in range(3):
        anna.types(f"/bericht Zin {n}")
    assert text_of(karin.hears()).count("schreef je iets") == 1
    assert "Zin 0" in text_of(karin.presses_first("remarks_of"))
    anna.types("/bericht Nog een")
    assert "schreef je iets" in text_of(karin.hears())


def test_the_municipality_leads_there(anna: Member, karin: Member) -> None:
    anna.types(f"/bericht {WORDS}")
    karin.types("menu")
    karin.presses_first("municipality ", "home")
    karin.types("menu")
    said = karin.presses(next(c.key for c in karin.seen[-1].message.choices
                              if c.label == "Zutphen"))  # fmt: skip
    assert "Lees wat er geschreven is (1 nieuw)" in [c.label for c in said[-1].message.choices]


def test_nobody_else_reads_it(room: Room, anna: Member, karin: Member) -> None:
    anna.types(f"/bericht {WORDS}")
    seat = anna.store.value("SELECT seat FROM remarks")
    lotte, bo = room.kwartiermaker("Lotte", "Noord"), room.adviser(karin, "Zutphen", "Bo")
    dirk = room.adviser(lotte, "Ede", "Dirk")
    for person in (lotte, bo, dirk, room.operator):
        person.starts()
        for key in (f"remarks_of {seat}", "answer_remark 1", "unremark 1", f"unremark_all {seat}",
                    f"remark_to {seat}", f"visit 1 {seat}"):  # fmt: skip
            person.store.db.execute(
                FORGES,
                [person.chat, f'[["{key}", "x", false]]'],
            )
            said = text_of(person._does("press", 20, ref="1", text=key))  # noqa: SLF001
            assert WORDS not in said
            assert "Anna" not in said
    assert anna.store.value("SELECT read_at FROM remarks") is None


def test_who_handed_over_reads_no_more(anna: Member, karin: Member) -> None:
    anna.types(f"/bericht {WORDS}")
    karin.hears()
    karin.store.db.execute("UPDATE keepers SET until_at = '2026-11-23T09:00:00+00:00'")
    assert WORDS not in text_of(karin.presses_first("remarks_of"))


def test_who_leaves_takes_it_along(anna: Member, karin: Member) -> None:
    anna.types(f"/bericht {WORDS}")
    karin.hears()
    karin.presses_first("remarks_of")
    anna.types("/delen")
    anna.presses_first("leave ")
    anna.presses_first("left ")
    assert not anna.store.rows("SELECT * FROM remarks")
    assert not anna.store.rows("SELECT id FROM outbox WHERE chat = ? AND body LIKE '%wethouder%'",
                               karin.chat)  # fmt: skip


def test_erased_with_the_person(anna: Member, karin: Member) -> None:
    karin.types("menu")
    karin.presses_first("municipality ")
    anna.types(f"/bericht {WORDS}")
    karin.hears()
    karin.presses_first("remarks_of")
    anna.types("/vergeet")
    anna.presses_first("/erase all")
    assert not karin.store.rows("SELECT * FROM remarks")
    assert not karin.store.rows("SELECT id FROM outbox WHERE body LIKE '%wethouder%'")
    assert not karin.store.rows("SELECT id FROM outbox WHERE choices LIKE '%Anna%'")


# ---------------------------------------------------------------- told once a day


def test_what_happened_is_told_in_one_message_the_next_morning(
    room: Room, anna: Member, karin: Member
) -> None:
    karin.types("/verslag Zutphen\nDPIA aanvragen\nAnna\n15 januari\nBellen\nAnna\n16 januari")
    anna.hears()
    anna.presses_first("settle ")
    anna.types("/delen")
    anna.presses_first("share ")
    karin.hears()
    room.until(anna.now, 1)
    (told,) = [o for o in karin.hears() if o.message.kind == "news"]
    said = text_of([told])
    assert "Zutphen, Anna: is het eens met: " in said
    assert "; deelt nu de samenvatting." in said
    assert "Anna" in text_of(karin.presses_first("visit ", "news"))
    room.until(karin.now, 3)
    assert not [o for o in karin.hears() if o.message.kind == "news"]  # no news, no message


def test_taken_back_before_it_was_told_it_is_no_news(
    room: Room, anna: Member, karin: Member
) -> None:
    anna.types("/delen")
    anna.presses_first("share ")
    anna.presses_first("take_back ")
    room.until(anna.now, 2)
    assert not [o for o in karin.hears() if o.message.kind == "news"]


def test_who_stopped_messages_is_told_nothing(room: Room, anna: Member, karin: Member) -> None:
    karin.types("/herinneringen")
    karin.presses_first("stop_prompts")
    anna.types("/delen")
    anna.presses_first("share ")
    room.until(anna.now, 2)
    assert not [o for o in karin.hears() if o.message.kind == "news"]


def test_who_wants_less_is_told_once_in_two_weeks(room: Room, anna: Member, karin: Member) -> None:
    karin.types("/herinneringen")
    karin.presses_first("less")
    anna.types("/delen")
    anna.presses_first("share ")
    room.until(anna.now, 12, hours=6)
    assert not [o for o in karin.hears() if o.message.kind == "news"]
    room.until(anna.now, 5, hours=6)
    assert [o.message.kind for o in karin.hears() if o.message.kind == "news"] == ["news"]


def ends(person: Member) -> None:
    """Answer whatever is asked, until nothing is."""
    person.starts()
    for number in range(60):
        shown = person.seen[-1].message
        if shown.key == "steer.offer_sharing":
            return
        first = shown.choices[number % 2].key
        typed = first in ("unknown", "/skip")
        person.types(f"Antwoord {number}") if typed else person.presses(first)
        if person.seen[-1].message.key == shown.key:
            person.types("/klaar")


def test_at_the_end_of_a_walk_sharing_is_offered_once(anna: Member, karin: Member) -> None:
    assert "delen met" not in text_of(anna.types("/samenvatting"))  # there is no advice yet
    ends(anna)
    assert "Wil je je samenvatting delen met Karin?" in text_of(anna.seen[-1:])
    assert "Gedeeld: de samenvatting" in text_of(anna.presses_first("share_summary"))
    assert anna.asked == "finished"
    assert "delen met" not in text_of(anna.types("/samenvatting"))
    karin.types("menu")
    assert "Gedeeld: de samenvatting" in text_of(karin.presses_first("municipality "))


def test_rather_not_goes_on_and_shares_nothing(anna: Member) -> None:
    ends(anna)
    said = anna.presses_first("keep_private")
    assert "Karin ziet alleen hoe ver je bent" in text_of(said)
    assert not anna.store.rows("SELECT * FROM shares")


def test_who_asks_for_their_data_finds_it_there(anna: Member) -> None:
    anna.types(f"/bericht {WORDS}")
    found = Whole.of(anna.store, anna.chat)
    assert found
    (kept,) = found.trajectories["remarks"]
    assert kept["text"] == WORDS
    reading = Reading(anna.conversation, found, ZoneInfo("Europe/Amsterdam"))
    paper = str(my_data(reading.words, reading.mine(())))
    assert WORDS in paper
    assert "Geschreven aan je kwartiermaker op 23 november 2026" in paper


def test_it_goes_along_where_two_chats_become_one(room: Room, anna: Member) -> None:
    anna.types(f"/bericht {WORDS}")
    other = room.person("test:elders")
    asks(anna, other)
    anna.presses_first("connect_yes")
    other.hears()
    assert WORDS in text_of(other.types("/bericht"))
