"""Texts that would like to be more than text, at every open question and in every format."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import zipfile
from functools import lru_cache, partial
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

import docx
import odfdo
import openpyxl
import pypdf
import pytest
from PIL import Image

from bot.documents.__main__ import made
from bot.documents.house import read_house
from bot.documents.requests import portfolio_of, request
from bot.documents.requests import words_of as of_record
from bot.documents.spreadsheet import TAKES_EFFECT
from content.documents.blocks import to_data
from content.documents.history import Said, record, record_tree
from content.documents.portfolio import CanvasEntry
from content.messages.html import plain
from content.words.vocabulary import Words
from flows.intents.text import clean
from storage.reports import Reports
from tests.hostile import evened, strings
from tests.kinds import OPEN
from tests.people import START, Person
from tests.telegram_html import problem
from tests.test_documents import bare, holds, text_of
from tests.test_export import exported, lines_for, markdown, parsed, shown_by, walk

if TYPE_CHECKING:
    from pathlib import Path

    from bot.documents.worker import Request
    from flows.model.papers import Form

HOUSE = read_house()

CANVASES = int(os.environ.get("CANVASES", "1"))  # noqa: TID251 - how long `make prove` looks
LIVE = re.compile(r"\b(https?:|www\.)", re.IGNORECASE)
SHARE = 84
"""Strings in one canvas: sixty hold 5,040, no two the same."""

MAKES: list[tuple[Form, str]] = [
    ("pdf", "summary"), ("pdf", "canvas"), ("pdf", "half-pages"), ("png", "card"),
    ("docx", "summary"), ("docx", "half-pages"), ("odt", "summary"), ("odt", "half-pages"),
    ("pdf", "executive"), ("pdf", "practice"), ("docx", "executive"), ("odt", "practice"),
]  # fmt: skip
PAIR = "\U0001f469\u200d\U0001f469"
ACTS = {"/URI", "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/Rendition"}


@lru_cache(maxsize=1)
def reached(folder: Path) -> tuple[tuple[str, str], ...]:
    """(key, kind) of the open questions that a full walk comes by."""
    person = Person(folder)
    walk(person, {}, "full")
    canvas = person.conversation.newest.guide.canvas
    asked = [q for q in canvas.questions if q.key in person.values]
    return tuple((q.key, q.kind) for q in asked if q.kind in OPEN)


def packed(folder: Path, number: int) -> dict[str, list[str]]:
    """The share of one canvas, one for each question and the rest where a text is asked."""
    own = islice(strings(), number * SHARE, (number + 1) * SHARE)
    places = reached(folder)
    found = {key: [next(own)] for key, _ in places}
    for key, text in zip(cycle(k for k, kind in places if kind == "text"), own, strict=False):
        found[key].append(text)
    return found


def typed(some: list[str]) -> str:
    """As one answer; what would begin a command or a quotation gets a letter before it."""
    text = "\n".join(some)
    return text if clean(text)[:1] not in "/\"'“‘„" else f"x{text}"


@pytest.fixture(scope="module")
def plain_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reached")


def test_five_thousand_strings_differ() -> None:
    assert len(list(islice(strings(), 60 * SHARE))) == 60 * SHARE >= 5000


@pytest.mark.parametrize("number", range(CANVASES))
def test_hostile_texts_stay_texts(tmp_path: Path, plain_folder: Path, number: int) -> None:
    person, shares = Person(tmp_path), packed(plain_folder, number)
    answers = {key: typed(some) for key, some in shares.items()}
    walk(person, answers, "full")
    assert sum(map(len, shares.values())) == SHARE
    for key, some in shares.items():
        assert said(person, key) == expected(person, key, answers[key]), key
        assert all(evened(text) in evened(said(person, key)) for text in some), key
    kept = dict.fromkeys(answers, "")
    in_the_chat(person)
    in_json(person, kept)
    in_markdown(person, kept)
    in_my_data(person, kept)
    in_documents(person, kept)
    in_the_record(person, kept)
    in_a_spreadsheet(person, kept)


def test_at_a_choice_it_is_no_answer(tmp_path: Path) -> None:
    """Every kind of question that offers choices hears it, says so and asks again."""
    person, source, heard = Person(tmp_path), strings(), 0
    for line in ("/start", "agree", "/depth full"):
        person.types(line)
    while person.asked != "finished":
        shown = next(o.message for o in reversed(person.seen) if o.message.choices)
        question = person.conversation.newest.guide.canvas.get(shown.key)
        if question and question.kind not in OPEN:
            person.types(typed([next(source)]))
            assert person.asked == shown.key
            heard += 1
        for line in lines_for(shown.key, [c.key for c in shown.choices], {}):
            person.types(line)
    assert heard > 30
    in_the_chat(person)


def said(person: Person, key: str) -> str:
    """An answer's own words; of a date too."""
    value = person.values[key]
    return str(value["text"] if isinstance(value, dict) else value)


def expected(person: Person, key: str, text: str) -> str:
    """Nothing is lost but what cleaning takes on entry; a line is one line."""
    kind = person.conversation.newest.guide.canvas[key].kind
    return clean(text) if kind in ("text", "step") else " ".join(clean(text).split())


def in_the_chat(person: Person) -> None:
    for outgoing in person.seen:
        assert problem(outgoing.message.html) is None, outgoing.message.html
        assert plain(outgoing.message.html)


def in_json(person: Person, kept: dict[str, str]) -> None:
    answers = exported(person)["canvases"][0]["answers"]
    for key in kept:
        if key in answers:
            assert answers[key]["value"] == person.values[key]


def in_markdown(person: Person, kept: dict[str, str]) -> None:
    text = markdown(person)
    shown = shown_by(text)
    for key in kept:
        assert " ".join(said(person, key).split()) in shown, key
    harmless(text)


def in_my_data(person: Person, kept: dict[str, str]) -> None:
    pdf, found = person.papers(person.types("/mijngegevens"))
    tree: Any = json.loads(found.content)
    values = [e["value"] for c in tree["canvases"] for e in c["history"]]
    in_pdf(pdf.content, words_about(person), {})
    shown = copied(pypdf.PdfReader(io.BytesIO(pdf.content)))
    for key in kept:
        assert person.values[key] in values
        assert holds(shown, said(person, key)), key


def words_about(person: Person) -> Words:
    return of_record(person.conversation, Reports(person.store).canvases(person.canvas)[0])


def document(request: Request) -> bytes:
    """As the process that makes it does, with its data as JSON."""
    return made(request.form, request.template, json.loads(json.dumps(request.data)))[0]


def in_documents(person: Person, kept: dict[str, str]) -> None:
    about = words_about(person)
    for form, what in MAKES:
        found = document(request(about, form, what, HOUSE))
        check = {"pdf": in_pdf, "docx": in_word, "odt": in_open_document, "png": in_picture}[form]
        check(found, about, kept if what == "summary" else {})


def in_pdf(found: bytes, about: Words, kept: dict[str, str]) -> None:
    reader = pypdf.PdfReader(io.BytesIO(found))
    assert not {"/OpenAction", "/AA"} & set(reader.root_object)
    for page in reader.pages:
        for note in page.get("/Annots", []):
            assert note.get_object().get("/A", {}).get("/S") not in ACTS
    shown = copied(reader) if kept else ""
    for key in kept:
        assert holds(shown, about.value(key, about.values[key])), key


def copied(reader: pypdf.PdfReader) -> str:
    """What a reader copies, without pages' feet. A letter drawn as two signs is copied twice."""
    foot = rf"OpschaalgidsPagina\d+van{len(reader.pages)}"
    return re.sub(foot, "", bare(text_of(reader))).replace(PAIR * 2, PAIR)


def in_word(found: bytes, about: Words, kept: dict[str, str]) -> None:
    whole = re.sub("<w:instrText>(PAGE|NUMPAGES)</w:instrText>", "", xml_of(found))
    assert not re.search(r"<w:(hyperlink|fldSimple|instrText|altChunk|object)\b", whole)
    assert 'TargetMode="External"' not in whole
    word = docx.Document(io.BytesIO(found))
    cells = (cell for table in word.tables for row in table.rows for cell in row.cells)
    lines = {p.text for some in (word, *cells) for p in some.paragraphs}
    for key in kept:
        assert stands(about, key, lines), key


def stands(about: Words, key: str, lines: set[str]) -> bool:
    """As a line of its own; what belongs to an action stands in the action's row or line."""
    value = about.value(key, about.values[key])
    if about.canvas[key].of is None:
        return f"{about.short(key)}: {value}" in lines
    return any(value in line for line in lines)


def in_open_document(found: bytes, about: Words, kept: dict[str, str]) -> None:
    whole = xml_of(found)
    assert not re.search(r"<(text:a|text:script|text:execute-macro|draw:object)\b", whole)
    assert "table:formula" not in whole
    body = odfdo.Document(io.BytesIO(found)).body
    lines = {paragraph.inner_text for paragraph in body.get_paragraphs()}
    for key in kept:
        assert stands(about, key, lines), key


def in_picture(found: bytes, _: Words, __: dict[str, str]) -> None:
    assert not Image.open(io.BytesIO(found)).info.keys() & {"Comment", "Description"}


def xml_of(found: bytes) -> str:
    archive = zipfile.ZipFile(io.BytesIO(found))
    names = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
    return "".join(archive.read(name).decode() for name in names)


def in_the_record(person: Person, kept: dict[str, str]) -> None:
    about = words_about(person)
    told = [Said(START, "p7", said(person, key), ("Ja",)) for key in kept]
    assert [m["text"] for m in record_tree(told, about, 1)["messages"]] == [s.text for s in told]
    found = document(request(about, "pdf", "record", HOUSE, to_data(record(told, about))))
    in_pdf(found, about, {})
    shown = copied(pypdf.PdfReader(io.BytesIO(found)))
    assert all(holds(shown, one.text) for one in told)


def in_a_spreadsheet(person: Person, kept: dict[str, str]) -> None:
    about = words_about(person)
    of = partial(portfolio_of, [CanvasEntry(1, "done", about)], Words(about.content, "nl"))
    book = openpyxl.load_workbook(io.BytesIO(document(of("xlsx", HOUSE))))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} <= {"s", "n", "d"}
    assert not [cell for cell in cells if cell.hyperlink]
    text = document(of("csv", HOUSE)).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text, newline=""), delimiter=";")
    assert not [cell for cell in row.values() if cell.startswith(TAKES_EFFECT)]
    written = {str(cell.value) for cell in cells}
    for key in kept:
        value = about.value(key, about.values[key])
        assert row[key].removeprefix("'") == value.removeprefix("'"), key
        assert value in written, key


def harmless(text: str) -> None:
    """No link, picture, code or markup of the browser; and no link that a reader makes itself."""
    kinds = {token.type for token in parsed(text)}
    assert not {
        k for k in kinds if k.startswith(("link", "image", "html", "code", "fence", "block"))
    }
    assert not LIVE.search(text)
