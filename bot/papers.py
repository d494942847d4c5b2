"""The documents of a conversation: asked for in the chat, made outside the bot's own loop."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.documents.asked import ready, record_pdf, request
from bot.making import as_form, make
from content.record import Said
from content.render import plain
from content.sheets import card_caption
from content.words import Words
from storage import reports

if TYPE_CHECKING:
    from bot.conversation import Conversation
    from bot.house import House
    from bot.making import Made, Request
    from storage.outbox import Outgoing


class Papers:
    """Makes what a message promises, from the canvas as it is at that moment."""

    def __init__(self, conversation: Conversation, house: House) -> None:
        self.conversation, self.house = conversation, house

    async def make(self, outgoing: Outgoing) -> Made:
        """Raises Unmade where it cannot be had; nothing else is touched then."""
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
            return ready(self._newest(outgoing), as_form(form), what, data, self.house)
        words = self.words(outgoing)
        if what == "record":
            return record_pdf(
                said_about(self.conversation, outgoing.canvas or 0), words, self.house
            )
        return request(words, as_form(form), what, self.house)


def said_about(conversation: Conversation, canvas: int) -> list[Said]:
    """The conversation about one canvas, as its record needs it."""
    lines = reports.conversation(conversation.store, canvas)
    return [
        Said(line.at, line.by, line.text if line.by else plain(line.text), line.choices)
        for line in lines
    ]
