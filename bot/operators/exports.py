"""The export of the command line: one canvas, or all; as JSON as docs/export.schema.json says."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from bot.documents.house import House, read_house
from bot.documents.packed import zipped
from bot.documents.requests import (
    looking_back,
    named,
    portfolio_of,
    request,
    request_of,
    said_about,
    words_before,
    words_of,
)  # fmt: skip
from bot.documents.worker import Request, make
from bot.operators.exported_actions import known, of_meeting, own, won
from content.documents.history import record_tree, since
from content.documents.markdown import BLOCKS, markdown
from content.documents.portfolio import CanvasEntry
from content.words.vocabulary import Words
from flows.advice.advice import AT_MOST_STEPS, Step
from flows.advice.undertakings import small_wins
from flows.intents.text import visible
from flows.model.papers import Form, in_one_file
from storage.reports import Reports

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from bot.engine.conversation import Conversation
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
        records = Reports(self.conversation.store).canvases(canvas)
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
        guide, language = self.conversation, self.conversation.store.language
        if self.what == "summary":
            canvases = [self._canvas(record) for record in records]
            return _json({"format": "opschaalgids", "version": 1, "canvases": canvases}, 2)
        told = ((r, words_of(guide, r, language, self.day)) for r in records)
        entries = [CanvasEntry(record.id, record.state, words) for record, words in told]
        return await _content(portfolio_of(entries, self._nobody(), self.form, self.house))

    async def _file(self, record: Record) -> tuple[str, bytes]:
        """(name, content): a text is put together here, anything else by a process of its own."""
        words = words_of(self.conversation, record, day=self.day)
        name = f"{record.id}-{named(words, self.form, self.what)}"
        if self.form == "md":
            store, changes = self.conversation.store, self.what == "changes"
            words = looking_back(store, words, self.day, however_near=changes)
            told = since(words_before(words), words) if changes else BLOCKS[self.what](words)
            return name, visible(markdown(told)).encode()
        if self.form == "json":
            said = said_about(self.conversation, record.id)
            return name, _json(record_tree(said, words, record.id), 1)
        asked = (self.conversation, record.id, self.form, self.what, self.house, words, self.day)
        return name, await _content(request_of(*asked))

    def _canvas(self, record: Record) -> dict[str, Any]:
        """A canvas with its answers, their history, and the advice with its reasons."""
        words = words_of(self.conversation, record, day=self.day)
        agreed = Reports(self.conversation.store).agreed(record.id)
        return {
            "id": record.id,
            "pilot": known(words, "pilot.name"),
            "organisation": known(words, "pilot.organisation"),
            **_fields(record, "language", "depth"),
            "content_version": record.content,
            **_fields(record, "state", "created_at", "completed_at"),
            "answers": _answers(words, record),
            **_differing(words),
            "open_points": words.advice.open_points,
            "actions": [*own(words), *(of_meeting(words, one) for one in agreed)],
            "small_wins": [won(words, one) for one in small_wins(words.walk)],
            "advice": _advice(words),
            **({"since": _since(words)} if self.day else {}),
        }


async def _content(asked: Request) -> bytes:
    return (await make(asked)).content


def _json(tree: Any, indent: int) -> bytes:
    return (json.dumps(tree, ensure_ascii=False, indent=indent) + "\n").encode()


def _fields(value: Any, *names: str) -> dict[str, Any]:
    """By their names; a reason as the questions and answers that it rests on."""
    found = {name: getattr(value, name) for name in names}
    if "because" in found:
        found["because"] = [{"question": key, "answer": answer} for key, answer in value.because]
    return found


def _differing(words: Words) -> dict[str, Any]:
    """Where several people fill it: what each says otherwise than what counts."""
    joint = words.walk.joint if words.walk else None
    if joint is None:
        return {}
    found = {
        key: [
            {"value": v.given.value, "at": v.given.at.isoformat(), "who": joint.names[v.person]}
            for v in stand.others
        ]
        for key, stand in joint.stands.items() if stand.others
    }  # fmt: skip
    return {"people": [member.name for member in joint.members], "differences": found}


def _answers(words: Words, record: Record) -> dict[str, Any]:
    """What applies, each with all that was given before; an action's fields are in actions."""
    found = {}
    for key in words.values:
        given = [e for e in record.history if e.question == key and e.value is not None]
        if words.canvas[key].of is None:
            entries = [_entry(one) for one in given]
            found[key] = {**_in_force(words, key, entries), "history": entries}
    return found


def _entry(one: Any) -> dict[str, Any]:
    """An answer; what was said with it, and of whom it was taken over, where that is so."""
    more = (name for name in ("note", "colleague") if getattr(one, name))
    return _fields(one, "value", "at", "by", *more)


def _in_force(words: Words, key: str, entries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The newest; of several people the one that counts."""
    joint = words.walk.joint if words.walk else None
    if joint is None:
        return entries[-1]
    counts = joint.stands[key].in_force.given
    at = counts.at.isoformat(timespec="milliseconds")
    return next(e for e in entries if (e["value"], e["at"]) == (counts.value, at))


def _since(words: Words) -> dict[str, Any] | None:
    """What changed since the day that was asked for; none where nothing was answered."""
    found, earlier = words.compared, words.earlier
    if found is None or earlier is None:
        return None
    return {
        "at": earlier.mark.at.isoformat(),
        "answers": [asdict(one) for one in found.revisions],
        "confirmed": found.confirmed,
        "shifts": [asdict(one) for one in found.shifts],
        "new_steps": found.new_steps,
        "past_steps": found.past_steps,
    }


def _advice(words: Words) -> dict[str, Any]:
    advice, told = words.advice, words.advice.told
    return {
        "gate": _fields(advice.gate, "outcome", "because", "lacking", "route"),
        "routes": [
            {
                **_fields(route, "route", "fit", "because"),
                "first": [_fields(first, "rule", "because") for first in route.first],
                "changes_if": [asdict(change) for change in words.changes[route.route]],
                **_fields(route, "way_here", "way_elsewhere", "asks"),
            }
            for route in advice.routes
        ],
        "attention": [_fields(one, "kind", "key", "level", "because") for one in advice.attention],
        "next_steps": [_step(words, step) for step in told[:AT_MOST_STEPS]],
        "first_steps": [step.step for step in advice.first_steps],
        "also": [_step(words, step) for step in (*told[AT_MOST_STEPS:], *advice.also)],
    }


def _step(words: Words, step: Step) -> dict[str, Any]:
    own = step.step == "small_win"
    when = known(words, "closing.small_win.when") if own else None
    return {
        **_fields(step, "step", "because", "source"),
        "who": known(words, "closing.small_win.who") if own else None,
        "when": when["date"] if when else None,
    }
