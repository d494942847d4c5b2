"""The portfolio as a spreadsheet and as CSV. Text stays text: no formulas, no links."""

from __future__ import annotations

import csv as writer
import io
import re
from datetime import date
from typing import TYPE_CHECKING, Any

from xlsxwriter import Workbook

from bot.documents.packed import EPOCH, GOOD, GREY, HALF, MARKS, STOP, safe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

NAME, CELL = 31, 32_767  # the most that the format takes: of a sheet's name, of a cell
WIDE, NARROW = 44, 10  # letters of a column: as wide as its widest cell, within reason
FILLS = {GOOD: "#C6E5C3", HALF: "#FFE8A3", STOP: "#F4B8AE", GREY: "#DDDDDD"}
"""A status' colour, beside the word in the cell and never instead of it."""

A3, ROWS_ABOVE = 8, 2
"""The format's number of that paper; the hidden keys and the words of the columns."""

DATE = re.compile(r"\d{4}-\d\d-\d\d")

HATCHED = 4  # the format's number of a pattern of stripes: not shared
TAKES_EFFECT = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a CSV cell that begins so for a formula; an apostrophe holds it back."""


def xlsx(data: Mapping[str, Any]) -> bytes:
    target = io.BytesIO()
    book = Workbook(target, {"in_memory": True, "strings_to_urls": False})
    book.set_properties(
        {"title": data["title"], "author": data["house"]["sender"], "created": EPOCH}
    )
    looks = _looks(book, data["house"]["accent"])
    for sheet in data["sheets"]:
        name = "".join(" " if c in "[]:*?/\\" else c for c in sheet["name"])
        _fill(book.add_worksheet(name[:NAME]), sheet, looks)
    book.close()
    return target.getvalue()


def _looks(book: Workbook, accent: str) -> dict[str, Format]:
    top = {"text_wrap": True, "valign": "top"}
    head = {"bold": True, "bg_color": accent, "font_color": "white"}
    return {
        "header": book.add_format({**top, **head}),
        "key": book.add_format({"font_color": "#55606B", "italic": True}),
        "cell": book.add_format(top),
        "hidden": book.add_format({**top, "pattern": HATCHED, "fg_color": "#C9D1D8"}),
        "date": book.add_format({**top, "num_format": "d mmm yyyy", "align": "left"}),
        "number": book.add_format({**top, "align": "left"}),
        **{colour: book.add_format({**top, "bg_color": fill}) for colour, fill in FILLS.items()},
    }


def _fill(page: Worksheet, sheet: Mapping[str, Any], looks: Mapping[str, Format]) -> None:
    """Keys out of sight, the words of the columns with a filter, then a row each."""
    kinds = sheet["kinds"] or [""] * len(sheet["header"])
    for at, text in enumerate(sheet["header"]):
        page.write_string(0, at, sheet["keys"][at], looks["key"])
        page.write_string(1, at, text, looks["header"])
        widest = max(len(said) + 2 for said in (text, *(row[at] for row in sheet["rows"])))
        page.set_column(at, at, min(WIDE, max(NARROW, widest)))
    for down, row in enumerate(sheet["rows"]):
        marks = sheet["marks"][down] if sheet["marks"] else [""] * len(row)
        for at, (text, kind, mark) in enumerate(zip(row, kinds, marks, strict=True)):
            if text:
                cell = (safe(text)[:CELL], kind, mark)
                _write(page, (down + ROWS_ABOVE, at), cell, looks)
    page.set_row(0, None, None, {"hidden": True})
    page.freeze_panes(ROWS_ABOVE, 3 if any(sheet["keys"]) else 1)
    last = max(ROWS_ABOVE, len(sheet["rows"]) + ROWS_ABOVE - 1)
    page.autofilter(1, 0, last, len(sheet["header"]) - 1)
    page.set_landscape()
    page.set_paper(A3)
    page.fit_to_pages(1, 0)
    page.repeat_rows(1)


def _write(
    page: Worksheet, where: tuple[int, int], cell: tuple[str, str, str], looks: Mapping[str, Format]
) -> None:
    """A date or a number as such, so that it can be sorted and reckoned with; all else as text."""
    text, kind, mark = cell
    if kind == "date" and DATE.fullmatch(text):
        page.write_datetime(*where, date.fromisoformat(text), looks["date"])
    elif kind == "number" and text.isascii() and text.isdigit():
        page.write_number(*where, int(text), looks["number"])
    else:
        colour = MARKS[mark][1] if mark in MARKS else ""
        page.write_string(*where, text, looks.get(colour or mark, looks["cell"]))


def csv(data: Mapping[str, Any]) -> bytes:
    """One table, keys on top; semicolons and a mark at the start, as Dutch Excel wants them."""
    flat, target = data["flat"], io.StringIO()
    out = writer.writer(target, delimiter=";", lineterminator="\r\n")
    out.writerow(flat["keys"])
    out.writerows(
        [f"'{text}" if text.startswith(TAKES_EFFECT) else text for text in row]
        for row in flat["rows"]
    )
    return target.getvalue().encode("utf-8-sig")
