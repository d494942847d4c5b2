"""What goes out to who is on the web: it stands on their page, and what comes by itself rings.

A message is delivered as soon as it stands in the outbox: the page shows it. A prompt rings
by a mail of its own; what else comes by itself is gathered for a while into one mail. Who gave
no address, or wants no mail, reads it at the next visit.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot import clock
from bot.channels.web.allowance import Allowance
from bot.channels.web.mail.inquiries import Inquiries
from bot.channels.web.mail.letters import NEWS, Letters
from bot.channels.web.mail.post import Post
from bot.delivery.channel import Gone, Later, Refused, Terms, Unsent
from bot.engine.gap import MAIL_TROUBLE, MAILED
from storage.database.errors import StoreError, StoreTrouble
from storage.web.addresses import Addresses
from storage.web.doors import WEB

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.channels.web.mail.inquiries import Inquiry
    from bot.channels.web.mail.post import Letter
    from bot.config import Settings
    from bot.delivery.tasks import Tasks
    from bot.engine.conversation import Conversation
    from storage.conversations.outbox import Outgoing, Press
    from storage.web.addresses import Addressee, DoorKind

TERMS = Terms(100, 1, 40, timedelta(), timedelta(minutes=5), pages=True)
GATHERED = timedelta(minutes=15)
"""So long what is new waits for more of it, so that a busy hour is a few mails and not fifty."""

LOOKS = 20.0  # seconds between two looks at what is new
LETTERS_AN_HOUR = (5, 20)
"""That are asked for to one address, and from one place: more would fill a mailbox, or try them."""

TRIES, PAUSE = 4, 30.0  # of a letter that was asked for, and seconds between two
RESTS = timedelta(minutes=5)  # until somebody's news is tried again

log = logging.getLogger("opschaalgids.mail")


class Mailbox:
    """What is said has arrived when it can be fetched; without mail nothing rings."""

    terms = TERMS

    def __init__(self, conversation: Conversation, settings: Settings) -> None:
        self.store = conversation.store
        self.now: Callable[[], datetime] = partial(clock.now, settings.timezone)
        self.post = Post(settings.mail) if settings.mail else None
        self.addresses, self.inquiries = Addresses(self.store), Inquiries(conversation)
        self.letters = Letters(conversation.newest, settings.web.url if settings.web else "")
        self.tokens: dict[int, str] = {}  # so that a mail that is tried again is the same mail
        self.resting: dict[int, datetime] = {}
        self.arrived = asyncio.Event()
        self.per_address, self.per_place = map(Allowance, LETTERS_AN_HOUR)

    def owns(self, chat: str) -> bool:
        return chat.startswith(WEB)

    def leaves(self, chat: str) -> bool:
        del chat
        return False

    async def heard(self) -> None:
        """Until a mail is taken on."""
        await self.arrived.wait()

    async def prepare(self, outgoing: Outgoing) -> None:
        """A document is made when it is fetched."""

    async def send(self, outgoing: Outgoing) -> int:
        """It is on the page; a prompt rings. Its place is its own number."""
        box = self.addresses.at(outgoing.chat) if self.post else None
        asked = self._asked(outgoing.id) if box else None
        if box and asked:
            token = self._token(box, "prompt", outgoing.id)
            await self._mail(box, self.letters.prompt(box.address, asked, token), outgoing.id)
        return outgoing.id

    def _asked(self, number: int) -> Inquiry | None:
        """What a prompt asks; one that cannot be put in a mail must not end all others."""
        try:
            return self.inquiries.find(number, self.now())
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - its text may hold people's words
            log.error("message %d cannot be a mail: %s", number, type(error).__name__)  # noqa: TRY400
            return None

    async def replace(self, outgoing: Outgoing, place: int) -> int:
        """What was pressed on a page is answered on the next one."""
        del place
        return await self.send(outgoing)

    async def close(self, standing: Outgoing, chosen: str) -> None:
        """A page shows what stands now."""

    async def remove(self, chat: str, places: tuple[int, ...]) -> None:
        """What was erased stands on no page."""

    async def leave(self, outgoing: Outgoing) -> None:
        """There are no groups."""

    async def answer(self, press: Press) -> None:
        """A press is answered by its page."""

    # ------------------------------------------------------------ asked for

    async def write(self, letter: Letter) -> None:
        """What somebody asked for themselves, tried for some minutes; nothing keeps it longer."""
        for _ in range(TRIES if self.post else 0):
            try:
                await self._post(letter)
            except (Gone, Refused) as refused:
                log.warning("a letter that was asked for was refused (%s)", type(refused).__name__)
            except Unsent as wait:
                await asyncio.sleep(wait.seconds if isinstance(wait, Later) else PAUSE)
                continue
            return

    async def _post(self, letter: Letter) -> None:
        if self.post is None:
            return
        try:
            await self.post.send(letter, self.now())
        except Unsent:
            if self.post.trouble:
                self._notes(self.post.trouble)
            raise
        self._notes("")

    def _notes(self, trouble: str) -> None:
        """For doctor: when a mail left, by the minute; or since when none does, and why."""
        at, fact = self.now().isoformat(timespec="minutes"), self.store.fact
        if trouble and (fact(MAIL_TROUBLE) or "").endswith(trouble):
            return
        told = {MAIL_TROUBLE: f"{at}: {trouble}"} if trouble else {MAIL_TROUBLE: None, MAILED: at}
        if any(fact(name) != value for name, value in told.items()):
            with suppress(StoreTrouble), self.store.transaction():
                for name, value in told.items():
                    self.store.remember(name, value)

    # ------------------------------------------------------------ by itself

    def _token(self, box: Addressee, kind: DoorKind, number: int) -> str:
        if number not in self.tokens:
            with self.store.transaction():
                self.tokens[number] = self.addresses.door(box.person, kind, self.now(), number)
        return self.tokens[number]

    async def _mail(self, box: Addressee, letter: Letter, number: int) -> None:
        """Raises Later, Unsure and Refused. Where nobody reads, the page is all there is."""
        try:
            await self._post(letter)
        except Gone:
            with self.store.transaction():
                self.addresses.refused(box.person)
        except Refused:
            self.tokens.pop(number, None)
            raise
        self.tokens.pop(number, None)
        self.arrived.set()
        self.arrived.clear()

    async def ring(self, tasks: Tasks) -> None:
        """Mail what is new, until cancelled."""
        while self.post:
            await asyncio.sleep(LOOKS)
            for box, kinds, number in await tasks.certainly(partial(self.due, self.now())):
                await self.news(tasks, box, kinds, number)

    def due(self, now: datetime) -> list[tuple[Addressee, list[str], int]]:
        """(who, the kinds of what is new, the number of the newest) for whom it is time."""
        found = []
        with self.store.transaction():
            for box in self.addresses.everybody():
                said = self.addresses.said_since(box)
                new = [one for one in said if one[1] in NEWS and one[2] > box.seen]
                if said and not new:
                    self.addresses.told(box, said[-1][0])
                elif new and new[0][2] + GATHERED <= now >= self.resting.get(box.person, now):
                    found.append((box, [kind for _, kind, _ in new], new[-1][0]))
        return found

    async def news(self, tasks: Tasks, box: Addressee, kinds: list[str], number: int) -> None:
        """One mail of all that is new for somebody; tried again later where it could not go."""
        try:
            token = await tasks.certainly(partial(self._token, box, "news", number))
            letter = self.letters.news(box.address, box.language, kinds, number, token)
            await self._mail(box, letter, number)
        except Refused as refused:  # with the same words it would be refused for ever
            log.warning("news up to message %d was refused: %s", number, refused)
        except Unsent:
            self.resting[box.person] = self.now() + RESTS
            return
        self.resting.pop(box.person, None)
        await tasks.certainly(partial(self._told, box, number))

    def _told(self, box: Addressee, number: int) -> None:
        with self.store.transaction():
            self.addresses.told(box, number)
