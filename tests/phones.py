"""People at the stand-in: each has a phone with one chat, and sees what a person would see."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from tests.botapi import Upload
from tests.botapi_words import Json, units
from tests.phones_view import Bubble, bubble, screen
from tests.standin_world import BLOCKED, Room

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.standin import StandIn
    from tests.standin_world import Stored

LONGEST = 4096
PATIENCE = 60.0
"""Seconds until what has not come counts as never; it costs only who waits in vain."""

PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")
COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@\w+)?")


class Chatting:
    """One chat as its people see it, and the waiting for what the bot does in it."""

    def __init__(self, standin: StandIn, chat: Json) -> None:
        self.world = standin.world
        self.room = self.world.rooms.setdefault(chat["id"], Room(chat))
        self._effects, self._asks = self.room.effects, len(self.room.asks)
        self._query: str | None = None

    @property
    def view(self) -> list[Bubble]:
        """The visible messages, in order, as they now are."""
        return [bubble(message) for message in self.room.messages.values()]

    @property
    def last(self) -> Bubble:
        return self.view[-1]

    @property
    def buttons(self) -> list[tuple[str, str]]:
        """Those of the newest keyboard."""
        return bubble(self._newest()).buttons

    @property
    def toast(self) -> str:
        """What the last answered press showed for a moment."""
        return self.room.toasts[-1] if self.room.toasts else ""

    @property
    def latencies(self) -> list[float]:
        """From the update given to the bot to the arrival of its next question."""
        return self.room.latencies

    def screen(self, width: int = 38) -> str:
        return screen(self.view, width)

    async def waits(self, timeout: float = PATIENCE, quiet: float = 0.03) -> None:  # noqa: ASYNC109
        """Until the bot did something here since the last action, and is done with it."""
        await self._until(lambda: self.room.effects > self._effects, timeout, quiet)

    async def answered(self, timeout: float = PATIENCE, quiet: float = 0.03) -> str:  # noqa: ASYNC109
        """Until the last press was answered, whatever else happens; its toast."""
        await self._until(lambda: True, timeout, quiet)
        return self.toast

    async def asked(
        self,
        after: int | None = None,
        timeout: float = PATIENCE,  # noqa: ASYNC109 - as the others
        quiet: float = 0.03,
    ) -> Bubble:
        """Until a message has new buttons: since the last action, or later than message `after`."""
        await self._until(lambda: bool(self._asked(after)), timeout, quiet)
        return bubble(self.room.messages[self._asked(after)[-1]])

    def _asked(self, after: int | None) -> list[int]:
        asks = self.room.asks[self._asks :] if after is None else self.room.asks
        return [n for n in asks if n in self.room.messages and n > (after or 0)]

    async def _until(self, met: Callable[[], bool], seconds: float, quiet: float) -> None:
        clock = asyncio.get_running_loop()
        end = clock.time() + seconds
        while True:
            done = met() and self._press_answered()
            left = end - clock.time()
            if left <= 0 and not done:
                raise AssertionError(self._waited(seconds))
            stirred = await self.room.stirs(quiet if done else left)
            if done and (not stirred or left <= 0):
                return

    def _press_answered(self) -> bool:
        return self._query is None or self.world.queries[self._query].answered

    def _waited(self, seconds: float) -> str:
        press = "" if self._press_answered() else ", the press is unanswered"
        return f"waited {seconds} s{press}:\n{screen(self.view[-4:])}"

    def _acts(self) -> None:
        """From here on, what the bot does counts as its answer."""
        assert not self.room.shut, f"nobody can write here: {self.room.shut}"
        self.room.opened = True
        self._effects, self._asks = self.room.effects, len(self.room.asks)
        self._query = None

    def _sends(self, sender: Json, content: Json, file: Upload | None = None) -> int:
        self._acts()
        message = self.world.stores(self.room, sender, content, mine=True)
        message.file = file
        self.world.tells(self.room, "message", message.json)
        return self.room.last_id

    def _newest(self) -> Stored:
        for message in reversed(self.room.messages.values()):
            if message.buttons:
                return message
        raise AssertionError(f"no buttons anywhere:\n{self.screen()}")

    def _presses(self, sender: Json, data: str, message: Json) -> str:
        self._acts()
        self._query = self.world.pressed(
            self.room, {"from": sender, "message": message, "data": data}
        )
        return self._query


class Phone(Chatting):
    """A person with a private chat."""

    def __init__(
        self,
        standin: StandIn,
        user_id: int,
        language_code: str = "nl",
        first_name: str = "Anna",
    ) -> None:
        super().__init__(standin, {"id": user_id, "type": "private", "first_name": first_name})
        self.user: Json = {
            "id": user_id,
            "is_bot": False,
            "first_name": first_name,
            "language_code": language_code,
        }

    async def starts(self, payload: str = "") -> int:
        """Presses Start, perhaps by a deep link."""
        assert PAYLOAD.fullmatch(payload), f"no client can send {payload!r}"
        return await self.types(f"/start {payload}".strip())

    async def types(self, text: str) -> int:
        """Sends a text, a long one in pieces; the first message's id."""
        assert text.strip(), "no client sends an empty text"
        sent = [self._sends(self.user, written(piece)) for piece in pieces(text.strip())]
        return sent[0]

    async def edits(self, message_id: int, text: str) -> None:
        self._acts()
        message = self.room.messages[message_id]
        assert message.mine, "only one's own messages can be edited"
        name = "text" if "text" in message.json else "caption"
        stays = {k: v for k, v in message.json.items() if k != "entities"}
        edited = {"edit_date": int(self.world.clock())}
        said = written(text) if name == "text" else {name: text}
        message.json = stays | said | edited
        self.world.tells(self.room, "edited_message", message.json)

    async def presses(
        self,
        data: str | None = None,
        label: str | None = None,
        of: Bubble | int | None = None,
        key: str | None = None,
    ) -> str:
        """A button of the newest keyboard, or of that message; the query's id."""
        number = of.message_id if isinstance(of, Bubble) else of
        message = self._newest() if number is None else self.room.messages[number]
        for button in message.buttons:
            known = button.get("callback_data", "")
            by_key = key is not None and known.endswith(f":{key}")
            if known and (known == data or button["text"] == label or by_key):
                return self._presses(self.user, known, message.json)
        raise AssertionError(f"no button {data or label or key}:\n{self.screen()}")

    async def presses_raw(self, data: str, message_id: int) -> str:
        """What only a forged or an old client sends."""
        gone = {"chat": self.room.chat, "message_id": message_id, "date": 0}
        message = self.room.messages.get(message_id)
        return self._presses(self.user, data, message.json if message else gone)

    async def forwards(self, text: str) -> int:
        origin = {"type": "hidden_user", "sender_user_name": "Bram", "date": 1_790_000_000}
        return self._sends(self.user, {"forward_origin": origin, **written(text)})

    async def sends_photo(self, caption: str | None = None) -> int:
        sizes = [self._file(f"{w}.jpg") | {"width": w, "height": w} for w in (90, 1280)]
        return self._sends(self.user, {"photo": sizes} | ({"caption": caption} if caption else {}))

    async def sends_document(self, name: str = "plan.pdf", content: bytes = b"%PDF-1.7") -> int:
        document = self._file(name, content) | {"file_name": name, "mime_type": "application/pdf"}
        return self._sends(self.user, {"document": document}, Upload(name, content))

    async def sends_sticker(self) -> int:
        kind = {"type": "regular", "is_animated": False, "is_video": False, "emoji": "👍"}
        sticker = self._file("s.webp") | kind | {"width": 512, "height": 512}
        return self._sends(self.user, {"sticker": sticker})

    async def sends_voice(self) -> int:
        voice = self._file("v.ogg") | {"duration": 3, "mime_type": "audio/ogg"}
        return self._sends(self.user, {"voice": voice})

    async def sends_location(self) -> int:
        return self._sends(self.user, {"location": {"latitude": 52.09, "longitude": 5.12}})

    async def sends_contact(self) -> int:
        contact = {"phone_number": "+31612345678", "first_name": "Bram"}
        return self._sends(self.user, {"contact": contact})

    async def sends_poll(self) -> int:
        options = [
            {"persistent_id": str(n), "text": text, "voter_count": 0}
            for n, text in enumerate(("ja", "nee"))
        ]
        poll = {"id": "5", "question": "Doen?", "options": options, "total_voter_count": 0}
        flags = {"is_closed": False, "is_anonymous": True, "allows_multiple_answers": False}
        more = {"type": "regular", "allows_revoting": False, "members_only": False}
        return self._sends(self.user, {"poll": poll | flags | more})

    async def blocks(self) -> None:
        self._acts()
        self.room.shut = BLOCKED
        self.world.member(self.room, self.user, "member", "kicked")

    async def unblocks(self) -> None:
        self.room.shut = ""
        self._acts()
        self.world.member(self.room, self.user, "kicked", "member")

    def _file(self, name: str, content: bytes = b"-") -> Json:
        file_id = self.world.keeps(Upload(name, content))
        return {"file_id": file_id, "file_unique_id": f"u{file_id[-8:]}", "file_size": len(content)}


class Group(Chatting):
    """A chat of several people. `privacy`: the bot gets commands and mentions only."""

    def __init__(self, standin: StandIn, chat_id: int, *, privacy: bool = False) -> None:
        assert chat_id < 0, "a group's id is negative"
        kind = "supergroup" if str(chat_id).startswith("-100") else "group"
        super().__init__(standin, {"id": chat_id, "type": kind, "title": "Team opschaling"})
        self.privacy = privacy

    async def adds_bot(self, by: Phone) -> None:
        self.room.shut = ""
        self._acts()
        self.world.member(self.room, by.user, "left", "member")
        self._sends(by.user, {"new_chat_members": [self.world.bot]})

    async def says(self, text: str, by: Phone) -> int:
        if self.privacy and not text.startswith("/") and self.world.bot["username"] not in text:
            self._acts()
            self.world.stores(self.room, by.user, written(text), mine=True)
            return self.room.last_id
        return self._sends(by.user, written(text))

    async def presses(self, data: str, by: Phone) -> str:
        """One of them presses a button of the newest keyboard."""
        return self._presses(by.user, data, self._newest().json)


def written(text: str) -> Json:
    """A text with its commands marked, as clients do."""
    entities = [
        {"type": "bot_command", "offset": units(text[: m.start()]), "length": units(m[0])}
        for m in COMMAND.finditer(text)
    ]
    return {"text": text} | ({"entities": entities} if entities else {})


def pieces(text: str) -> list[str]:
    """A long text as it is sent: no message over the limit, no character cut in two."""
    found, piece, size = [], "", 0
    for character in text:
        if size + units(character) > LONGEST:
            found.append(piece)
            piece, size = "", 0
        piece += character
        size += units(character)
    return [*found, piece]
