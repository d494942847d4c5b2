"""The portfolio as a spreadsheet and as CSV. Text stays text: no formulas, no links."""

from __future__ import annotations

import csv as writer
import io
from typing import TYPE_CHECKING, Any

from xlsxwriter import Workbook

from bot.documents.packed import EPOCH, safe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

NAME, CELL = 31, 32_767
"""The most that the format takes: of a sheet's name, of a cell."""

WIDE, NARROW = 44, 10
FILLS = {
    "yes": "#C6E5C3", "partly": "#FFE8A3", "no": "#F4B8AE", "unknown": "#DDDDDD",
}  # fmt: skip
"""A status' colour, beside the word in the cell and never instead of it."""

HATCHED = 4
"""The format's number of a pattern of stripes: not shared."""

TAKES_EFFECT = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a CSV cell that begins so for a formula; an apostrophe holds it back."""


def xlsx(data: Mapping[str, Any]) -> bytes:
    target = io.BytesIO()
    book = Workbook(target, {"in_memory": True, "strings_to_urls": False})
    about = {"title": data["title"], "author": data["house"]["sender"], "created": EPOCH}
    book.set_properties(about)
    looks = _looks(book, data["house"]["accent"])
    for sheet in data["sheets"]:
        _fill(book.add_worksheet(_named(sheet["name"])), sheet, looks)
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
        **{mark: book.add_format({**top, "bg_color": fill}) for mark, fill in FILLS.items()},
    }


def _named(name: str) -> str:
    return "".join(" " if c in "[]:*?/\\" else c for c in name)[:NAME]


def _fill(page: Worksheet, sheet: Mapping[str, Any], looks: Mapping[str, Format]) -> None:
    """The words of a column, its key under it, then a row per canvas."""
    for at, text in enumerate(sheet["header"]):
        page.write_string(0, at, text, looks["header"])
        page.write_string(1, at, sheet["keys"][at], looks["key"])
        page.set_column(at, at, _width([text, *(row[at] for row in sheet["rows"])]))
    for down, row in enumerate(sheet["rows"], 2):
        marks = sheet["marks"][down - 2] if sheet["marks"] else [""] * len(row)
        for at, (text, mark) in enumerate(zip(row, marks, strict=True)):
            if text:
                page.write_string(down, at, safe(text)[:CELL], looks.get(mark, looks["cell"]))
    page.freeze_panes(2, 3 if any(sheet["keys"]) else 1)
    page.autofilter(1, 0, max(2, len(sheet["rows"]) + 1), len(sheet["header"]) - 1)
    page.set_landscape()
    page.repeat_rows(0, 1)


def _width(texts: list[str]) -> int:
    """In letters: as wide as its widest, within reason."""
    return min(WIDE, max(NARROW, *(len(text) + 2 for text in texts)))


def csv(data: Mapping[str, Any]) -> bytes:
    """One table, keys on top; semicolons and a mark at the start, as Dutch Excel wants them."""
    flat, target = data["flat"], io.StringIO()
    out = writer.writer(target, delimiter=";", lineterminator="\r\n")
    out.writerow(flat["keys"])
    out.writerows([_held(text) for text in row] for row in flat["rows"])
    return target.getvalue().encode("utf-8-sig")


def _held(text: str) -> str:
    return f"'{text}" if text.startswith(TAKES_EFFECT) else text
