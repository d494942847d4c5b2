"""Nothing unshared is in anything that a kwartiermaker gets: views, and what is made of them."""

from __future__ import annotations

import asyncio
import io
import json
import os
import time
import zipfile
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from bot.documents.__main__ import made
from bot.documents.house import read_house
from bot.documents.printer import Papers
from bot.documents.requests import request
from bot.engine.prompter import Prompting
from bot.operators.trajectories import Office
from content.loader import newest
from content.messages.render import messages
from content.words.steering import SteeringWords
from flows.machine import take_turn
from flows.model.context import Context
from flows.model.desk import Desk
from flows.model.journey import Cursor, Given, View, Walk
from flows.model.messages import Reply, Update
from flows.model.trajectory import Seat, Trajectory
from flows.model.turn import Intent, Session
from flows.trajectory.views import IN_SUMMARY, Facts, facts_of, readable, shareable, view
from tests.crowd import crowd
from tests.desks import Room, text_of
from tests.kinds import ONE_OF
from tests.people import START
from tests.test_documents import bare
from tests.test_documents import text_of as text_of_pdf

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from flows.model.messages import Message

HISTORIES = int(os.environ.get("HISTORIES", "150"))  # noqa: TID251 - how long `make prove` looks
GUIDE = newest().guide
SHARES = shareable(GUIDE.canvas)
SAID = SteeringWords(newest(), "nl")
ZUID = Trajectory(1, "Zuid")
DESK = Desk(1, "c", "nl", agreed=True, seed="s", keeper="Karin", trajectories=(ZUID,),
            current=ZUID)  # fmt: skip


def marked(key: str) -> str:
    return f"Merkteken<{key}>"


def answered() -> Walk:
    """A canvas with a marker in every open answer, and a choice everywhere else."""
    given: dict[str, Given] = {}
    for question in GUIDE.canvas.questions:
        value: object = marked(question.key)
        if question.kind in ONE_OF:
            value = question.choices[0]
        elif question.choices:
            value = [question.choices[0]]
        if question.kind == "when":
            value = {"text": marked(question.key), "date": None}
        given[question.key] = Given(question.key, value, START)
    return Walk(1, "done", "full", Cursor(), given)


WALK = answered()
FACTS = facts_of(GUIDE, WALK)
HISTORY = st.lists(st.tuples(st.sampled_from(["share", "take back"]), st.sampled_from(SHARES)))


def after(history: list[tuple[str, str]]) -> tuple[str, ...]:
    shares: dict[str, None] = {}
    for act, what in history:
        if act == "share":
            shares[what] = None
        else:
            shares.pop(what, None)
    return tuple(shares)


def everything(seen: View) -> str:
    """All that a view lets out, as text."""
    return repr(seen)


@settings(max_examples=HISTORIES, deadline=None)
@given(HISTORY)
def test_a_view_holds_what_is_shared_now_and_nothing_else(history: list[tuple[str, str]]) -> None:
    shares = after(history)
    out = everything(view(FACTS, shares))
    for key in FACTS.given:
        if not readable(key, shares):
            assert marked(key) not in out
            assert f"'{key}': Given" not in out
    if not shares:
        assert view(FACTS, shares) == View(FACTS.part, FACTS.settled, FACTS.asked, FACTS.week)


@settings(
    max_examples=max(10, HISTORIES // 200), deadline=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(HISTORY)
def test_what_is_made_of_it_holds_no_more(history: list[tuple[str, str]]) -> None:
    shares = after(history)
    seat = Seat(1, "Zutphen", "Anna", view=view(FACTS, shares))
    found = told(seat)
    out = " ".join(f"{m.html} {m.data}" for m in found)
    drawn = "".join(map(text_in, found))
    assert (bare(marked("pilot.name")) in drawn) == readable("pilot.name", shares)
    for key in FACTS.given:
        if not readable(key, shares):
            assert bare(marked(key)) not in drawn
            assert marked(key) not in out
            assert marked(key).replace("<", "&lt;").replace(">", "&gt;") not in out
            assert f"Merkteken\\<{key}" not in out


def told(seat: Seat) -> list[Message]:
    """Every page and document with this one seat."""
    desk = replace(DESK, seats=(seat,), near=(seat,))
    update = Update("u", "c", START, "text")
    session = Session("c", "nl", agreed=True, walk=None)
    context = Context(session, GUIDE, GUIDE, desk)
    asked = [Intent("overview"), Intent("patterns"), Intent("town", "1"), Intent("paper", "1")]
    said = [reply for one in asked for reply in take_turn(context, update, one).replies]
    facts = {"seats": [seat], "trajectory": ZUID, "at": START}
    taken = (Reply(f"take_{form}", facts) for form in ("pdf", "zip", "xlsx", "csv"))
    return messages(SAID, [*said, *taken])


def text_in(message: Message) -> str:
    """What a reader finds in the document that goes along, blanks left out."""
    form, _, what = message.document.partition(" ")
    if form in ("", "png"):
        return ""
    asked = request(SAID.words, form, what, read_house(), json.loads(message.data))
    found, _ = made(asked.form, asked.template, json.loads(json.dumps(asked.data)))
    if form == "pdf":
        return bare(text_of_pdf(PdfReader(io.BytesIO(found))))
    if form == "csv":
        return bare(found.decode("utf-8-sig"))
    with zipfile.ZipFile(io.BytesIO(found)) as archive:
        texts = (archive.read(name).decode() for name in archive.namelist())
        return bare(unescape("".join(texts)).replace("\\", ""))


def test_what_recurs_says_of_a_route_what_its_adviser_reads() -> None:
    """It said that a route fits where its adviser reads that something else comes first."""
    fits = (("up", "first"), ("in", "first"), ("deep", "first"), ("out", "fits"))
    sharing = View(shares=("summary",), gate="go", routes=fits, ingredients={})
    said = " ".join(one.html for one in told(Seat(1, "Ede", "Bo", sharing)))
    words = SAID.words.advice_words["fit"]
    assert f"• Uit (uitbreiden): {words['fits']}, in de enige gemeente" in said
    assert said.count(f"): {words['first']}, in ") == len(fits) - 1


def test_the_summary_names_its_own_words_only() -> None:
    assert all(readable(key, ("summary",)) for key in IN_SUMMARY)
    assert set(IN_SUMMARY) <= {q.key for q in GUIDE.canvas.questions}
    assert not [k for k in FACTS.given if readable(k, ())]


def test_facts_without_a_canvas_are_empty() -> None:
    assert view(Facts(), ("summary",)).given == {}


# ---------------------------------------------------------------- many


@pytest.mark.skipif("MANY" not in os.environ, reason="minutes long: make prove")  # noqa: TID251
def test_all_municipalities_within_a_second(tmp_path: Path) -> None:
    _timed(Room(tmp_path), 342, 10, 1.0)


def test_fifty_municipalities_at_once(tmp_path: Path) -> None:
    _timed(Room(tmp_path), 50, 4, 0.6)


def _timed(room: Room, towns: int, each: int, most: float) -> None:
    karin = room.kwartiermaker("Karin", "Zuid")
    crowd(karin.store, towns, each)
    _rounds(Prompting(karin.conversation), karin.now)
    for command in ("/overzicht", "/patronen"):
        began = time.process_time()
        said = karin.types(command)
        took = time.process_time() - began
        assert said
        assert took < most, f"{command}: {took:.2f} s"
    assert str(towns) in text_of(karin.types("/overzicht"))
    rows = Office(karin.conversation, karin.now + timedelta(days=1)).overview(1)
    assert len(rows) == towns * each


def _rounds(prompting: Prompting, now: datetime) -> None:
    """The program's own, until all that came in behind its back is worked out."""
    prompting.due(now)
    while prompting.behind:
        prompting.due(now)


def test_what_a_turn_changed_is_worked_out_with_that_turn(tmp_path: Path) -> None:
    room = Room(tmp_path)
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    for settled, said in ((2, "Jongeren aan zet"), (3, "1"), (4, "1")):
        anna.types(said, after=0)
        (row,) = anna.store.rows("SELECT facts FROM glances WHERE canvas = ?", anna.canvas)
        assert json.loads(row["facts"])["settled"] == settled


def test_the_heat_map_comes_as_a_picture_of_what_is_shared(tmp_path: Path) -> None:
    room = Room(tmp_path)
    keeper = room.kwartiermaker("kees", "Jongeren Zuid")
    for town, name in (("Zutphen", "anna"), ("Ede", "bert")):
        adviser = room.adviser(keeper, town, name)
        for text in ("akkoord", f"Pilot {name}", town, "1"):
            adviser.types(text)
    room.people["test:anna"].types("/delen")
    room.people["test:anna"].presses_first("share")
    picture = next(o for o in keeper.types("/patronen") if o.message.document)
    drawn = json.loads(picture.message.data)
    assert drawn["title"] == "Ingrediënten per gemeente"
    rows = {row["name"]: row["marks"] for row in drawn["rows"]}
    assert (len(rows["Zutphen"]), rows["Ede"]) == (8, [])
    papers = Papers(keeper.conversation, read_house(None))
    found = asyncio.run(papers.make(picture))
    assert found.content.startswith(b"\x89PNG")
    assert "plaatje" in papers.caption(picture)
