"""Trajectories on the command line: the same desk, for scripts."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from bot.documents.requests import request
from bot.mistake import Mistake
from content.documents.shared import rows
from content.messages.attachments import along
from content.words.steering import SteeringWords
from flows.exchange import Exchange
from flows.intents.towns import town_named
from flows.machine import take_turn
from flows.model.context import Context
from flows.model.effects import Dismiss, Effect, Looked
from flows.model.lists import MOST_INVITATIONS, MOST_SENT_OFF, MOST_TRAJECTORIES
from flows.model.messages import Reply, Update
from flows.model.trajectory import Seat, hashed, mark_of
from flows.model.turn import Intent, Session, Turn
from flows.prompts import broadcast
from flows.prompts.schedule import KINDS
from flows.timing.outlooks import reaches
from flows.trajectory import heat_map, invitations
from storage.trajectory.links import link_to

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from bot.documents.house import House
    from bot.documents.worker import Request
    from bot.engine.conversation import Conversation
    from flows.model.desk import Desk

MANY = 20  # places that a sentence names at most
SHOWN = ("municipality", "name", "secret")  # what an invitation says on paper
OPERATOR_MADE = 0  # made on the command line, by nobody who has a chat


class Office:
    """What an operator does for trajectories, in one transaction each.

    Raises Mistake where there is no such trajectory or person, and says what there is.
    `link`: the address of a link up to its secret, where the settings tell it.
    """

    def __init__(self, conversation: Conversation, now: datetime, link: str = "") -> None:
        self.store, self.now, self.guide = conversation.store, now, conversation.newest.guide
        self.desks, self.effects = conversation.contexts.desks, conversation.effects
        self.made: list[dict[str, str]] = []
        self.said = SteeringWords(
            conversation.newest, conversation.store.language, link or link_to(self.store)
        )

    # ------------------------------------------------------------ looking

    def overview(self, trajectory: int) -> list[dict[str, str]]:
        """One row per adviser, of what is shared; somebody looked, and that is noted."""
        desk = self._desk(trajectory)
        return list(rows(self.said, self._looked(desk, desk.seats, "overview")))

    def portfolio(self, trajectory: int, day: date | None = None) -> bytes:
        """A row per adviser, as JSON; from views only. `day`: with what changed since its end."""
        since = self._end_of(day)
        desk, seats = self._desk(trajectory), self.desks.near(trajectory, None, since)
        found = list(rows(self.said, self._looked(desk, seats, "portfolio"), changes=bool(day)))
        return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()

    def document(
        self, trajectory: int, form: str, house: House, day: date | None = None
    ) -> Request:
        """pdf, zip, xlsx, csv, or png, still to be made; from views only. `day`: likewise."""
        desk = self._desk(trajectory)
        if form == "png":
            self._looked(desk, desk.seats, "patterns")
            desk = replace(desk, seats=self.desks.with_names(desk.seats))
            heat = heat_map.heat_rows(self._exchange(desk))
            return _request(self.said, "heat_picture", {"rows": heat}, house)
        near = self.desks.near(trajectory, None, self._end_of(day))
        seats = self._looked(desk, near, "portfolio")
        facts = {"seats": seats, "trajectory": desk.current, "at": self.now, "since": day}
        return _request(self.said, f"take_{form}", facts, house)

    def _end_of(self, day: date | None) -> datetime | None:
        return datetime.combine(day, time.max, self.now.tzinfo) if day else None

    def sheets(self, trajectory: int, house: House) -> Request | None:
        """The invitations that were just made as a PDF, a page each; None where there are none."""
        if not self.made:
            return None
        x = self._exchange(self._desk(trajectory))
        said = self.said.into(x.trajectory.language)
        return _request(said, "invitation_paper", invitations.sheets(x, self.made), house)

    def _looked(self, desk: Desk, seats: Sequence[Seat], what: str) -> Sequence[Seat]:
        """Advisers see that somebody looked, from wherever it was."""
        self._do(desk, [Looked(tuple(seat.id for seat in seats), what)])
        return seats

    # ------------------------------------------------------------ making

    def appoint(self, name: str) -> dict[str, str]:
        """A link for a kwartiermaker, for 24 hours."""
        desk = self.desks.nobody(secrets.token_hex(32))
        turn = self._take(replace(desk, operator=True), "appoint", name)
        return self._links(turn.replies)[0]

    def first(self, name: str) -> str:
        """The address of a link whose use is enough: nobody has to say who used it."""
        desk = self.desks.nobody(secrets.token_hex(32))
        x = self._exchange(replace(desk, operator=True))
        invitations.make_link(x, "k", name=name, granted=True)
        self._do(desk, x.effects)
        return self._links(x.replies)[0]["link"]

    def confirm(self, mark: str) -> str:
        """Whoever used the link with this mark is a kwartiermaker now; their name."""
        waiting = self.desks.appointing()
        found = [one for one in waiting if one.mark == mark]
        if len(found) != 1:
            known = ", ".join(f"{one.name} ({one.mark})" for one in waiting[:MANY]) or "nobody"
            raise Mistake(f"Nobody waits with the mark {mark}; there is: {known}.")
        desk = replace(self.desks.nobody(secrets.token_hex(32)), appointing=waiting)
        self._take(replace(desk, operator=True), "appoint_yes", str(found[0].person))
        return found[0].name

    def dismiss(self, name: str) -> int:
        """Somebody is no kwartiermaker any more; in how many trajectories they were the last."""
        desk = self._keeper(name)
        alone = [t for t in desk.trajectories if len(self._desk(t.id).keepers) == 1]
        self._do(desk, [Dismiss(desk.person)])
        return len(alone)

    def add(self, name: str, keeper: str) -> int:
        """A trajectory for a kwartiermaker who was confirmed; its number."""
        desk = self._keeper(keeper)
        if len(desk.trajectories) >= MOST_TRAJECTORIES:
            raise Mistake(f"{keeper} keeps {MOST_TRAJECTORIES} trajectories; choose somebody else.")
        settings = self.guide.steering["settings"]
        new = next(word for word, meaning in settings.items() if meaning == "new")
        self._take(desk, "trajectory", f"{new} {name}")
        return int(self.desks.trajectories()[-1]["id"])

    def invite(self, trajectory: int, wanted: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
        """A link for each (municipality, name), in that order."""
        turn = self._take(self._desk(trajectory), "invite", list(wanted))
        if any(reply.name == "invitations_full" for reply in turn.replies):
            raise Mistake(f"At most {MOST_INVITATIONS} invitations can be open; withdraw some.")
        told = [reply.data for reply in turn.replies if reply.name == "invite_text"]
        self.made = [{key: data[key] for key in SHOWN} for data in told]
        return self._links(turn.replies)

    def move(self, trajectory: int, who: str) -> dict[str, str]:
        """A link that moves a place away from an account that is lost.

        Whoever opens it waits for the yes of the kwartiermaker or of the old account.
        """
        desk = self._desk(trajectory)
        wanted = invitations.named(who)
        of_town = [seat for seat in desk.seats if seat.municipality == wanted[0]]
        found = [seat for seat in of_town if wanted[1] in ("", seat.name)]
        if len(found) != 1:
            known = "; ".join(seat.called for seat in (of_town or desk.seats)[:MANY]) or "none"
            raise Mistake(f"{who} is not exactly one place; there are: {known}.")
        x = self._exchange(desk)
        one = found[0]
        invitations.make_link(
            x, "m", x.trajectory, seat=one.id, municipality=one.municipality, name=one.name
        )
        self._do(replace(desk, person=OPERATOR_MADE), x.effects)
        return self._links(x.replies)[0]

    def prompt(self, trajectory: int, kind: str, to: str, text: str, *, send: bool) -> int:
        """How many it goes to; sent off only where asked for."""
        if kind not in KINDS or (kind == "text" and not text):
            raise Mistake(f"The kinds are {', '.join(KINDS)}; text needs --text.")
        desk = self.desks.with_outlooks(self._desk(trajectory), self.now)
        x = self._exchange(desk)
        town = town_named(desk, to)
        target = f"town {x.towns[town][0].id}" if town else to
        seats = [seat for seat in broadcast.meant(x, target) if reaches(seat, kind)]
        if send and len(desk.waiting) >= MOST_SENT_OFF:
            raise Mistake(f"{MOST_SENT_OFF} prompts wait already; call one off, or send it later.")
        if send and seats:
            broadcast.send_off(x, seats, kind, text, f"cli {secrets.token_hex(4)}")
            self._do(desk, x.effects)
        return len(seats)

    # ------------------------------------------------------------ the desk behind it

    def _desk(self, trajectory: int) -> Desk:
        """The desk of the first who keeps it now."""
        chat = self.desks.keeper_of(trajectory)
        if chat is None:
            known = ", ".join(str(t["id"]) for t in self.desks.trajectories()) or "none yet"
            raise Mistake(f"There is no trajectory {trajectory}; there are: {known}.")
        return self._open(chat, trajectory)

    def _keeper(self, name: str) -> Desk:
        found = self.desks.appointed()
        chats = [chat for chat, called in found if called.casefold() == name.casefold()]
        if len(chats) != 1:
            known = ", ".join(called for _, called in found) or "none yet"
            raise Mistake(f"There is no one kwartiermaker {name}; there are: {known}.")
        return self._open(chats[0], None)

    def _open(self, chat: str, trajectory: int | None) -> Desk:
        seed = secrets.token_hex(32)
        return self.desks.desk(chat, self.now, trajectory=trajectory, seed=seed)

    def _exchange(self, desk: Desk, verb: str = "", argument: Any = "") -> Exchange:
        """As if its person meant this, without a canvas of their own."""
        session = Session(desk.chat, desk.language, desk.agreed, None)
        context = Context(session, self.guide, self.guide, desk)
        return Exchange(context, Update("cli", desk.chat, self.now, "text"), Intent(verb, argument))

    def _take(self, desk: Desk, verb: str, argument: Any) -> Turn:
        x = self._exchange(desk, verb, argument)
        turn = take_turn(x.context, x.update, x.intent)
        self._do(desk, turn.effects)
        return turn

    def _do(self, desk: Desk, effects: Iterable[Effect]) -> None:
        update = Update("cli", desk.chat, self.now, "text")
        self.effects.do(desk.person, update, effects, operator=True)

    def _links(self, replies: Iterable[Reply]) -> list[dict[str, str]]:
        """What was made, by its columns: links are shown once."""
        told = [r.data for r in replies if "secret" in r.data and r.name.endswith("_text")]
        return [
            {
                "municipality": data.get("municipality", ""),
                "name": data.get("name", ""),
                "link": self.said.address(data["secret"]),
                "expires": data["until"].isoformat(),
                "mark": mark_of(hashed(data["secret"])),
            }
            for data in told
        ]


def _request(said: SteeringWords, name: str, facts: dict[str, Any], house: House) -> Request:
    document, data = along(said, name, facts)
    form, _, what = document.partition(" ")
    return request(said.words, form, what, house, json.loads(data))
