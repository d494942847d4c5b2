"""One question to a colleague: asked by a link, answered without an account, taken over or left."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from datetime import UTC, timedelta

from bot.documents.printer import Reading
from bot.documents.requests import words_of
from content.documents.markdown import markdown
from content.documents.my_data import my_data
from content.documents.summary import summary
from flows.model.forwarded import MOST_REPLIES
from flows.model.trajectory import LIVES
from storage.privacy import erasure
from storage.privacy.subject_access import Whole
from storage.reports import Reports
from tests.desks import Member, Room, link_in, text_of

FORGED = int(os.environ.get("FORGED", "100"))  # noqa: TID251 - how long `make prove` looks


def asks(room: Room) -> Member:
    """Anna is at the first open question of which she does not know the answer, and says so."""
    anna = room.person("test:anna")
    anna.now = room.operator.now
    anna.starts()
    anna.presses("agree")
    anna.types("Proef-A")
    canvas = anna.conversation.newest.guide.canvas
    while not any(key in canvas and canvas[key].choices for key in offered(anna)):
        anna.presses("unknown")
    return anna


def offered(anna: Member) -> list[str]:
    """The question before this one, where it can be forwarded."""
    keys = [choice.key for choice in anna.seen[-1].message.choices]
    return [key.removeprefix("/forward ") for key in keys if key.startswith("/forward ")]


def link(anna: Member) -> str:
    return link_in(anna.presses_first("/forward "))


def answers(room: Room, secret: str, name: str = "Fatima", note: str = "") -> Member:
    """Somebody without an account, from link to thanks."""
    one = room.person(f"test:{name}")
    one.now = room.operator.now
    one.types(secret)
    one.presses_first("reply_is")
    one.types(f"{name}, applicatiebeheer")
    if note:
        one.types(note)
    else:
        one.presses("send_reply")
    return one


def test_the_question_stays_after_it_went_to_a_colleague(room: Room) -> None:
    anna = asks(room)
    waiting = anna.asked
    said = anna.presses_first("/forward ")
    assert "/start q" in text_of(said)
    assert said[-1].message.key == waiting == anna.asked  # it stands below, with its buttons


def test_an_answer_comes_back_and_is_taken_over_by_name(room: Room) -> None:
    anna = asks(room)
    fatima = answers(room, link(anna), note="alleen de projectleider is tijdelijk")
    assert "verstuurd" in text_of(fatima.seen)
    told = text_of(anna.hears())
    assert "Fatima (applicatiebeheer) antwoordt" in told
    assert "alleen de projectleider is tijdelijk" in told
    before = anna.store.walk(anna.canvas).values
    said = text_of(anna.presses_first("take_answer"))
    assert "Overgenomen" in said
    walk = anna.store.walk(anna.canvas)
    (key,) = [k for k, v in walk.values.items() if before.get(k) != v]
    assert "Fatima (applicatiebeheer)" in walk.given[key].colleague
    assert "van Fatima" in text_of(anna.types(f"/wijzig {key}"))
    (record,) = Reports(anna.store).canvases(anna.canvas)
    assert record.history[-1].colleague.startswith("Fatima (applicatiebeheer)")
    words = words_of(anna.conversation, record)
    assert "van Fatima" in markdown(summary(words))


def test_another_answer_is_replaced_only_when_asked(room: Room) -> None:
    anna = asks(room)
    secret = link(anna)
    answers(room, secret, "Fatima")
    other = room.person("test:Bo")
    other.types(secret)
    keys = [c.key for c in other.seen[-1].message.choices if c.key.startswith("reply_is")]
    other.presses(keys[-1])
    other.types("Bo")
    other.presses("send_reply")
    anna.hears()
    first, second = [o for o in anna.seen if o.message.key == "steer.proposal"]
    anna.presses(first.message.choices[0].key, first)
    before = anna.store.walk(anna.canvas).given
    said = anna.presses(second.message.choices[0].key, second)
    assert "Hier staat al" in text_of(said)
    assert anna.store.walk(anna.canvas).given == before
    assert "Overgenomen" in text_of(anna.presses_first("replace_answer"))
    assert "Bo" in list(anna.store.walk(anna.canvas).given.values())[-1].colleague


def test_left_later_and_taken_back(room: Room) -> None:
    anna = asks(room)
    secret = link(anna)
    fatima, bo = answers(room, secret, "Fatima"), answers(room, secret, "Bo")
    anna.hears()
    assert "terug met" in text_of(anna.presses_first("later_answer"))
    assert text_of(anna.types("/doorgestuurd")).count("antwoordt") == 2
    assert "is weg" in text_of(anna.presses_first("leave_answer"))  # Bo's, the newest
    assert "niet overgenomen" in text_of(bo.types(secret))
    assert "kijkt er nog naar" in text_of(fatima.types(secret))
    assert "is weg" in text_of(fatima.presses_first("unsay"))
    assert "nam het antwoord" in text_of(anna.hears())
    assert not anna.store.rows("SELECT * FROM proposals WHERE settled IS NULL")


def test_a_link_is_withdrawn_expires_and_is_full(room: Room) -> None:
    anna = asks(room)
    secret = link(anna)
    for number in range(MOST_REPLIES):
        answers(room, secret, f"Bo{number}")
    late = room.person("test:late")
    assert "niet meer open" in text_of(late.types(secret))
    anna.types("/doorgestuurd")
    assert "werkt niet meer" in text_of(anna.presses_first("recall"))
    assert "niet meer open" in text_of(late.types(secret))


def test_it_ends_after_two_weeks(room: Room) -> None:
    anna = asks(room)
    secret = link(anna)
    late = room.person("test:late")
    late.now = anna.now + LIVES["q"] + timedelta(minutes=1)
    assert "niet meer open" in text_of(late.types(secret))


def test_nothing_of_the_canvas_but_the_question_is_shown(room: Room) -> None:
    anna = asks(room)
    secret = link(anna)
    first = room.person("test:first")
    assert "Proef-A" not in text_of(first.types(secret))
    anna.presses_first("show_name")
    second = room.person("test:second")
    assert "Proef-A" in text_of(second.types(secret))


def test_who_answers_is_not_kept(room: Room) -> None:
    anna = asks(room)
    fatima = answers(room, link(anna))
    rows = anna.store.rows("SELECT * FROM proposals")
    assert [row["person"] for row in rows] == [None]
    typed = anna.store.column("SELECT text FROM updates WHERE chat = ?", fatima.chat)
    assert not [t for t in typed if t and ("Fatima" in t or "/start q" in t)]
    anna.store.forget_strangers(anna.now + timedelta(days=2))
    assert not anna.store.knows(fatima.chat)
    assert "Fatima" in text_of(anna.types("/doorgestuurd"))


def test_it_goes_with_the_canvas_and_with_time(room: Room) -> None:
    anna = asks(room)
    secret = link(anna)
    answers(room, secret)
    with anna.store.transaction():
        erasure.erase_canvas(anna.store, anna.canvas, "person", anna.now)
    for table in ("forwarded", "proposals"):
        assert not anna.store.rows(f"SELECT * FROM {table}")  # noqa: S608 - ours
    assert not anna.store.rows("SELECT * FROM outbox WHERE body LIKE '%Fatima%' AND chat = ?",
                               anna.chat)  # fmt: skip


def test_open_points_go_one_by_one(room: Room) -> None:
    anna = asks(room)
    for _ in range(4):
        anna.presses("unknown")
    said = anna.types("/forward")
    assert "Volgende open punt" in text_of(said)
    first = link_in(said)
    again = link_in(anna.presses_first("forward_one next"))
    assert first != again
    assert len({row["question"] for row in anna.store.rows("SELECT * FROM forwarded")}) == 2


def test_forged_links_and_presses_get_nothing(room: Room) -> None:
    anna = asks(room)
    secret = link(anna)
    answers(room, secret)
    anna.hears()
    mallory = room.person("test:mallory")
    dice = random.Random(16)  # noqa: S311 - the same forgeries every time
    before = anna.store.rows("SELECT * FROM proposals"), anna.store.rows("SELECT * FROM answers")
    receipt = before[0][0]["receipt"]
    refs = [o for o in anna.seen if o.message.choices]
    for number in range(FORGED):
        other = dice.choice([letter for letter in "wxyz" if letter != secret[-1]])
        turned = secret[:-8] + secret[-8:][::-1] + "_"
        wrong = dice.choice([secret[:-1] + other, turned, f"{secret}a"])
        assert "vraagt je één ding" not in text_of(mallory.types(wrong))
        key = dice.choice([f"take_answer {receipt}", f"unsay {receipt}", "recall x", "send_reply",
                           f"show_name {receipt}", "reply_is yes"])  # fmt: skip
        forged = replace(mallory.sent[-1], id=f"f{number}", kind="press", text=key,
                         ref=dice.choice(refs).ref)  # fmt: skip
        mallory.gives(forged)
        form = dice.choice([f"unsay_form {secret.split()[1]}", f"take_answer {receipt}",
                            "reply_form qqq {}"])  # fmt: skip
        mallory.gives(replace(forged, id=f"g{number}", kind="form", text=form, ref=""))
    assert "Fatima" not in text_of(mallory.seen)
    after = anna.store.rows("SELECT * FROM proposals"), anna.store.rows("SELECT * FROM answers")
    assert before == after


def my_whole_data(person: Member) -> str:
    found = Whole.of(person.store, person.chat)
    assert found
    reading = Reading(person.conversation, found, UTC)
    return markdown(my_data(reading.words, reading.mine([])))


def test_what_was_asked_and_came_back_is_among_all_my_data(room: Room) -> None:
    anna = asks(room)
    answers(room, link(anna), note="alleen de projectleider")
    told = my_whole_data(anna)
    assert "Gevraagd op 23 november 2026" in told
    assert "Fatima, applicatiebeheer antwoordde op 23 november 2026" in told
    assert "alleen de projectleider" in told
    anna.hears()
    anna.presses_first("take_answer")
    assert "is overgenomen" in my_whole_data(anna)
