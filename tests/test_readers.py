"""What each reader gets: the alderman, those who carry it out, a meeting, an agenda, a wall."""

from __future__ import annotations

import asyncio
import io
import json
import os
import random
import re
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pypdf
import pytest
from icalendar import Calendar
from openxml_audit import OpenXmlValidator
from pptx import Presentation

from bot.documents.__main__ import made as made_here
from bot.documents.house import House, read_house
from bot.documents.packed import MARKS
from bot.documents.requests import request
from bot.documents.worker import make
from bot.operators.exports import Export
from content.documents import executive
from content.documents.blocks import Bullets, Note
from content.documents.executive import requests
from content.documents.half_pages import practice
from content.documents.markdown import BLOCKS, half_page, markdown
from content.documents.sheets import card_caption, slide
from content.documents.standing import whole
from content.documents.summary import summary
from content.words.vocabulary import Words
from flows.model.journey import Given, Walk
from flows.model.papers import NAMED
from tests.canvases import AUTHOR, CONTEXTS, LINES, REALISTIC
from tests.people import START, Person
from tests.test_documents import HOUSE, bare, holds, pdf, text_of, words_of
from tests.test_export import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

CANVASES = int(os.environ.get("CANVASES", "3"))  # noqa: TID251 - how much a test does, as elsewhere
"""Random canvases on the wall; `make prove` takes more."""


def answered(given: Mapping[str, Any], language: Any = "nl") -> Words:
    """The words of a canvas with these answers, given as the person gave them."""
    kept = {key: Given(key, value, START) for key, value in given.items()}
    walked = Walk(1, "done", "full", words_of("realistic").walk.cursor, kept)  # type: ignore[union-attr]
    return Words(words_of("realistic").content, language, walked)


def shown(words: Words, what: str, house: House = HOUSE) -> pypdf.PdfReader:
    """A PDF set here, without a process of its own."""
    asked = request(words, "pdf", what, house)
    content, _ = made_here("pdf", asked.template, json.loads(json.dumps(asked.data)))
    return pypdf.PdfReader(io.BytesIO(content))


# ---------------------------------------------------------------- nothing before its time


@pytest.mark.parametrize("language", ["nl", "en"])
def test_an_empty_canvas_has_no_verdict_in_any_paper(language: str) -> None:
    empty = words_of("empty", language)
    verdicts = [
        *(gate["title"] for key, gate in empty.advice_words["gate"].items() if key != "too_early"),
        *(empty.advice_words["fit"][fit] for fit in ("fits", "first", "possible", "not_now")),
    ]
    told = [markdown(make(empty)) for make in BLOCKS.values()]
    told += [text_of(shown(empty, "canvas")), card_caption(empty), str(slide(empty))]
    for text in told:
        assert not [v for v in verdicts if re.search(rf"(^|\W){re.escape(v)}(\W|$)", text)]
        assert empty.documents["page"]["so_far"] in text
    assert told[-3].count(empty.documents["status"]["none"]) >= 5 + 8 + 4


def test_a_route_that_was_not_asked_says_so() -> None:
    text = " ".join(text_of(shown(words_of("half-way"), "canvas")).split())
    assert "Diep (anders kijken en doen) nog niet gevraagd" in text
    assert "nu niet" not in text
    assert "Tussenstand" in text


# ---------------------------------------------------------------- the decision note


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("what", ["executive", "practice"])
def test_a_note_is_one_page(what: str, context: str, language: str) -> None:
    assert len(shown(words_of(context, language), what).pages) == 1


def test_a_note_of_the_longest_answers_is_one_page() -> None:
    keys = [q.key for q in words_of("realistic").canvas.questions if q.kind in ("line", "text")]
    for long in ("W" * 12_000, "中" * 4_000, "Ja.\n" * 3_000, LINES[-2]):
        worst = answered({**REALISTIC, **dict.fromkeys(keys, long)})
        assert [len(shown(worst, what).pages) for what in ("executive", "practice")] == [1, 1]


def test_a_note_keeps_its_order() -> None:
    text = text_of(pdf("realistic", "executive"))
    names = ["Wat we vragen", "Wanneer", "Het probleem", "Voor wie", "Het effect", "Het geld",
             "Nog te regelen", "De eerste stap", "Wie:", "Wanneer:"]  # fmt: skip
    places = [0]
    for name in names:
        places.append(text.index(name, places[-1]))
    for fact in ("Gemeten is het niet", "40.000 euro", "eind december 2027", "niet geregeld"):
        assert fact in " ".join(text.split())


BARE = {
    "pilot.origin": "started", "routes.demand": "no", "routes.temporary": "no",
    "routes.purse": "no", "routes.more_here": "some", "routes.rules": "no",
    "routes.behaviour": "no", "routes.other_domain": "no", "routes.mandate": "partly",
    "routes.hours": "partly",
    "routes.hinges": "yes", "routes.local_partners": "yes", "routes.upfront": "yes",
    "ingredients.funding": "yes",
}  # fmt: skip
FOUND_OUT = {"impact.working_part": "yes", "impact.places": "many"}
TAKES_OVER = {"pilot.origin": "adopting", "pilot.stage": "preparing", "routes.demand": "concrete"}


@pytest.mark.parametrize(
    ("answers", "wanted"),
    [
        ({"impact.evidence": "disappoints"}, ("small",)),
        ({"routes.rules": "yes", "routes.demand": "no", "routes.temporary": "no",
          "routes.purse": "no", "routes.more_here": "some", "ingredients.funding": "yes"},
         ("up",)),
        ({"routes.hours": "no"}, ("hours",)),
        ({"routes.mandate": "no", "routes.hours": "yes"}, ("mandate",)),
        ({"ingredients.funding": "no", "routes.hours": "yes"}, ("funding",)),
        ({**BARE, "routes.temporary": "fully", "routes.anchored": "unknown"}, ("in_open",)),
        ({**BARE, "routes.temporary": "fully", "ingredients.agreements": "no"},
         ("agreements", "in")),
        ({**BARE, "routes.purse": "yes", "routes.upfront": "no"}, ("upfront", "out_here")),
        ({**BARE, **FOUND_OUT, "impact.places": "one", "routes.demand": "concrete"},
         ("second_place",)),
        ({**BARE, **FOUND_OUT, "impact.evidence": "different", "routes.rules": "partly"},
         ("otherwise",)),
        ({**BARE, **FOUND_OUT, "impact.evidence": "counts", "routes.rules": "yes"}, ("up",)),
        ({**BARE, **TAKES_OVER}, ("out_adopting", "time")),
        ({**BARE, **TAKES_OVER, "routes.mandate": "yes"}, ("time",)),
        ({**BARE, **TAKES_OVER, "routes.mandate": "yes", "routes.hours": "yes"}, ("look",)),
    ],
)  # fmt: skip
def test_the_request_follows_from_route_and_obstacle(
    answers: dict[str, Any], wanted: tuple[str, ...]
) -> None:
    """And asks for nothing that is granted already."""
    assert requests(answered({**REALISTIC, **answers}))[: len(wanted)] == wanted


def test_every_request_and_moment_has_words_in_both_languages() -> None:
    for language in ("nl", "en"):
        said = words_of("realistic", language).documents["executive"]
        routes = [r.key for r in words_of("realistic").content.guide.rules.routes if r.key != "out"]
        lifted = [key for key, _ in executive.LIFTED]
        assert {*routes, *lifted, "out_here", "out_elsewhere"} <= set(said["request"])


@pytest.mark.parametrize(
    ("who", "said", "not_said"),
    [
        ({"pilot.origin": "adopting", "pilot.stage": "considering"},
         ["Elders is het effect gemeten.", "Het lukte elders op veel plekken."], ["na de pilot"]),
        ({"pilot.stage": "finished"}, ["Het hing helemaal aan tijdelijk geld"], ["Het hangt "]),
        ({"pilot.stage": "preparing"}, ["Het gaat helemaal hangen aan"], ["Het hangt "]),
    ],
)  # fmt: skip
def test_a_note_speaks_of_where_and_when_it_was(
    who: dict[str, str], said: list[str], not_said: list[str]
) -> None:
    known = {"impact.evidence": "measured", "impact.places": "many", "routes.temporary": "fully"}
    text = markdown(BLOCKS["executive"](answered({**REALISTIC, **known, **who})))
    assert [line for line in said if line not in text] == []
    assert [line for line in not_said if line in text] == []


def test_what_stays_small_is_asked_nothing_about_growing() -> None:
    words = answered({**REALISTIC, "impact.evidence": "disappoints"})
    note, page = markdown(BLOCKS["executive"](words)), markdown(practice(words))
    assert words.documents["status"]["unknown"] not in note.lower()
    assert "meedenken" not in page
    assert words.documents["practice"]["small"]["hello"] in page


def test_no_place_is_said_to_be_missing_that_was_not_asked() -> None:
    """An unknown is never a fact, not in a request either."""
    text = markdown(BLOCKS["executive"](answered({**REALISTIC, **BARE,
        "routes.temporary": "fully", "routes.anchored": "unknown"})))  # fmt: skip
    assert "staat nog niet in" not in text


def test_all_that_is_not_arranged_is_told() -> None:
    words = words_of("realistic")
    gaps = next(i for b in BLOCKS["executive"](words).blocks if isinstance(b, Bullets)
                for i in b.items if i.label == "Nog te regelen")  # fmt: skip
    text = " ".join([gaps.text, *(more.text for more in gaps.more)])
    for key in words.canvas.ingredients:
        assert (words.short(key).lower() in text.lower()) is (words.values[key] != "yes")
    assert words.short("routes.local_partners").lower() in text


def test_a_sentence_ends() -> None:
    assert whole("Eén. Twee. Drie is te lang.", 12) == "Eén. Twee."
    assert whole("geen punt", 40) == "Geen punt."
    assert whole("woord " * 40, 30).endswith("…")


def test_who_carries_it_out_is_spoken_to() -> None:
    for answer in ("no", "partly", "unknown"):
        words = answered({**REALISTIC, "pitfalls.partners_table": answer})
        text = markdown(practice(words))
        assert "kun jij met ons meedenken" in text
        assert not re.search(r"[Uu]itvoerders|wie het uitvoert\b(?!\.)", text.split("\n", 4)[4])


# ---------------------------------------------------------------- the summary


def test_the_first_page_stands_alone() -> None:
    first = " ".join(pdf("realistic", "summary").pages[0].extract_text().split())
    for part in (REALISTIC["impact.issue"], REALISTIC["impact.impact"], "Doorgaan",
                 REALISTIC["closing.insight"], "27 november 2026", AUTHOR):  # fmt: skip
        assert part in first
    assert "PONT" not in first
    assert "Wat zou dit veranderen" not in first


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_quick_round_is_four_pages(language: str) -> None:
    assert len(shown(words_of("quick", language), "summary").pages) <= 4


def test_nothing_is_told_twice() -> None:
    text = markdown(summary(words_of("realistic")))
    assert "Hier en elders: " in text
    for line in text.splitlines():
        step, _, reason = line.partition("**Waarom**: ")
        assert not reason or "Eerste stap" not in reason, step
    assert not re.search(r"(\d+ \w+) \(\1 \d{4}\)", text)


@pytest.mark.parametrize("what", ["summary", "executive", "practice", "canvas"])
def test_ik_has_a_name_where_others_read(what: str) -> None:
    text = " ".join(text_of(pdf("realistic", what)).split())
    assert AUTHOR in text
    assert not re.search(r"\bik, \d", text)
    assert "23 november 2026" in text


def test_the_author_is_asked_once_before_the_first_document(anna: Person) -> None:
    walk(anna, REALISTIC, "quick")
    asked = anna.types("/document card")
    assert [o.message.document for o in asked] == [""]
    assert anna.asked == "pilot.author"
    given = anna.types(AUTHOR)
    assert given[0].message.document == "png card"
    assert [o.message.document for o in anna.types("/document canvas")] == ["pdf canvas"]
    assert anna.values["pilot.author"] == AUTHOR


def test_who_says_no_name_is_not_asked_again(anna: Person) -> None:
    walk(anna, REALISTIC, "quick")
    anna.types("/document card")
    assert anna.types("/overslaan")[0].message.document == "png card"
    assert anna.types("/document summary")[0].message.document == "pdf summary"


def test_every_document_can_be_asked_for_in_the_chat(anna: Person) -> None:
    walk(anna, REALISTIC, "quick")
    offered: set[str] = set()
    for line in ("/document", "/document more"):
        shown = anna.types(line)[-1].message.choices
        offered |= {c.key.removeprefix("/document ") for c in shown if "/document " in c.key}
    assert set(NAMED) <= offered
    anna.types("/document card")
    anna.types(AUTHOR)
    made = {name: anna.papers(anna.types(f"/document {name}")) for name in NAMED
            if name != "markdown"}  # fmt: skip
    assert all(len(some) == 1 and some[0].content for some in made.values())


# ---------------------------------------------------------------- the wall


def random_answers(seed: int) -> dict[str, Any]:
    """Answers to everything, as long and as strange as they come."""
    chance, canvas = random.Random(seed), words_of("realistic").canvas  # noqa: S311 - no secret
    people = ("Fatima el Amrani", "de teamleider van wijkteam Noord-Oost en haar vervanger",
              "中文测试", "W" * 60, *(line.strip()[:200] for line in LINES[:2]))  # fmt: skip
    given: dict[str, Any] = {}
    for question in canvas.questions:
        if question.kind in ("one_of", "agree"):
            given[question.key] = chance.choice(question.choices)
        elif question.kind in ("any_of", "actions"):
            given[question.key] = chance.sample(question.choices, min(3, len(question.choices)))
        elif question.kind == "when":
            day = START.date() + timedelta(days=chance.randrange(700))
            given[question.key] = {"date": day.isoformat(), "text": "na de zomer"}
        elif question.kind == "who":
            who = chance.choice(people) * chance.choice((1, 1, 4))
            given[question.key] = who[:200] if chance.random() < 0.8 else "me"
        else:
            text = "Een antwoord met woorden. " * chance.choice((0, 1, 3, 30))
            given[question.key] = text or "Ja"
    weak = {f"ingredients.{name}": "no" for name in given["ingredients.actions"]}
    return {**given, **weak, "closing.small_win": "money"}


@pytest.mark.parametrize("seed", range(CANVASES))
def test_who_and_when_stand_whole_on_the_canvas(seed: int) -> None:
    words = answered(random_answers(seed))
    (page,) = shown(words, "canvas").pages
    text, named = bare(page.extract_text()), words.for_others()
    for key in ("closing.small_win", *(f"ingredients.actions.{n}" for n in words.acted_on())):
        assert holds(text, " ".join(named.given(f"{key}.who").split())), key
        day = date.fromisoformat(words.values[f"{key}.when"]["date"])
        assert bare(words.day(day)) in text


BOXES = (
    "impact.issue", "impact.for_whom", "impact.evidence_note", "impact.input", "impact.impact",
    "ingredients.funding_note", "closing.insight", "pitfalls.answer",
)  # fmt: skip


@pytest.mark.parametrize("key", BOXES)
def test_nothing_is_cut_while_its_neighbour_is_empty(key: str) -> None:
    long = "Een antwoord dat precies zo lang is als er op het canvas past. " * 30
    short = {k: v for k, v in REALISTIC.items() if k not in BOXES}
    (page,) = shown(answered({**short, key: long}), "canvas").pages
    text = bare(page.extract_text())
    assert bare(long) in text
    assert text.count("…") == 1


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_workshop_sheet_asks_the_questions_of_the_canvas(anna: Person, language: str) -> None:
    anna.store.language = language  # type: ignore[assignment]
    content = Export(anna.conversation, "pdf", "workshop").made(None)
    assert content is not None
    (page,) = pypdf.PdfReader(io.BytesIO(content)).pages
    text = " ".join(page.extract_text().split())
    empty = Words(anna.conversation.newest, language)  # type: ignore[arg-type]
    for key in ("impact.issue", "impact.input", "routes.rules", *empty.canvas.ingredients):
        assert empty.text(key) in text
    assert empty.documents["status"]["none"] not in text


# ---------------------------------------------------------------- agenda, slide, two days


def test_the_agenda_holds_the_actions_and_the_day_to_look_back() -> None:
    asked = request(words_of("realistic"), "ics", "calendar", HOUSE)
    agenda: Any = Calendar.from_ical(asyncio.run(make(asked)).content)
    events = {str(e["summary"]): e for e in agenda.walk("VEVENT")}
    assert events["De rekensom per rit maken met de controller"]["dtstart"].dt == date(2027, 3, 1)
    back = events[f"Terugkijken: {REALISTIC['pilot.name']}"]
    assert back["dtstart"].dt == date(2027, 2, 22)
    assert len({str(e["uid"]) for e in events.values()}) == len(events)


@pytest.mark.parametrize("context", CONTEXTS)
def test_the_slide_is_one_and_valid(context: str, tmp_path: Path) -> None:
    path = tmp_path / "x.pptx"
    path.write_bytes(asyncio.run(make(request(words_of(context), "pptx", "slide", HOUSE))).content)
    assert OpenXmlValidator().validate(str(path)).errors == []
    (page,) = Presentation(str(path)).slides
    assert page.shapes.title.text_frame.text
    inside = [(s.left >= 0, s.top + s.height <= 6_858_000) for s in page.shapes]
    assert set(inside) == {(True, True)}


def test_two_days_show_what_changed_and_no_more(anna: Person) -> None:
    walk(anna, REALISTIC, "full")
    anna.now += timedelta(days=95)
    for line in ("/wijzig ingredients.funding", "partly"):
        anna.types(line)
    content = Export(anna.conversation, "md", "changes").made(anna.canvas)
    assert content is not None
    text = content.decode()
    assert "| Financiering | niet geregeld | deels geregeld |" in text
    assert "23 november 2026" in text
    assert "26 februari 2027" in text
    assert "Technologie" not in text
    early = Export(anna.conversation, "md", "changes", day=date(2027, 2, 26)).made(anna.canvas)
    assert early is not None
    assert "Financiering" not in early.decode()


# ---------------------------------------------------------------- what the validator does not see


def languages(node: Any) -> Iterator[Any]:
    """What the tags of a document say of their language."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for child in node:
            yield from languages(child)
    elif isinstance(node, dict):
        yield from [node["/Lang"]] if "/Lang" in node else []
        yield from languages(node.get("/K", []))


def test_other_scripts_say_their_language() -> None:
    reader = pdf("hostile", "summary")
    spoken = set(map(str, languages(reader.trailer["/Root"]["/StructTreeRoot"])))  # type: ignore[index]
    for page in reader.pages:
        data = page.get_contents().get_data()  # type: ignore[union-attr]
        spoken |= {found.decode() for found in re.findall(rb"/Lang ?\(([^)]*)\)", data)}
    assert {"ar", "he", "zh", "ja", "el"} <= spoken


@pytest.mark.parametrize("what", BLOCKS)
def test_every_markdown_file_has_headings(what: str) -> None:
    text = markdown(BLOCKS[what](words_of("realistic")))
    assert text.startswith("# ")
    assert re.search(r"^## ", text, re.MULTILINE)


def test_a_red_house_keeps_past_apart_from_niet_geregeld() -> None:
    red = replace(read_house(None), accent="#a8321f")
    asked = request(words_of("realistic"), "png", "card", red)
    blue = request(words_of("realistic"), "png", "card", HOUSE)
    colours = [pixels(asyncio.run(make(one)).content) for one in (asked, blue)]
    good = tuple(bytes.fromhex(MARKS["fits"][1][1:]))
    assert min(found[good] for found in colours) > 500


@lru_cache(maxsize=4)
def pixels(content: bytes) -> dict[tuple[int, ...], int]:
    from PIL import Image  # noqa: PLC0415 - only here

    found = Image.open(io.BytesIO(content)).convert("RGB")
    counted: Any = found.getcolors(1 << 24)
    return {colour: count for count, colour in counted}


def test_the_chat_pastes_what_the_file_says() -> None:
    words = words_of("realistic")
    note = next(b for b in BLOCKS["executive"](words).blocks if isinstance(b, Note))
    assert note.text in half_page(words, "half_page_executive")
