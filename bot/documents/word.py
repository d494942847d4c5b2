"""The summary that colleagues edit, in Word's format: real headings, lists, table headers."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import docx as python_docx
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from bot.documents import packed
from bot.documents.packed import LANGUAGES, numbered, opened, safe, saved, sign_of
from content.documents.blocks import Break, Bullets, Heading, Paragraph, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from docx.document import Document as Word
    from docx.text.paragraph import Paragraph as Line

    from content.documents.blocks import Block, Document, Item

FONT = "Calibri"
TEXT_WIDTH = 15.8  # centimetres between the margins


def docx(data: Mapping[str, Any]) -> bytes:
    document, house = opened(data)
    word = python_docx.Document()
    _styled(word, document, house)
    _headed(word, document, house)
    _footed(word, document, house)
    for block in document.blocks:
        _add(word, block, house["accent"])
    return saved(word)


def _colour(code: str) -> RGBColor:
    return RGBColor.from_string(code.lstrip("#").upper())


# ---------------------------------------------------------------- the look


def _styled(word: Word, document: Document, house: Mapping[str, Any]) -> None:
    parts = word.part.rels  # a second set of styles, for Word 2010, would contradict the first
    for key in [k for k, part in parts.items() if part.reltype.endswith("stylesWithEffects")]:
        del parts[key]
    for name, size in (("Normal", 11), ("Title", 24), ("Heading 1", 15), ("Heading 2", 12)):
        _style(word.styles[name], size)
        if name != "Normal":
            word.styles[name].font.color.rgb = _colour(house["accent"])
    for name in ("Normal", "List Bullet", "List Number"):
        word.styles[name].paragraph_format.space_after = Pt(5)
    under = word.styles["Title"].element.find(f".//{qn('w:pBdr')}/{qn('w:bottom')}")
    under.set(qn("w:color"), house["accent"].lstrip("#"))
    language = word.styles.element.find(f".//{qn('w:lang')}")
    language.set(qn("w:val"), "-".join(LANGUAGES[document.language]))
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)


def _style(style: Any, size: int) -> None:
    style.font.name, style.font.size = FONT, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        if "Theme" in attribute:
            del fonts.attrib[attribute]


def _headed(word: Word, document: Document, house: Mapping[str, Any]) -> None:
    facts = word.core_properties
    packed.told(facts, document.name, house["sender"], document.language, document.date)
    facts.subject, facts.comments = document.kind, ""
    if house["logo"] and not bytes(house["logo"][:5]).lstrip().startswith(b"<"):
        word.add_picture(io.BytesIO(bytes(house["logo"])), height=Cm(1.4))
    _small(_text(word.add_paragraph(), document.kind))
    _text(_line(word, "Title"), document.title)
    if document.subtitle:
        _text(word.add_paragraph(), document.subtitle)
    _small(_text(word.add_paragraph(), document.date_text))


def _footed(word: Word, document: Document, house: Mapping[str, Any]) -> None:
    """Who sends it, and which page this is; Word counts by itself."""
    line = word.sections[0].footer.paragraphs[0]
    _text(line, f"{house['sender']}\t\t")
    for piece, field in numbered(document.words["number"]):
        if not field:
            _text(line, piece)
        for kind in ("begin", "", "end") if field else ():
            part = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                part.set(qn("w:fldCharType"), kind)
            else:
                part.text = {"n": "PAGE", "m": "NUMPAGES"}[field]
            line.add_run()._r.append(part)  # noqa: SLF001 - python-docx knows no fields
    _small(*line.runs)


# ---------------------------------------------------------------- the blocks


def _add(word: Word, block: Block, accent: str) -> None:
    match block:
        case Heading():
            line = _line(word, f"Heading{block.level - 1}")
            _text(line, f"{block.text}: " if block.tag else block.text)
            if block.tag:
                _signed(line, block.mark, block.tag)
        case Paragraph():
            _labelled(word.add_paragraph(), block, quiet=block.quiet)
        case Bullets():
            _list(word, block.items, "ListNumber" if block.ordered else "ListBullet")
        case Table():
            _table(word, block, accent)
        case Break():
            word.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _list(word: Word, items: Iterable[Item], style: str) -> None:
    for item in items:
        line = _line(word, style)
        if item.mark:
            _signed(line, item.mark, "")
        _labelled(line, item)
        for more in item.more:
            _labelled(_line(word, "ListContinue"), more, quiet=more.quiet)


def _signed(line: Line, mark: str, word: str) -> None:
    """A status' sign before its word, both in its colour."""
    sign, colour = sign_of(mark)
    _text(line, f"{sign} {word}").font.color.rgb = _colour(colour)


def _line(word: Word, style: str) -> Line:
    """A paragraph in the style with this id: to look it up by name costs a millisecond each."""
    line = word.add_paragraph()
    line._p.style = style  # noqa: SLF001 - see above
    return line


def _labelled(line: Line, part: Paragraph | Item, *, quiet: bool = False) -> None:
    runs = []
    if part.label:
        runs.append(_text(line, part.label + (": " if part.text else "")))
        runs[0].bold = True
    runs.append(_text(line, part.text))
    _small(*(runs if quiet else ()))


def _text(line: Line, text: str) -> Any:
    """A run; a typed line stays a line."""
    first, *rest = safe(text).split("\n")
    run = line.add_run(first)
    for more in rest:
        run.add_break(WD_BREAK.LINE)
        run.add_text(more)
    return run


def _small(*runs: Any) -> None:
    for run in runs:
        run.font.size, run.font.color.rgb = Pt(9), _colour(packed.GREY)


def _table(word: Word, block: Table, accent: str) -> None:
    """Lines between the rows, no boxes; the header comes back on each page."""
    table = word.add_table(rows=1, cols=len(block.header))
    table.autofit = False
    for cell, text in zip(table.rows[0].cells, block.header, strict=True):
        run = _text(cell.paragraphs[0], text)
        run.bold, run.font.color.rgb = True, _colour(accent)
        _ruled(cell, accent.lstrip("#"), 8)
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001 - python-docx has no other way
    for row, mark in zip(block.rows, block.marks, strict=True):
        cells = table.add_row().cells
        for cell, text in zip(cells, row, strict=True):
            if mark and cell is cells[-1]:
                _signed(cell.paragraphs[0], mark, "")
            _text(cell.paragraphs[0], text)
            _ruled(cell, "C9D1D8", 4)
    for column, share in zip(table.columns, block.shares, strict=True):
        for cell in column.cells:
            cell.width = Cm(TEXT_WIDTH * share / sum(block.shares))


def _ruled(cell: Any, colour: str, eighths: int) -> None:
    """A line under a cell, in eighths of a point."""
    borders, under = OxmlElement("w:tcBorders"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "0"), ("color", colour)):
        under.set(qn(f"w:{name}"), value)
    borders.append(under)
    cell._tc.get_or_add_tcPr().append(borders)  # noqa: SLF001 - see above
