"""`opschaalgids check` and `draw`: the content, walked and drawn."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bot.mistake import FOUND
from bot.output import write

if TYPE_CHECKING:
    import argparse


def add(check: argparse.ArgumentParser, draw: argparse.ArgumentParser) -> None:
    check.set_defaults(run=_check)
    draw.add_argument("what", choices=["dialogue", "canvas"], nargs="?", default="dialogue")
    draw.set_defaults(run=_draw)


def _check(options: argparse.Namespace) -> int:
    from content.checks.guide import check  # noqa: PLC0415 - `draw` starts without it

    del options
    report, problems = check()
    write(sys.stdout, report)
    for problem in problems:
        write(sys.stderr, f"{problem}\n")
    return FOUND if problems else 0


def _draw(options: argparse.Namespace) -> None:
    from bot.operators.diagrams import draw_canvas, draw_dialogue  # noqa: PLC0415 - likewise

    write(sys.stdout, draw_canvas() if options.what == "canvas" else draw_dialogue())
