"""Trajectories on the command line: the same desk, for scripts."""

from __future__ import annotations

import csv
import io
import json
import re
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.documents.requests import ready
from content.documents.shared import columns, rows
from content.messages.attachments import along
from content.words.steering import SteeringWords
from flows.exchange import Exchange
from flows.intents.choices import units
from flows.intents.text import one_line
from flows.machine import take_turn
from flows.model.context import Context
from flows.model.effects import Dismiss, Looked
from flows.model.lists import MOST_INVITATIONS, MOST_SENT_OFF, MOST_TRAJECTORIES
from flows.model.messages import Update
from flows.model.trajectory import hashed, mark_of
from flows.model.turn import Intent, Session
from flows.prompts import broadcast
from flows.prompts.schedule import KINDS
from flows.trajectory import invitations, overview
from flows.trajectory.invitations import LONGEST_NAME, named
from storage.trajectory.desks import link_to

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from bot.documents.house import House
    from bot.documents.worker import Request
    from bot.engine.conversation import Conversation
    from flows.model.effects import Effect
    from flows.model.messages import Reply
    from flows.model.trajectory import Desk, Seat
    from flows.model.turn import Turn

MANY = 20
"""Places that a sentence names at most."""

SHOWN = ("municipality", "name", "secret")
"""What an invitation says on paper."""

OPERATOR_MADE = 0
"""Made on the command line, by nobody who has a chat."""


class Unknown(Exception):  # noqa: N818 - what the caller named
    """There is no such trajectory or person: one sentence that says what there is."""


@dataclass(frozen=True)
class Invitation:
    municipality: str
    name: str
    link: str
    expires: str
    mark: str


class Office:
    """What an operator does for trajectories, in one transaction each."""

    def __init__(self, conversation: Conversation, now: datetime) -> None:
        self.conversation, self.store, self.now = conversation, conversation.store, now
        self.guide = conversation.newest.guide
        self.desks, self.effects = conversation.contexts.desks, conversation.effects
        self.made: list[dict[str, str]] = []
        self.said = SteeringWords(
            conversation.newest, conversation.store.language, link_to(self.store)
        )

    # ------------------------------------------------------------ looking

    def trajectories(self) -> list[dict[str, Any]]:
        return self.desks.trajectories()

    def overview(self, trajectory: int) -> list[dict[str, str]]:
        """One row per adviser, of what is shared; somebody looked, and that is noted."""
        desk = self._desk(trajectory)
        self._looked(desk, desk.seats, "overview")
        return [self._row(row) for row in rows(self.said, desk.seats)]

    def portfolio(self, trajectory: int) -> bytes:
        """A row per adviser, as JSON; from views only."""
        found = [self._row(row) for row in rows(self.said, self._shared(trajectory))]
        return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()

    def document(self, trajectory: int, form: str, house: House) -> Request:
        """pdf, zip, xlsx, csv, or png, still to be made; from views only."""
        desk = self._desk(trajectory)
        if form == "png":
            self._looked(desk, desk.seats, "patterns")
            rows = overview.heat_rows(self._exchange(desk))
            return self._request("heat_picture", {"rows": rows}, house)
        facts = {"seats": self._shared(trajectory), "trajectory": desk.current, "at": self.now}
        return self._request(f"take_{form}", facts, house)

    def sheets(self, trajectory: int, house: House) -> Request | None:
        """The invitations that were just made as a PDF, a page each; None where there are none."""
        if not self.made:
            return None
        x = self._exchange(self._desk(trajectory))
        said = self.said.into(x.trajectory.language)
        return self._request("invitation_paper", invitations.sheets(x, self.made), house, said)

    def _request(
        self, name: str, facts: dict[str, Any], house: House, said: SteeringWords | None = None
    ) -> Request:
        words = said or self.said
        document, data = along(words, name, facts)
        form, _, what = document.partition(" ")
        return ready(words.words, form, what, json.loads(data), house)

    def _shared(self, trajectory: int) -> tuple[Seat, ...]:
        """What everyone shares in full; somebody looked, and that is noted."""
        seats = self.desks.near(trajectory, None)
        self._looked(self._desk(trajectory), seats, "portfolio")
        return seats

    def _row(self, row: Sequence[str]) -> dict[str, str]:
        return dict(zip(columns(self.said), row, strict=True))

    # ------------------------------------------------------------ making

    def appoint(self, name: str) -> Invitation:
        """A link for a kwartiermaker, for 24 hours."""
        desk = self.desks.nobody(secrets.token_hex(32))
        turn = self._take(replace(desk, operator=True), "appoint", name)
        return self._links(turn.replies)[0]

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
            raise Unknown(f"{keeper} keeps {MOST_TRAJECTORIES} trajectories; choose somebody else.")
        self._take(desk, "trajectory", f"{self._word('new')} {name}")
        return int(self.trajectories()[-1]["id"])

    def invite(self, trajectory: int, wanted: Iterable[tuple[str, str]]) -> list[Invitation]:
        """A link for each (municipality, name), in that order."""
        turn = self._take(self._desk(trajectory), "invite", list(wanted))
        if any(reply.name == "invitations_full" for reply in turn.replies):
            raise Unknown(f"At most {MOST_INVITATIONS} invitations can be open; withdraw some.")
        told = [reply.data for reply in turn.replies if reply.name == "invite_text"]
        self.made = [{key: data[key] for key in SHOWN} for data in told]
        return self._links(turn.replies)

    def move(self, trajectory: int, who: str) -> Invitation:
        """A link that moves a place away from an account that is lost.

        Whoever opens it waits for the yes of the kwartiermaker or of the old account.
        """
        desk = self._desk(trajectory)
        wanted = named(who)
        of_town = [seat for seat in desk.seats if seat.municipality == wanted[0]]
        found = [seat for seat in of_town if wanted[1] in ("", seat.name)]
        if len(found) != 1:
            known = "; ".join(seat.called for seat in (of_town or desk.seats)[:MANY]) or "none"
            raise Unknown(f"{who} is not exactly one place; there are: {known}.")
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
            raise Unknown(f"The kinds are {', '.join(KINDS)}; text needs --text.")
        desk = self._desk(trajectory)
        x = self._exchange(desk)
        town = x.town_named(to)
        target = f"town {x.towns[town][0].id}" if town else to
        seats = [seat for seat in broadcast.meant(x, target) if not seat.off]
        if send and len(desk.waiting) >= MOST_SENT_OFF:
            raise Unknown(f"{MOST_SENT_OFF} prompts wait already; call one off, or send it later.")
        if send and seats:
            broadcast.send_off(x, seats, kind, text, f"cli {secrets.token_hex(4)}")
            self._do(desk, x.effects)
        return len(seats)

    # ------------------------------------------------------------ the desk behind it

    def _word(self, setting: str) -> str:
        words = self.conversation.newest.guide.steering["settings"]
        return next(word for word, meaning in words.items() if meaning == setting)

    def _desk(self, trajectory: int) -> Desk:
        """The desk of the first who keeps it now."""
        chat = self.desks.keeper_of(trajectory)
        if chat is None:
            known = ", ".join(str(t["id"]) for t in self.trajectories()) or "none yet"
            raise Unknown(f"There is no trajectory {trajectory}; there are: {known}.")
        return self._open(chat, trajectory)

    def _keeper(self, name: str) -> Desk:
        found = self.desks.appointed()
        chats = [chat for chat, called in found if called.casefold() == name.casefold()]
        if len(chats) != 1:
            known = ", ".join(called for _, called in found) or "none yet"
            raise Unknown(f"There is no one kwartiermaker {name}; there are: {known}.")
        return self._open(chats[0], None)

    def _open(self, chat: str, trajectory: int | None) -> Desk:
        return self.desks.desk(
            chat, self.now, trajectory=trajectory, seed=secrets.token_hex(32),
        )  # fmt: skip

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

    def _looked(self, desk: Desk, seats: Sequence[Seat], what: str) -> None:
        """Advisers see that somebody looked, from wherever it was."""
        self._do(desk, [Looked(tuple(seat.id for seat in seats), what)])

    def _do(self, desk: Desk, effects: Iterable[Effect]) -> None:
        update = Update("cli", desk.chat, self.now, "text")
        self.effects.do(desk.person, update, effects, operator=True)

    def _links(self, replies: Iterable[Reply]) -> list[Invitation]:
        told = [r for r in replies if "secret" in r.data and r.name.endswith("_text")]
        return [self._invitation(reply) for reply in told]

    def _invitation(self, reply: Reply) -> Invitation:
        data = reply.data
        link = self.said.address(data["secret"])
        until = data["until"].isoformat()
        mark = mark_of(hashed(data["secret"]))
        return Invitation(data.get("municipality", ""), data.get("name", ""), link, until, mark)


def pairs(text: str) -> list[tuple[str, str]]:
    """`municipality,name` per line, as a spreadsheet writes it; the name may be left out.

    Raises Unknown with the number of the line that cannot be used.
    """
    lines = re.sub("\r\n?", "\n", text.lstrip("\ufeff")).replace(";", ",")
    found = csv.reader(io.StringIO(lines))
    try:
        cells = [[_name(cell, found.line_num) for cell in line[:2]] for line in found]
    except csv.Error as error:
        raise Unknown(f"Line {found.line_num} is no CSV ({error}); write one a line.") from None
    wanted = [(line[0], line[1] if line[1:] else "") for line in cells if line and line[0]]
    heading = ("gemeente", "municipality")
    return wanted[1:] if wanted and wanted[0][0].casefold() in heading else wanted


def _name(cell: str, line: int) -> str:
    name = one_line(cell)
    if units(name) > LONGEST_NAME:
        raise Unknown(
            f"Line {line} has a name of {units(name)} characters; shorten it to {LONGEST_NAME}."
        )
    return name


def table(found: Sequence[dict[str, Any]], names: Sequence[str]) -> str:
    """Columns for a terminal."""
    lines = [list(names), *([one_line(str(row[name])) for name in names] for row in found)]
    wide = [max(len(line[at]) for line in lines) for at in range(len(names))]
    return "".join(
        "  ".join(cell.ljust(w) for cell, w in zip(line, wide, strict=True)).rstrip() + "\n"
        for line in lines
    )
