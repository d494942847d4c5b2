"""One slide in PowerPoint's format, to show at a meeting and to edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from bot.documents.packed import LANGUAGES, safe, saved, sign_of, told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDE, HIGH = 13.333, 7.5
EDGE = 0.6  # inches: of the slide, and around what stands on it
SHORT = 60  # characters of a title in large letters
TITLE_ONLY = 5
"""The template's layout with a title and nothing else: its title is one to a screen reader."""

GREY, INK, WHITE = "55606B", "1D2730", "FFFFFF"
FONT = "Calibri"
rgb: Any = RGBColor.from_string  # untyped

Run = tuple[str, str, bool]  # a text, its colour, and whether it is bold


def pptx(data: Mapping[str, Any]) -> bytes:
    accent = data["house"]["accent"].lstrip("#").upper()
    show: Any = Presentation()
    show.slide_width, show.slide_height = Inches(WIDE), Inches(HIGH)
    page = show.slides.add_slide(show.slide_layouts[TITLE_ONLY])
    title, sender = f"{data['kind']}: {data['title']}", data["house"]["sender"]
    told(show.core_properties, title, sender, data["language"], data["date"])
    _headed(page, data, accent)
    lines: list[list[Run]] = []
    for label, said in data["about"]:
        lines += [(label, accent, True)], [(said, INK, False)]
    if lines:
        _fill(_frame(page, EDGE, 1.65, 6.6, 2.35), lines, 16)
    _outcome(page, data, accent)
    _table(page, data, accent)
    label, asked, when = data["asked"]
    said = " ".join(filter(None, (asked, when)))
    line = [(f"{label}: ", WHITE, True), (said, WHITE, False)]
    _fill(_box(page, accent, EDGE, 6.35, 12.1, 0.8), [line], 15)
    for run in page._element.iter(qn("a:rPr")):  # noqa: SLF001 - python-pptx knows no language
        run.set("lang", "-".join(LANGUAGES[data["language"]]))
    return saved(show)


def _headed(page: Any, data: Mapping[str, Any], accent: str) -> None:
    title = page.shapes.title
    title.left, title.top, title.width, title.height = map(Inches, (EDGE, 0.35, 12.1, 0.75))
    frame = title.text_frame
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    size = 30 if len(data["title"]) <= SHORT else 20
    _write(frame.paragraphs[0], [(data["title"], accent, True)], size)
    about = " · ".join(filter(None, (data["subtitle"], data["date_text"])))
    _fill(_frame(page, EDGE, 1.05, 12.1, 0.4), [[(about, GREY, False)]], 14)


def _outcome(page: Any, data: Mapping[str, Any], accent: str) -> None:
    lines = [[(data["outcome"], accent, True)]]
    for mark, word, name in data["routes"]:
        sign, colour = sign_of(mark)
        lines.append([(f"{sign} ", colour.lstrip("#"), True), (f"{name}: {word}", INK, False)])
    _fill(_box(page, "ECF1F4", 7.5, 1.7, 5.2, 2.25), lines, 18)


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
            _write(cell.text_frame.paragraphs[0], [(text, colour, bold)], 14)


def _frame(page: Any, *where: float) -> Any:
    """`where`: inches from the left, from above, wide, high."""
    return page.shapes.add_textbox(*map(Inches, where)).text_frame


def _box(page: Any, colour: str, *where: float) -> Any:
    """The same, filled with a colour."""
    box = page.shapes.add_shape(MSO_SHAPE.RECTANGLE, *map(Inches, where))
    box.fill.solid()
    box.fill.fore_color.rgb = rgb(colour)
    box.line.fill.background()
    box.shadow.inherit = False
    return box.text_frame


def _fill(frame: Any, lines: Sequence[Sequence[Run]], size: int) -> None:
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.TOP
    for at, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(4)
        _write(paragraph, line, size)


def _write(paragraph: Any, line: Sequence[Run], size: int) -> None:
    paragraph.alignment = 1  # to the left, whatever the layout does
    for text, colour, bold in line:
        run = paragraph.add_run()
        run.text = safe(text)
        run.font.name, run.font.size, run.font.bold = FONT, Pt(size), bold
        run.font.color.rgb = rgb(colour)
