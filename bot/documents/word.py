"""The summary that colleagues edit, in Word's format: real headings, lists, table headers."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import docx as python_docx
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from bot.documents.packed import LANGUAGES, day_of, repacked, safe
from content.blocks import Bullets, Heading, Note, Paragraph, Table, from_data

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from docx.document import Document as Word
    from docx.text.paragraph import Paragraph as Line

    from content.blocks import Block, Document, Item

FONT = "Calibri"
GREY = RGBColor(0x55, 0x60, 0x6B)


def docx(data: Mapping[str, Any]) -> bytes:
    house = data["house"]
    document = from_data({k: v for k, v in data.items() if k != "house"})
    word = python_docx.Document()
    _without_effects(word)
    _styled(word, document, house)
    _headed(word, document, house)
    for block in document.blocks:
        _add(word, block)
    target = io.BytesIO()
    word.save(target)
    return repacked(target.getvalue())


# ---------------------------------------------------------------- the look


def _styled(word: Word, document: Document, house: Mapping[str, Any]) -> None:
    accent = RGBColor.from_string(house["accent"].lstrip("#").upper())
    _style(word, "Normal", 11, None)
    for name, size in (("Title", 24), ("Heading 1", 15), ("Heading 2", 12)):
        _style(word, name, size, accent)
    for name in ("Normal", "List Bullet", "List Number"):
        word.styles[name].paragraph_format.space_after = Pt(5)
    under = word.styles["Title"].element.find(f".//{qn('w:pBdr')}/{qn('w:bottom')}")
    under.set(qn("w:color"), house["accent"].lstrip("#"))
    language = word.styles.element.find(f".//{qn('w:lang')}")
    language.set(qn("w:val"), "-".join(LANGUAGES[document.language]))
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)


def _without_effects(word: Word) -> None:
    """The template's second set of styles, for Word 2010, which would contradict the first."""
    parts = word.part.rels
    for key in [k for k, part in parts.items() if part.reltype.endswith("stylesWithEffects")]:
        del parts[key]


def _style(word: Word, name: str, size: int, colour: RGBColor | None) -> None:
    style: Any = word.styles[name]
    style.font.name, style.font.size = FONT, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        if "Theme" in attribute:
            del fonts.attrib[attribute]
    if colour is not None:
        style.font.color.rgb = colour


def _headed(word: Word, document: Document, house: Mapping[str, Any]) -> None:
    facts = word.core_properties
    facts.title, facts.author = safe(document.name)[:255], safe(house["sender"])[:255]
    facts.subject, facts.language = document.kind, "-".join(LANGUAGES[document.language])
    facts.comments = ""
    facts.created = facts.modified = day_of(document.date)
    facts.last_modified_by = safe(house["sender"])[:255]
    if house["logo"] and not bytes(house["logo"][:5]).lstrip().startswith(b"<"):
        word.add_picture(io.BytesIO(bytes(house["logo"])), height=Cm(1.4))
    _grey(word, document.kind)
    _text(_line(word, "Title"), document.title)
    if document.subtitle:
        _text(word.add_paragraph(), document.subtitle)
    _grey(word, document.date_text)


# ---------------------------------------------------------------- the blocks


def _add(word: Word, block: Block) -> None:
    match block:
        case Heading():
            text = f"{block.text}: {block.tag}" if block.tag else block.text
            _text(_line(word, f"Heading{block.level - 1}"), text)
        case Paragraph():
            _labelled(word.add_paragraph(), block, quiet=block.quiet)
        case Bullets():
            _list(word, block.items, "ListNumber" if block.ordered else "ListBullet")
        case Table():
            _table(word, block)
        case Note():
            _text(_line(word, "Heading1"), block.title)
            _text(word.add_paragraph(), block.text)
            _list(word, block.items, "ListBullet")
            if block.aside:
                _grey(word, block.aside)


def _list(word: Word, items: Iterable[Item], style: str) -> None:
    for item in items:
        _labelled(_line(word, style), item)
        for more in item.more:
            _labelled(_line(word, "ListContinue"), more, quiet=more.quiet)


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
    for run in runs if quiet else ():
        run.font.size, run.font.color.rgb = Pt(9), GREY


def _text(line: Line, text: str) -> Any:
    """A run; a typed line stays a line."""
    first, *rest = safe(text).split("\n")
    run = line.add_run(first)
    for more in rest:
        run.add_break(WD_BREAK.LINE)
        run.add_text(more)
    return run


def _grey(word: Word, text: str) -> None:
    run = _text(word.add_paragraph(), text)
    run.font.size, run.font.color.rgb = Pt(9), GREY


def _table(word: Word, block: Table) -> None:
    table = word.add_table(rows=1, cols=len(block.header), style="Table Grid")
    for cell, text in zip(table.rows[0].cells, block.header, strict=True):
        _text(cell.paragraphs[0], text).bold = True
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001 - python-docx has no other way
    for row in block.rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            _text(cell.paragraphs[0], text)
