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
    from collections.abc import Iterator

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
