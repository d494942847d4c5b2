"""What nobody shared is in nothing that leaves a shared canvas: pages, files, mails, prompts, logs.

Which documents there are follows from the product's own tables, so that a new one is read too.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.documents.house import read_house
from bot.documents.printer import Papers
from bot.documents.requests import request_of
from bot.documents.worker import make
from bot.operators.trajectories import Office
from content.messages.attachments import ALONG, MY_DATA
from flows.model.messages import Message
from flows.model.papers import FORMATS, PAPERS, SHARED
from storage.conversations.outbox import Outgoing
from storage.trajectory.links import ADDRESS
from tests.desks import Member, Room, link_in
from tests.leaving import text_in
from tests.mailing import Mailed, MailRoom, Sending, mail_host, texts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from bot.documents.worker import Request

LONG = "CANVASES" in os.environ  # noqa: TID251 - whether `make prove` looks
NOTHING = Message("", "", ())
HIDDEN = (
    "KanarieAntwoordAnna", "KanarieAntwoordBo", "KanarieNaamBo", "KanarieToelichtingRea",
    "KanarieZinFaas", "KanarieFaas",
)  # fmt: skip
"""Words of each of them that nobody shared with the kwartiermaker."""


def says(person: Member, question: str, words: str) -> None:
    person.types(f"/change {question}")
    person.types(words)


def around(room: Room) -> tuple[Member, Member]:
    """Anna shares her summary; Bo on the web and Rea fill the same canvas, and share nothing.

    Quinn filled it with them and left, and Rob was taken off it.
    """
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    anna.types("Maatjes")
    bo, rea, faas = (room.person(chat) for chat in ("web:bo", "web:rea", "web:faas"))
    people = {"Bo": bo, "Rea": rea, **{n: room.person(f"web:{n}") for n in ("Quinn", "Rob")}}
    for name, person in people.items():
        person.now = anna.now
        person.types(link_in(anna.types(f"/samen {name}, Anna")))
        person.presses("join 0")
    _go(anna, people["Quinn"], people["Rob"])
    says(anna, "impact.issue", "KanarieAntwoordAnna")
    says(bo, "impact.issue", "KanarieAntwoordBo")
    says(bo, "pilot.name", "KanarieNaamBo")
    says(anna, "routes.temporary", "helemaal")
    says(rea, "routes.temporary", "ja deels, KanarieToelichtingRea")
    _settles(anna, "pilot.name", "choose_voice", -1)
    _settles(anna, "impact.issue", "keep_both", 0)
    faas.now = anna.now
    faas.types(link_in(anna.types("/forward impact.outcome")))
    for words in ("KanarieZinFaas", "KanarieFaas, beheer"):
        faas.types(words)
    faas.presses("send_reply")
    anna.hears()
    anna.presses_first("take_answer")
    anna.types("/delen")
    anna.presses_first("share")
    return karin, anna


def _go(anna: Member, quinn: Member, rob: Member) -> None:
    """One by her own wish, and one by Anna's; each goes on with what was theirs."""
    for one in (quinn, rob):
        says(one, "impact.outcome", "Eigen woorden")
    quinn.types("/samen")
    quinn.presses("quit")
    quinn.presses("quit_yes")
    anna.types("/samen")
    anna.presses(f"member {rob.canvas}")
    anna.presses(f"remove {rob.canvas}")
    anna.presses(f"remove_yes {rob.canvas}")


def _settles(anna: Member, question: str, how: str, which: int) -> None:
    anna.types("/verschillen")
    shown = anna.presses(f"differ {question}")[-1].message
    anna.presses([c.key for c in shown.choices if c.key.startswith(how)][which])


def months(room: Room, karin: Member, anna: Member) -> None:
    """A meeting, what was agreed there, an answer that changed; then Karin looks at all of it."""
    karin.now = anna.now
    karin.types("/gesprek Zutphen, 14 december 10:00, stadhuis")
    room.until(karin.now, 24, hours=6)
    karin.now = anna.now
    karin.types("/verslag Zutphen\nMeting herhalen\nAnna\n15 januari")
    anna.hears()
    anna.presses_first("settle")
    says(anna, "routes.temporary", "deels")
    room.until(anna.now, 40, hours=6)
    for text in ("/overzicht", "/gesprek Zutphen", "/patronen", "/traject", "/vraag", "/logboek",
                 "/portfolio", "/uitnodigen Ommen, Dirk"):  # fmt: skip
        karin.types(text)
    for begins in ("there", "paper", "take", "shared_of"):
        _pressed(karin, begins)


def _pressed(karin: Member, begins: str) -> None:
    """Every button of that kind that stands somewhere."""
    for said in [*karin.seen]:
        for choice in said.message.choices:
            if choice.key.partition(" ")[0] == begins:
                karin.presses(choice.key, said)


def everything(person: Member, said: list[Outgoing]) -> str:
    """Each message with its buttons, and each file as its reader opens it."""
    found = []
    for one in said:
        labels = " ".join(choice.label for choice in one.message.choices)
        found += [one.message.html, one.message.file_text, one.message.data, labels]
    return "\n".join([*found, *_files(person, said)])


def _files(person: Member, said: list[Outgoing]) -> Iterator[str]:
    """The newest of each kind."""
    papers, newest = Papers(person.conversation, read_house(None)), {}
    for one in said:
        newest[one.message.document] = one
    for one in (one for document, one in newest.items() if document):
        made = asyncio.run(papers.make(one))
        yield text_in(made.content, made.file_name)


def found_in(told: str, *more: str) -> list[str]:
    """Of the hidden words; a paper breaks a word where its line ends."""
    return [word for word in (*HIDDEN, *more) if word in told]


def test_what_nobody_shared_reaches_no_kwartiermaker(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """In the chat, in every document of a trajectory, and on the command line."""
    caplog.set_level(logging.DEBUG)
    room = Room(tmp_path)
    room.operator.store.remember(ADDRESS, "https://gids.example/u/")
    karin, anna = around(room)
    months(room, karin, anna)
    assert {one.message.document for one in karin.seen} - {""} == {*ALONG.values()}
    told = everything(karin, [*karin.seen, *room.operator.seen])
    assert "Maatjes" in told, "what is shared is there"
    assert not found_in(told)
    assert not found_in(_of_office(karin))
    assert not found_in(caplog.text, "Maatjes")


def _of_office(karin: Member) -> str:
    """What `traject` and `export --traject` give, in every form, since a day and as it stands."""
    office, day = Office(karin.conversation, karin.now), (karin.now - timedelta(40)).date()
    found = [json.dumps(office.overview(1), ensure_ascii=False)]
    for since in (None, day):
        found.append(office.portfolio(1, since).decode())
        for form in sorted({*SHARED.values()} - {""}):
            found.append(words_of(office.document(1, form, read_house(None), since)))
            assert "Zutphen" in found[-1]
    return "\n".join(found)


def words_of(asked: Request) -> str:
    """All that a paper is made of, and nothing else; in the long form as its reader opens it."""
    told = json.dumps(asked.data, ensure_ascii=False)
    if LONG and FORMATS[asked.form].maker:
        told += text_in(asyncio.run(make(asked)).content)
    return f"{asked.file_name} {told}"


def test_who_answers_one_question_sees_nothing_else(tmp_path: Path) -> None:
    room = Room(tmp_path)
    around(room)
    faas = room.people["web:faas"]
    faas.types("/mijngegevens")
    told = everything(faas, faas.seen)
    assert not [one for one in found_in(told, "Maatjes") if one not in HIDDEN[-2:]]


# ---------------------------------------------------------------- papers of a canvas


ALONE = [(form, one.what) for one in PAPERS if one.named for form in one.forms]
"""All that one canvas can be made into."""


def papers_of(person: Member) -> Iterator[tuple[str, str]]:
    """(name, all words) of each; then of all that is kept of this person."""
    talk, house = person.conversation, read_house(None)
    words = Papers(talk, house).words(Outgoing(0, person.chat, "", person.canvas, NOTHING))
    for form, what in ALONE:
        yield f"{form} {what}", words_of(request_of(talk, person.canvas, form, what, house, words))
    for document in MY_DATA.values():
        wanted = Outgoing(0, person.chat, "", None, replace(NOTHING, document=document))
        yield document, text_in(asyncio.run(Papers(talk, house).make(wanted)).content)


def test_no_paper_of_who_left_holds_what_was_said_since(tmp_path: Path) -> None:
    """By Quinn, who left, and by Rob, who was taken off; Anna's hold all that is looked for."""
    room = Room(tmp_path)
    _, anna = around(room)
    for name in ("Quinn", "Rob"):
        for document, told in papers_of(room.people[f"web:{name}"]):
            before = () if document in MY_DATA.values() else ("Maatjes",)  # as they were told then
            assert not found_in(told, *before), (name, document)
    assert found_in(" ".join(told for _, told in papers_of(anna))) == [*HIDDEN]


# ---------------------------------------------------------------- mails


async def test_no_mail_holds_what_anybody_said(tmp_path: Path) -> None:
    """Weeks of it: questions, a meeting, what was agreed, answers of colleagues, news."""
    room = MailRoom(tmp_path)
    karin, anna = around(room)
    for one in {id(one): one for one in room.people.values()}.values():
        if isinstance(one, Mailed) and one.chat[:4] == "web:" and one.chat != "web:faas":
            one.gets_mail(f"{one.number}@zutphen.example")
    async with mail_host() as host, Sending(room, host.settings()) as sending:
        karin.types("/gesprek Zutphen, 14 december 10:00, stadhuis")
        anna.now = karin.now
        anna.types("/bericht KanarieBericht")
        for day in range(5):
            says(room.people["web:bo"], "impact.issue", f"KanarieAntwoordBo {day}")
            room.operator.now = max(one.now for one in room.people.values())
            await sending.passes(days=5)
            await sending.news()
        await asyncio.sleep(0.1)
    told = "\n".join(_of_mail(one) for one in host.mails)
    assert len(host.mails) > 3
    assert not found_in(told, "Maatjes", "KanarieBericht")


def _of_mail(mail: Any) -> str:
    return "\n".join([*(f"{name}: {said}" for name, said in mail.items()), *texts(mail)])
