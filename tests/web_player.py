"""The moves of a transcript, done on the web by somebody without script.

Where words are typed in the terminal that mean a button, that button is pressed here: a field
on the web takes answers and nothing else. What a page has a button, a box or a field for is done
with that (`by_hand`); what nobody could do there goes as the same form would send it (`by_form`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from flows.intents.at_desk import ACTING
from flows.intents.choices import fold, listed, match, match_exactly, said_with_more
from flows.intents.typed import QUOTED, SENTENCE, command
from storage.web.doors import hash_of
from storage.web.screen import asked_there, screen_of
from tests.sheet import Button, Form

if TYPE_CHECKING:
    from flows.model.messages import Choice, Message
    from tests.sheet import Sheet
    from tests.visitor import Visitor
    from tests.web import Housed

BETWEEN = timedelta(seconds=20)  # as tests/people.py
NEWLINES = str.maketrans({"\n": "\r\n"})


@dataclass
class Player:
    """`refs`: of every asking that was on a page, in order, by its question."""

    house: Housed
    visitor: Visitor
    by_hand: int = 0
    by_form: list[str] = field(default_factory=list)
    refs: dict[str, list[str]] = field(default_factory=dict)

    async def plays(self, line: str) -> Sheet | None:
        """One move, twenty seconds after the one before; None for what the web has not."""
        self.house.now += BETWEEN
        if line.startswith(">"):
            page = await self.types(line[2:])
        else:
            verb, _, rest = line[1:-1].partition(" ")
            page = await getattr(self, verb)(rest)
        self._notes()
        return page

    def _notes(self) -> None:
        """Which question stands on the page, as the database knows it."""
        asked = asked_there(self.house.store, self.chat, self.ref) if self.ref else None
        if asked:
            refs = self.refs.setdefault(asked.message.key, [])
            refs += [] if self.ref in refs else [self.ref]

    @property
    def ref(self) -> str:
        """Of what is asked on the page."""
        return self.visitor.page.ref

    @property
    def writes_here(self) -> bool:
        """Whether there is a field for words."""
        return any("text" in form.texts for form in self.visitor.page.forms)

    # ------------------------------------------------------------ moves

    async def start(self, _: str) -> Sheet:
        page = await self.visitor.goes("/")
        if page.path == "/":
            page = await self.visitor.sends(page.forms[0], page.forms[0].buttons[0])
        return page

    async def press(self, choice: str) -> Sheet | None:
        if self.visitor.offers(choice):
            self.visitor.ticks(choice)
            return None
        pressed = next(iter(self._candidates(choice)), None)
        if pressed is None:
            return await self._raw("key", choice)
        self.by_hand += 1
        return await self.visitor.sends(*pressed)

    def _candidates(self, choice: str) -> list[tuple[Form, Button]]:
        """Buttons that do this: the choice itself, the page's own Verder, a verb of the menu."""
        wanted = [("key", choice), ("verb", choice.removeprefix("/"))]
        wanted += [("done", "1")] if choice == "/done" else []
        pressed = [(form, b) for form in self.visitor.page.forms for b in form.buttons]
        return [each for pair in wanted for each in pressed
                if (each[1].name, each[1].value) == pair]  # fmt: skip

    async def types(self, text: str) -> Sheet | None:  # noqa: PLR0911 - in the terminal's order
        """What these words mean in a terminal is pressed, ticked or written here."""
        written = self.writes_here
        quoted = QUOTED.fullmatch(text) if written else None
        if quoted:
            return await self.writes(quoted[1])
        if text.startswith("/") and not text.startswith("//"):
            return await self._verb(text)
        if exact := match_exactly(text, self.choices):
            return await self.press(exact)
        if word := self.house.conversation.newest.guide.commands.get(fold(text)):
            return await self._verb(f"/{word}")
        if written:
            theirs = self.asked is not None and self.asked.key == ACTING
            if not theirs and self.visitor.has("again") and len(text.split()) >= SENTENCE:
                await self._asks("again")
            return await self.writes(text)
        answers = [c for c in self.choices if not c.key.startswith("/")]
        several = (
            listed(text, answers) if any(self.visitor.offers(c.key) for c in answers) else None
        )
        if several or (found := match(text, self.choices)):
            for key in (*several, "/done") if several else (found,):
                page = await self.press(str(key))
            return page
        return await self._with_note(text)

    async def _with_note(self, text: str) -> Sheet:
        """What is said with a choice stands in the field beside it; of before, under Wijzig."""
        word, _, after = text.partition(": ")
        answers = [c for c in self.choices if not c.key.startswith("/")]
        if self.house.conversation.newest.guide.commands.get(fold(word)) == "note":
            await self.visitor.follows("Wijzig")
            sql = "SELECT value FROM answers ORDER BY canvas DESC, id DESC LIMIT 1"
            key, note = json.loads(self.house.store.value(sql)), after
        elif found := said_with_more(text, answers):
            key, note = found
        else:
            return await self._raw("text", text)
        self.by_hand += 1
        self.visitor.writes("note", note)
        return await self.visitor.presses(key)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What stands under the question, in the order of a terminal."""
        return self.asked.choices if self.asked else ()

    @property
    def asked(self) -> Message | None:
        """What is asked now, as the database has it."""
        shown = screen_of(self.house.store, self.chat).shown
        return shown.message if shown else None

    @property
    def chat(self) -> str:
        """Of who has this browser's cookie; nobody's once everything was erased."""
        for cookie in self.visitor.session.cookie_jar:
            sql, known = "SELECT chat FROM sessions WHERE hash = ?", hash_of(cookie.value)
            for (chat,) in self.house.store.db.execute(sql, [known]).fetchall():
                return str(chat)
        return ""

    async def writes(self, text: str) -> Sheet:
        self.by_hand += 1
        return await self.visitor.types(text.translate(NEWLINES))

    async def _verb(self, text: str) -> Sheet:
        """A command of a terminal: the button of that verb, where the page has one."""
        guide, (word, _, rest) = self.house.conversation.newest.guide, text[1:].partition(" ")
        move = command(guide, text)
        verb = guide.steering["commands"].get(word)
        wanted = f"{verb} {rest}" if verb else f"{move.verb} {move.argument}"
        return await self._asks(wanted.strip())

    async def _asks(self, wanted: str) -> Sheet:
        pressed = next(iter(self._candidates(f"/{wanted}")), None)
        if pressed is None:
            return await self._raw("verb", wanted)
        self.by_hand += 1
        return await self.visitor.sends(*pressed)

    async def _raw(self, name: str, value: str) -> Sheet:
        self.by_form.append(f"{name}={value}")
        sent = [("once", token_urlsafe()), ("ref", self.ref)]
        form = Form(f"{self.visitor.site}/gesprek", "post", [], [*sent, (name, value)], [], [], {})
        return await self.visitor.sends(form, None)

    async def old(self, said: str) -> Sheet:
        """The page of the first time that this was asked: there the web changes, so only a look."""
        key, _, choice = said.partition(" ")
        await self.visitor.goes(f"/gesprek/{self.refs[key][0]}")
        assert self.visitor.has(choice), said
        return await self.visitor.goes("/gesprek")

    async def wait(self, days: str) -> Sheet:
        """So many days go by; who was signed out by then comes in again by a link in a mail."""
        self.house.now += timedelta(days=int(days))
        until = (self.house.now + timedelta(days=1)).isoformat()
        self.house.store.db.execute("UPDATE sessions SET until_at = ? WHERE chat = ?",
                                    [until, self.chat])  # fmt: skip
        return await self.visitor.goes("/gesprek")

    async def photo(self, _: str) -> None:
        """There is no way to send one."""

    async def restart(self, _: str) -> Any:
        await self.house.restart()
        return await self.visitor.goes("/gesprek")
