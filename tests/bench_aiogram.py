"""A peer: aiogram with its FSM in SQLite, on the same script. Both are installed for this only."""

from __future__ import annotations

import json
import sqlite3
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tests.standin import TOKEN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.bench_script import Script
    from tests.bench_turns import Watch

INSTALL = "pip install aiogram aiosqlite"
FIRST = 30_000_001
TABLE = "CREATE TABLE fsm (chat INTEGER PRIMARY KEY, state TEXT, data TEXT NOT NULL DEFAULT '{}')"


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


class Mute:
    """A session without a network: every call succeeds at once."""

    async def make_request(self, bot: Any, method: Any, timeout: Any = None) -> Any:  # noqa: ASYNC109
        """Nobody looks at what came back."""

    async def stream_content(self, *_: Any, **__: Any) -> Any:
        yield b""

    async def close(self) -> None:
        """There is nothing to close."""


class Aiogram:
    """One handler for all steps, which spares it the search among fifty."""

    turns = 1

    def __init__(self, folder: Path, script: Script, people: int, storage: type) -> None:
        self.script, self.people = script, people
        base = import_module("aiogram.fsm.storage.base").BaseStorage
        session = import_module("aiogram.client.session.base").BaseSession
        aiogram, self.types = import_module("aiogram"), import_module("aiogram.types")
        library = "sqlite3" if storage is Direct else "aiosqlite"
        self.name = f"aiogram + FSM on {library}"
        self.storage = type("Storage", (storage, base), {})(folder / f"{library}.db")
        self.bot = aiogram.Bot(TOKEN, session=type("Session", (Mute, session), {})())
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
        for step in range(len(self.script)):
            for person in range(first, first + self.people):
                raw = self.script.raw(person, step)
                with watch:
                    update = self.types.Update.model_validate(raw, context={"bot": self.bot})
                    await self.dispatcher.feed_update(self.bot, update)
        key = import_module("aiogram.fsm.storage.base").StorageKey(self.bot.id, first, first)
        assert len(await self.storage.get_data(key)) == len(self.script) - 1

    async def close(self) -> None:
        await self.storage.close()
