"""Texts that would like to be more than text, in everything that names a trajectory or a person."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import re
import zipfile
from itertools import islice
from typing import TYPE_CHECKING

import openpyxl
import pytest
from icalendar import Calendar

from bot.traject import Office
from content.render import plain
from flows.answers import clean, cut
from flows.inviting import LONGEST_NAME
from tests.desks import OPERATOR, Member, Room, link_in
from tests.hostile import evened, strings
from tests.telegram_html import problem
from tests.test_export import shown_by
from tests.test_hostile import harmless

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOMS = int(os.environ.get("CANVASES", "2"))  # noqa: TID251 - how long `make prove` looks
IN_A_ROOM = 12
FORMULA = ("=", "+", "-", "@", "\t", "\r")


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

    def name(self) -> str:
        found = next(self.names)
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
        for text in ("/overzicht", "/patronen", f"/gesprek {town}", "/portfolio", "/uitnodigen",
                     f"/gesprek {town}, 3 maart 10:00, {self.name()}", "/traject", "/vraag",
                     f"/verslag {town}\n{self.name()}\n{self.name()}\n{self.name()}",
                     f"/vraag {self.name()}"):  # fmt: skip
            keeper.types(text)
        keeper.presses_first("target all")
        keeper.presses_first("send")
        self.adviser.hears()
        self.adviser.types("/logboek")
        self.adviser.types("/delen")
        self.room.until(keeper.now, days=3)

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
    files = list(here.files(".xlsx"))
    assert files
    for text in files:
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(text)))
        cells = [c for row in book["Portfolio"].iter_rows() for c in row if c.value is not None]
        assert {cell.data_type for cell in cells} == {"s"}
        assert not [cell for cell in cells if cell.hyperlink]
        assert kept(here.town) in {cell.value for cell in cells}


def in_the_summaries(here: Hostile) -> None:
    for text in here.files(".zip"):
        archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(text)))
        for name in archive.namelist():
            assert re.fullmatch(r"\d+-[a-z0-9-]+\.md", name)
            written = archive.read(name).decode()
            harmless(written)
            assert kept(here.town) in shown_by(written)


def at_the_command_line(here: Hostile) -> None:
    with here.keeper.store.transaction():
        office = Office(here.keeper.conversation, here.keeper.now)
        rows = json.loads(office.portfolio(1, "json"))
        text = office.portfolio(1, "csv").decode("utf-8-sig")
    assert rows[0]["municipality"] == kept(here.town)
    (row,) = csv.DictReader(io.StringIO(text))
    assert not [cell for cell in row.values() if cell.startswith(FORMULA)]
    assert row["municipality"].removeprefix("'") == kept(here.town)
