"""All that a turn must know, read as far as the rows of the table need it."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from flows.exchange import state_of
from flows.intents.at_desk import secret_of
from flows.machine import NEEDED
from flows.model.context import Acting, Context, zone_of
from flows.model.journey import Past
from flows.model.lists import number_in, wanted
from flows.table import (
    ACTING_READ,
    ASIDES_READ,
    DESK,
    DESK_READ,
    FORWARDED_READ,
    LOG_READ,
    MET_READ,
    NAMES_READ,
    NEAR_READ,
    OUTLOOK_READ,
    PAST_READ,
    PILOTS_READ,
    REMARKS_READ,
    UNPLACED_READ,
)
from flows.trajectory.attempts import subject
from flows.trajectory.meetings import town_of
from flows.trajectory.sharing import takes_along
from storage import audit
from storage.trajectory.desks import Desks

if TYPE_CHECKING:
    from bot.engine.editions import Editions
    from bot.engine.entrusted import Entrusted
    from flows.model.desk import Desk
    from flows.model.guidebook import Guide
    from flows.model.messages import Update
    from flows.model.turn import Intent, Session
    from storage.store import Store


NOTHING_YET = Past()


def on_their_clock(update: Update, session: Session) -> Update:
    """What a person does happens at their own time; kept is the house's, which can be compared."""
    if not session.zone:
        return update
    return replace(update, at=update.at.astimezone(zone_of(session.zone, update.at.tzinfo)))


def _secret(update: Update, intent: Intent) -> str:
    """Of the link that this is about: followed, or on a page."""
    return str(intent.argument).partition(" ")[0] if update.kind == "form" else secret_of(update)


class Contexts:
    """Reads what the turns of one store need."""

    def __init__(self, store: Store, editions: Editions, operators: Entrusted) -> None:
        self.store, self.editions, self.operators = store, editions, operators
        self.desks = Desks(store, editions.guide_of)

    def complete(self, session: Session, guide: Guide, update: Update, intent: Intent) -> Context:
        """`update`: at the person's own time."""
        read = NEEDED[intent.verb, state_of(session)]
        if PILOTS_READ in read:
            pilots = self.store.pilots(session.chat, *wanted(intent.argument))
            session = replace(session, pilots=pilots)
        desk = None
        greeted = intent.verb not in DESK and UNPLACED_READ not in read
        if DESK_READ in read and greeted and self._stranger(session.chat):
            desk = self.desks.nobody(secrets.token_hex(32))
        elif DESK_READ in read:
            desk = self._desk(session, update, intent, read)
        forwarding, past = None, NOTHING_YET
        if FORWARDED_READ in read and desk:
            forwarding = self.desks.forwards.of(desk, _secret(update, intent), intent, update.at)
        if PAST_READ in read and session.walk:
            past = self.store.past(session.walk.id)
        newest = self.editions.newest.guide
        acting = self._acting(session, guide, intent) if ACTING_READ in read else None
        asides = self.store.asides(session.chat) if ASIDES_READ in read else ()
        return Context(
            session, guide, newest, desk, acting, forwarding=forwarding, past=past, asides=asides
        )

    def _acting(self, session: Session, guide: Guide, intent: Intent) -> Acting | None:
        """The canvas that a button about an action names, where it is this person's."""
        canvas, walk = subject(intent)[0], session.walk
        if walk and walk.id == canvas:
            return Acting(walk, guide)
        if canvas not in self.store.canvases_of(session.chat):
            return None
        return Acting(self.store.walk(canvas), self.editions.guide_of(canvas))

    def _stranger(self, chat: str) -> bool:
        """Whom nobody invited, and who invites nobody: greeting them takes no desk."""
        known = self.store.known
        return not (known["expected"] or known["seated"] or chat in self.operators)

    def _desk(self, session: Session, update: Update, intent: Intent, read: set[str]) -> Desk:
        wanted = number_in(update.ref) if update.kind == "form" else 0
        desk = self.desks.desk(
            session.chat, update.at, trajectory=wanted, seed=secrets.token_hex(32),
            secret=secret_of(update),
            ref=intent.asking.ref if intent.asking else "", operator=session.chat in self.operators,
        )  # fmt: skip
        if NEAR_READ in read and desk.current:
            town = town_of(desk, intent)
            if town or takes_along(desk, intent):
                desk = replace(desk, near=self.desks.near(desk.current.id, town))
        if REMARKS_READ in read:
            wrote, heard = self.desks.remarks(desk)
            desk = replace(desk, wrote=wrote, remarks=heard)
        if UNPLACED_READ in read:
            desk = replace(desk, unplaced=self.desks.unplaced(session.chat))
        if NAMES_READ in read:
            desk = replace(desk, seats=self.desks.with_names(desk.seats))
        if MET_READ in read:
            desk = replace(desk, met=self.desks.met(desk))
        if OUTLOOK_READ in read:
            desk = self.desks.with_outlooks(desk, update.at)
        if LOG_READ in read:
            page = number_in(str(intent.argument))
            log = audit.logged(self.store, session.chat, page, update.at.tzinfo)
            desk = replace(desk, log=log)
        return desk
