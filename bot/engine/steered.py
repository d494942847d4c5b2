"""Steering's turns: a desk is read, its deeds are done, others are told; one transaction."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from content.messages.steering import SteeringWords
from flows.consent import held_up
from flows.model.effects import Deed, Tell
from flows.model.lists import number_in
from flows.model.trajectory import KEEPERS, NEAR, Meeting
from flows.model.turn import STEER, Message, Reply
from flows.model.zone import zone_of
from flows.steering import secret_of, steer, wish_of
from flows.trajectory.meetings import town_of
from flows.trajectory.roles import KEEPER, OPERATOR, WHO
from flows.trajectory.sharing import LOGBOOK
from flows.trajectory.takeaways import takes_along
from storage import audit, statements
from storage.trajectory import snapshots
from storage.trajectory.desk import Desks, link_to
from storage.trajectory.seats import bind_canvas

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo

    from bot.engine.conversation import Conversation
    from flows.model.trajectory import Desk
    from flows.model.turn import Guide, Intent, Session, Turn, Update

LINK = "/start …"
"""What is kept of a text that held a link's secret."""

OF_LINK = frozenset({"follow", "join", "decline"})
"""The verbs that speak of who invites; all others do not, also while a link waits for a yes."""


def _bare(update: Update, wish: Intent) -> Update:
    """What a kwartiermaker or an operator does, without whom it is about: that is not kept."""
    theirs = update.kind == "text" and wish.argument and WHO.get(wish.verb) in (KEEPER, OPERATOR)
    if not theirs:
        return update
    command = update.text.split(maxsplit=1)[0] if update.text.startswith("/") else ""
    return replace(update, text=f"{command} …".strip())


def without_secret(update: Update) -> Update:
    """The same, but for the link that it follows: only hashes of those are kept."""
    return replace(update, text=LINK) if secret_of(update) else update


def _about(desk: Desk, wish: Intent) -> int:
    """Whom the answers of this turn name: who invites, or whoever this person works with."""
    if WHO.get(wish.verb) == OPERATOR:
        return KEEPERS
    link = (desk.followed or desk.invitation) if wish.verb in OF_LINK else None
    return (link.named if link else None) or NEAR


def without_menu(session: Session, update: Update) -> Session:
    """A text that no choice of a steering menu fits is for the question behind that menu."""
    shown = session.shown
    if shown and shown.key.startswith(STEER) and update.kind == "text":
        return replace(session, shown=None)
    return session


def on_their_clock(update: Update, session: Session) -> Update:
    """What a person does happens at their own time; kept is the house's, which can be compared."""
    return replace(update, at=update.at.astimezone(zone_of(session.zone, update.at.tzinfo)))


def read_there(reply: Reply, zone: tzinfo | None) -> Reply:
    """The same with every moment on the clock of its reader."""
    return replace(reply, data={name: _there(fact, zone) for name, fact in reply.data.items()})


def _there(fact: Any, zone: tzinfo | None) -> Any:
    if isinstance(fact, Meeting):
        return replace(fact, at=fact.at.astimezone(zone))
    return fact.astimezone(zone) if isinstance(fact, datetime) else fact


class Steered:
    """The part of a conversation that is about trajectories."""

    def __init__(self, conversation: Conversation, operators: frozenset[str]) -> None:
        self.conversation, self.operators = conversation, operators
        self.store = conversation.store
        self.desks = Desks(self.store, self.guide_of)
        self.told: set[str] = set()

    def guide_of(self, canvas: int) -> Guide:
        return self.conversation.content_of(canvas).guide

    def take(self, session: Session, update: Update) -> list[Update] | None:
        """The updates that the dialogue hears after this; None where this is all its own."""
        wish = wish_of(self.conversation.newest.guide, session, update)
        if wish is None:
            return None
        if held_up(session, wish.verb):
            return None if update.kind == "press" else [_wordless(update)]
        session = self.conversation.with_pilots(session, wish.verb, wish.argument)
        there = on_their_clock(update, session)
        desk = self.desk(session, there, wish)
        town = town_of(desk, wish)
        if desk.current and (town or takes_along(desk, wish)):
            desk = replace(desk, near=self.desks.near(desk.current.id, town))
        if wish.verb in LOGBOOK:
            page = number_in(wish.argument)
            desk = replace(desk, log=audit.logged(self.store, session.chat, page, there.at.tzinfo))
        outcome = steer(self.conversation.newest.guide, desk, session, there, wish)
        if outcome is None:
            return None
        self._keep(desk, session, update, wish, outcome)
        return list(_heard(update, outcome.then))

    def desk(self, session: Session, update: Update, wish: Intent) -> Desk:
        return self.desks.desk(
            session.chat, update.at, seed=secrets.token_hex(32), secret=secret_of(update),
            ref=wish.asking.ref if wish.asking else "", operator=session.chat in self.operators,
            guide=self.conversation.newest.guide,
        )  # fmt: skip

    def _keep(
        self, desk: Desk, session: Session, update: Update, wish: Intent, outcome: Turn
    ) -> None:
        self.do(desk.person, update, outcome.deeds)
        said = SteeringWords(self.conversation.newest, session.language, desk.link)
        state = session.walk.state if session.walk and session.agreed else "new"
        now = self.store.session(update)
        zone = zone_of(now.zone, update.at.tzinfo)
        replies = [read_there(reply, zone) for reply in outcome.replies]
        about = _about(desk, wish)
        messages = tuple(
            replace(message, about=about)
            for message in said.messages(replies, state, session.pressed)
        )
        turn = replace(outcome, session=replace(now, language=session.language), replies=())
        clean = _bare(without_secret(update), wish)
        self.store.keep(clean, turn, messages, "")

    # ------------------------------------------------------------ what changes

    def do(
        self, person: int, update: Update, deeds: Iterable[Deed], *, operator: bool = False
    ) -> None:
        """`operator`: at the command line, in the place of this person."""
        for deed in deeds:
            if isinstance(deed, Tell):
                self._tell(deed, person, update)
            else:
                statements.apply(self.store, deed, person, update.at, operator=operator)

    def sit_down(self, update: Update) -> None:
        """After a turn that began a canvas: the seat that waited for one has it."""
        bind_canvas(self.store, update.chat, update.at)

    def seen_anew(self, chat: str) -> None:
        """What a kwartiermaker sees of this person is worked out now, not while they wait."""
        if self.store.known.get("seated"):
            snapshots.of_person(self.store, self.guide_of, chat)

    def _tell(self, tell: Tell, person: int, update: Update) -> None:
        asking = f"{STEER}{tell.key}" if tell.choices else None
        whom, _, number = tell.to.partition(" ")
        choices = tell.choices
        if whom == "agreed":
            newest = self.store.row("SELECT MAX(id) AS id FROM agreed WHERE seat = ?", int(number))
            choices = tuple(f"{verb} {newest and newest['id']}" for verb in choices)
        reply = Reply(tell.name, tell.data, asking, choices)
        for row in self._to(tell.to):
            if row["id"] == person:
                continue
            said = SteeringWords(
                self.conversation.newest, row["language"], link_to(self.store, row["chat"])
            )
            zone = zone_of(row["zone"], update.at.tzinfo)
            for message in said.messages([read_there(reply, zone)]):
                about = NEAR if tell.near else person
                self.post(row["chat"], replace(message, about=about), update)

    def post(self, chat: str, message: Message, update: Update) -> None:
        self.store.post(chat, message, update.at)
        self.told.add(chat)

    def heard(self) -> set[str]:
        """The chats that something was posted to since this was asked last."""
        told, self.told = self.told, set()
        return told

    def _to(self, to: str) -> list[dict[str, Any]]:
        whom, _, number = to.partition(" ")
        if whom == "operators":
            found = (self.store.row("SELECT * FROM people WHERE chat = ?", chat)
                     for chat in sorted(self.operators))  # fmt: skip
            return [row for row in found if row]
        return self.store.to_tell("seat" if whom == "agreed" else whom, int(number))


def _wordless(update: Update) -> Update:
    """What the dialogue hears of a text that must wait: its words may name others."""
    return replace(update, kind="start", text="", reply="")


def _heard(update: Update, then: str) -> Iterator[Update]:
    bare = replace(update, kind="text", text=then, ref="", press="", reply="", message="")
    if then == "start":
        yield replace(bare, kind="start", text="")
    elif then:
        yield bare
