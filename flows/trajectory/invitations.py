"""Inviting: kwartiermakers by operators, advisers by kwartiermakers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flows.exchange import Exchange, at_desk
from flows.intents.choices import cut
from flows.intents.text import one_line
from flows.intents.towns import town_like
from flows.model.effects import (
    ConfirmKeeper,
    ConfirmSeat,
    DropDraft,
    KeepDraft,
    MakeLink,
    SayTo,
    WithdrawLink,
)
from flows.model.lists import LONGEST_NAME, MOST_INVITATIONS, paged
from flows.model.trajectory import LIVES, Link, hashed, mark_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flows.model.desk import Appointing
    from flows.model.trajectory import LinkKind, Seat, Trajectory

ASKED = 5  # questions about who may come in that are asked together, a message each
AT_ONCE = 20  # invitations from one message; the command line takes whole files
INVITING = "invite"  # the kind of a draft that names whom somebody was about to invite
CALLED = {"k": "appoint", "s": "invite", "t": "keep", "h": "keep", "m": "move", "p": "colleague"}
"""How the sentences about a kind of link are named."""


def named(line: str) -> tuple[str, str]:
    """`Zutphen, Anna` -> municipality and name; the name may be left out."""
    municipality, _, name = re.sub(r"[;\t]", ",", line).partition(",")
    return short(municipality), short(name)


def short(text: str) -> str:
    return cut(one_line(text), LONGEST_NAME)


def make_link(
    x: Exchange,
    kind: LinkKind,
    trajectory: Trajectory | None = None,
    number: int = 0,
    *,
    picture: bool = True,
    **about: Any,
) -> str:
    """What it is for, then the text to pass on, then the same as a picture.

    Gives the link's secret, which is said and never kept.
    """
    secret, until, what = x.desk.secret(kind, number), x.now + LIVES[kind], CALLED[kind]
    made = MakeLink(kind, hashed(secret), until, trajectory.id if trajectory else None, **about)
    x.do(made)
    facts = {"trajectory": trajectory, "until": until.date(), "mark": mark_of(made.hash), **about}
    facts["own"] = x.session.called
    x.tell(f"{what}_made", kind=kind, **facts)
    x.tell(f"{what}_text", kind=kind, secret=secret, by=x.desk.keeper, **facts)
    if picture and x.desk.link:
        x.tell("link_picture", secret=secret, about=made.municipality, what=what)
    return secret


def appoint(x: Exchange) -> None:
    """An operator makes a kwartiermaker, or sees who waits for a yes."""
    waiting = x.desk.appointing
    if name := short(x.argument):
        make_link(x, "k", name=name)
    elif not waiting:
        x.tell("appoint_how")
    else:
        for one in waiting[:ASKED]:
            keys = (f"appoint_yes {one.person}", f"appoint_no {one.person}")
            x.tell("appoint_waits", *keys, name=one.name, mark=one.mark, screen_name="",
                   channel="")  # fmt: skip
        _more(x, waiting)


def waiting(x: Exchange) -> Appointing | None:
    return next((one for one in x.desk.appointing if one.person == x.number), None)


def appointed(x: Exchange, who: Appointing) -> None:
    yes = x.intent.verb == "appoint_yes"
    x.do(ConfirmKeeper(who.person, yes))
    x.tell("appointed" if yes else "not_appointed", name=who.name)
    if yes:
        x.do(SayTo("person", who.person, at_desk("you_are_keeper", name=who.name)))


def invite(x: Exchange) -> None:
    """`Zutphen`, `Zutphen, Anna`, or several lines; without words, who was invited.

    On the command line they come as (municipality, name), as many as there are.
    """
    wanted, left = x.intent.argument, 0
    if not x.argument:
        _list(x)
        return
    if isinstance(wanted, str):
        lines = [pair for line in x.argument.split("\n") if (pair := named(line))[0]]
        wanted, left = lines[:AT_ONCE], len(lines[AT_ONCE:])
        if len(lines) == 1 and _meant(x, *lines[0]):
            return
    if len(_open_links(x)) + len(wanted) > MOST_INVITATIONS:
        x.tell("invitations_full", most=MOST_INVITATIONS)
        return
    picture = len(wanted) == 1 and not left
    on_paper(x, [_one(x, pair, number, picture=picture) for number, pair in enumerate(wanted)])
    if left:
        x.tell("too_many_lines", most=AT_ONCE, left=left)


def _meant(x: Exchange, municipality: str, name: str) -> bool:
    """Whether it is asked first which municipality is meant: a slip would be another one."""
    links = (*_open_links(x), *x.desk.lapsed)
    known = [*x.towns, *(link.municipality for link in links)]
    near = town_like(known, municipality)
    if not near:
        return False
    x.do(KeepDraft(INVITING, near, f"{municipality}, {name}".rstrip(", ")))
    keys = ("invite_as known", "invite_as said")
    x.tell("invite_meant", *keys, labels=dict(zip(keys, (near, municipality), strict=True)),
           near=near, said=municipality)  # fmt: skip
    return True


def meant(x: Exchange) -> tuple[str, str] | None:
    """Whom the last question of that kind was about, as they chose."""
    draft = x.desk.draft
    if draft is None or draft.kind != INVITING or x.argument not in ("known", "said"):
        return None
    municipality, name = named(draft.text)
    return (draft.target if x.argument == "known" else municipality), name


def invite_as(x: Exchange, whom: tuple[str, str]) -> None:
    x.do(DropDraft())
    if len(_open_links(x)) >= MOST_INVITATIONS:
        x.tell("invitations_full", most=MOST_INVITATIONS)
    else:
        on_paper(x, [_one(x, whom)])


def _one(
    x: Exchange, whom: tuple[str, str], number: int = 0, *, picture: bool = True
) -> dict[str, str]:
    facts: dict[str, Any] = dict(zip(("municipality", "name"), whom, strict=True))
    return {**facts, "secret": make_link(x, "s", x.trajectory, number, picture=picture, **facts)}


def on_paper(x: Exchange, made: Sequence[dict[str, str]]) -> None:
    # As sheets to hand over; in a terminal there is nothing to scan.
    if made and x.desk.link:
        x.tell("invitation_paper", **sheets(x, made))


def sheets(x: Exchange, made: Sequence[dict[str, str]]) -> dict[str, Any]:
    """What the sheets of these invitations say."""
    until = (x.now + LIVES["s"]).date()
    return {
        "trajectory": x.trajectory, "invitations": made, "by": x.desk.keeper,
        "at": x.now, "until": until,
    }  # fmt: skip


def _more(x: Exchange, waiting: Sequence[Any]) -> None:
    """A question each would fill the screen: the others come when these are answered."""
    if waiting[ASKED:]:
        x.tell("more_wait", count=len(waiting) - ASKED)


def _list(x: Exchange) -> None:
    for seat in x.desk.admitting[:ASKED]:
        x.tell("admission", f"admit {seat.id}", f"refuse {seat.id}", seat=seat)
    _more(x, x.desk.admitting)
    if any_unused(x):
        invite_page(x)
    else:
        x.tell("invite_how")


def invite_page(x: Exchange) -> None:
    """Those that are open, then those that nobody used in time."""
    found = paged([*_open_links(x), *x.desk.lapsed], x.number)
    verbs = ("withdraw", "renew")
    labels = {f"{verb} {link.id}": link for verb in verbs for link in found.items}
    x.tell_page("invitations", found, labels | found.turns("invite_page"), links=found.items,
                at=x.now)  # fmt: skip


def any_unused(x: Exchange) -> bool:
    return bool(_open_links(x) or x.desk.lapsed)


def _open_links(x: Exchange) -> list[Link]:
    return [link for link in x.desk.links if link.kind == "s"]


def unused(x: Exchange) -> Link | None:
    """Open, or expired: either can be withdrawn, and made anew."""
    links = (*x.desk.links, *x.desk.lapsed)
    return next((link for link in links if link.id == x.number), None)


def withdraw(x: Exchange, link: Link) -> None:
    x.do(WithdrawLink(link.id))
    x.tell("withdrawn", municipality=link.municipality, name=link.name)


def renew(x: Exchange, link: Link) -> None:
    """Only hashes are kept, so the old text cannot be shown again: a new link instead.

    For the same person of the same municipality, in the same trajectory.
    """
    x.do(WithdrawLink(link.id))
    on_paper(x, [_one(x, (link.municipality, link.name))])


def admitting(x: Exchange) -> Seat | None:
    return next((seat for seat in x.desk.admitting if seat.id == x.number), None)


def admitted(x: Exchange, seat: Seat) -> None:
    yes = x.intent.verb == "admit"
    x.do(ConfirmSeat(seat.id, yes))
    x.tell("admitted" if yes else "refused_seat", seat=seat)
    x.do(SayTo("seat", seat.id, at_desk("you_are_in" if yes else "you_are_out")))
    if yes:
        x.do(*_same_too(x, seat))


def _same_too(x: Exchange, seat: Seat) -> Iterator[SayTo]:
    """Who joined before a colleague was confirmed is asked now what those after them are asked."""
    for met in x.desk.met:
        if met.seat == seat.id:
            key = f"same_pilot {met.canvas}"
            asked = at_desk("same_too", key, "apart", labels={key: met.name}, pilot=met.name,
                            municipality=seat.municipality)  # fmt: skip
            yield SayTo("seat", seat.id, asked)
