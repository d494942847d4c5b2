"""Documents and pictures by typst: data in as one JSON text, nothing from the system or the net."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst

from bot.documents.fonts import FOLDER, VERBATIM, Fitting, families
from bot.documents.frames import retold

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATES = Path(__file__).parent / "templates"
STANDARDS = ["ua-1", "a-2a"]
NO_DATE = "1970-01-01"
"""An archive asks a date of every file, and an empty canvas has none; a clock would not repeat."""

PIXELS = 72  # a picture's page is as many points as it has pixels


def pdf(template: str, data: Mapping[str, Any]) -> tuple[bytes, int]:
    """(an accessible PDF for the archive, how many characters no font has)."""
    return _made(template, data, format="pdf", pdf_standards=STANDARDS)


def png(template: str, data: Mapping[str, Any]) -> tuple[bytes, int]:
    """(a picture, how many characters no font has)."""
    return _made(template, data, format="png", ppi=PIXELS)


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER]
    )


def _made(template: str, data: Mapping[str, Any], **how: Any) -> tuple[bytes, int]:
    fitting = Fitting()
    tree = retold(data, fitting.text, VERBATIM)
    count, said = fitting.replaced, data["words"]["replaced"]
    tree |= {"fonts": families(), "replaced": said.format(count=count) if count else ""}
    tree["date"] = data["date"] or NO_DATE
    day = datetime.fromisoformat(tree["date"]).replace(tzinfo=UTC)
    inputs = {"data": json.dumps(tree, ensure_ascii=False)}
    compiler = typst.Compiler(  # a new one for each: it remembers what it was given
        TEMPLATES / f"{template}.typ", root=TEMPLATES, font_paths=_fonts(),
        package_path=TEMPLATES, package_cache_path=TEMPLATES,
    )  # fmt: skip
    made: Any = compiler.compile(sys_inputs=inputs, timestamp=day, **how)
    return (b"".join(made) if isinstance(made, list) else made), count
