"""The drawings and tables in docs/, written anew by `make docs`; a test holds them true."""

from __future__ import annotations

from pathlib import Path

from bot.operators.diagrams import draw_canvas, draw_dialogue
from tests import sensitivity

DOCS = Path(__file__).parent.parent / "docs"


def pages() -> dict[str, str]:
    """Each drawn page by its name."""
    return {
        "dialogue.md": _page("The dialogue", "opschaalgids draw dialogue", draw_dialogue()),
        "canvas.md": _page("The canvas", "opschaalgids draw canvas", draw_canvas()),
        "sensitivity.md": sensitivity.page(),
    }


def _page(title: str, command: str, drawing: str) -> str:
    return f"# {title}\n\nDrawn by `{command}` from the code.\n\n```mermaid\n{drawing}```\n"


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
