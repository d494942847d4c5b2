"""The export of the command line: one canvas, or all."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.documents.house import read_house
from bot.documents.packed import zipped
from bot.documents.requests import (
    named,
    portfolio_of,
    request,
    request_of,
    said_about,
    words_before,
    words_of,
)
from bot.documents.worker import make
from bot.operators.as_json import as_json
from content.documents.history import record_tree, since
from content.documents.markdown import BLOCKS, markdown
from content.documents.portfolio import CanvasEntry
from content.words.vocabulary import Words
from flows.intents.text import visible
from flows.model.papers import in_one_file
from storage import reports

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from bot.documents.house import House
    from bot.documents.worker import Request
    from bot.engine.conversation import Conversation
    from flows.model.papers import Form
    from storage.reports import Record

    Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Export:
    """What the command line asks of canvases. `day`: what changed since then."""

    conversation: Conversation
    form: Form
    what: str
    house: House = field(default_factory=read_house)
    day: date | None = None

    def made(
        self,
        canvas: int | None,
        progress: Progress = lambda done, of: None,  # noqa: ARG005
    ) -> bytes | None:
        """The bytes to write, or None where there is no such canvas. Raises Unmade."""
        return asyncio.run(self._made(canvas, progress))

    async def _made(self, canvas: int | None, progress: Progress) -> bytes | None:
        if self.what == "workshop":
            return await _content(request(self._nobody(), self.form, self.what, self.house))
        records = reports.canvases(self.conversation.store, canvas)
        if canvas is not None and not records:
            return None
        if in_one_file(self.form, self.what):
            return await self._together(records)
        files = []
        for done, record in enumerate(records, 1):
            files.append(await self._file(record))
            progress(done, len(records))
        return files[0][1] if canvas is not None else zipped(files)

    def _nobody(self) -> Words:
        """The newest words, about no canvas, in the language of the setting."""
        return Words(self.conversation.newest, self.conversation.store.language)

    async def _together(self, records: Sequence[Record]) -> bytes:
        """A portfolio is in the language of who asks: the setting's."""
        if self.what == "summary":
            told = ((record, words_of(self.conversation, record)) for record in records)
            return as_json(self.conversation, told)
        guide, language = self.conversation, self.conversation.store.language
        entries = [CanvasEntry(r.id, r.state, words_of(guide, r, language)) for r in records]
        return await _content(portfolio_of(entries, self._nobody(), self.form, self.house))

    async def _file(self, record: Record) -> tuple[str, bytes]:
        """(name, content): a text is put together here, anything else by a process of its own."""
        words = words_of(self.conversation, record)
        name = f"{record.id}-{named(words, self.form, self.what)}"
        if self.form == "md":
            return name, self._markdown(words, record).encode()
        if self.form == "json":
            tree = record_tree(said_about(self.conversation, record.id), words, record.id)
            return name, f"{json.dumps(tree, ensure_ascii=False, indent=1)}\n".encode()
        asked = (self.conversation, record.id, self.form, self.what, self.house, words, self.day)
        return name, await _content(request_of(*asked))

    def _markdown(self, words: Words, record: Record) -> str:
        if self.what == "changes":
            return visible(markdown(since(words_before(words, record, self.day), words)))
        return visible(markdown(BLOCKS[self.what](words)))


async def _content(asked: Request) -> bytes:
    return (await make(asked)).content
