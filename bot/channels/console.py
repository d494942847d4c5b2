"""The guide in a terminal, or at the end of a pipe: lines in, messages out."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.clock import now
from bot.output import write
from content.messages.html import plain
from flows.model.messages import Update, UpdateKind
from storage.database import files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.documents.printer import Papers
    from bot.engine.conversation import Conversation
    from flows.model.messages import Choice, Message
    from storage.conversations.outbox import Outgoing

WIDTH = 72


class Console:
    """One person at one terminal."""

    def __init__(
        self, conversation: Conversation, person: str, zone: str, papers: Callable[[], Papers],
        *, jsonl: bool,
    ) -> None:  # fmt: skip
        self.conversation, self.zone, self.jsonl = conversation, zone, jsonl
        self.chat, self.papers = f"terminal:{person}", papers

    def run(self) -> None:
        """Greet, then one turn for every line, until the end of input or a stop."""
        with self.conversation.store.transaction():
            self.conversation.store.forget_strangers(now(self.zone))
        self._hear("start", "")
        stopped = self._speak()
        for line in () if stopped else lines():
            self._hear("text", line)
            if self._speak():
                return

    def _hear(self, kind: UpdateKind, text: str) -> None:
        unique = secrets.token_hex(8)
        at = now(self.zone)
        self.conversation.handle(Update(unique, self.chat, at, kind, text))

    def _speak(self) -> bool:
        """Drain the outbox; True where the last word was goodbye."""
        stopped = False
        for outgoing in self.conversation.store.outbox.due(self.chat):
            self._show(outgoing)
            self.conversation.store.outbox.sent(outgoing, now(self.zone))
            stopped = outgoing.message.kind == "stop"
        return stopped

    def _show(self, outgoing: Outgoing) -> None:
        message = outgoing.message
        text = json.dumps(as_json(outgoing), ensure_ascii=False) if self.jsonl else as_text(message)
        if (message.document or message.file_name) and not self.jsonl:
            text += f"\n\n{self._put_down(outgoing)}"
        write(sys.stdout, text + ("\n" if self.jsonl else "\n\n"))

    def _put_down(self, outgoing: Outgoing) -> str:
        """Where the document was written; a text itself where nothing can be."""
        from bot.documents.worker import Unmade  # noqa: PLC0415 - most talks end without a document

        message = outgoing.message
        try:
            name, content = self._made(outgoing)
            return f"  {save(Path.cwd(), name, content)}"
        except Unmade as unmade:
            return self.papers().sorry(outgoing, unmade.reason)
        except OSError as error:
            return message.file_text or f"  {error.strerror}"

    def _made(self, outgoing: Outgoing) -> tuple[str, bytes]:
        message = outgoing.message
        if message.file_name:
            return message.file_name, message.file_text.encode()
        import asyncio  # noqa: PLC0415 - likewise

        made = asyncio.run(self.papers().make(outgoing))
        return made.file_name, made.content


def lines() -> Iterator[str]:
    """Standard input line by line; a pleasant editor where both ends are a terminal."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        yield from _edited()
        return
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8", "replace").rstrip("\r\n")


def _edited() -> Iterator[str]:
    from prompt_toolkit import PromptSession  # noqa: PLC0415 - a pipe does not need it

    session: PromptSession[str] = PromptSession()
    while True:
        try:
            yield session.prompt("› ")
        except (EOFError, KeyboardInterrupt):
            return


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
    if not message.choices:
        return body
    return f"{body}\n\n" + "\n".join(_choice(n, c) for n, c in enumerate(message.choices, 1))


def _wrapped(line: str, width: int) -> str:
    """A bullet's or a number's next lines stand under its text."""
    hang = re.match(r"(• |\d+\. )?", line)
    indent = " " * len(hang[0]) if hang else ""
    return textwrap.fill(line, width, subsequent_indent=indent, break_long_words=False) or line


def _choice(number: int, choice: Choice) -> str:
    return f"  {number:>2}  {choice.label}"


def save(folder: Path, name: str, content: bytes) -> Path:
    """Write a document where the person stands, never over another file."""
    stem, dot, ending = name.rpartition(".")
    path, number = folder / name, 1
    while os.path.lexists(path):
        number += 1
        path = folder / f"{stem}-{number}{dot}{ending}"
    files.write(path, content, over=False)
    return path
