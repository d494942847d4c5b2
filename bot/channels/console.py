"""The guide in a terminal, or at the end of a pipe: lines in, messages out."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import sys
import textwrap
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.clock import now
from bot.engine.prompter import Prompting
from bot.output import write
from content.messages.html import plain
from flows.model.messages import Message, Update, UpdateKind
from storage.database import files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.documents.printer import Papers
    from bot.engine.conversation import Conversation
    from storage.conversations.outbox import Outgoing

WIDTH = 72
NOBODY = "ik"  # who gave no name


class Console:
    def __init__(
        self, conversation: Conversation, person: str, zone: str, papers: Callable[[], Papers],
        *, jsonl: bool,
    ) -> None:  # fmt: skip
        self.conversation, self.zone, self.jsonl = conversation, zone, jsonl
        self.prompting = Prompting(conversation)
        self.chat, self.papers = f"terminal:{person}", papers
        self.name = "" if person == NOBODY else person

    def run(self) -> None:
        """Greet, then one turn for every line, until the end of input or a stop."""
        with self.conversation.store.transaction():
            self.conversation.store.forget_strangers(now(self.zone))
        if self._stops("start", ""):
            return
        for line in lines():
            if self._stops("text", line):
                return

    def _stops(self, kind: UpdateKind, text: str) -> bool:
        """A turn, with all that it says; True where the last word was goodbye."""
        number, at = secrets.token_hex(8), now(self.zone)
        update = Update(number, self.chat, at, kind, text, screen_name=self.name)
        self.conversation.handle(update)
        self.prompting.outlived(self.chat, update.at)
        stopped, outbox = False, self.conversation.store.outbox
        for outgoing in outbox.due(self.chat):
            write(sys.stdout, self._shown(outgoing))
            outbox.sent(outgoing, now(self.zone))
            stopped = outgoing.message.kind == "stop"
        return stopped

    def _shown(self, outgoing: Outgoing) -> str:
        if self.jsonl:
            return json.dumps(as_json(outgoing), ensure_ascii=False) + "\n"
        text = as_text(outgoing.message) + "\n\n"
        if outgoing.message.document or outgoing.message.file_name:
            text += f"{self._put_down(outgoing)}\n\n"
        return text

    def _put_down(self, outgoing: Outgoing) -> str:
        """Where the document was written; a text itself where nothing can be."""
        import asyncio  # noqa: PLC0415 - most talks end without a document

        from bot.documents.worker import Unmade  # noqa: PLC0415 - likewise

        name, content = outgoing.message.file_name, outgoing.message.file_text.encode()
        try:
            if not name:
                made = asyncio.run(self.papers().make(outgoing))
                name, content = made.file_name, made.content
            return f"  {save(Path.cwd(), name, content)}"
        except Unmade as unmade:
            return self.papers().sorry(outgoing, unmade.reason)
        except OSError as error:
            return outgoing.message.file_text or f"  {error.strerror}"


def lines() -> Iterator[str]:
    """Standard input line by line; a pleasant editor where both ends are a terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        for raw in sys.stdin.buffer:
            yield raw.decode("utf-8", "replace").rstrip("\r\n")
        return
    from prompt_toolkit import PromptSession  # noqa: PLC0415 - a pipe does not need it

    session: PromptSession[str] = PromptSession()
    with suppress(EOFError, KeyboardInterrupt):
        while True:
            yield session.prompt("› ")


def as_json(outgoing: Outgoing) -> dict[str, Any]:
    """The line that `--jsonl` promises."""
    message = outgoing.message
    choices = [{"n": n, "key": c.key, "label": c.label} for n, c in enumerate(message.choices, 1)]
    found = {
        "kind": message.kind, "key": message.key, "choices": choices,
        "text": plain(message.html), "canvas": outgoing.canvas, "state": message.state,
    }  # fmt: skip
    if message.document:
        found["document"] = message.document
    if message.file_name:
        found |= {"file_name": message.file_name, "file_text": message.file_text}
    return found


def as_text(message: Message) -> str:
    """Plain words at a readable width, choices numbered."""
    width = min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns)
    body = "\n".join(_wrapped(line, width) for line in plain(message.html).split("\n"))
    choices = [f"  {n:>2}  {choice.label}" for n, choice in enumerate(message.choices, 1)]
    return f"{body}\n\n" + "\n".join(choices) if choices else body


def _wrapped(line: str, width: int) -> str:
    """A bullet's or a number's next lines stand under its text."""
    hang = re.match(r"(• |\d+\. )?", line)
    indent = " " * len(hang[0]) if hang else ""
    return textwrap.fill(line, width, subsequent_indent=indent, break_long_words=False) or line


def save(folder: Path, name: str, content: bytes) -> Path:
    """Write a document where the person stands, never over another file."""
    stem, dot, ending = name.rpartition(".")
    path, number = folder / name, 1
    while os.path.lexists(path):
        number += 1
        path = folder / f"{stem}-{number}{dot}{ending}"
    files.write(path, content, over=False)
    return path
