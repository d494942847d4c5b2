"""What is taken along from a trajectory: shared summaries and the portfolio. From views only."""

from __future__ import annotations

import base64
import csv
import io
import re
import zipfile
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import segno
import xlsxwriter

from content.documents import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from content.steering import SteeringWords
    from flows.desk import Seat

COLOURS = {"yes": "#C6E5C3", "partly": "#FFE8A3", "no": "#F4B8AE", "unknown": "#DDDDDD"}
"""Beside the word in the cell, never instead of it."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")

HEAD = (
    "municipality", "name", "part", "settled", "asked", "week", "shared", "gate", "routes",
    "open_points",
)  # fmt: skip


def encoded(found: bytes) -> str:
    """A file that is no text, on its way through the outbox."""
    return base64.b64encode(found).decode()


def qr(address: str) -> bytes:
    """An address as a picture, large enough for a phone held over a sheet of paper."""
    target = io.BytesIO()
    segno.make(address, error="m").save(target, kind="png", scale=10, border=4)
    return target.getvalue()


# ---------------------------------------------------------------- rows


def columns(said: SteeringWords) -> list[str]:
    """By key, so that two exports fit whatever the words are."""
    return [*HEAD, *said.words.canvas.ingredients]


def rows(said: SteeringWords, seats: Iterable[Seat]) -> Iterator[list[str]]:
    """One row per adviser, in words; what is not shared is said to be so."""
    for seat in seats:
        seen, hidden = seat.view, said.tree["said"]["not_shared"]
        routes = [said.words.route(r)["label"] for r, fit in seen.routes or () if fit == "fits"]
        gate = said.words.advice_words["gate"][seen.gate]["title"] if seen.gate else hidden
        yield [
            seat.municipality, seat.name, said.part(seen.part), str(seen.settled), str(seen.asked),
            seen.week.isoformat() if seen.week else "", ", ".join(map(said.what, seen.shares)),
            gate, hidden if seen.routes is None else ", ".join(routes),
            hidden if seen.open_points is None else str(len(seen.open_points)),
            *(_level(said, seat, key) for key in said.words.canvas.ingredients),
        ]  # fmt: skip


def _level(said: SteeringWords, seat: Seat, key: str) -> str:
    shared = seat.view.ingredients
    if shared is None:
        return str(said.tree["said"]["not_shared"])
    return said.value(key, shared[key]) if key in shared else ""


def as_csv(said: SteeringWords, seats: Sequence[Seat]) -> bytes:
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(columns(said))
    writer.writerows([_safe(cell) for cell in row] for row in rows(said, seats))
    return target.getvalue().encode("utf-8-sig")


def _safe(cell: str) -> str:
    """A spreadsheet that opens it must not take a name for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def as_xlsx(said: SteeringWords, seats: Sequence[Seat]) -> bytes:
    """The portfolio, with the ingredients coloured as a heat map."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("Portfolio")
    bold = book.add_format({"bold": True})
    fills = {level: book.add_format({"bg_color": c}) for level, c in COLOURS.items()}
    hatched = book.add_format({"pattern": 4})
    for at, name in enumerate(columns(said)):
        sheet.write_string(0, at, name, bold)
    for number, (seat, row) in enumerate(zip(seats, rows(said, seats), strict=True), 1):
        for at, cell in enumerate(row):
            sheet.write_string(number, at, cell, _fill(said, seat, at, fills, hatched))
    sheet.freeze_panes(1, 2)
    sheet.set_column(0, len(columns(said)), 18)
    book.close()
    return target.getvalue()


def _fill(said: SteeringWords, seat: Seat, at: int, fills: dict[str, Any], hatched: Any) -> Any:
    if at < len(HEAD):
        return None
    shared = seat.view.ingredients
    if shared is None:
        return hatched
    return fills.get(shared.get(said.words.canvas.ingredients[at - len(HEAD)], ""))


# ---------------------------------------------------------------- summaries


@lru_cache(maxsize=8)
def _template(source: str) -> Any:
    return ENVIRONMENT.from_string(source)


def summary(said: SteeringWords, seat: Seat) -> str:
    """What one adviser shares, as Markdown."""
    source = said.tree["documents"]["shared"]
    text = _template(source).render(seat=seat, v=seat.view, w=said.words, s=said)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def as_zip(said: SteeringWords, seats: Sequence[Seat]) -> bytes:
    """A summary per adviser who shares more than progress; the same bytes for the same views."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for seat in seats:
            if seat.view.shares:
                archive.writestr(zipfile.ZipInfo(_file_name(seat)), summary(said, seat))
    return target.getvalue()


def _file_name(seat: Seat) -> str:
    safe = re.sub(r"[^a-z0-9]+", "-", seat.called.casefold()).strip("-")[:48]
    return f"{seat.id}-{safe or 'gemeente'}.md"
