"""A colleague who does what nobody should: old buttons, used links, two at once, two as one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.desks import Member, Room, link_in, text_of
from tests.test_connecting import Chats

if TYPE_CHECKING:
    from pathlib import Path

ISSUE, PLACE = "impact.issue", "impact.outcome"


def says(person: Member, question: str, words: str) -> None:
    person.types(f"/change {question}")
    person.types(words)


def joins(room: Room, anna: Member, name: str) -> Member:
    found = room.person(f"web:{name}")
    found.now = anna.now
    found.types(link_in(anna.types(f"/samen {name}, Anna")))
    found.presses("join 0")
    anna.now = found.now
    return found


@pytest.fixture
def room(tmp_path: Path) -> Chats:
    return Chats(tmp_path)


@pytest.fixture
def anna(room: Chats) -> Member:
    return room.begun("test:anna", "Maatjes", "Zutphen")


@pytest.fixture
def bo(room: Chats, anna: Member) -> Member:
    """With Anna on one canvas, of another mind about the issue."""
    found = joins(room, anna, "Bo")
    says(anna, ISSUE, "Geld")
    says(found, ISSUE, "Tijd")
    return found


def shown(anna: Member, question: str = ISSUE) -> list[str]:
    """The buttons by which a difference is settled."""
    anna.types("/verschillen")
    keys = [choice.key for choice in anna.presses(f"differ {question}")[-1].message.choices]
    return [key for key in keys if key.startswith(("choose_voice", "keep_both"))]


def in_force(person: Member, question: str = ISSUE) -> object:
    return person.store.walk(person.canvas).values.get(question)


def settled(person: Member) -> list[dict[str, object]]:
    return person.store.rows("SELECT question, how, voice FROM settlements ORDER BY id")


# ---------------------------------------------------------------- settling


def test_two_buttons_of_one_difference_settle_it_once(anna: Member, bo: Member) -> None:
    """On a phone and on a computer at once: the second hears that it is settled."""
    first, second, *_ = shown(anna)
    said = anna.seen[-1]
    anna.presses(second, said)
    before = settled(bo)
    for key in (first, second, f"keep_both {ISSUE}"):
        anna.presses(key, said)
    assert settled(bo) == before
    assert in_force(anna) == in_force(bo) == "Tijd"


def test_who_left_while_a_button_stood_there_is_chosen_no_more(
    room: Chats, anna: Member, bo: Member
) -> None:
    joins(room, anna, "Cas")
    _, voice, *_ = shown(anna)
    said = anna.seen[-1]
    bo.types("/samen")
    bo.presses("quit")
    bo.presses("quit_yes")
    anna.presses(voice, said)
    assert (settled(anna), in_force(anna), in_force(bo)) == ([], "Geld", "Tijd")


def test_the_last_who_leaves_leaves_a_canvas_of_ones_own(anna: Member, bo: Member) -> None:
    keys = shown(anna)
    said = anna.seen[-1]
    bo.types("/samen")
    bo.presses("quit")
    bo.presses("quit_yes")
    for key in keys:
        anna.presses(key, said)
    assert settled(anna) == []
    assert anna.store.walk(anna.canvas).joint is None
    assert (in_force(anna), in_force(bo)) == ("Geld", "Tijd")


def test_who_owns_it_no_more_does_nothing_by_an_old_button(
    room: Chats, anna: Member, bo: Member
) -> None:
    cas = joins(room, anna, "Cas")
    keys, said = shown(anna), anna.seen[-1]
    anna.types("/samen")
    listed = anna.seen[-1]
    anna.presses(f"member {bo.canvas}")
    asked = anna.seen[-1]
    anna.presses(f"part_is {bo.canvas} owner")
    anna.presses(f"give_over {bo.canvas}")
    for key in keys:
        anna.presses(key, said)
    anna.presses(f"member {cas.canvas}", listed)
    for key in (f"part_is {bo.canvas} reader", f"remove {bo.canvas}"):
        anna.presses(key, asked)
    rows = anna.store.rows("SELECT person, role FROM canvases WHERE pilot > 0 ORDER BY id")
    assert [row["role"] for row in rows] == ["colleague", "owner", "colleague"]
    assert settled(anna) == []


# ---------------------------------------------------------------- reading along


def test_who_reads_along_now_answers_by_no_button_of_before(anna: Member, bo: Member) -> None:
    """A choice, a tick, a text that is edited, a note, a question that goes out."""
    says(bo, ISSUE, "Rust")
    written = bo.sent[-1].message
    bo.types("/change routes.temporary")
    asked = bo.seen[-1]
    anna.types("/samen")
    anna.presses(f"member {bo.canvas}")
    anna.presses(f"part_is {bo.canvas} reader")
    before = bo.answer_rows(), bo.store.rows("SELECT * FROM forwarded")
    for choice in asked.message.choices:
        bo.presses(choice.key, asked)
    bo.edits(written, "Onrust")
    for text in ("helemaal", "toelichting: nee", f"/forward {PLACE}", "2"):
        bo.types(text)
    assert (bo.answer_rows(), bo.store.rows("SELECT * FROM forwarded")) == before
    assert in_force(anna) == "Geld"
    assert bo.store.walk(bo.canvas).joint.own[ISSUE].value == "Rust"  # type: ignore[union-attr]


# ---------------------------------------------------------------- joining


@pytest.mark.parametrize("ended", ["used", "expired", "removed", "owned", "left", "erased"])
def test_a_link_that_is_over_lets_nobody_in(
    ended: str, room: Chats, anna: Member, bo: Member
) -> None:
    """Not even who followed it while it worked, and says yes now."""
    link, mallory = link_in(anna.types("/samen Later, Anna")), room.begun("web:mallory")
    mallory.now = anna.now
    mallory.types(link)
    asked = mallory.seen[-1]
    _ends(ended, room, anna, bo, link)
    mallory.now = max(mallory.now, anna.now, bo.now)
    before = mallory.store.rows("SELECT id, person, pilot FROM canvases ORDER BY id")
    mallory.presses("join 0", asked)
    assert mallory.store.rows("SELECT id, person, pilot FROM canvases ORDER BY id") == before
    told = text_of(mallory.types(link))
    assert "Geld" not in told + text_of(mallory.types("/summary"))


def _ends(ended: str, room: Chats, anna: Member, bo: Member, link: str) -> None:
    if ended == "used":
        cas = room.begun("web:cas")
        cas.types(link)
        cas.presses("join 0")
    elif ended == "expired":
        anna.now += timedelta(days=60)
    elif ended == "removed":
        anna.store.db.execute("UPDATE links SET withdrawn_at = made_at WHERE name = 'Later'")
    elif ended == "owned":
        anna.types("/samen")
        anna.presses(f"member {bo.canvas}")
        anna.presses(f"part_is {bo.canvas} owner")
        anna.presses(f"give_over {bo.canvas}")
    elif ended == "left":
        anna.types("/samen")
        anna.presses("quit")
        anna.presses("quit_yes")
    else:
        anna.types("/vergeet")
        anna.presses("/erase all")


def test_one_link_of_a_canvas_lets_one_in_whoever_is_first(room: Chats, anna: Member) -> None:
    link = link_in(anna.types("/samen Cas, Anna"))
    crowd = [room.begun(f"web:{n}") for n in range(5)]
    for one in crowd:
        one.now = anna.now
        one.types(link)
    for one in crowd:
        one.presses("join 0")
    assert len(anna.store.rows("SELECT id FROM canvases WHERE pilot > 0")) == 2


# ---------------------------------------------------------------- two who are one


def test_two_chats_of_one_person_on_one_canvas_are_one_voice(
    room: Chats, anna: Member, bo: Member
) -> None:
    """Nothing of either is lost, and nobody differs with themselves."""
    kept = sorted(anna.answer_rows(), key=str)
    room.joined(anna, bo)
    assert sorted(anna.answer_rows(), key=str) == kept
    joint = anna.store.walk(anna.canvas).joint
    people = [member.person for member in joint.members] if joint else []
    assert len(people) == len(set(people))
    assert not (joint and joint.differences)
    assert "verschillen nergens" in text_of(anna.types("/samen"))
    assert "nergens" in text_of(anna.types("/verschillen"))


def test_one_person_has_one_part_whichever_canvas_they_answer_on(
    room: Chats, anna: Member, bo: Member
) -> None:
    """Who reads along is no colleague by the chat that they connected."""
    home = joins(room, anna, "Bo thuis")
    room.joined(bo, home)
    anna.now = max(bo.now, home.now)
    anna.types("/samen")
    anna.presses(f"member {bo.canvas}")
    anna.presses(f"part_is {bo.canvas} reader")
    before = bo.answer_rows()
    numbers = [row["id"] for row in bo.store.rows("SELECT id FROM canvases WHERE role = 'reader'")]
    assert len(numbers) == 2
    for number in numbers:
        home.types("/pilots")
        home.presses(f"/pilots {number}")
        says(home, ISSUE, "Anders")
    assert bo.answer_rows() == before


def test_and_with_a_third_the_others_see_one_of_them(room: Chats, anna: Member, bo: Member) -> None:
    cas = joins(room, anna, "Cas")
    says(cas, ISSUE, "Ruimte")
    room.joined(anna, bo)
    joint = cas.store.walk(cas.canvas).joint
    assert joint
    assert len({member.person for member in joint.members}) == len(joint.members) == 2
    anna.types("/samen")
    anna.presses("quit")
    anna.presses("quit_yes")
    after = cas.store.walk(cas.canvas)
    assert after.joint is None
    assert after.values[ISSUE] == "Ruimte"


# ---------------------------------------------------------------- erasing


@pytest.mark.parametrize("sent", [False, True])
def test_a_question_that_is_out_goes_with_its_canvas(
    sent: bool,  # noqa: FBT001 - a parameter of the test
    room: Chats,
    anna: Member,
    bo: Member,
) -> None:
    link = link_in(anna.types(f"/forward {PLACE}"))
    faas = room.person("web:faas")
    faas.now = anna.now
    faas.types(link)
    faas.types("Rust in huis")
    if sent:
        faas.types("Faas, beheer")
        faas.presses("send_reply")
    anna.types("/vergeet")
    anna.presses("/erase all")
    faas.now = anna.now
    told = text_of(faas.types("Faas, beheer")) + text_of(faas.types(link))
    assert "Anna" not in told
    for table in ("forwarded", "proposals"):
        assert faas.store.rows(f"SELECT * FROM {table}") == []  # noqa: S608 - ours
    assert in_force(bo) == "Tijd"
