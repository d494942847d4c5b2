"""Every document, in every form, of five canvases: see tests/canvases.py."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import unicodedata
import zipfile
from collections import Counter
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

import docx
import odfdo
import openpyxl
import pypdf
import pytest
import typst
from openxml_audit import OdfValidator, OpenXmlValidator
from PIL import Image

from bot.documents.fonts import Fitting
from bot.documents.house import House, read_house
from bot.documents.packed import MARKS, NOT_ASKED
from bot.documents.requests import portfolio_of, request
from bot.documents.worker import make
from content.documents.blocks import to_data
from content.documents.history import Said, record, record_tree, since
from content.documents.portfolio import CanvasEntry
from content.documents.sheets import MOST_CAPTION, card_caption
from content.words.vocabulary import Words
from flows.intents.choices import units
from flows.intents.text import visible
from flows.model.papers import PAPERS
from tests.canvases import CONTEXTS, LINES, REALISTIC, walked, words
from tests.people import START
from tests.verapdf import failures

if TYPE_CHECKING:
    from bot.documents.worker import Made, Request

HOUSE = read_house()
ELSEWHERE = ("record", "changes", "portfolio")
"""What takes more than one canvas' words."""

OF_ONE = [
    (form, paper.what) for paper in PAPERS for form in paper.forms
    if paper.what not in ELSEWHERE and form not in ("md", "json")
]  # fmt: skip
PDFS = [what for form, what in OF_ONE if form == "pdf"] + ["record", "changes"]
TITLE = f"Samenvatting van de opschaalgids: {REALISTIC['pilot.name']}"
A3 = pytest.approx([1190.55, 841.89], abs=0.1)


@lru_cache(maxsize=8)
def words_of(context: str, language: str = "nl") -> Words:
    return words(walked(Path(mkdtemp()), context, language))


def said(context: str) -> list[Said]:
    texts = {"empty": (), "hostile": LINES}.get(context, ("Hallo", "Welkom. Wat speelt er?"))
    return [Said(START, "p7" if n % 2 else "", text, ("Ja", "Nee") if n % 2 else ())
            for n, text in enumerate(texts)]  # fmt: skip


def asked(context: str, form: Any, what: str, house: House = HOUSE) -> Request:
    if what == "changes":
        between = since(words_of("half-way"), words_of(context))
        return request(words_of(context), form, what, house, to_data(between))
    if what == "record":
        talk = record(said(context), words_of(context))
        return request(words_of(context), form, what, house, to_data(talk))
    return request(words_of(context), form, what, house)


@cache  # a hundred and ten: one that is forgotten is made anew for whoever comes next
def made(context: str, form: str, what: str) -> Made:
    return asyncio.run(make(asked(context, form, what)))


def everyone() -> list[CanvasEntry]:
    return [CanvasEntry(n, "done", words_of(context)) for n, context in enumerate(CONTEXTS, 1)]


@lru_cache(maxsize=8)
def portfolio(form: Any) -> bytes:
    newest = Words(words_of("realistic").content, "nl")
    return asyncio.run(make(portfolio_of(everyone(), newest, form, HOUSE))).content


def pdf(context: str, what: str) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(made(context, "pdf", what).content))


def text_of(reader: pypdf.PdfReader) -> str:
    """What a reader copies; at the end what is said for letters under marks, page by page."""
    copied = [page.extract_text() for page in reader.pages]
    return "\n".join([*copied, *(_said_instead(page) for page in reader.pages)])


def _said_instead(page: pypdf.PageObject) -> str:
    contents = page.get_contents()
    data = b"" if contents is None else contents.get_data()
    found = re.findall(rb"/ActualText ?<([0-9a-fA-F]*)>", data)
    return "".join(bytes.fromhex(text.decode()).decode("utf-16") for text in found)


def bare(text: str) -> str:
    """What is left when line ends, pages' feet and places to break no longer matter."""
    text = re.sub(r"Opschaalgids\s*Pagina \d+ van \d+", "", text)
    return re.sub(r"[\s\u200b]", "", unicodedata.normalize("NFC", text))


def holds(shown: str, text: str) -> bool:
    """All in order; a reader turns around what runs to the left, and repeats what was joined."""
    fitted = bare(Fitting().text(text))
    plain = not any(unicodedata.bidirectional(c) in ("R", "AL", "NSM", "BN") for c in fitted)
    return fitted in shown if plain else not Counter(fitted) - Counter(shown)


def headings(document: Any) -> list[tuple[str, int]]:
    """What a screen reader walks by: (tag, how often), in the order of the tags."""
    found: list[str] = []

    def visit(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for child in node:
                visit(child)
        elif isinstance(node, dict):
            found.append(str(node.get("/S", "")))
            visit(node.get("/K", []))

    visit(document.trailer["/Root"]["/StructTreeRoot"])
    return list(Counter(tag for tag in found if re.fullmatch(r"/H\d", tag)).items())


def bookmarks(some: list[Any]) -> list[str]:
    return [title for mark in some
            for title in (bookmarks(mark) if isinstance(mark, list) else [mark.title])]  # fmt: skip


# ---------------------------------------------------------------- all of them


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize(("form", "what"), [*OF_ONE, ("pdf", "record")])
def test_same_canvas_gives_the_same_bytes(context: str, form: str, what: str) -> None:
    again = asyncio.run(make(asked(context, form, what)))
    assert again == made(context, form, what)


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("what", PDFS)
def test_pdf_is_accessible_and_fit_for_the_archive(context: str, what: str) -> None:
    assert failures(made(context, "pdf", what).content) == []


def test_verapdf_refuses_a_pdf_that_is_not() -> None:
    plain = typst.compile(b"= Kop\nGewone tekst.", pdf_tags=False)
    assert isinstance(plain, bytes)
    found = failures(plain)
    assert {line.partition(":")[0] for line in found} == {"PDFUA_1", "PDFA_2_A"}


@pytest.mark.parametrize(("form", "what"), OF_ONE)
def test_english_has_no_dutch_words(form: Any, what: str) -> None:
    english = words_of("empty", "en")
    found = asyncio.run(make(request(english, form, what, HOUSE)))
    tree = str(request(english, form, what, HOUSE).data)
    assert found.content
    assert not re.search(r"\b(nog|niet|geregeld|Samenvatting|stappen)\b", tree)


@pytest.mark.parametrize("context", CONTEXTS)
def test_only_what_no_font_has_is_replaced(context: str) -> None:
    replaced = made(context, "pdf", "summary").replaced
    assert (replaced > 0) is (context == "hostile")
    assert ("Aantal tekens zonder letter" in text_of(pdf(context, "summary"))) is (replaced > 0)


# ---------------------------------------------------------------- the summary


@pytest.mark.parametrize("context", CONTEXTS)
def test_summary_holds_every_answer_in_order(context: str) -> None:
    about, shown = words_of(context), bare(text_of(pdf(context, "summary")))
    place = shown.rfind("Alleantwoorden")
    for key, value in about.values.items():
        if about.canvas[key].of is None:
            assert holds(shown[place:], about.value(key, value)), key
            place = shown.index(bare(about.short(key)), place)


@pytest.mark.parametrize("what", ["summary", "canvas", "executive", "practice"])
def test_headings_of_a_hostile_canvas_are_those_of_a_tame_one(what: str) -> None:
    tame, wild = pdf("realistic", what), pdf("hostile", what)
    assert headings(wild) == headings(tame)
    assert bookmarks(wild.outline)[1:] == bookmarks(tame.outline)[1:]


def test_summary_is_read_in_this_order() -> None:
    assert [mark for mark in bookmarks(pdf("realistic", "summary").outline) if "(" not in mark] == [
        REALISTIC["pilot.name"], "Doorgaan", "Eerste stappen", "Routes", "Aandacht",
        "Uit te zoeken", "De stappen uitgelegd", "Wie doet wat, en wanneer", "Achtergrond",
        "Wat zou dit veranderen?", "Bronnen", "Alle antwoorden", "Vooraf",
        "Beoogde impact", "Opschalingsroutes", "Ingrediënten", "Valkuilen", "Tot slot",
    ]  # fmt: skip


def test_a_bookmark_has_a_space_between_name_and_fit() -> None:
    marks = bookmarks(pdf("realistic", "summary").outline)
    assert "In (inbedden): eerst iets anders" in marks


@pytest.mark.parametrize("what", PDFS)
def test_pdf_says_what_it_is(what: str) -> None:
    found = pdf("realistic", what)
    root = found.trailer["/Root"]
    assert isinstance(root, dict)
    assert root["/Lang"].startswith("nl")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert found.metadata is not None
    kind = words_of("realistic").documents["kind"][what.replace("-", "_")]
    name = "" if what == "workshop" else f"{kind}: {REALISTIC['pilot.name']}"
    assert found.metadata.title == (name or f"{kind}: {kind}")
    assert found.metadata.creation_date is not None
    if what != "workshop":
        assert found.metadata.creation_date.date() == START.date()
    assert not any("/URI" in str(page.get("/Annots", "")) for page in found.pages)


def test_half_pages_are_two() -> None:
    assert len(pdf("realistic", "half-pages").pages) == 2


# ---------------------------------------------------------------- sheets and pictures


@pytest.mark.parametrize("context", CONTEXTS)
def test_canvas_is_one_page_of_a3(context: str) -> None:
    (page,) = pdf(context, "canvas").pages
    assert [float(page.mediabox.width), float(page.mediabox.height)] == A3


def test_canvas_is_read_in_the_order_of_the_method() -> None:
    shown = text_of(pdf("realistic", "canvas"))
    names = ["Beoogde impact", "Vraagstuk", "Voor wie", "Bewijs", "Middelen", "Verschil op termijn",
             "Opschalingsroutes", "In (", "Uit (", "Op (", "Diep (", "Voorbij (", "Ingrediënten",
             "Samenwerking", "Privacy", "Valkuilen", "Advies en acties"]  # fmt: skip
    places = [shown.index(name) for name in names]
    assert places == sorted(places)


def test_canvas_holds_note_action_who_and_when() -> None:
    shown = " ".join(text_of(pdf("realistic", "canvas")).split())
    for part in ("Daarna is er niets.", "De rekensom per rit maken", "Fatima el Amrani",
                 "1 maart 2027", "niet geregeld", "Terugkijken: 22 februari 2027"):  # fmt: skip
        assert part in shown


@pytest.mark.parametrize("context", ["realistic", "hostile"])
def test_what_does_not_fit_on_the_canvas_points_to_the_summary(context: str) -> None:
    shown = " ".join(text_of(pdf(context, "canvas")).split())
    assert "Wat eindigt op … staat heel in de samenvatting." in shown
    assert (shown.count("…") > 1) is (context == "hostile")


@pytest.mark.parametrize("context", CONTEXTS)
def test_card_is_a_portrait_for_a_phone(context: str) -> None:
    picture = Image.open(io.BytesIO(made(context, "png", "card").content))
    assert picture.size == (1024, 1280)


@pytest.mark.parametrize("context", CONTEXTS)
def test_caption_says_what_the_card_shows(context: str) -> None:
    about = words_of(context)
    caption = card_caption(about)
    assert 0 < units(caption) <= MOST_CAPTION
    for key in about.canvas.ingredients:
        word = about.documents["status"][about.values.get(key, "none")]
        assert f"{about.short(key)}: {word}" in caption


def test_heat_map_takes_who_did_not_share() -> None:
    newest = Words(words_of("realistic").content, "nl")
    shared: list[list[CanvasEntry | str]] = [[], [*everyone(), "Gemeente Deventer"], ["Epe"] * 60]
    for entries in shared:
        found = asyncio.run(make(portfolio_of(entries, newest, "png", HOUSE))).content
        width, height = Image.open(io.BytesIO(found)).size
        assert (width, height > 150) == (1630, True)


# ---------------------------------------------------------------- Word and ODT


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("what", ["summary", "half-pages"])
def test_word_file_is_valid(context: str, what: str, tmp_path: Path) -> None:
    path = tmp_path / "x.docx"
    path.write_bytes(made(context, "docx", what).content)
    assert OpenXmlValidator().validate(str(path)).errors == []


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("what", ["summary", "half-pages"])
def test_open_document_is_valid(context: str, what: str, tmp_path: Path) -> None:
    path = tmp_path / "x.odt"
    path.write_bytes(made(context, "odt", what).content)
    assert OdfValidator().validate(str(path)).errors == []


def opened(context: str, form: str, what: str) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(made(context, form, what).content))


def unsigned(line: str) -> str:
    """Without the sign of a status, which stands before its word."""
    signs = {sign for sign, _ in (*MARKS.values(), NOT_ASKED)}
    return line[2:] if line[:1] in signs and line[1:2] == " " else line


@pytest.mark.parametrize("context", CONTEXTS)
def test_word_file_holds_every_answer_as_typed(context: str) -> None:
    word = docx.Document(io.BytesIO(made(context, "docx", "summary").content))
    lines = [unsigned(paragraph.text) for paragraph in word.paragraphs]
    about = words_of(context)
    for key, value in about.values.items():
        if about.canvas[key].of is None:
            assert f"{about.short(key)}: {about.value(key, value)}" in lines


@pytest.mark.parametrize("context", CONTEXTS)
def test_open_document_holds_every_answer_as_typed(context: str) -> None:
    text = odfdo.Document(io.BytesIO(made(context, "odt", "summary").content))
    lines = [unsigned(paragraph.inner_text) for paragraph in text.body.get_paragraphs()]
    about = words_of(context)
    for key, value in about.values.items():
        if about.canvas[key].of is None:
            assert f"{about.short(key)}: {about.value(key, value)}" in lines


def test_word_file_has_headings_a_table_header_language_and_title() -> None:
    word = docx.Document(io.BytesIO(made("realistic", "docx", "summary").content))
    styles = [paragraph.style.name for paragraph in word.paragraphs if paragraph.style]
    assert styles.count("Title") == 1
    assert styles.count("Heading 1") == 9
    assert styles.count("Heading 2") == 12
    assert "tblHeader" in word.tables[0].rows[0]._tr.xml  # noqa: SLF001 - no other way to see
    assert [cell.text for cell in word.tables[0].rows[0].cells] == ["Stap", "Wie", "Wanneer"]
    assert "NUMPAGES" in word.sections[0].footer._element.xml  # noqa: SLF001 - see above
    facts = word.core_properties
    assert (facts.title, facts.language) == (TITLE, "nl-NL")
    assert 'w:lang w:val="nl-NL"' in word.styles.element.xml


def test_open_document_has_headings_a_table_header_language_and_title() -> None:
    text = odfdo.Document(io.BytesIO(made("realistic", "odt", "summary").content))
    levels = Counter(header.level for header in text.body.get_headers())
    assert levels == {"1": 9, "2": 12}
    assert text.body.get_element("//table:table-header-rows") is not None
    assert b"text:page-count" in opened("realistic", "odt", "summary").read("styles.xml")
    assert (text.meta.title, text.meta.language) == (TITLE, "nl-NL")


# ---------------------------------------------------------------- the portfolio


def test_spreadsheet_has_no_formulas_and_no_links(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(portfolio("xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s", "n", "d"}
    assert not [cell for cell in cells if cell.hyperlink]
    path = tmp_path / "x.xlsx"
    path.write_bytes(portfolio("xlsx"))
    assert OpenXmlValidator().validate(str(path)).errors == []


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_same_pilots_give_the_same_bytes(form: str) -> None:
    first = portfolio(form)
    portfolio.cache_clear()
    assert portfolio(form) == first


def test_spreadsheet_has_a_row_per_canvas_and_a_sheet_per_part() -> None:
    book = openpyxl.load_workbook(io.BytesIO(portfolio("xlsx")))
    assert book.sheetnames == [
        "Overzicht", "Wie doet wat, en wanneer", "Vooraf", "Beoogde impact", "Opschalingsroutes",
        "Ingrediënten", "Valkuilen", "Tot slot", "Legenda",
    ]  # fmt: skip
    for name in (book.sheetnames[0], *book.sheetnames[2:-1]):
        assert [row[0].value for row in book[name].iter_rows(min_row=3)] == [1, 2, 3, 4, 5]


def test_spreadsheet_can_be_sorted_and_filtered() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(portfolio("xlsx")))["Overzicht"]
    keys = {cell.value: cell.column - 1 for cell in sheet[1]}
    first = next(sheet.iter_rows(min_row=3, max_row=3))
    assert sheet.row_dimensions[1].hidden
    assert sheet.auto_filter.ref.startswith("A2:")
    assert [first[keys[key]].value.date() for key in ("first_when", "recheck")] == [
        date(2026, 11, 27), date(2027, 2, 22),
    ]  # fmt: skip
    assert first[keys["route.in"]].fill.fgColor.rgb == "FFFFE8A3"
    assert (sheet.page_setup.fitToHeight, sheet.page_setup.paperSize) == (False, 8)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_spreadsheet_has_all_actions_in_order_of_time() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(portfolio("xlsx")))["Wie doet wat, en wanneer"]
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    days = [row[3] for row in rows if row[3]]
    assert days == sorted(days)
    assert (1, "Fatima el Amrani") in [(row[0], row[5]) for row in rows]


def test_spreadsheet_holds_every_answer_under_its_key() -> None:
    book = openpyxl.load_workbook(io.BytesIO(portfolio("xlsx")))
    found: dict[tuple[int, str], str] = {}
    for sheet in book.worksheets[2:-1]:
        keys, _, *rows = sheet.iter_rows(values_only=True)
        found |= {
            (int(str(row[0])), str(k)): str(v)
            for row in rows
            for k, v in zip(keys, row, strict=True)
        }
    for entry in everyone():
        for question in entry.words.canvas.questions:
            words = entry.words.for_others()
            value, cell = words.values.get(question.key), found[entry.id, question.key]
            if value is None:
                assert cell == ("geen antwoord" if question.key in asked_of(entry) else "None")
            else:
                assert cell == words.value(question.key, value)


def asked_of(entry: CanvasEntry) -> set[str]:
    return {q.key for q in entry.words.canvas.asked(entry.words.values, "full")}


def test_csv_is_one_table_in_which_nothing_takes_effect() -> None:
    rows = list(csv.DictReader(io.StringIO(portfolio("csv").decode("utf-8-sig")), delimiter=";"))
    assert [row["id"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert rows[0]["impact.issue"] == REALISTIC["impact.issue"]
    assert rows[4]["pilot.author"] == "'=1+1"
    assert not [v for row in rows for v in row.values() if v.startswith(("=", "+", "-", "@"))]


# ---------------------------------------------------------------- the record


def test_record_holds_every_message_with_time_and_author() -> None:
    shown = text_of(pdf("realistic", "record"))
    assert "10:00:00 Gids: Hallo" in shown
    assert "10:00:00 Deelnemer p7: Welkom. Wat speelt er?" in shown
    assert "Keuzes: Ja · Nee" in shown
    tree = record_tree(said("realistic"), words_of("realistic"), 3)
    assert (tree["canvas"], len(tree["messages"])) == (3, 2)
    assert tree["messages"][1]["at"] == "2026-11-23T10:00:00+01:00"


@pytest.mark.parametrize("context", CONTEXTS)
def test_record_loses_no_message(context: str) -> None:
    shown = bare(text_of(pdf(context, "record")))
    for message in said(context):
        assert holds(shown, visible(message.text)), "all but what nobody sees"
