"""Documents outside the bot's own loop: one short-lived process each, killed at its limit.

What goes in and comes out stays in memory; nothing is written to the disk.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakKeyDictionary

from bot.config import bare_environment
from flows.intents.text import visible
from flows.model.papers import FORMS, Form

if TYPE_CHECKING:
    from collections.abc import Mapping

Reason = Literal["too_slow", "failed"]

LIMIT = 30.0
"""Seconds; a document takes less than one."""

AT_ONCE = 1
"""Documents made at the same time: the conversation keeps the other processor."""


@dataclass(frozen=True)
class Request:
    """One document to make. `data` is all it says, as JSON holds it; no database goes along."""

    form: Form
    file_name: str
    data: Mapping[str, Any]
    template: str = ""


@dataclass(frozen=True)
class Made:
    """`replaced`: how many characters no font has."""

    content: bytes
    file_name: str
    replaced: int = 0


class Unmade(Exception):  # noqa: N818 - a reason with words in documents.toml, not a programming error
    """A document that is not there; `reason` is a key under [unmade] in documents.toml."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason} {detail}".strip())
        self.reason = reason


def as_form(name: str) -> Form:
    return next(form for form in FORMS if form == name)


_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def make(request: Request, timeout: float = LIMIT) -> Made:  # noqa: ASYNC109 - kills too
    """Wait for a turn, then make it. Raises Unmade; `timeout` counts from its own start."""
    loop = asyncio.get_running_loop()
    async with _turns.setdefault(loop, asyncio.Semaphore(AT_ONCE)):
        return await _made(request, timeout)


async def _made(request: Request, limit: float) -> Made:
    data = seen(request.data)
    asked = {"form": request.form, "template": request.template, "data": data}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-m", "bot.documents",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE, env=bare_environment(),
    )  # fmt: skip
    try:
        async with asyncio.timeout(limit):
            content, said = await process.communicate(json.dumps(asked).encode())
    except TimeoutError:
        raise Unmade("too_slow") from None
    finally:
        await _ended(process)
    if process.returncode or not content:
        raise Unmade("failed", _name_in(said))
    return Made(content, request.file_name, int(said or 0))


def seen(tree: Any) -> Any:
    """What a document is made from, as it may be shown: also what was kept before cleaning."""
    if isinstance(tree, str):
        return visible(tree)
    if isinstance(tree, dict):
        return {key: seen(value) for key, value in tree.items()}
    words = isinstance(tree, list | tuple) and tree and not isinstance(tree[0], int)
    return [seen(item) for item in tree] if words else tree


def _name_in(said: bytes) -> str:
    """The error's name; anything else might hold what people typed."""
    text = said.decode("ascii", "replace").strip()
    return text if text.isidentifier() else ""


async def _ended(process: asyncio.subprocess.Process) -> None:
    """No process outlives its request, whatever became of that."""
    if process.returncode is None:
        process.kill()
        await process.wait()
