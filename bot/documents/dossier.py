"""All that is kept of one person: what /mijngegevens gives, made when it is sent."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from bot.documents.requests import words_of
from content.documents.my_data import Mine, PilotHistory, Place
from content.messages.html import plain
from content.words.vocabulary import Words
from flows.model.context import zone_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo

    from bot.engine.conversation import Conversation
    from storage.privacy.subject_access import Whole
    from storage.reports import Record


def as_json(found: Whole) -> str:
    """Every row, in the words of the program."""
    tree = {"format": "opschaalgids-person", "version": 1, **asdict(found)}
    for row in tree["told"]:
        row["text"] = plain(row.pop("html"))
    return json.dumps(tree, ensure_ascii=False, indent=2) + "\n"


class Reading:
    """The same in words: the pilots with every answer there ever was, then the conversation."""

    def __init__(self, conversation: Conversation, found: Whole, house: tzinfo) -> None:
        self.conversation, self.found = conversation, found
        language = conversation.store.language_of(found.person["chat"])
        self.words = Words(conversation.newest, language, keep=conversation.store.keeps)
        self.zone = zone_of(found.person["zone"], house)

    def mine(self, pilots: Iterable[PilotHistory]) -> Mine:
        found, person, sat = self.found, self.found.person, self.found.trajectories
        spoken = sorted(self._spoken(), key=lambda line: line[0])
        return Mine(
            person["chat"], person["pseudonym"], person["zone"],
            self._moment(person["agreed_at"]), person["agreed_version"] or "",
            spoken[-1][0][:10] if spoken else "",
            keeper=", ".join(row["name"] for row in sat["kwartiermaker"]),
            prompts=len(sat["prompts"]), aside=len(found.aside),
            pilots=tuple(pilots), places=tuple(self._places()),
            agreements=tuple(f"{a['what']}, {a['who']}, {a['due_text']}" for a in sat["agreed"]),
            holds=tuple(
                (row["canvas"], row["who"], row["why"], row["released_at"] is not None)
                for row in found.holds
            ),
            did=tuple(
                (self._moment(row["at"]), row["what"], row["who"], row["name"])
                for row in found.audit
            ),
            spoken=tuple((self._moment(at), mine, text) for at, mine, text in spoken),
        )  # fmt: skip

    def _moment(self, at: str | None) -> str:
        """On the clock that the person chose; else on the house's."""
        if not at:
            return ""
        moment = datetime.fromisoformat(at).astimezone(self.zone)
        return f"{self.words.day(moment.date())}, {moment:%H:%M}"

    def pilot(self, record: Record) -> PilotHistory:
        words = words_of(self.conversation, record)
        known = (entry for entry in record.history if entry.question in words.canvas)
        lines = tuple(
            (words.short(e.question), words.value(e.question, e.value), self._moment(e.at))
            for e in known
        )
        return PilotHistory(record.id, words.pilot_name, lines)

    def _places(self) -> Iterator[Place]:
        sat = self.found.trajectories
        shares = [share for share in sat["shares"] if share["until_at"] is None]
        for seat in sat["seats"]:
            shared = tuple(share["what"] for share in shares if share["seat"] == seat["id"])
            yield Place(seat["municipality"], self._moment(seat["joined_at"]), shared)

    def _spoken(self) -> Iterator[tuple[str, bool, str]]:
        """(sortable moment, whether the person said it, text)."""
        for row in self.found.typed:
            yield row["at"], True, row["text"] or row["kind"]
        for row in self.found.told:
            yield row["at"], False, plain(row["html"])
