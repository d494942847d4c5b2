"""One person in several chats: a link from one, a yes in the other, and a yes where it came from.

What both had is one person's from then on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.exchange import Exchange, at_desk
from flows.model.effects import Connect, MakeLink, SayTo
from flows.model.lists import MOST_PILOTS, MOST_SEATS, MOST_TRAJECTORIES
from flows.model.trajectory import LIVES, hashed

if TYPE_CHECKING:
    from flows.model.trajectory import Both, Link

GO_ON = "connect_look"
"""The button of who waits for the yes: to where they are, once it was said."""


def connect(x: Exchange) -> None:
    """A link that is followed in another channel than this one."""
    where, until = x.desk.beside, x.now + LIVES["c"]
    if not where:
        x.tell("connect_nowhere")
        return
    secret = x.desk.secret("c", 0)
    x.do(MakeLink("c", hashed(secret), until))
    x.tell("connect_made", until=until.date())
    x.tell("connect_text", secret=secret, where=where)
    x.tell("link_picture", secret=secret, where=where, about="", what="move")


def full(both: Both) -> str:
    """Which limit the two together are over, by the name of its sentence; empty where none."""
    over = {
        "pilots": both.pilots > MOST_PILOTS,
        "seats": both.seats > MOST_SEATS,
        "trajectories": both.trajectories > MOST_TRAJECTORIES,
    }
    return next((what for what, is_over in over.items() if is_over), "")


def refused_to_connect(both: Both) -> str:
    """Why two chats cannot become one person's; empty where they can.

    A kwartiermaker's rights go to nobody who made a link and got them to follow it: they
    make it themselves.
    """
    if both.brings_keeper and not both.keeper:
        return "connect_keeper"
    return "connect_full" if full(both) else ""


def offer(x: Exchange, link: Link) -> None:
    """Who follows it reads what goes along, and by whom it may then be read."""
    mine = x.session.pilots.count
    seats = len(x.desk.own)
    if mine or seats or x.desk.keeper:
        x.tell("connect_brings", joins=True, pilots=mine, seats=seats, keeper=x.desk.keeper)
    x.tell("connect_or_not", "join 0", "decline", key="joining", labels={"join 0": link.kind})


def asked_to_connect(x: Exchange, link: Link) -> SayTo:
    keys = (f"connect_yes {link.id}", f"connect_no {link.id}")
    told = at_desk("connect_asked", *keys, pilots=x.session.pilots.count, made=link.made_at)
    return SayTo("person", link.made_by, told)


def wanted_connection(x: Exchange) -> Link | None:
    """What the yes or no is about, while it waits."""
    return next((link for link in x.desk.moving if link.id == x.number and link.kind == "c"), None)


def connected(x: Exchange, link: Link) -> None:
    yes = x.intent.verb == "connect_yes"
    reason = refused_to_connect(link.both) if yes else ""
    if reason:
        x.tell(reason, what=full(link.both), here=False)
        return
    # Before they are one: afterwards nobody else is there to be told.
    here, there = ("connected", "connected_here") if yes else ("connect_off", "connect_refused")
    told = at_desk(there, *((GO_ON,) if yes else ()), key="connecting")
    x.do(SayTo("person", link.used_by, told), Connect(link.id, yes))
    x.tell(here)


def go_on(x: Exchange) -> None:
    """Who is nobody yet still waits."""
    walk = x.session.walk
    if x.desk.agreed:
        # Who was let in to a shared canvas has not been at any of its questions.
        x.go("next" if walk and walk.joint and not walk.cursor.question else "start")
    else:
        x.tell("joined_c", GO_ON, key="connecting")
