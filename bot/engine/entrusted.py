"""Operators: who may make kwartiermakers, by their chats or by a confirmed address of mail.

Whoever entered an operator's address hopes that the operator says yes to a mail about it. So
that yes counts in the browser of who entered it alone (`names` is asked where it is said), and
none counts that was said before the address was an operator's (`begin`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.store import Store

BY_MAIL = "mail:"
NAMED = "operators by mail"
"""The fact which addresses were named when the program began last."""


class Entrusted:
    """`names`: as the settings have them. A chat is itself alone, an address whoever has it."""

    def __init__(self, store: Store, names: frozenset[str]) -> None:
        self.store = store
        self.addresses = {n.removeprefix(BY_MAIL) for n in names if n.startswith(BY_MAIL)}
        self.chats = {name for name in names if not name.startswith(BY_MAIL)}

    def __contains__(self, chat: str) -> bool:
        return chat in self.chats or (
            bool(self.addresses) and self.store.address_of(chat) in self.addresses
        )

    def names(self, address: str) -> bool:
        """Whether who has this address is an operator."""
        return address in self.addresses

    def begin(self) -> None:
        """An address that is named from now on waits for a yes again."""
        before = self.store.fact(NAMED) or ""
        now = " ".join(sorted(self.addresses))
        if now != before:
            with self.store.transaction():
                self.store.doubt_addresses(self.addresses - {*before.split()})
                self.store.remember(NAMED, now or None)

    def to_tell(self) -> Iterator[dict[str, Any]]:
        """All of them who are known, each once."""
        named = [("chat", chat) for chat in sorted(self.chats)]
        named += [("address", address) for address in sorted(self.addresses)]
        found = (row for what, name in named for row in self.store.to_tell(what, name))
        yield from {row["id"]: row for row in found}.values()
