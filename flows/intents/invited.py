"""Whom to invite, a line each: as people type it, and as a spreadsheet writes it."""

from __future__ import annotations

import csv
import io
import re

from flows.intents.choices import units
from flows.intents.text import one_line
from flows.model.lists import LONGEST_NAME

HEADINGS = ("gemeente", "municipality")


class UnreadLine(Exception):  # noqa: N818 - what somebody wrote, not a programming error
    """A line that names nobody who can be invited; `units`: of a name that is too long, else 0."""

    def __init__(self, line: int, why: str, units: int = 0) -> None:
        super().__init__(why)
        self.line, self.units = line, units


def pairs(text: str) -> list[tuple[str, str]]:
    """(municipality, name) of each line; the name may be left out. Raises UnreadLine.

    Between the two a comma, a semicolon or a tab; a heading is none of them.
    """
    lines = re.sub("\r\n?", "\n", text.lstrip("\ufeff"))
    found = csv.reader(io.StringIO(re.sub(r"[;\t]", ",", lines)))
    try:
        cells = [[_name(cell, found.line_num) for cell in line[:2]] for line in found]
    except csv.Error as error:
        raise UnreadLine(found.line_num, str(error)) from None
    wanted = [(line[0], line[1] if line[1:] else "") for line in cells if line and line[0]]
    return wanted[1:] if wanted and wanted[0][0].casefold() in HEADINGS else wanted


def _name(cell: str, line: int) -> str:
    name = one_line(cell)
    if units(name) > LONGEST_NAME:
        raise UnreadLine(line, "", units(name))
    return name
