"""Following a link: who invites and for what, a yes or a no, and what comes after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.exchange import Exchange, at_desk
from flows.model.canvas import UNKNOWN
from flows.model.effects import AskAlong, Follow, GrantMove, LetIn, Redeem, SayTo
from flows.model.lists import MOST_PILOTS, MOST_SEATS, MOST_TRAJECTORIES
from flows.model.trajectory import NOT_TWO
from flows.trajectory import connecting, replying
from flows.trajectory.invitations import make_link, short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.model.trajectory import Link, Met


def follow(x: Exchange) -> None:
    """Who follows a link sees who invites, for what, and what they will see.

    So do those who say something else first: akkoord without a yes to the invitation
    would leave the kwartiermaker waiting.
    """
    followed = x.intent.verb == "follow"
    if followed and x.forwarding.receipt:
        replying.follow(x)
        return
    link = _usable(x, x.desk.followed if followed else x.desk.invitation)
    if link:
        x.do(Follow(link.id))
        x.tell(f"follow_{link.kind}", link=link, trajectory=link.trajectory, made=link.made_at,
               screen_name=_screen_name(x))  # fmt: skip
        _offer(x, link)


def _usable(x: Exchange, link: Link | None) -> Link | None:
    """The link, or None after saying why it cannot be used."""
    reason = _useless(x, link)
    if link is not None and not reason:
        return link
    x.do(Follow(None))
    most = {"seats_full": MOST_SEATS, "trajectories_full": MOST_TRAJECTORIES}.get(reason, 0)
    both = link.both if link else NOT_TWO
    x.tell(reason or "link_dead", most=most, what=connecting.full(both), here=True)
    x.go("start")
    return None


def _useless(x: Exchange, link: Link | None) -> str:
    """Why this person can do nothing with it; nothing where they can."""
    if link is None or not link.open(x.now):
        return "link_dead"
    if link.kind == "c" and link.made_by != x.desk.person:
        # Nor does anybody get an operator to follow it.
        refused = connecting.refused_to_connect(link.both)
        return "connect_keeper" if x.desk.operator else refused
    kind, own, together = link.kind, x.desk.own, link.kind in ("t", "h")
    mine = any(s.id == link.seat for s in own) if kind == "m" else link.made_by == x.desk.person
    here = [(seat.trajectory, seat.municipality) for seat in own]
    reasons = {
        "link_own": mine,
        "link_for_keeper": together and "keeper" not in x.desk.roles,
        "pilot_before": kind == "p" and link.member,
        "keeper_before": kind == "k" and x.desk.keeper is not None,
        "seat_before": kind == "s" and (link.trajectory, link.municipality) in here,
        "seats_full": kind in ("s", "m") and len(own) >= MOST_SEATS,
        "trajectories_full": together and len(x.desk.trajectories) >= MOST_TRAJECTORIES,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _offer(x: Exchange, link: Link) -> None:
    walk = x.session.walk
    if link.kind == "c":
        connecting.offer(x, link)
    elif not x.desk.agreed:
        same = {f"same_pilot {canvas}": name for canvas, name in link.there}
        labels = {**same, "join 0": "" if same else None}
        x.tell("join_and_agree", *labels, "decline", key="joining", labels=labels,
               same=len(same), municipality=link.municipality)  # fmt: skip
    elif link.kind == "s" and (link.there or (walk and walk.given)):
        _offer_pilots(x, link)
    else:
        x.tell("join_or_not", "join 0", "decline", key="joining")


def _offer_pilots(x: Exchange, link: Link) -> None:
    """Those of colleagues there, the person's own, the current one first, and a new one."""
    same = {f"same_pilot {canvas}": name for canvas, name in link.there}
    own = dict(_own(x))
    labels = same | own | ({} if _full(x) else {"join 0": ""})
    x.tell(
        "join_same" if same else "join_with", *labels, "decline", key="joining", labels=labels,
        municipality=link.municipality, several=len(own) > 1,
    )  # fmt: skip


def _own(x: Exchange) -> Iterator[tuple[str, str]]:
    """Buttons for the person's own pilots; one that is still empty is a new one."""
    walk = x.session.walk
    if walk and walk.given:
        name = walk.values.get("pilot.name", "")
        yield f"join {walk.id}", "" if name == UNKNOWN else name
    for pilot in x.session.pilots.listed:
        if walk is None or pilot.id != walk.id:
            yield f"join {pilot.id}", pilot.name


def same_pilot(x: Exchange) -> None:
    """A seat, and a question to whoever fills that pilot: their answers are theirs to show."""
    link, met = x.desk.invitation, next((o for o in x.desk.met if o.canvas == x.number), None)
    if met and not (link and any(canvas == x.number for canvas, _ in link.there)):
        _same_later(x, met)
        return
    link = _usable(x, x.desk.invitation)
    if link is None:
        return
    found = next((there for there in link.there if there[0] == x.number), None)
    if found is None:
        x.tell("settled")
        return
    x.do(_redeemed(x, link, along=found[0]), Follow(None))
    x.tell("joined_s", link=link, trajectory=link.trajectory)
    x.tell("along_asked", alone=not x.desk.agreed)
    x.do(*_told(x, link))
    keys = (f"let_in {link.id}", f"keep_out {link.id}")
    x.do(SayTo("owner", found[0], at_desk("along_wanted", *keys, link=link, pilot=found[1])))
    if not x.desk.agreed:
        x.go("agree")


def _same_later(x: Exchange, met: Met) -> None:
    """The same of who has a seat already."""
    seat = next((seat for seat in x.desk.own if seat.id == met.seat), None)
    if seat is None:
        x.tell("settled")
        return
    x.do(AskAlong(seat.id, met.canvas))
    x.tell("along_asked", alone=False)
    keys = (f"let_in {seat.id}", f"keep_out {seat.id}")
    x.do(SayTo("owner", met.canvas, at_desk("along_wanted", *keys, link=seat, pilot=met.name)))
    x.go("again")


def apart(x: Exchange) -> None:
    x.tell("kept_out")
    x.go("again")


def wants_along(x: Exchange) -> Link | None:
    """Whoever asked to fill one's canvas along, while that waits."""
    return next((link for link in x.desk.along if link.id == x.number), None)


def let_in(x: Exchange, link: Link) -> None:
    yes = x.intent.verb == "let_in"
    x.do(LetIn(link.id, yes))
    x.tell("let_in" if yes else "kept_out", link=link)
    keys = (connecting.GO_ON,) if yes else ()
    told = at_desk("along_yes" if yes else "along_no", *keys, key="connecting", link=link)
    x.do(SayTo("person", link.used_by, told))


def _full(x: Exchange) -> bool:
    """No room for a new pilot; the one under way is used where it is still empty."""
    walk = x.session.walk
    return x.session.pilots.count >= MOST_PILOTS and walk is not None and bool(walk.given)


def decline(x: Exchange) -> None:
    """The link stays as it was, for whoever it was meant for."""
    x.do(Follow(None))
    x.tell("declined")
    x.go("start")


def join(x: Exchange) -> None:
    """Only now the link is used up; whoever was first has it."""
    link = _usable(x, x.desk.invitation)
    if link is None:
        return
    own = x.session.pilots.named
    canvas = own.id if own else None
    alone = link.kind == "s" and canvas is None and _full(x)
    if alone or (link.kind == "p" and x.session.pilots.count >= MOST_PILOTS):
        x.tell("no_place", most=MOST_PILOTS)
        return
    x.do(_redeemed(x, link, canvas), Follow(None))
    keys = (connecting.GO_ON,) if link.kind == "c" else ()
    if link.kind == "k" and link.granted:
        x.tell("you_are_keeper", name=link.name)
        return
    x.tell(
        f"joined_{link.kind}", *keys, key="connecting", link=link, trajectory=link.trajectory
    )  # fmt: skip
    x.do(*_told(x, link))
    _go_on(x, link, canvas)


def _redeemed(
    x: Exchange, link: Link, canvas: int | None = None, along: int | None = None
) -> Redeem:
    return Redeem(link.id, canvas, along, _screen_name(x), channel_of(x.desk.chat))


def _screen_name(x: Exchange) -> str:
    return short(x.update.screen_name)


def channel_of(chat: str) -> str:
    """Where a chat is, as a chat's number begins; Telegram's has nothing before it."""
    channel, named, _ = chat.partition(":")
    return channel if named else "telegram"


def _told(x: Exchange, link: Link) -> Iterator[SayTo]:
    about: dict[str, Any] = {"link": link, "trajectory": link.trajectory}
    who: dict[str, Any] = {"screen_name": _screen_name(x), "channel": channel_of(x.desk.chat)}
    if link.kind == "k":
        keys = (f"appoint_yes {x.desk.person}", f"appoint_no {x.desk.person}")
        told = at_desk("appoint_waits", *keys, name=link.name, mark=link.mark, **who)
        yield SayTo("person" if link.made_by else "operators", link.made_by, told)
    elif link.kind == "s" and link.trajectory:
        keys = (f"admit {link.id}", f"refuse {link.id}")
        known = at_desk("has_joined", **about, **who)
        told = known if x.desk.known else at_desk("wants_in", *keys, **about, **who)
        yield SayTo("keepers", link.trajectory.id, told)
    elif link.kind == "p":
        yield SayTo("person", link.made_by, at_desk("colleague_joined", link=link))
    elif link.kind == "c":
        yield connecting.asked_to_connect(x, link)
    elif link.kind == "m":
        yield from _asked_to_move(link)
    elif link.kind in ("t", "h") and link.made_by and link.trajectory:
        yield SayTo("person", link.made_by, at_desk(f"taken_{link.kind}", **about))
        # Who shares hears who sees it from now on, and where that ends.
        new = at_desk("keeper_new", keeper=x.desk.keeper, together=link.kind == "t", **about)
        yield SayTo("seats", link.trajectory.id, new)


def _asked_to_move(link: Link) -> Iterator[SayTo]:
    """The yes is never of who holds the link: of the old account, which may say no anyway.

    A lost account cannot say it. Then an operator made the link after seeing who asks
    for it, and the kwartiermaker, who knows the person, says the yes.
    """
    keys = (f"move_yes {link.id}", f"move_no {link.id}")
    facts: dict[str, Any] = {"link": link, "trajectory": link.trajectory}
    yield SayTo("seat", link.seat, at_desk("move_asked", *keys, **facts), near=True)
    if link.made_by is None and link.trajectory:
        vouch = at_desk("move_vouch", *keys, key="move_asked", **facts)
        yield SayTo("keepers", link.trajectory.id, vouch, near=True)


def _go_on(x: Exchange, link: Link, canvas: int | None) -> None:
    if link.kind in ("k", "m", "c"):  # a kwartiermaker need not answer; these have to wait
        return
    if link.kind == "p":  # their own way through it was made with the yes
        x.go("next")
    elif not x.desk.agreed:
        x.go("agree")
    elif link.kind == "s":
        x.go("again" if canvas else "new")


def wanted_move(x: Exchange) -> Link | None:
    """What the yes or no is about, while it waits."""
    return next((link for link in x.desk.moving if link.id == x.number and link.trajectory), None)


def moved(x: Exchange, link: Link) -> None:
    yes = x.intent.verb == "move_yes"
    own = any(seat.id == link.seat for seat in x.desk.own)
    gone, here = ("moved_away", "moved_here") if yes else ("move_off", "move_refused")
    facts: dict[str, Any] = {"link": link, "trajectory": link.trajectory}
    # Before the place has moved: afterwards it is the new account that sits there.
    x.do(SayTo("seat", link.seat, at_desk(gone, **facts), near=True))
    x.do(GrantMove(link.id, yes, keeper=not own))
    x.do(SayTo("person", link.used_by, at_desk(here, **facts), near=True))
    if link.trajectory and (yes or link.made_by is None):
        told = at_desk("seat_moved" if yes else "move_off", **facts)
        x.do(SayTo("keepers", link.trajectory.id, told, near=True))
    x.tell(gone, **facts)


def moving(x: Exchange) -> None:
    """To a new Telegram account, with the canvas: only from the old account."""
    wanted = [s for s in x.desk.own if s.municipality.casefold() == x.argument.casefold()]
    seat = (wanted or x.desk.own)[0]
    make_link(x, "m", seat.trajectory, seat=seat.id, municipality=seat.municipality,
              name=seat.name)  # fmt: skip
