"""Writes docs/pictures anew: every page of the realistic canvas, as a reader sees it.

Run by `make docs`; look at each of them after a change.
"""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pypdfium2
from PIL import Image

from bot.documents.asked import heat_map, request
from bot.house import read_house
from bot.making import make
from content.portfolio import Entry
from content.words import Words
from tests.canvases import walked, words

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent.parent / "docs/pictures"
HOUSE = read_house()
COLOURS = 256
ASKED: tuple[tuple[Any, str, float], ...] = (
    ("pdf", "summary", 1.1), ("pdf", "half-pages", 1.1),
    ("pdf", "canvas", 1.2), ("png", "card", 0.5),
)  # fmt: skip


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    with TemporaryDirectory() as folder:
        person = walked(Path(folder) / "a", "realistic")
        about, half = words(person), words(walked(Path(folder) / "b", "half-way"))
    for form, what, scale in ASKED:
        found = asyncio.run(make(request(about, form, what, HOUSE))).content
        for number, page in enumerate(pages(form, found, scale), 1):
            keep(f"{what}-{number}" if form == "pdf" and what == "summary" else what, page)
    shared: list[Entry | str] = [
        Entry(1, "done", about),
        Entry(2, "routes", half),
        "Gemeente Lochem",
    ]
    newest = Words(about.content, "nl")
    heat = asyncio.run(make(heat_map(shared, newest, HOUSE))).content
    keep("heat-map", next(pages("png", heat, 0.6)))


def pages(form: str, content: bytes, scale: float) -> Iterator[Image.Image]:
    if form == "pdf":
        yield from (page.render(scale=scale).to_pil() for page in pypdfium2.PdfDocument(content))
        return
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    yield picture.resize((round(picture.width * scale), round(picture.height * scale)))


def keep(name: str, page: Image.Image) -> None:
    page.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
        FOLDER / f"{name}.png", optimize=True
    )


if __name__ == "__main__":
    main()
