"""What nobody shared is in nothing that leaves a shared canvas: pages, files, prompts, logs."""

from __future__ import annotations

import asyncio
import io
import logging
import zipfile
from typing import TYPE_CHECKING

from bot.documents.house import read_house
from bot.documents.printer import Papers
from tests.desks import Member, Room, link_in

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from storage.conversations.outbox import Outgoing

HIDDEN = (
    "KanarieAntwoordAnna", "KanarieAntwoordBo", "KanarieNaamBo", "KanarieToelichtingRea",
    "KanarieZinFaas", "KanarieFaas",
)  # fmt: skip
"""Words of each of them that nobody shared with the kwartiermaker."""


def says(person: Member, question: str, words: str) -> None:
    person.types(f"/change {question}")
    person.types(words)


def around(folder: Path) -> tuple[Room, Member, Member]:
    """Anna shares her summary; Bo on the web and Rea fill the same canvas, and share nothing."""
    room = Room(folder)
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    anna.types("Maatjes")
    bo, rea, faas = (room.person(chat) for chat in ("web:bo", "test:rea", "web:faas"))
    for name, person in (("Bo", bo), ("Rea", rea)):
        person.now = anna.now
        person.types(link_in(anna.types(f"/samen {name}, Anna")))
        person.presses("join 0")
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
    return room, karin, anna


def _settles(anna: Member, question: str, how: str, which: int) -> None:
    anna.types("/verschillen")
    shown = anna.presses(f"differ {question}")[-1].message
    anna.presses([c.key for c in shown.choices if c.key.startswith(how)][which])


def everything(karin: Member, said: list[Outgoing]) -> str:
    """Each message with its buttons, and each file as its reader opens it."""
    papers = Papers(karin.conversation, read_house(None))
    found = []
    for one in said:
        labels = " ".join(choice.label for choice in one.message.choices)
        found += [one.message.html, one.message.file_text, one.message.data, labels]
        if one.message.document.startswith(("zip", "csv", "xlsx")):
            found.append(_read(asyncio.run(papers.make(one)).content))
    return "\n".join(found)


def _read(content: bytes) -> str:
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def test_what_nobody_shared_reaches_no_kwartiermaker(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    room, karin, anna = around(tmp_path)
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
                 "/portfolio"):  # fmt: skip
        karin.types(text)
    for begins in ("there", "paper", "take", "shared_of"):
        _pressed(karin, begins)
    told = everything(karin, [*karin.seen, *room.operator.seen])
    assert "Maatjes" in told, "what is shared is there"
    assert not [word for word in HIDDEN if word in told]
    assert not [word for word in (*HIDDEN, "Maatjes") if word in caplog.text]


def _pressed(karin: Member, begins: str) -> None:
    """Every button of that kind that stands somewhere."""
    for said in [*karin.seen]:
        for choice in said.message.choices:
            if choice.key.partition(" ")[0] == begins:
                karin.presses(choice.key, said)


def test_who_answers_one_question_sees_nothing_else(tmp_path: Path) -> None:
    room, *_ = around(tmp_path)
    faas = room.people["web:faas"]
    told = everything(faas, faas.seen)
    theirs = ("KanarieZinFaas", "KanarieFaas")
    assert not [word for word in (*HIDDEN, "Maatjes") if word in told and word not in theirs]
