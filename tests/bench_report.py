"""What was measured, as tables: on the screen and in docs/speed.md."""

from __future__ import annotations

import os
import platform
import sqlite3
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import sqlcipher3.dbapi2 as sqlcipher

from bot.clock import now

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PAGE = Path(__file__).parent.parent / "docs" / "speed.md"
PACKAGES = ("python-telegram-bot", "aiogram", "aiosqlite")


@dataclass
class Table:
    """The first column names, the others are figures; `notes` stand under it."""

    title: str
    header: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def row(self, *cells: str) -> None:
        self.rows.append(cells)

    def lines(self) -> Iterator[str]:
        widths = [max(map(len, column)) for column in zip(self.header, *self.rows, strict=True)]
        yield from ("", f"## {self.title}", "")
        yield _line(self.header, widths)
        yield "| " + " | ".join(_rule(n, width) for n, width in enumerate(widths)) + " |"
        yield from (_line(row, widths) for row in self.rows)
        if self.notes:
            yield from ("", " ".join(self.notes))


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    first, *others = (
        cell.rjust(w) if n else cell.ljust(w) for n, (cell, w) in _numbered(cells, widths)
    )
    return "| " + " | ".join([first, *others]) + " |"


def _numbered(cells: tuple[str, ...], widths: list[int]) -> Iterator[tuple[int, tuple[str, int]]]:
    return enumerate(zip(cells, widths, strict=True))


def _rule(number: int, width: int) -> str:
    return "-" * width if number == 0 else "-" * (width - 1) + ":"


@dataclass
class Required:
    """The figures that must be reached, `least` or `most`."""

    table: Table = field(
        default_factory=lambda: Table("What is required", ("Figure", "Required", "Measured", ""))
    )

    def least(self, name: str, bound: float, measured: float) -> None:
        self._row(name, f"at least {bound:g}", f"{measured:.2f}", met=measured >= bound)

    def most(self, name: str, bound: float, measured: float) -> None:
        self._row(name, f"at most {bound:g}", f"{measured:.2f}", met=measured <= bound)

    def _row(self, name: str, bound: str, measured: str, *, met: bool) -> None:
        self.table.row(name, bound, measured, "met" if met else "MISSED")

    @property
    def missed(self) -> int:
        return sum(row[-1] != "met" for row in self.table.rows)


def write(tables: Sequence[Table], begins: Sequence[str]) -> None:
    """The page anew; or where nothing `begins` it, these tables and rows in their places on it."""
    if begins:
        lines = [*begins, *(line for table in tables for line in table.lines())]
        PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return
    required, *others = tables
    head, *sections = PAGE.read_text(encoding="utf-8").rstrip("\n").split("\n## ")
    there = {section.partition("\n")[0]: section for section in sections}
    there[required.title] = "\n".join(_among(required, there[required.title])).strip("# \n")
    for table in others:
        there[table.title] = "\n".join(table.lines()).strip("# \n")
    PAGE.write_text("\n## ".join([head, *map(_spaced, there.values())]), encoding="utf-8")


def _spaced(section: str) -> str:
    return section.rstrip("\n") + "\n"


def _among(table: Table, section: str) -> Iterator[str]:
    """The rows of a section, with those of the table in their places or at its end."""
    cells = [line.strip("| ").split("|") for line in section.splitlines() if line[:1] == "|"][2:]
    rows = {row[0].strip(): tuple(cell.strip() for cell in row) for row in cells}
    rows |= {row[0]: row for row in table.rows}
    return Table(table.title, table.header, [*rows.values()], table.notes).lines()


def settings() -> Table:
    """What the encryption costs a turn. By hand: a database has one setting at a time."""
    header = ("The database is", "Pages a turn", "kB a turn", "Processor, times this product")
    table = Table("What holds the database true", header)
    table.row("HMAC-SHA256, pages of 4,096: this product", "7.04", "29.0", "1.00")
    table.row("HMAC-SHA512, pages of 4,096: before 2026-11-29", "7.04", "29.0", "1.06 to 1.14")
    table.row("HMAC-SHA256, pages of 2,048", "8.49", "17.6", "1.00 to 1.02")
    table.notes = [
        "Measured on 2026-11-29 at commit 467850d and two copies of it, one with `SEALS` of",
        "storage/database/connection.py the other way round, one with `PRAGMA cipher_page_size",
        "= 2048` beside it. Pages and kB are those of `pytest tests/test_turn_cost.py`; the",
        "processor is the tenth percentile of each step over 40 people, its mean over the steps of",
        "the script above, by turns in three processes, in two runs on a busy machine. A file of",
        "before opens with HMAC-SHA512 as it is; `opschaalgids rekey` gives it the other. It is as",
        "safe: the hash is keyed with 256 bits that SQLCipher derives from the database's key, and",
        "covers the encrypted page, what it begins with and its number; a forged page passes once",
        "in 2^256, and the encryption itself, AES-256 with a start of its own for each page",
        "that is written, stands and falls with a key of 256 bits too. Smaller pages are as quick,",
        "and more than 8 of them are written.",
    ]
    return table


def machine(command: str) -> list[str]:
    """What it was measured on; no name and no path of this machine."""
    parts = [
        f"{os.cpu_count()} cores", _memory(), platform.system(), platform.machine(),
        f"Python {platform.python_version()}",
        f"SQLite {sqlcipher.sqlite_version} with encryption",
        f"SQLite {sqlite3.sqlite_version} for aiogram",
        *(f"{name} {_version(name)}" for name in PACKAGES),
    ]  # fmt: skip
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    busy = "The machine was busy with other things: measure again when it is quiet."
    return [
        "# Speed", "",
        f"Written by `{command}` on {now('Europe/Amsterdam').date().isoformat()}. Do not edit.", "",
        f"Machine: {', '.join(filter(None, parts))}. Load when it began: {load:.1f}.",
        *(["", busy] if load > (os.cpu_count() or 1) / 2 else []),
    ]  # fmt: skip


def _memory() -> str:
    path = Path("/proc/meminfo")
    total = path.read_text().split()[1] if path.exists() else ""
    return f"{int(total) / 2**20:.0f} GB" if total else ""


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
