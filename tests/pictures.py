"""Writes docs/pictures anew: every page of the realistic canvas, as a reader sees it.

Run by `make docs`; look at each of them after a change.
"""

from __future__ import annotations

import asyncio
import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pypdfium2
from PIL import Image

from bot.documents.house import read_house
from bot.documents.requests import portfolio_of, request
from bot.documents.worker import make
from content.documents.blocks import to_data
from content.documents.history import since
from content.documents.portfolio import CanvasEntry
from content.messages.render import messages
from content.words.steering import SteeringWords
from content.words.vocabulary import Words
from flows.machine import take_turn
from flows.model.context import Context
from flows.model.desk import Desk
from flows.model.journey import Landmark, Past
from flows.model.messages import Update
from flows.model.trajectory import Meeting, Seat, Trajectory
from flows.model.turn import Intent, Session
from flows.trajectory.views import facts_of, view
from tests.canvases import walked, words
from tests.people import START

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent.parent / "docs/pictures"
HOUSE = read_house()
COLOURS = 256
ASKED: tuple[tuple[Any, str, float], ...] = (
    ("pdf", "summary", 1.1), ("pdf", "executive", 1.1), ("pdf", "practice", 1.1),
    ("pdf", "canvas", 1.2), ("pdf", "workshop", 1.2), ("png", "card", 0.5),
)  # fmt: skip

SHEETS = (
    ("invitation", "Zutphen, Anna", "invite"), ("meeting", "1", "paper"),
    ("shared", "pdf", "take"),
)  # fmt: skip
"""(picture, argument, verb) at the desk of trajectories."""


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    with TemporaryDirectory() as folder:
        person = walked(Path(folder) / "a", "realistic")
        about, half = words(person), words(walked(Path(folder) / "b", "half-way"))
    for form, what, scale in ASKED:
        found = asyncio.run(make(request(about, form, what, HOUSE))).content
        for number, page in enumerate(pages(form, found, scale), 1):
            keep(f"{what}-{number}" if form == "pdf" and what == "summary" else what, page)
    shared: list[CanvasEntry | str] = [
        CanvasEntry(1, "done", about),
        CanvasEntry(2, "routes", half),
        "Gemeente Lochem",
    ]
    newest = Words(about.content, "nl")
    own = [one for one in shared if isinstance(one, CanvasEntry)]
    wall = asyncio.run(make(portfolio_of(own, newest, "pdf", HOUSE))).content
    keep("pilots", next(pages("pdf", wall, 1.2)))
    compared = to_data(since(about, later(about)))
    found = asyncio.run(make(request(later(about), "pdf", "changes", HOUSE, compared))).content
    keep("changes", next(pages("pdf", found, 1.1)))
    line = asyncio.run(make(request(a_year(about), "pdf", "year", HOUSE))).content
    keep("year", next(pages("pdf", line, 1.1)))
    heat = asyncio.run(make(portfolio_of(shared, newest, "png", HOUSE))).content
    keep("heat-map", next(pages("png", heat, 0.6)))
    for name, content in of_a_trajectory(about, half):
        keep(name, next(pages("pdf", content, 1.1)))


def later(about: Words) -> Words:
    """The same canvas when its person looked back and gave some answers anew."""
    if about.walk is None:
        raise AssertionError("the realistic canvas has a walk")
    at, given = START + timedelta(days=91), dict(about.walk.given)
    anew = {"ingredients.funding": "partly", "impact.evidence": "measured",
            "routes.temporary": "partly", "ingredients.privacy": "yes"}  # fmt: skip
    given |= {key: replace(given[key], value=value, at=at) for key, value in anew.items()}
    return Words(about.content, "nl", replace(about.walk, given=given))


def a_year(about: Words) -> Words:
    """The same with two meetings, and answers that became others twice."""
    seen = later(about)
    if about.walk is None or seen.walk is None:
        raise AssertionError("the realistic canvas has a walk")
    now = dict(seen.walk.given)
    last = {"routes.hours": "yes", "ingredients.funding": "yes", "pitfalls.costs": "yes"}
    at = START + timedelta(days=182)
    given = {k: replace(now[k], value=v, at=at) for k, v in last.items() if k in now}
    walk = replace(seen.walk, given=now | given)
    anew = [one for one in now.values() if one.at > START + timedelta(days=90)]
    story = (*about.walk.given.values(), *anew, *given.values())
    marks = (
        Landmark("meeting", START + timedelta(days=14)),
        Landmark("meeting", START + timedelta(days=120)),
    )
    made = Words(about.content, "nl", walk)
    made.past = Past(story, marks)
    return made


def of_a_trajectory(about: Words, half: Words) -> Iterator[tuple[str, bytes]]:
    """What a kwartiermaker takes along: the first page of each."""
    desk = at_the_desk(about, half)
    said = SteeringWords(about.content, "nl", desk.link)
    session = Session(desk.chat, "nl", agreed=True, walk=None)
    for name, argument, verb in SHEETS:
        context = Context(session, about.content.guide, about.content.guide, desk)
        turn = take_turn(context, Update("u", "c", START, "text"), Intent(verb, argument))
        for message in messages(said, turn.replies):
            form, _, what = message.document.partition(" ")
            if form == "pdf":
                asked = request(said.words, "pdf", what, HOUSE, json.loads(message.data))
                yield name, asyncio.run(make(asked)).content


def at_the_desk(about: Words, half: Words) -> Desk:
    guide, zuid = about.content.guide, Trajectory(1, "Jongeren Zuid", "Schulden bij jongeren")
    seats = tuple(
        Seat(number, "Zutphen", name, view=view(facts_of(guide, walk), ("all",)))
        for number, (name, walk) in enumerate((("Anna", about.walk), ("Bo", half.walk)), 1)
        if walk
    )
    return Desk(
        1, "c", "nl", agreed=True, seed="example", keeper="Karin", link="https://t.me/opschaalgids_bot?start=",
        trajectories=(zuid,), current=zuid, seats=seats, near=seats,
        meetings=(Meeting(1, "Zutphen", START + timedelta(days=14), "stadhuis"),),
    )  # fmt: skip


def pages(form: str, content: bytes, scale: float) -> Iterator[Image.Image]:
    if form == "pdf":
        yield from (page.render(scale=scale).to_pil() for page in pypdfium2.PdfDocument(content))
        return
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    yield picture.resize((round(picture.width * scale), round(picture.height * scale)))


def keep(name: str, page: Image.Image) -> None:
    page.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
        FOLDER / f"{name}.png", optimize=True
    )


if __name__ == "__main__":
    main()
