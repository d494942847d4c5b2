"""Operators: who may make kwartiermakers, by their chats or by a confirmed address of mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.store import Store

BY_MAIL = "mail:"


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

    def to_tell(self) -> Iterator[dict[str, Any]]:
        """All of them who are known, each once."""
        named = [("chat", chat) for chat in sorted(self.chats)]
        named += [("address", address) for address in sorted(self.addresses)]
        found = (row for what, name in named for row in self.store.to_tell(what, name))
        yield from {row["id"]: row for row in found}.values()
