"""Following a link: who invites and for what, a yes or a no, and what comes after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.model.canvas import UNKNOWN
from flows.model.effects import Follow, GrantMove, Redeem, Tell
from flows.model.lists import MOST_PILOTS, MOST_SEATS, MOST_TRAJECTORIES
from flows.trajectory.invitations import make_link, tell_link
from flows.trajectory.roles import KEEPER, roles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.exchange import Exchange
    from flows.model.trajectory import Link


def follow(x: Exchange) -> None:
    """Who follows a link sees who invites, for what, and what they will see."""
    _offered(x, x.desk.followed)


def invited(x: Exchange) -> None:
    """Akkoord without a yes to the invitation would leave the kwartiermaker waiting."""
    _offered(x, x.desk.invitation)


def _offered(x: Exchange, followed: Link | None) -> None:
    link = _usable(x, followed)
    if link is None:
        return
    x.do(Follow(link.id))
    x.tell(f"follow_{link.kind}", link=link, trajectory=link.trajectory)
    _offer(x, link)


def _usable(x: Exchange, link: Link | None) -> Link | None:
    """The link, or None after saying why it cannot be used."""
    reason = _useless(x, link)
    if link is not None and not reason:
        return link
    x.do(Follow(None))
    most = {"seats_full": MOST_SEATS, "trajectories_full": MOST_TRAJECTORIES}.get(reason, 0)
    x.tell(reason or "link_dead", most=most)
    x.then = "start"
    return None


def _useless(x: Exchange, link: Link | None) -> str:
    """Why this person can do nothing with it; nothing where they can."""
    if link is None or not link.open(x.now):
        return "link_dead"
    if link.made_by == x.desk.person and link.kind != "m":
        return "link_own"
    if link.kind in ("t", "h") and KEEPER not in roles(x.desk):
        return "link_for_keeper"
    if link.kind == "k" and x.desk.keeper is not None:
        return "keeper_before"
    return _seated(x, link) or _no_room(x, link)


def _no_room(x: Exchange, link: Link) -> str:
    if link.kind in ("s", "m") and len(x.desk.own) >= MOST_SEATS:
        return "seats_full"
    if link.kind in ("t", "h") and len(x.desk.trajectories) >= MOST_TRAJECTORIES:
        return "trajectories_full"
    return ""


def _seated(x: Exchange, link: Link) -> str:
    here = [s for s in x.desk.own if link.trajectory and s.trajectory == link.trajectory]
    if link.kind == "s" and any(s.municipality == link.municipality for s in here):
        return "seat_before"
    if link.kind == "m" and any(seat.id == link.seat for seat in x.desk.own):
        return "link_own"
    return ""


def _offer(x: Exchange, link: Link) -> None:
    walk = x.session.walk
    if not x.desk.agreed:
        x.tell("join_and_agree", "join 0", "decline", key="joining")
    elif link.kind == "s" and walk and walk.given:
        anew = () if _full(x) else ("join 0",)
        name = walk.values.get("pilot.name", "")
        labels = {f"join {walk.id}": "" if name == UNKNOWN else name, "join 0": ""}
        keys = (f"join {walk.id}", *anew, "decline")
        x.tell("join_with", *keys, key="joining", labels=labels)
    else:
        x.tell("join_or_not", "join 0", "decline", key="joining")


def _full(x: Exchange) -> bool:
    """No room for a new pilot; the one under way is used where it is still empty."""
    walk = x.session.walk
    return x.session.pilots.count >= MOST_PILOTS and walk is not None and bool(walk.given)


def decline(x: Exchange) -> None:
    """The link stays as it was, for whoever it was meant for."""
    x.do(Follow(None))
    x.tell("declined")
    x.then = "start"


def join(x: Exchange) -> None:
    """Only now the link is used up; whoever was first has it."""
    link = _usable(x, x.desk.invitation)
    if link is None:
        return
    own = x.session.pilots.named
    canvas = own.id if own else None
    if link.kind == "s" and canvas is None and _full(x):
        x.tell("pilots_full", most=MOST_PILOTS)
        return
    x.do(Redeem(link.id, canvas), Follow(None))
    x.tell(f"joined_{link.kind}", link=link, trajectory=link.trajectory)
    x.do(*_told(x, link))
    x.then = _next(x, link, canvas)


def _told(x: Exchange, link: Link) -> Iterator[Tell]:
    about = {"link": link, "trajectory": link.trajectory}
    if link.kind == "k":
        to = f"person {link.made_by}" if link.made_by else "operators"
        keys = (f"appoint_yes {x.desk.person}", f"appoint_no {x.desk.person}")
        told = {"name": link.name, "mark": link.mark}
        yield Tell(to, "appoint_waits", told, keys, "appoint_waits")
    elif link.kind == "s" and link.trajectory:
        to = f"keepers {link.trajectory.id}"
        keys = (f"admit {link.id}", f"refuse {link.id}")
        if x.desk.known:
            yield Tell(to, "has_joined", about)
        else:
            yield Tell(to, "wants_in", about, keys, "wants_in")
    elif link.kind == "m":
        yield from _asked_to_move(link)
    elif link.kind in ("t", "h") and link.made_by:
        yield Tell(f"person {link.made_by}", f"taken_{link.kind}", about)
        yield from _to_advisers(x, link)


def _asked_to_move(link: Link) -> Iterator[Tell]:
    """The yes is never of who holds the link: of the old account, which may say no anyway.

    A lost account cannot say it. Then an operator made the link after seeing who asks
    for it, and the kwartiermaker, who knows the person, says the yes.
    """
    keys = (f"move_yes {link.id}", f"move_no {link.id}")
    facts = {"link": link, "trajectory": link.trajectory}
    yield Tell(f"seat {link.seat}", "move_asked", facts, keys, "move_asked", near=True)
    if link.made_by is None and link.trajectory:
        to = f"keepers {link.trajectory.id}"
        yield Tell(to, "move_vouch", facts, keys, "move_asked", near=True)


def _to_advisers(x: Exchange, link: Link) -> Iterator[Tell]:
    """Who shares hears who sees it from now on, and where that ends."""
    if link.trajectory:
        facts = {"keeper": x.desk.keeper, "together": link.kind == "t"}
        told = {**facts, "trajectory": link.trajectory}
        yield Tell(f"seats {link.trajectory.id}", "keeper_new", told)


def _next(x: Exchange, link: Link, canvas: int | None) -> str:
    if link.kind in ("k", "m"):  # a kwartiermaker need not answer, and a move has to wait
        return ""
    if not x.desk.agreed:
        return "/agree"
    if link.kind == "s":
        return "/again" if canvas else "/new"
    return ""


def move_yes(x: Exchange) -> None:
    _moved(x, yes=True)


def move_no(x: Exchange) -> None:
    _moved(x, yes=False)


def _moved(x: Exchange, *, yes: bool) -> None:
    link = next((link for link in x.desk.moving if link.id == x.number), None)
    if link is None or link.trajectory is None:
        x.tell("settled")
        return
    own = any(seat.id == link.seat for seat in x.desk.own)
    facts: dict[str, Any] = {"link": link, "trajectory": link.trajectory}
    # Before the place has moved: afterwards it is the new account that sits there.
    x.do(Tell(f"seat {link.seat}", "moved_away" if yes else "move_off", facts, near=True))
    x.do(GrantMove(link.id, yes, keeper=not own))
    x.do(Tell(f"person {link.used_by}", "moved_here" if yes else "move_refused", facts,
                 near=True))  # fmt: skip
    if yes or link.made_by is None:
        to = f"keepers {link.trajectory.id}"
        x.do(Tell(to, "seat_moved" if yes else "move_off", facts, near=True))
    x.tell("moved_away" if yes else "move_off", **facts)


def moving(x: Exchange) -> None:
    """To a new Telegram account, with the canvas: only from the old account."""
    seat = x.desk.own[0]
    wanted = [s for s in x.desk.own if s.municipality.casefold() == x.argument.casefold()]
    seat = wanted[0] if wanted else seat
    move_link(x, seat.id, seat.municipality, seat.name, seat.trajectory.id)


def move_link(x: Exchange, seat: int, municipality: str, name: str, trajectory: int = 0) -> None:
    """`trajectory` 0 is the current one."""
    secret = make_link(x, "m", trajectory=trajectory or x.trajectory.id, seat=seat,
                       municipality=municipality, name=name)  # fmt: skip
    tell_link(x, "move", "m", secret, municipality=municipality, name=name)
