"""Peers: aiogram with its FSM in SQLite, on the same script; aiogram is installed for this only.

One that keeps raw words and answers from a list, and one that does the same work as
this product: the same dialogue and texts, over its FSM's data as it is usually written.
That has no outbox, keeps no update ids, and of old buttons only those it showed last.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections import defaultdict
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.model.messages import Update
from tests.bench_dialogue import answer
from tests.bench_script import Guide
from tests.people import START
from tests.standin import TOKEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.model.messages import Message, UpdateKind
    from tests.bench_script import Script
    from tests.bench_watch import Watch

PEERS = Path(__file__).parent.parent / ".venv" / "bench"
"""Where `make bench` installs them, apart from what the guide runs on."""

sys.path.append(str(PEERS))
FIRST = 30_000_001
TABLE = "CREATE TABLE fsm (chat INTEGER PRIMARY KEY, state TEXT, data TEXT NOT NULL DEFAULT '{}')"


def installed() -> bool:
    return bool(find_spec("aiogram") and find_spec("aiosqlite"))


def put(column: str) -> str:
    return (
        f"INSERT INTO fsm(chat, {column}) VALUES (?, ?) "  # noqa: S608 - ours
        f"ON CONFLICT(chat) DO UPDATE SET {column} = excluded.{column}"
    )


class Direct:
    """The FSM's storage on sqlite3 itself: the fastest that it can be; a commit per change."""

    def __init__(self, path: Path) -> None:
        self.db = sqlite3.connect(path, isolation_level=None)
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", TABLE):
            self.db.execute(statement)

    async def set_state(self, key: Any, state: Any = None) -> None:
        self.db.execute(put("state"), (key.chat_id, getattr(state, "state", state)))

    async def get_state(self, key: Any) -> str | None:
        found = self.db.execute("SELECT state FROM fsm WHERE chat = ?", (key.chat_id,)).fetchone()
        return found[0] if found else None

    async def set_data(self, key: Any, data: Mapping[str, Any]) -> None:
        self.db.execute(put("data"), (key.chat_id, json.dumps(data)))

    async def get_data(self, key: Any) -> dict[str, Any]:
        found = self.db.execute("SELECT data FROM fsm WHERE chat = ?", (key.chat_id,)).fetchone()
        return json.loads(found[0]) if found else {}

    async def close(self) -> None:
        self.db.close()


class Threaded:
    """The same on aiosqlite, as it is usually written: SQLite in a thread of its own."""

    def __init__(self, path: Path) -> None:
        self.path, self.db = path, None

    async def _db(self) -> Any:
        if self.db is None:
            aiosqlite = import_module("aiosqlite")
            self.db = await aiosqlite.connect(self.path, isolation_level=None)
            for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", TABLE):
                await self._run(statement)
        return self.db

    async def _run(self, sql: str, *values: Any) -> Any:
        rows = await (await self._db()).execute_fetchall(sql, values)
        return next(iter(rows), None)

    async def set_state(self, key: Any, state: Any = None) -> None:
        await self._run(put("state"), key.chat_id, getattr(state, "state", state))

    async def get_state(self, key: Any) -> str | None:
        found = await self._run("SELECT state FROM fsm WHERE chat = ?", key.chat_id)
        return found[0] if found else None

    async def set_data(self, key: Any, data: Mapping[str, Any]) -> None:
        await self._run(put("data"), key.chat_id, json.dumps(data))

    async def get_data(self, key: Any) -> dict[str, Any]:
        found = await self._run("SELECT data FROM fsm WHERE chat = ?", key.chat_id)
        return json.loads(found[0]) if found else {}

    async def close(self) -> None:
        if self.db is not None:
            await self.db.close()


class Recorder:
    """A session without a network: every call succeeds at once, and is kept till it is read."""

    said: dict[int, list[Any]]

    async def make_request(self, bot: Any, method: Any, timeout: Any = None) -> Any:  # noqa: ASYNC109
        """What came back is not looked at."""
        del bot, timeout
        if hasattr(method, "chat_id"):
            self.said[method.chat_id].append(method)

    async def stream_content(self, *_: Any, **__: Any) -> Any:
        yield b""

    async def close(self) -> None:
        """There is nothing to close."""


class Aiogram:
    """One handler for all steps, which spares it the search among fifty."""

    kind, turns = "aiogram + FSM on", 1

    def __init__(self, folder: Path, script: Script, people: int, storage: type) -> None:
        self.script, self.people, self.steps = script, people, len(script)
        base = import_module("aiogram.fsm.storage.base").BaseStorage
        session = import_module("aiogram.client.session.base").BaseSession
        aiogram, self.types = import_module("aiogram"), import_module("aiogram.types")
        library = "sqlite3" if storage is Direct else "aiosqlite"
        self.name = f"{self.kind} {library}"
        self.storage = type("Storage", (storage, base), {})(folder / f"{self.name}.db")
        self.said: dict[int, list[Any]] = defaultdict(list)
        recorder = type("Session", (Recorder, session), {"said": self.said})()
        self.bot = aiogram.Bot(TOKEN, session=recorder)
        self.dispatcher = aiogram.Dispatcher(storage=self.storage)
        self.dispatcher.message.register(self._message)
        self.dispatcher.callback_query.register(self._query)

    async def _message(self, message: Any, state: Any, raw_state: str | None = None) -> None:
        await self._takes(message.text, message, state, raw_state)

    async def _query(self, query: Any, state: Any, raw_state: str | None = None) -> None:
        await self._takes(query.data, query.message, state, raw_state)

    async def _takes(self, said: str, message: Any, state: Any, raw_state: str | None) -> None:
        number = int(raw_state or 0)
        if number:
            await state.update_data({str(number): said})
        await state.set_state(str(number + 1))
        step = self.script[(number + 1) % len(self.script)]
        markup = step.keyboard.get("reply_markup")
        keyboard = self.types.InlineKeyboardMarkup(**markup) if markup else None
        await message.answer(self.script[number].heard, parse_mode="HTML", reply_markup=keyboard)

    async def round(self, number: int, watch: Watch) -> None:
        first = FIRST + number * 10_000
        people = range(first, first + self.people)
        for step in range(len(self.script)):
            for person in people:
                await self._step(person, step, watch)
        await self.checked(first)
        self.said.clear()

    def _raw(self, person: int, step: int) -> dict[str, Any]:
        return self.script.raw(person, step)

    async def _step(self, person: int, step: int, watch: Watch) -> None:
        raw, self.now = self._raw(person, step), self.script.at(step)
        with watch:
            update = self.types.Update.model_validate(raw, context={"bot": self.bot})
            await self.dispatcher.feed_update(self.bot, update)

    async def kept(self, person: int) -> dict[str, Any]:
        key = import_module("aiogram.fsm.storage.base").StorageKey(self.bot.id, person, person)
        return dict(await self.storage.get_data(key))

    async def checked(self, person: int) -> None:
        """The end was reached."""
        assert len(await self.kept(person)) == len(self.script) - 1

    async def close(self) -> None:
        await self.storage.close()


class Equal(Aiogram):
    """The dialogue and the texts of this product; what was shown and given is its FSM's data."""

    kind = "aiogram, the same work, on"

    def __init__(self, folder: Path, script: Script, people: int, storage: type) -> None:
        super().__init__(folder, script, people, storage)
        self.folder = folder

    async def _message(self, message: Any, state: Any, raw_state: str | None = None) -> None:
        del raw_state
        kind: UpdateKind = "start" if message.text == "/start" else "text"
        update = Update(
            f"{message.message_id}", f"{message.chat.id}", message.date.astimezone(START.tzinfo),
            kind, message.text, message=f"{message.message_id}", language="nl",
        )  # fmt: skip
        await self._answers(update, message, state)

    async def _query(self, query: Any, state: Any, raw_state: str | None = None) -> None:
        del raw_state
        ref, _, key = query.data.partition(":")
        update = Update(query.id, f"{query.from_user.id}", self.now, "press", key, ref)
        said = await self._answers(update, query.message, state)
        await query.answer(next((message.html for message in said if message.brief), None))

    async def _answers(self, update: Update, message: Any, state: Any) -> tuple[Message, ...]:
        kept, said = answer(await state.get_data(), update)
        for each in said:
            if not each.brief:
                keyboard = self._keyboard(each, kept)
                await message.answer(each.html, parse_mode="HTML", reply_markup=keyboard)
        await state.set_data(kept)
        await state.set_state(kept["walk"]["state"] if "walk" in kept else "new")
        return said

    def _keyboard(self, message: Message, kept: dict[str, Any]) -> Any:
        button, ref = self.types.InlineKeyboardButton, kept["shown"][0]
        rows = [[button(text=c.label, callback_data=f"{ref}:{c.key}")] for c in message.choices]
        return self.types.InlineKeyboardMarkup(inline_keyboard=rows) if rows else None

    def _raw(self, person: int, step: int) -> dict[str, Any]:
        """A press is of the button that this bot showed: it numbers them in its own way."""
        keyboards = [m.reply_markup for m in self.said[person] if m.reply_markup]
        data = keyboards[-1].inline_keyboard[0][0].callback_data if keyboards else ""
        return self.script.raw(person, step, data.partition(":")[0])

    async def checked(self, person: int) -> None:
        """They were told, from beginning to end, what this product tells its first person."""
        folder, ours = self.folder / f"{self.name} {person}", list[tuple[str, list[str]]]()
        folder.mkdir()
        guide = Guide(folder)
        for step in range(self.steps):
            guide.conversation.handle(guide.update(self.script, person, step))
            for told in guide.say(str(person), self.script.at(step)):
                ours.append((told.message.html, [c.label for c in told.message.choices]))
        guide.store.close()
        assert ours == [(m.text, labels(m.reply_markup)) for m in self.said[person]]


def labels(keyboard: Any) -> list[str]:
    return [button.text for (button,) in keyboard.inline_keyboard] if keyboard else []
