"""People who answer on the web while its program dies, and do what people do then.

Half of the time they send the same form again, as a browser offers to; else they open the page
anew and go on from what it shows.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError

from storage.web.doors import chat_of
from tests.crossing import ends_by
from tests.phones_view import Bubble
from tests.web import Serving

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from tests.sheet import Button, Form, Sheet
    from tests.visitor import Visitor

TRIES = 2_000
REST = 0.05


class LaunchedWeb(Serving):
    """The web by way of the launcher that can kill it."""

    command = (sys.executable, "-m", "tests.crossing", "serve")

    async def stop(self, number: int = signal.SIGTERM) -> int:
        return await ends_by(self, number)


class WebAnswerer:
    """Somebody with a browser without script, who comes in by `door`: the front, or a link.

    `notes` is told what each answer was, once. `rest`: seconds until they try again.
    """

    rest = REST

    def __init__(
        self, visitor: Visitor, pick: random.Random, notes: Callable[[str, Any], None],
        door: str = "/",
    ) -> None:  # fmt: skip
        self.visitor, self.pick, self.notes, self.door = visitor, pick, notes, door
        self.chat = ""

    async def talks(self, turns: int, alone: tuple[str, ...]) -> None:
        async with self.visitor:
            page = await self._opens(self.door)
            form = next(form for form in page.forms if form.buttons)
            self.chat = chat_of(dict(form.filled)["device"])
            await self._sends(form, form.buttons[0])
            for turn in range(turns):
                await asyncio.sleep(self.pick.random() * 0.05)
                await self.step(f"pilot {self.chat}-{turn}", alone)
            await self._opens("/gesprek")

    def newest(self) -> Bubble | None:
        """What the page shows, as a phone would have it."""
        if not self.visitor.seen:
            return None
        page = self.visitor.page
        keys = [(b.label, f"{page.ref}:{b.value}") for form in page.forms for b in form.buttons]
        return Bubble(0, mine=False, text=page.text, buttons=keys)

    async def step(self, unique: str, alone: tuple[str, ...]) -> None:
        """One answer to what the page asks."""
        page = self.visitor.page
        form = page.asking
        assert form, f"nothing is asked on {page.path}: {page.text[:200]}"
        keys = [b.value for b in form.buttons if b.name == "key" and b.value[:1] != "/"]
        boxes = [value for _, value in form.boxes if value not in alone]
        answers = [key for key in keys if key not in alone]
        if "agree" in keys:
            await self._sends(form, pressed(form, "agree"))
        elif boxes:
            value = self.pick.choice(boxes)
            form.ticked[:] = [("pick", value)]
            self.notes(page.ref, [value])
            await self._sends(form, next(b for b in form.buttons if b.name == "done"))
        elif "text" in form.texts and not answers:
            form.texts["text"] = unique
            self.notes(page.ref, unique)
            await self._sends(form, form.buttons[0])
        else:
            chosen = self.pick.choice(answers)
            self.notes(page.ref, chosen)
            await self._sends(form, pressed(form, chosen))

    async def _sends(self, form: Form, button: Button) -> None:
        """Until it is known to be kept; never a second time under another number."""
        ref, sent = dict(form.filled).get("ref"), (form, button)
        for _ in range(TRIES):
            try:
                page = await self.visitor.sends(*sent)
                if page.status < 400:
                    return
                sent = given_back(page) or sent
            except (ClientError, OSError, TimeoutError):
                pass
            await asyncio.sleep(self.rest)
            if ref and self.pick.random() < 0.5:
                page = await self._opens("/gesprek")
                again = page.asking
                if again is None or dict(again.filled)["ref"] != ref:
                    return
                again.texts, again.ticked = form.texts, form.ticked
                sent = (again, button)
        raise AssertionError(f"{self.chat} could not send {ref}")

    async def _opens(self, path: str) -> Sheet:
        why = ""
        for _ in range(TRIES):
            try:
                page = await self.visitor.goes(path)
                if page.status < 400:
                    return page
                why = f"{page.status} {page.h1}"
            except (ClientError, OSError, TimeoutError) as error:
                why = repr(error)
            await asyncio.sleep(self.rest)
        raise AssertionError(f"{path} never came: {why}")


def pressed(form: Form, key: str) -> Button:
    return next(b for b in form.buttons if (b.name, b.value) == ("key", key))


def given_back(page: Sheet) -> tuple[Form, Button] | None:
    """The form of a page that could not be kept, with all that was filled in."""
    found = (form for form in page.forms if "once" in dict(form.filled) and form.buttons)
    return next(((form, form.buttons[0]) for form in found if page.status == 503), None)
