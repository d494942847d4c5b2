"""One slide in PowerPoint's format, to show at a meeting and to edit."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from bot.documents.packed import LANGUAGES, day_of, repacked, safe
from bot.documents.signs import sign_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDE, HIGH = 13.333, 7.5
EDGE = 0.6
"""Inches: of the slide, and around what stands on it."""

SHORT = 60
"""Characters of a title in large letters."""

TITLE_ONLY = 5
"""The template's layout with a title and nothing else: its title is one to a screen reader."""

GREY, INK, WHITE, HAIR = "55606B", "1D2730", "FFFFFF", "C9D1D8"
FONT = "Calibri"


def pptx(data: Mapping[str, Any]) -> bytes:
    accent = data["house"]["accent"].lstrip("#").upper()
    show: Any = Presentation()
    show.slide_width, show.slide_height = Inches(WIDE), Inches(HIGH)
    page = show.slides.add_slide(show.slide_layouts[TITLE_ONLY])
    _facts(show, data)
    _headed(page, data, accent)
    _about(page, data, accent)
    _outcome(page, data, accent)
    _table(page, data, accent)
    _asked(page, data, accent)
    target = io.BytesIO()
    show.save(target)
    return repacked(target.getvalue())


def _facts(show: Any, data: Mapping[str, Any]) -> None:
    facts, sender = show.core_properties, safe(data["house"]["sender"])[:255]
    facts.title = safe(f"{data['kind']}: {data['title']}")[:255]
    facts.author = facts.last_modified_by = sender
    facts.language = "-".join(LANGUAGES[data["language"]])
    facts.created = facts.modified = day_of(data["date"])


def _headed(page: Any, data: Mapping[str, Any], accent: str) -> None:
    title = page.shapes.title
    title.left, title.top, title.width, title.height = map(Inches, (EDGE, 0.35, 12.1, 0.75))
    frame = title.text_frame
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    size = 30 if len(data["title"]) <= SHORT else 20
    _write(frame.paragraphs[0], [(data["title"], accent, True)], size, data)
    about = " · ".join(filter(None, (data["subtitle"], data["date_text"])))
    _fill(_frame(page, EDGE, 1.05, 12.1, 0.4), [[(about, GREY, False)]], 14, data)


def _about(page: Any, data: Mapping[str, Any], accent: str) -> None:
    lines: list[list[Run]] = []
    for label, said in data["about"]:
        lines += [(label, accent, True)], [(said, INK, False)]
    if lines:
        _fill(_frame(page, EDGE, 1.65, 6.6, 2.35), lines, 16, data)


def _outcome(page: Any, data: Mapping[str, Any], accent: str) -> None:
    lines = [[(data["outcome"], accent, True)]]
    for mark, word, name in data["routes"]:
        sign, colour = sign_of(mark)
        lines.append([(f"{sign} ", colour.lstrip("#"), True), (f"{name}: {word}", INK, False)])
    box = page.shapes.add_shape(MSO_SHAPE.RECTANGLE, *map(Inches, (7.5, 1.7, 5.2, 2.25)))
    _filled(box, "ECF1F4")
    _fill(box.text_frame, lines, 18, data)


def _table(page: Any, data: Mapping[str, Any], accent: str) -> None:
    rows = [data["header"], *data["rows"]]
    if len(rows) == 1:
        return
    frame = page.shapes.add_table(len(rows), 3, *map(Inches, (EDGE, 4.15, 12.1, 0.4 * len(rows))))
    table = frame.table
    style = frame._element.graphic.graphicData.tbl.tblPr  # noqa: SLF001 - python-pptx names no style
    style.find(qn("a:tableStyleId")).text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
    for column, wide in zip(table.columns, (6.9, 2.9, 2.3), strict=True):
        column.width = Inches(wide)
    for down, row in enumerate(rows):
        for at, text in enumerate(row):
            cell = table.cell(down, at)
            cell.margin_top = cell.margin_bottom = Inches(0.04)
            colour, bold = (accent, True) if down == 0 else (INK, False)
            _write(cell.text_frame.paragraphs[0], [(text, colour, bold)], 14, data)


def _asked(page: Any, data: Mapping[str, Any], accent: str) -> None:
    label, asked, when = data["asked"]
    box = page.shapes.add_shape(MSO_SHAPE.RECTANGLE, *map(Inches, (EDGE, 6.35, 12.1, 0.8)))
    _filled(box, accent)
    said = " ".join(filter(None, (asked, when)))
    _fill(box.text_frame, [[(f"{label}: ", WHITE, True), (said, WHITE, False)]], 15, data)


def _filled(box: Any, colour: str) -> None:
    box.fill.solid()
    box.fill.fore_color.rgb = _rgb(colour)
    box.line.fill.background()
    box.shadow.inherit = False


def _rgb(colour: str) -> Any:
    make: Any = RGBColor
    return make(*bytes.fromhex(colour))


Run = tuple[str, str, bool]
"""A text, its colour, and whether it is bold."""


def _frame(page: Any, *where: float) -> Any:
    """Inches: from the left, from above, wide, high."""
    return page.shapes.add_textbox(*map(Inches, where)).text_frame


def _fill(frame: Any, lines: Sequence[Sequence[Run]], size: int, data: Mapping[str, Any]) -> None:
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.TOP
    for at, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(4)
        _write(paragraph, line, size, data)


def _write(paragraph: Any, line: Sequence[Run], size: int, data: Mapping[str, Any]) -> None:
    paragraph.alignment = 1  # to the left, whatever the layout does
    for text, colour, bold in line:
        run = paragraph.add_run()
        run.text = safe(text)
        run.font.name, run.font.size, run.font.bold = FONT, Pt(size), bold
        run.font.color.rgb = _rgb(colour)
        run._r.get_or_add_rPr().set("lang", "-".join(LANGUAGES[data["language"]]))  # noqa: SLF001
