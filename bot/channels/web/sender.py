"""What comes by itself to who is on the web: it stands on their page."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.delivery.channel import Terms
from storage.conversations.doors import WEB

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.engine.conversation import Conversation
    from storage.conversations.outbox import Outgoing, Press

TERMS = Terms(100, 1, 40, timedelta(), timedelta(minutes=5), pages=True)


class Mailbox:
    """Nothing is pushed: what is said has arrived when it can be fetched."""

    terms = TERMS

    def __init__(self, conversation: Conversation, settings: Settings) -> None:
        self.conversation, self.settings = conversation, settings

    def owns(self, chat: str) -> bool:
        return chat.startswith(WEB)

    def leaves(self, chat: str) -> bool:
        """There are no groups."""
        del chat
        return False

    async def heard(self) -> None:
        """There is nothing to wait for."""

    async def prepare(self, outgoing: Outgoing) -> None:
        """Documents are made when they are fetched."""

    async def send(self, outgoing: Outgoing) -> int:
        return outgoing.id

    async def replace(self, outgoing: Outgoing, place: int) -> int:
        del place
        return outgoing.id

    async def close(self, standing: Outgoing, chosen: str) -> None:
        """Old buttons are on no page."""

    async def remove(self, chat: str, places: tuple[int, ...]) -> None:
        """What is gone from the outbox is gone from the page."""

    async def leave(self, outgoing: Outgoing) -> None:
        """There are no groups."""

    async def answer(self, press: Press) -> None:
        """A form is answered by its page."""
