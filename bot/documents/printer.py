"""The documents of a conversation: asked for in the chat, made outside the bot's own loop."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from bot.documents.requests import request, request_of, words_of
from bot.documents.worker import Made, Unmade, make
from content.documents.blocks import to_data
from content.documents.my_data import Mine, Passed, PilotHistory, Place, my_data
from content.documents.sheets import card_caption
from content.messages.attachments import MY_DATA
from content.messages.html import plain
from content.words.undertaken import followed, undertaken, went_of
from content.words.vocabulary import Words
from flows.model.context import zone_of
from storage.privacy.subject_access import Whole
from storage.reports import Record, Reports

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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
        return Words(self.conversation.newest.to(outgoing.chat), language)

    def words(self, outgoing: Outgoing) -> Words:
        store, canvas = self.conversation.store, outgoing.canvas or 0
        language = store.language_of(outgoing.chat)
        content = self.conversation.content_of(canvas).to(outgoing.chat)
        return Words(content, language, store.walk(canvas))

    async def _all_of_a_person(self, outgoing: Outgoing, *, as_pdf: bool) -> Made:
        """Pilot by pilot: who has very many makes nobody else wait."""
        store, canvases, pilots = self.conversation.store, list[Record](), []
        for number in store.canvases_of(outgoing.chat):
            canvases += Reports(store).canvases(number, alone=True)
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


def as_json(found: Whole) -> str:
    """All that is kept of one person, every row in the words of the program."""
    tree = {"format": "opschaalgids-person", "version": 1, **asdict(found)}
    for row in tree["told"]:
        row["text"] = plain(row.pop("html"))
    return json.dumps(tree, ensure_ascii=False, indent=2) + "\n"


class Reading:
    """All that is kept of one person, in words: their pilots, then the conversation."""

    def __init__(self, conversation: Conversation, found: Whole, house: tzinfo) -> None:
        self.conversation, self.found = conversation, found
        language = conversation.store.language_of(found.person["chat"])
        content = conversation.newest.to(found.person["chat"])
        self.words = Words(content, language, keep=conversation.store.keeps)
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
            passed=tuple(self._passed()),
            agreements=tuple(f"{a['what']}, {a['who']}, {a['due_text']}" for a in sat["agreed"]),
            remarks=tuple((self._moment(r["at"]), r["text"]) for r in sat["remarks"]),
            addresses=tuple(row["address"] for row in found.web["addresses"]),
            devices=tuple(
                (row["device"], self._moment(row["made_at"]), self._moment(row["seen_at"]))
                for row in found.web["devices"]
            ),
            passkeys=tuple(
                (row["name"], self._moment(row["made_at"])) for row in found.web["passkeys"]
            ),
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

    def _passed(self) -> Iterator[Passed]:
        """Questions to colleagues; then what came back, and what this person answered to others.

        Of what was taken over or left only that is kept: the words stand on the canvas or are gone.
        """
        sat = self.found.trajectories
        for row in sat["forwarded"]:
            how = "withdrawn" if row["withdrawn_at"] else "asked"
            when = (self._moment(row["made_at"]), self._moment(row["expires_at"]))
            yield Passed(how, self._short(row["question"]), when)
        for row in sat["proposals"]:
            about = self._short(row["question"] or "")
            how = "mine" if row["own"] else row["settled"] or "came"
            who = ", ".join(filter(None, (row["name"], row["role"])))
            said = "" if row["value"] is None else self._said(row)
            if row["sent_at"]:
                yield Passed(how, about, (self._moment(row["sent_at"]),), who, said)

    def _short(self, question: str) -> str:
        return self.words.short(question) if question in self.words.canvas else question

    def _said(self, row: Mapping[str, Any]) -> str:
        value, known = json.loads(row["value"]), row["question"] in self.words.canvas
        said = self.words.value(row["question"], value) if known else str(value)
        return f"{said}. {row['note']}" if row["note"] else said

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
            (words.short(e.question), words.with_note(e.question, e), self._moment(e.at))
            for e in known
        )
        own = [one for one in words.walk.attempts if one.canvas == record.id] if words.walk else []
        went = tuple(
            (undertaken(words, one), " ".join((f"{went_of(words, one)}.", *followed(words, one))),
             self._moment(one.at.isoformat()))
            for one in own
        )  # fmt: skip
        return PilotHistory(record.id, words.pilot_name, (*lines, *went))

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
