"""The documents of a conversation: asked for in the chat, made outside the bot's own loop."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC
from typing import TYPE_CHECKING

from bot.documents.dossier import Reading, as_json
from bot.documents.process import Unmade
from bot.documents.requests import ready
from bot.documents.sources import request_of
from bot.documents.worker import Made, make
from content.documents.blocks import to_data
from content.documents.my_data import my_data
from content.documents.sheets import card_caption
from content.messages.attachments import MY_DATA
from content.messages.html import plain
from content.words.canvas import Words
from storage import reports
from storage.privacy.subject_access import Whole
from storage.reports import Record

if TYPE_CHECKING:
    from datetime import tzinfo

    from bot.documents.house import House
    from bot.documents.worker import Request
    from bot.engine.conversation import Conversation
    from storage.conversations.outbox import Outgoing


class Papers:
    """Makes what a message promises, from the canvas as it is at that moment."""

    def __init__(self, conversation: Conversation, house: House, zone: tzinfo = UTC) -> None:
        self.conversation, self.house, self.zone = conversation, house, zone

    async def make(self, outgoing: Outgoing) -> Made:
        """Raises Unmade where it cannot be had; nothing else is touched then."""
        if outgoing.message.document == MY_DATA["my_data_json"]:
            return await self._my_json(outgoing)
        if outgoing.message.document == MY_DATA["my_data"]:
            return await make(await self._my_pdf(outgoing))
        return await make(self._request(outgoing))

    def caption(self, outgoing: Outgoing) -> str:
        """What the card shows in words, for who cannot see it."""
        if outgoing.message.data:
            return plain(outgoing.message.html)
        return card_caption(self.words(outgoing))

    def sorry(self, outgoing: Outgoing, reason: str) -> str:
        """The sentence to send in its place."""
        return str(self._newest(outgoing).documents["unmade"][reason])

    def _newest(self, outgoing: Outgoing) -> Words:
        """The newest words, about no canvas."""
        language = self.conversation.store.language_of(outgoing.chat)
        return Words(self.conversation.newest, language)

    def words(self, outgoing: Outgoing) -> Words:
        store, canvas = self.conversation.store, outgoing.canvas or 0
        language = store.language_of(outgoing.chat)
        return Words(self.conversation.content_of(canvas), language, store.walk(canvas))

    def _request(self, outgoing: Outgoing) -> Request:
        form, _, what = outgoing.message.document.partition(" ")
        if outgoing.message.data:
            data = json.loads(outgoing.message.data)
            return ready(self._newest(outgoing), form, what, data, self.house)
        words, canvas = self.words(outgoing), outgoing.canvas or 0
        return request_of(self.conversation, canvas, form, what, self.house, words)

    async def _whole(self, outgoing: Outgoing) -> Whole:
        """Pilot by pilot: who has very many makes nobody else wait."""
        store, canvases = self.conversation.store, list[Record]()
        for number in store.canvases_of(outgoing.chat):
            canvases += reports.canvases(store, number)
            await asyncio.sleep(0)
        found = Whole.of(store, outgoing.chat, canvases)
        if found is None:
            raise Unmade("failed")
        return found

    async def _my_pdf(self, outgoing: Outgoing) -> Request:
        found, pilots = await self._whole(outgoing), []
        reading = Reading(self.conversation, found, self.zone)
        for record in found.canvases:
            pilots.append(reading.pilot(record))
            await asyncio.sleep(0)
        about = to_data(my_data(reading.words, reading.mine(pilots)))
        data = {**about, "file": self._my_name(outgoing)}
        return ready(reading.words, "pdf", "my-data", data, self.house)

    async def _my_json(self, outgoing: Outgoing) -> Made:
        text = as_json(await self._whole(outgoing))
        return Made(text.encode(), f"{self._my_name(outgoing)}.json")

    def _my_name(self, outgoing: Outgoing) -> str:
        return str(self._newest(outgoing).documents["my_data"]["file"])
