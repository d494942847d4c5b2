"""What a command prints, and what its process never gives away."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

from flows.intents.text import visible

if TYPE_CHECKING:
    from types import TracebackType

BAR = 30


def write(stream: TextIO, text: str) -> None:
    """Out at once, in UTF-8 whatever the locale says; nothing in it steers the terminal.

    All that a command prints goes through here, also what was kept before it was cleaned.
    """
    stream.flush()
    stream.buffer.write(visible(text).encode("utf-8", "replace"))
    stream.buffer.flush()


def show_progress(done: int, of: int) -> None:
    """A bar on stderr, where somebody watches and there is something to wait for."""
    if of > 1 and sys.stderr.isatty():
        bar = "#" * (BAR * done // of)
        # Past the filter of all that is printed: the bar goes back to the start of its own line.
        sys.stderr.write(f"\r[{bar:-<{BAR}}] {done} of {of}" + ("\n" if done == of else ""))
        sys.stderr.flush()


def speechless(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """A traceback without the error's own text, which may hold what a person typed."""
    from traceback import format_tb  # noqa: PLC0415 - a program that goes well needs none

    del error
    sys.stderr.write("".join(format_tb(trace)) + f"{kind.__name__}\n")


def without_core_dumps() -> None:
    """A core dump would hold the key and the answers. Windows makes none."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
