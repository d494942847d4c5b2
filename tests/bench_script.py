"""What everyone in the benchmark does: tests/transcripts/quick.txt, as Telegram sends it.

One person plays it through the real guide first; the others then do the same, so
that nothing has to be looked up while the clock runs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.channels.telegram.incoming import read
from bot.cli import loaded
from bot.engine.conversation import Conversation
from flows.model.messages import Update
from storage.conversations import dead_letters
from storage.database.connection import open_database
from storage.database.rows import ref_of
from storage.store import Store
from tests.people import START
from tests.phones import written

if TYPE_CHECKING:
    from datetime import datetime

    from storage.conversations.outbox import Outgoing
    from storage.database.place import Place

QUICK = Path(__file__).parent / "transcripts" / "quick.txt"
MOVE = re.compile(
    r"^(?:> (?P<typed>.+)|\[(?P<start>start)\]|\[press (?P<pressed>.+)\])$", re.MULTILINE
)
NUMBER = "#"
OTHER = re.compile(r"^\[(?!start\]|press )[a-z]+[^\]]*\]$", re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """What a person does (`ref` where it is a press), at what they see, and what they then hear.

    `ways`: what people say there who differ, by turns; NUMBER in it is their own number.
    """

    said: str
    ref: str
    seen: str
    choices: tuple[tuple[str, str], ...]
    heard: str
    ways: tuple[str, ...] = ()

    @property
    def keyboard(self) -> dict[str, Any]:
        """The buttons under the message that this step answers."""
        rows = [[{"text": t, "callback_data": f"{self.ref}:{k}"}] for k, t in self.choices]
        return {"reply_markup": {"inline_keyboard": rows}} if self.ref else {}


class Script(tuple[Step, ...]):
    """The steps; `raw` is one person's update as the Bot API would hand it over."""

    __slots__ = ()

    def at(self, number: int) -> datetime:
        return START + timedelta(seconds=20 * number)

    def said(self, person: int, number: int) -> str:
        step = self[number]
        way = step.ways[person % len(step.ways)] if step.ways else step.said
        return way.replace(NUMBER, str(person))

    def raw(self, person: int, number: int, ref: str = "") -> dict[str, Any]:
        """`ref`: of what this person looks at, where it is not the first one."""
        step, user, words = self[number], _user(person), self.said(person, number)
        step = replace(step, ref=ref) if ref and step.ref else step
        message = {
            "message_id": 2 * number + 1, "date": int(self.at(number).timestamp()),
            "chat": {"id": person, "type": "private", "first_name": "Anna"},
        }  # fmt: skip
        update_id = person % 1_000_000 * 1000 + number
        if not step.ref:
            said = {**message, "from": user, **written(words)}
            return {"update_id": update_id, "message": said}
        shown = {**message, "from": _user(1) | {"is_bot": True}, "text": step.seen, **step.keyboard}
        query = {
            "id": f"{person}{number:03}", "from": user, "chat_instance": "1",
            "message": shown, "data": f"{step.ref}:{words}",
        }  # fmt: skip
        return {"update_id": update_id, "callback_query": query}

    def update(self, person: int, number: int, ref: str = "") -> Update:
        found = read(self.raw(person, number, ref), self.at(number))
        assert isinstance(found, Update)
        return found

    def edit(self, person: int, number: int) -> Update:
        """The text of that step, changed after the walk."""
        first = self.update(person, number)
        later, text = self.at(2 * len(self)), f"{first.text} Samen."
        return replace(first, id=f"{first.id}.e", kind="edit", at=later, text=text)


def _user(person: int) -> dict[str, Any]:
    return {"id": person, "is_bot": False, "first_name": "Anna", "language_code": "nl"}


class Guide:
    """The product, over the database in `folder`, or over `place`."""

    def __init__(self, folder: Path, place: Place | None = None) -> None:
        self.store = Store(open_database(place or folder / "guide.db", folder / "key"))
        self.conversation = Conversation(self.store)
        loaded()  # as the program does

    def say(self, chat: str, at: datetime, update: str = "") -> list[Outgoing]:
        """Take from the outbox what this chat has to hear, as a channel would after `update`."""
        said = self.store.outbox.due(chat)
        for number, outgoing in enumerate(said, 1):
            self.store.outbox.sent(outgoing, at, place=outgoing.id * 4 + number)
        if press := self.store.outbox.pressed(chat, update):
            self.store.outbox.answered(press, at)
        return said

    def shown(self, person: int) -> str:
        """The reference of what this person looks at."""
        found = self.store.row("SELECT shows FROM chats WHERE chat = ?", str(person))
        return ref_of(found["shows"]) if found and found["shows"] else ""

    def update(self, script: Script, person: int, number: int) -> Update:
        """What this person does at that step."""
        return script.update(person, number, self.shown(person))

    def state(self, person: int) -> tuple[str, int]:
        """Where this person stands, and how many answers are kept."""
        found = self.store.row("SELECT canvas FROM people WHERE chat = ?", str(person)) or {}
        walk = self.store.walk(found["canvas"])
        return walk.state, len(walk.given)

    def checked(self, like: int, people: list[int]) -> None:
        """Every one of these came as far as that one, and nothing was set aside."""
        stray = [p for p in people if self.state(p) != self.state(like)]
        assert not stray, f"{len(stray)} people are not where the script ends"
        assert not dead_letters.waiting(self.store), dead_letters.waiting(self.store)[0].error


def play(guide: Guide, person: int, until: int | None = None) -> Script:
    """One person goes first, to learn what each button is called."""
    steps: list[Step] = []
    seen: Outgoing | None = None
    for number, (said, pressed) in enumerate(moves()[:until]):
        ref = seen.ref if pressed and seen else ""
        choices = tuple((c.key, c.label) for c in seen.message.choices) if seen else ()
        text = seen.message.html if seen else ""
        script = Script([*steps, Step(said, ref, text, choices, "")])
        update = script.update(person, number)
        guide.conversation.handle(update)
        heard = guide.say(str(person), script.at(number), update.id)
        html = "\n\n".join(o.message.html for o in heard)
        steps.append(Step(said, ref, text, choices, html))
        seen = next((o for o in reversed(heard) if o.message.choices), seen)
    return Script(steps)


def moves() -> list[tuple[str, bool]]:
    """What is said, and whether by a button."""
    text = QUICK.read_text(encoding="utf-8")
    assert not OTHER.search(text), "the benchmark knows start, texts and presses only"
    return [
        ("/start" if m["start"] else m["typed"] or m["pressed"], bool(m["pressed"]))
        for m in MOVE.finditer(text)
    ]
