"""The line: what an adviser says to who keeps the trajectory, and takes back; what they read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.exchange import at_desk
from flows.intents.choices import units
from flows.intents.text import clean
from flows.model.effects import (
    DropWords,
    EndPrompt,
    GoTo,
    Looked,
    ReadRemark,
    SayTo,
    SendRemark,
    TakeBackRemarks,
)
from flows.model.lists import LONGEST_REMARK, MOST_REMARKS, paged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.exchange import Exchange
    from flows.model.trajectory import OwnSeat, Remark, Unplaced

AT_ONCE = 3  # remarks that are shown together: more do not fit above their buttons
OWN = 5  # of those that somebody said, on one page


# ---------------------------------------------------------------- the adviser's side


def heard_by(x: Exchange) -> OwnSeat | None:
    """A seat of this person's whose kwartiermaker may hear them."""
    return next((s for s in x.desk.own if s.id == x.number and s.confirmed and s.keepers), None)


def remark(x: Exchange) -> None:
    """`/bericht text` goes to who keeps the trajectory of the pilot under way; else to whom."""
    named = x.desk.heard_from(x.session.walk.id if x.session.walk else None)
    open_to = x.desk.heard_from(None)
    if not open_to:
        x.tell("remark_nobody")
    elif x.argument and len(named) == 1:
        send(x, named[0], x.argument)
    elif len(open_to) == 1:
        written(x, open_to[0])
    else:
        labels = {f"remark_to {seat.id}": seat.trajectory.name for seat in open_to}
        x.tell("remark_whom", *labels, labels=labels)


def written(x: Exchange, seat: OwnSeat) -> None:
    """What was said from this seat, and whether it was read; more can be typed below it."""
    own = [one for one in x.desk.wrote if one.seat == seat.id]
    _offer(x, seat, own)


def _offer(x: Exchange, seat: OwnSeat, own: Sequence[Remark]) -> None:
    at = int(x.rest) if x.rest.isdecimal() and len(x.rest) < OWN else 0
    found = paged(own, at, OWN)
    labels: dict[str, object] = {f"unremark {one.id}": one for one in found.items}
    if len(own) > 1:
        labels[f"unremark_all {seat.id}"] = len(own)
    labels |= found.turns(f"remark_to {seat.id}")
    labels[f"remark_end {seat.id}"] = None
    x.tell_page("remarking", found, labels, key="remarking", seat=seat, own=found.items)


def said(x: Exchange) -> None:
    """Words under that: they go to whoever its last button names."""
    choices = x.intent.asking.choices if x.intent.asking else ()
    ends = [one.key for one in choices if one.key.startswith("remark_end ")]
    number = ends[0].partition(" ")[2] if ends else ""
    seat = next((s for s in x.desk.own if str(s.id) == number and s.confirmed), None)
    if seat is None or not x.argument:
        x.tell("settled")
    else:
        send(x, seat, x.argument)


def send(x: Exchange, seat: OwnSeat, said: str, prompt: int | None = None) -> bool:
    """It is kept with the trajectory; they hear that it is there, and read it when they choose.

    False where it is too much.
    """
    standing = [one for one in x.desk.wrote if one.seat == seat.id]
    if len(standing) >= MOST_REMARKS:
        x.tell("remark_full", most=MOST_REMARKS)
        return False
    if units(text := clean(said)) > LONGEST_REMARK:  # nothing of it is cut off unseen
        x.tell("remark_long", most=LONGEST_REMARK)
        return False
    x.do(SendRemark(seat.id, text, prompt))
    if all(one.read for one in standing):  # else the notice of before still leads to all of it
        key, where = f"remarks_of {seat.id}", seat.trajectory
        told = at_desk("remark_waits", key, labels={key: None}, seat=seat, trajectory=where)
        x.do(SayTo("keepers", where.id, told))
    x.tell("remark_sent", seat=seat)
    if x.session.walk:
        x.go("again")
    return True


def waiting(x: Exchange) -> Unplaced | None:
    """Words that may be for whoever keeps the trajectory of a seat of this person's."""
    words = x.desk.words(x.argument)
    return words if words and x.desk.heard(words) else None


def send_words(x: Exchange, words: Unplaced) -> None:
    """They go there, and nowhere else."""
    seat, prompt = x.desk.heard(words), words.contact.prompt if words.contact else None
    if seat and send(x, seat, words.text, prompt):
        x.do(DropWords(words.key))
        if prompt:
            x.do(EndPrompt(prompt, "replied"))
        if len(x.desk.unplaced) > 1:  # what was asked stands again once nothing waits above it
            x.then = None


def ended(x: Exchange) -> None:
    if x.session.walk:
        x.go("again")
    else:
        x.tell("remark_ended")


def own_remarks(x: Exchange) -> tuple[Remark, ...] | None:
    """What a button takes back: one remark, or all that was said from a seat."""
    every = x.intent.verb == "unremark_all"
    return tuple(r for r in x.desk.wrote if x.number == (r.seat if every else r.id)) or None


def take_back(x: Exchange, found: tuple[Remark, ...]) -> None:
    first, every = found[0], x.intent.verb == "unremark_all"
    x.do(TakeBackRemarks(first.seat, None if every else first.id))
    x.tell("remark_gone", count=len(found), read=any(one.read for one in found))
    if x.session.walk:
        x.go("again")


# ---------------------------------------------------------------- the kwartiermaker's side


def of_town(x: Exchange) -> tuple[Remark, ...] | None:
    """What was said in the municipality of the seat that a button names."""
    places = {one.seat: (one.trajectory, one.municipality) for one in x.desk.remarks}
    places |= {seat.id: (x.trajectory.id, seat.municipality) for seat in x.desk.seats}
    return _there(x, *places.get(x.number, (0, ""))) or None


def _there(x: Exchange, trajectory: int, town: str) -> tuple[Remark, ...]:
    place = (trajectory, town)
    return tuple(one for one in x.desk.remarks if (one.trajectory, one.municipality) == place)


def remarks_of(x: Exchange, found: tuple[Remark, ...]) -> None:
    """A page of them, newest first, each with a button that answers it; they are read now."""
    page = paged(found, int(x.rest) if x.rest.isdecimal() and len(x.rest) < OWN else 0, AT_ONCE)
    first = found[0]
    labels = page.turns(f"remarks_of {x.number}") | {f"visit {first.trajectory} {first.seat}": None}
    show(x, page.items, {**labels}, len(found), page.pages)


def show(
    x: Exchange, few: Sequence[Remark], beside: dict[str, object], count: int, pages: int = 1
) -> None:
    """Some remarks of one municipality, and that they were read."""
    by = [one.by for one in few]
    labels: dict[str, object] = {
        f"answer_remark {one.id}": one.by if by.count(one.by) == 1 else f"{one.by}: {one.text}"
        for one in few
    }
    labels |= {key: few[0].municipality if about is None else about
               for key, about in beside.items()}  # fmt: skip
    read(x, few)
    x.tell("remarks", *labels, key="remarks", labels=labels, remarks=few, count=count,
           pages=pages, town=few[0].municipality)  # fmt: skip


def read(x: Exchange, few: Sequence[Remark]) -> None:
    """Their advisers see that it was read, and who looked."""
    x.do(Looked(tuple(dict.fromkeys(one.seat for one in few)), "remarks"))
    for one in few:
        if not one.read:
            x.do(ReadRemark(one.id))


def on_the_page(x: Exchange, town: str) -> None:
    """The newest of a municipality, on its page before a meeting."""
    here = _there(x, x.trajectory.id, town)
    if here:
        more = {f"remarks_of {here[0].seat} 1": False} if here[AT_ONCE:] else {}
        show(x, here[:AT_ONCE], {**more}, len(here))


def visitable(x: Exchange) -> int | None:
    """A trajectory of this person's, that a button names with a seat."""
    kept = {one.id for one in x.desk.trajectories}
    return x.number if x.number in kept else None


def visit(x: Exchange, trajectory: int) -> None:
    """All of a municipality, in whichever trajectory it is."""
    if x.desk.current is None or x.desk.current.id != trajectory:
        x.do(GoTo(trajectory))
    x.go("there", x.rest)
