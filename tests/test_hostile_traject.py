"""Texts that would like to be more than text, in everything that names a trajectory or a person."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import re
import zipfile
from itertools import islice
from typing import TYPE_CHECKING

import openpyxl
import pypdf
import pytest
from icalendar import Calendar

from bot.documents.house import read_house
from bot.documents.spreadsheet import TAKES_EFFECT
from bot.documents.worker import make
from bot.operators.trajectories import Office
from content.messages.html import plain
from flows.intents.choices import cut
from flows.intents.text import clean
from flows.model.lists import LONGEST_NAME
from storage.trajectory.links import ADDRESS
from tests.desks import OPERATOR, Member, Room, link_in
from tests.hostile import evened, strings
from tests.telegram_html import problem
from tests.test_documents import bare, holds, text_of
from tests.test_export import shown_by
from tests.test_hostile import harmless
from tests.verapdf import failures

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.conversations.outbox import Outgoing

ROOMS = int(os.environ.get("CANVASES", "2"))  # noqa: TID251 - how long `make prove` looks
IN_A_ROOM = 12


def kept(text: str) -> str:
    """What is left of a name: one line of at most so many."""
    return cut(evened(text), LONGEST_NAME)


def one_line(text: str) -> str:
    """As a name can be typed here: separators would end it, and some words are settings."""
    return "x" + re.sub(r"[,;\s]+", " ", clean(text)).strip()


class Hostile:
    """A trajectory in which everything that can be named has such a name."""

    def __init__(self, folder: Path, number: int) -> None:
        own = islice(strings(), number * IN_A_ROOM, None)
        self.names = (one_line(text) for text in own)
        self.typed: list[str] = []
        self.room = Room(folder)
        self.keeper = self.appointed()
        self.adviser = self.joined()

    def name(self, *, own: bool = False) -> str:
        """`own`: as the text of a prompt, in which what stands before a colon may be a name."""
        found = next(self.names).replace(":" if own else "\n", " ")
        self.typed.append(kept(found))
        return found

    def appointed(self) -> Member:
        keeper, operator = self.room.person("test:keeper"), self.room.operator
        keeper.types(link_in(operator.types(f"/kwartiermaker {self.name()}")))
        keeper.presses("join 0")
        operator.hears()
        operator.presses_first("appoint_yes")
        keeper.hears()
        keeper.types(f"/traject nieuw {self.name()}")
        for setting in ("onderwerp", "welkom"):
            keeper.types(f"/traject {setting} {self.name()}")
        return keeper

    def joined(self) -> Member:
        self.town, keeper = self.name(), self.keeper
        adviser = self.room.person("test:adviser")
        adviser.types(link_in(keeper.types(f"/uitnodigen {self.town}, {self.name()}")))
        adviser.presses("join 0")
        keeper.hears()
        keeper.presses_first("admit", "wants_in")
        adviser.hears()
        for text in ("akkoord", self.name()):
            adviser.types(text)
        adviser.types("/delen")
        adviser.presses_first("share")
        return adviser

    def works(self) -> None:
        """Everything that repeats those names, and what is typed about them."""
        keeper, town = self.keeper, kept(self.town)
        for text in ("/overzicht", "/patronen", f"/gesprek {town}", "/uitnodigen",
                     f"/gesprek {town}, 3 maart 10:00, {self.name()}", "/traject", "/vraag",
                     f"/verslag {town}\n{self.name()}\n{self.name()}\n{self.name()}",
                     f"/vraag {self.name(own=True)}"):  # fmt: skip
            keeper.types(text)
        keeper.presses_first("target all")
        keeper.presses_first("send")
        self.taken = keeper.papers(self.takes_along())
        self.adviser.hears()
        self.adviser.types("/logboek")
        self.adviser.types("/delen")
        self.room.until(keeper.now, days=3)

    def takes_along(self) -> list[Outgoing]:
        """Everything that goes on paper."""
        keeper = self.keeper
        keeper.store.remember(ADDRESS, "https://t.me/gids_bot?start=")
        said = [*keeper.types("/patronen"), *keeper.types("/uitnodigen =1+1, <b>x</b>")]
        keeper.types(f"/gesprek {kept(self.town)}")
        said += keeper.presses_first("paper")
        for form in ("pdf", "zip", "xlsx", "csv"):
            keeper.types("/portfolio")
            said += keeper.presses(f"take {form}")
        return said

    def one(self, ending: str) -> bytes:
        return next(made.content for made in self.taken if made.file_name.endswith(ending))

    @property
    def people(self) -> list[Member]:
        return [self.room.people[chat] for chat in ("test:keeper", "test:adviser", OPERATOR)]

    def files(self, ending: str) -> Iterator[str]:
        for person in self.people:
            for said in person.seen:
                if said.message.file_name.endswith(ending):
                    yield said.message.file_text


@pytest.mark.parametrize("number", range(ROOMS))
def test_hostile_names_stay_names(tmp_path: Path, number: int) -> None:
    here = Hostile(tmp_path, number)
    here.works()
    in_the_chat(here)
    in_the_calendar(here)
    in_the_portfolio(here)
    in_the_summaries(here)
    on_paper(here)
    at_the_command_line(here)


def in_the_chat(here: Hostile) -> None:
    shown = ""
    for person in here.people:
        for said in person.seen:
            assert problem(said.message.html) is None, said.message.html
            shown += " ".join(plain(said.message.html).split()) + "\n"
    # A menu shows the beginning of what is long.
    assert not [text for text in here.typed if text[:45] not in shown]


def in_the_calendar(here: Hostile) -> None:
    """One event with these fields and no other, whatever the names are."""
    files = list(here.files(".ics"))
    assert files
    for text in files:
        (event,) = Calendar.from_ical(text).walk("VEVENT")
        assert set(event) == {"UID", "SUMMARY", "DTSTAMP", "DTSTART", "DTEND", "LOCATION"}
        assert str(event["LOCATION"]) in here.typed
        assert set(str(event["SUMMARY"]).split(", ")) <= {*here.typed, kept(here.town)}


def in_the_portfolio(here: Hostile) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(here.one(".xlsx"))).active
    assert sheet
    cells = [c for row in sheet.iter_rows() for c in row if c.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}, "no formula"
    assert not [cell for cell in cells if cell.hyperlink]
    assert kept(here.town) in {cell.value for cell in cells}
    in_rows(here, here.one(".csv"))


def in_rows(here: Hostile, found: bytes) -> None:
    (row,) = csv.DictReader(io.StringIO(found.decode("utf-8-sig"), newline=""), delimiter=";")
    assert not [cell for cell in row.values() if cell.startswith(TAKES_EFFECT)]
    assert row["municipality"].removeprefix("'") == kept(here.town)


def in_the_summaries(here: Hostile) -> None:
    archive = zipfile.ZipFile(io.BytesIO(here.one(".zip")))
    for name in archive.namelist():
        assert re.fullmatch(r"\d+-[a-z0-9-]+\.md", name)
        written = archive.read(name).decode()
        harmless(written)
        assert kept(here.town) in shown_by(written)


def on_paper(here: Hostile) -> None:
    """Accessible, without links or acts; the names whole in each."""
    papers = [made for made in here.taken if made.file_name.endswith(".pdf")]
    assert len(papers) == 3
    for made in papers:
        reader = pypdf.PdfReader(io.BytesIO(made.content))
        assert not failures(made.content)
        assert not {"/OpenAction", "/AA"} & set(reader.root_object)
        assert not [page for page in reader.pages if "/Annots" in page]
        invites = made.file_name.startswith("uitnodiging")
        for name in ("=1+1", "<b>x</b>") if invites else (kept(here.town),):
            assert holds(bare(text_of(reader)), name)


def at_the_command_line(here: Hostile) -> None:
    with here.keeper.store.transaction():
        office = Office(here.keeper.conversation, here.keeper.now)
        rows = json.loads(office.portfolio(1))
        request = office.document(1, "csv", read_house())
    assert rows[0]["municipality"] == kept(here.town)
    in_rows(here, asyncio.run(make(request)).content)
