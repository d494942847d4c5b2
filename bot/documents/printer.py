"""The documents of a conversation: asked for in the chat, made outside the bot's own loop."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC
from typing import TYPE_CHECKING

from bot.documents.dossier import Reading, as_json
from bot.documents.requests import request, request_of
from bot.documents.worker import Made, Unmade, make
from content.documents.blocks import to_data
from content.documents.my_data import my_data
from content.documents.sheets import card_caption
from content.messages.attachments import MY_DATA
from content.messages.html import plain
from content.words.vocabulary import Words
from storage import reports
from storage.privacy.subject_access import Whole
from storage.reports import Record

if TYPE_CHECKING:
    from datetime import tzinfo

    from bot.documents.house import House
    from bot.engine.conversation import Conversation
    from storage.conversations.outbox import Outgoing


class Papers:
    """Makes what a message promises, from the canvas as it is at that moment."""

    def __init__(self, conversation: Conversation, house: House, zone: tzinfo = UTC) -> None:
        self.conversation, self.house, self.zone = conversation, house, zone

    async def make(self, outgoing: Outgoing) -> Made:
        """Raises Unmade where it cannot be had; nothing else is touched then."""
        wanted = outgoing.message.document
        if wanted in MY_DATA.values():
            return await self._all_of_a_person(outgoing, as_pdf=wanted == MY_DATA["my_data"])
        form, _, what = wanted.partition(" ")
        if outgoing.message.data:
            data = json.loads(outgoing.message.data)
            return await make(request(self._newest(outgoing), form, what, self.house, data))
        words, canvas = self.words(outgoing), outgoing.canvas or 0
        return await make(request_of(self.conversation, canvas, form, what, self.house, words))

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

    async def _all_of_a_person(self, outgoing: Outgoing, *, as_pdf: bool) -> Made:
        """Pilot by pilot: who has very many makes nobody else wait."""
        store, canvases, pilots = self.conversation.store, list[Record](), []
        for number in store.canvases_of(outgoing.chat):
            canvases += reports.canvases(store, number)
            await asyncio.sleep(0)
        found = Whole.of(store, outgoing.chat, canvases)
        if found is None:
            raise Unmade("failed")
        name = str(self._newest(outgoing).documents["my_data"]["file"])
        if not as_pdf:
            return Made(as_json(found).encode(), f"{name}.json")
        reading = Reading(self.conversation, found, self.zone)
        for record in found.canvases:
            pilots.append(reading.pilot(record))
            await asyncio.sleep(0)
        data = {**to_data(my_data(reading.words, reading.mine(pilots))), "file": name}
        return await make(request(reading.words, "pdf", "my-data", self.house, data))
