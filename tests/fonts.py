"""Writes fonts.toml anew from the fonts beside it: `python -m tests.fonts`."""

from __future__ import annotations

import hashlib
import tomllib
from itertools import groupby
from pathlib import Path

from fontTools.ttLib import TTFont

FOLDER = Path(__file__).parent.parent / "bot/documents/fonts"
MADE = ("family", "sha256", "covers")
HEAD = """\
# The fonts that documents are set in, tried in this order. Nothing else is used.
# family, sha256 and covers are made by `python -m tests.fonts`; a test holds them.
"""


def main() -> None:
    path = FOLDER / "fonts.toml"
    listed = tomllib.loads(path.read_text(encoding="utf-8"))["font"]
    tables = [_table({**font, **made(FOLDER / font["file"])}) for font in listed]
    path.write_text("\n".join([HEAD, *tables]), encoding="utf-8")


def made(path: Path) -> dict[str, str]:
    """What the file itself says."""
    with TTFont(path, lazy=True) as font:
        runs = " ".join(_runs(sorted(font.getBestCmap())))
        family = font["name"].getDebugName(16) or font["name"].getDebugName(1)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return dict(zip(MADE, (str(family), sha256, runs), strict=True))


def _runs(points: list[int]) -> list[str]:
    """Hexadecimal code points, what follows on each other as first-last."""
    found = []
    for _, run in groupby(enumerate(points), key=lambda pair: pair[1] - pair[0]):
        several = [point for _, point in run]
        found.append("-".join(f"{p:x}" for p in dict.fromkeys((several[0], several[-1]))))
    return found


def _table(font: dict[str, str]) -> str:
    return "\n".join(["[[font]]", *(f'{name} = "{value}"' for name, value in font.items()), ""])


if __name__ == "__main__":
    main()
