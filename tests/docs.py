"""The drawings and tables in docs/, written anew by `make docs`; a test holds them true."""

from __future__ import annotations

from pathlib import Path

from bot.commands.check import draw_canvas, draw_dialogue
from tests import sensitivity

DOCS = Path(__file__).parent.parent / "docs"


def _page(title: str, command: str, drawing: str) -> str:
    return f"# {title}\n\nDrawn by `{command}` from the code.\n\n```mermaid\n{drawing}```\n"


PAGES = {
    "dialogue.md": lambda: _page("The dialogue", "opschaalgids draw dialogue", draw_dialogue()),
    "canvas.md": lambda: _page("The canvas", "opschaalgids draw canvas", draw_canvas()),
    "sensitivity.md": sensitivity.page,
}
"""How each page is drawn, by its name; it costs a second."""


if __name__ == "__main__":
    for name, draw in PAGES.items():
        (DOCS / name).write_text(draw(), encoding="utf-8")
