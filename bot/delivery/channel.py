"""What delivery asks of a channel, and how a channel says that it could not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import timedelta

    from storage.conversations.outbox import Outgoing, Press


class Unsent(Exception):  # noqa: N818 - what follows says by whom
    """What was asked of a channel is not done (yet), or perhaps not."""


class Later(Unsent):
    """Not now: again after so many seconds, for this chat."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"after {seconds} seconds")
        self.seconds = seconds


class Unsure(Unsent):
    """The line was cut or the server is ill; it may have arrived. Try again."""


class Gone(Unsent):
    """The person stopped the guide: nothing can be sent until they come back."""


class Refused(Unsent):
    """The channel will never take this message. The text says why, without a word of it."""


class Revoked(Exception):  # noqa: N818 - by the channel
    """The channel does not know this program any more: it must stop. A sentence for who runs it."""


@dataclass(frozen=True)
class Terms:
    """On what terms a channel takes messages.

    `overall`, `chat`: messages a second in all, and of one chat, which may have `burst` at once.
    `tap`: how soon after its message a press is a second tap of the same thumb. `press`: how
    long a press can be answered. `keeps`: how long what people say waits while the program is
    away; None where it cannot get lost that way. `pages`: who does something fetches what is
    said then, so that it need not be sent.
    """

    overall: float
    chat: float
    burst: int
    tap: timedelta
    press: timedelta
    keeps: timedelta | None = None
    pages: bool = False


class Sender(Protocol):
    """Where messages go. Every method may raise what is Unsent above, and nothing else."""

    terms: Terms

    def owns(self, chat: str) -> bool:
        """Whether this chat is one of this channel's."""

    def leaves(self, chat: str) -> bool:
        """Whether this is a group, where the guide only says that it leaves: people go first."""

    async def heard(self) -> None:
        """Until something is understood of the channel, whatever it is."""

    async def prepare(self, outgoing: Outgoing) -> None:
        """Make what goes along, before anyone else has to wait for it."""

    async def send(self, outgoing: Outgoing) -> int:
        """Say it as a new message; the channel's number of that message."""

    async def replace(self, outgoing: Outgoing, place: int) -> int:
        """Say it in the place of message `place`; where that cannot be, as a new one."""

    async def close(self, standing: Outgoing, chosen: str) -> None:
        """Take the buttons of a message away, and show the choice that was made."""

    async def remove(self, chat: str, places: tuple[int, ...]) -> None:
        """Take messages out of the chat. What cannot go (any more) is no error."""

    async def leave(self, outgoing: Outgoing) -> None:
        """Say it in the group; with nothing to say, leave it. What is left already is no error."""

    async def answer(self, press: Press) -> None:
        """Tell the client that its press was heard. Too late is no error."""
