"""What Telegram knows: chats, messages, presses, files; and what people do to it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot import clock
from tests.botapi_words import Json, Refusal
from tests.standin_updates import Updates

if TYPE_CHECKING:
    from tests.botapi import Upload

PRESS_LIVES = 150
BLOCKED = "Forbidden: bot was blocked by the user"


@dataclass
class Stored:
    """A message with what its JSON does not show."""

    json: Json
    mine: bool
    at: float
    html: str = ""
    file: Upload | None = None

    @property
    def markup(self) -> Json | None:
        markup: Json | None = self.json.get("reply_markup")
        return markup

    @property
    def buttons(self) -> list[Json]:
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]


@dataclass
class Query:
    """A press. It may be answered once, and soon."""

    chat: int
    born: float
    answered: bool = False


@dataclass
class Room:
    """One chat. `effects` counts what the bot did to it, `asks` where it put buttons."""

    chat: Json
    messages: dict[int, Stored] = field(default_factory=dict)
    opened: bool = False
    shut: str = ""
    last_id: int = 0
    effects: int = 0
    asks: list[int] = field(default_factory=list)
    toasts: list[str] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    handed: float | None = None
    latencies: list[float] = field(default_factory=list)
    _waiting: set[asyncio.Future[None]] = field(default_factory=set)

    @property
    def id(self) -> int:
        return int(self.chat["id"])

    def hand(self) -> None:
        """An update of this chat left for the bot."""
        self.handed = time.monotonic()

    def changed(self, message: Stored, arrived: float) -> None:
        """The bot sent or edited a message."""
        self.effects += 1
        if message.buttons:
            self.asks.append(message.json["message_id"])
            if self.handed is not None:
                self.latencies.append(max(0.0, arrived - self.handed))
                self.handed = None
        self.stir()

    def stir(self) -> None:
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    async def stirs(self, seconds: float) -> bool:
        """Whether anything happens within that time."""
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(waiting)
        try:
            await asyncio.wait_for(waiting, seconds)
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(waiting)
        return True


class World:
    """Everything behind the Bot API."""

    def __init__(self, bot: Json) -> None:
        self.bot = bot
        self.ahead = 0.0
        self.updates = Updates(self.clock)
        self.rooms: dict[int, Room] = {}
        self.queries: dict[str, Query] = {}
        self.files: dict[str, Upload] = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.texts: dict[tuple[str, str], str] = {}

    def clock(self) -> float:
        """The time here, in seconds; `ahead` moves it on."""
        return clock.now("UTC").timestamp() + self.ahead

    def room(self, chat: int | str) -> Room:
        """The chat that a bot may write to, or a Refusal."""
        room = self.rooms.get(chat) if isinstance(chat, int) else None
        if room is None or not room.opened:
            raise Refusal(400, "Bad Request: chat not found")
        if room.shut:
            raise Refusal(403, room.shut)
        return room

    def stores(self, room: Room, sender: Json, content: Json, *, mine: bool) -> Stored:
        """A new message in the chat, from either side."""
        room.last_id += 1
        now = self.clock()
        head = {"message_id": room.last_id, "from": sender, "chat": room.chat, "date": int(now)}
        stored = Stored({**head, **content}, mine, now)
        room.messages[room.last_id] = stored
        return stored

    def keeps(self, upload: Upload) -> str:
        """A file's id."""
        file_id = f"BQACAgQAAxkB{len(self.files) + 1:08}"
        self.files[file_id] = upload
        return file_id

    def tells(self, room: Room, kind: str, payload: Json) -> None:
        """An update of this chat sets out for the bot."""
        self.updates.put(kind, payload, room.hand)

    def pressed(self, room: Room, query: Json) -> str:
        """A press sets out; its id."""
        number = str(4_000_000_000_000 + len(self.queries) + 1)
        self.queries[number] = Query(room.id, self.clock())
        instance = str(-room.id * 7919)
        self.tells(room, "callback_query", {"id": number, "chat_instance": instance, **query})
        return number

    def member(self, room: Room, by: Json, old: str, new: str) -> None:
        """The bot's own standing in a chat changes."""
        self.tells(
            room,
            "my_chat_member",
            {
                "chat": room.chat,
                "from": by,
                "date": int(self.clock()),
                "old_chat_member": self._standing(old),
                "new_chat_member": self._standing(new),
            },
        )

    def _standing(self, status: str) -> Json:
        until = {"until_date": 0} if status == "kicked" else {}
        return {"user": self.bot, "status": status, **until}
