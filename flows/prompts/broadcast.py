"""Prompting: the kwartiermaker's side, from a draft to sending off and calling off."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from flows.intents.choices import cut
from flows.intents.text import clean
from flows.intents.towns import person_named, town_named, towns_near
from flows.model.effects import CancelPrompts, DropDraft, GoTo, KeepDraft, SendPrompts
from flows.model.lists import LONGEST_TEXT, MOST_SENT_OFF, TOWNS_LISTED
from flows.prompts.schedule import KINDS
from flows.timing.hours import next_moment
from flows.timing.outlooks import expected, reaches, snags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.exchange import Exchange
    from flows.model.desk import Draft
    from flows.model.trajectory import Remark, Seat

GRACE = timedelta(minutes=5)  # between sending off and going out: time to think again
WEEK = timedelta(weeks=1)  # a view tells the week of a change: silence begins when it is over


def ask(x: Exchange) -> None:
    """Without words the kinds; `Zutphen` or `Zutphen: text` for one municipality; a text."""
    if x.argument:
        _said(x, x.argument)
        return
    waiting = x.desk.waiting[:MOST_SENT_OFF]
    labels = {f"call_off {w.batch}": w for w in waiting}
    kinds = [f"kind {kind}" for kind in KINDS if kind != "text"]
    x.tell("ask_what", *kinds, *labels, labels=labels, waiting=waiting)


def _said(x: Exchange, said: str) -> None:
    town, colon, text = said.partition(":")
    target, draft = _target_named(x, town), _written_before(x)
    if target and (colon or "\n" not in said):
        kind = "text" if text.strip() else (draft.kind if draft else "open")
        _preview(x, kind, target, text or (draft.text if draft else ""))
    elif colon and (near := towns_near(x.desk, town)):
        labels = {f"target town {x.towns[name][0].id}": name for name in near}
        _keep_draft(x, "text" if text.strip() else "open", "", text)
        x.tell("town_meant", *labels, said=town, labels=labels)
    elif draft and draft.target:
        _preview(x, draft.kind, draft.target, said)
    else:
        _keep_draft(x, "text", "", said)
        _whom(x)


def _target_named(x: Exchange, said: str) -> str:
    """`Zutphen` is who sits there together, `Anna` or `Zutphen, Anna` one of them."""
    if (named := town_named(x.desk, said)) is not None:
        return f"town {x.towns[named][0].id}"
    seat = person_named(x.desk, said)
    return f"seat {seat.id}" if seat else ""


def _keep_draft(x: Exchange, kind: str, target: str, text: str) -> None:
    x.do(KeepDraft(kind, target, cut(clean(text), LONGEST_TEXT)))


def known_kind(x: Exchange) -> bool:
    return x.desk.current is not None and x.argument in KINDS


def kind(x: Exchange) -> None:
    _keep_draft(x, x.argument, "", "")
    _whom(x)


def _whom(x: Exchange) -> None:
    towns = list(x.towns.items())
    parts = [p.key for p in x.newest.canvas.parts if p.key not in ("pilot", "closing")]
    keys = [
        "target all", "target quiet", *(f"target part {part}" for part in parts),
        *(f"target town {seats[0].id}" for _, seats in towns[:TOWNS_LISTED]),
    ]  # fmt: skip
    labels: dict[str, str] = {f"target part {part}": part for part in parts}
    labels |= {f"target town {seats[0].id}": name for name, seats in towns}
    x.tell("ask_whom", *keys, labels=labels, more=len(towns) > TOWNS_LISTED)


def writable(x: Exchange) -> bool:
    """Whether a page says what goes out; an own text has words."""
    kind, _, text = _written(x)
    return x.desk.current is not None and kind in KINDS and bool(text or kind != "text")


def write(x: Exchange) -> None:
    """What a chat asks step by step: kind, for whom, and the text, a line each."""
    _preview(x, *_written(x))


def _written(x: Exchange) -> tuple[str, str, str]:
    kind, _, rest = x.argument.partition("\n")
    target, _, text = rest.partition("\n")
    return kind.strip(), target.strip(), text.strip()


def ask_one(x: Exchange, seat: Seat) -> None:
    """What somebody can be asked; the buttons show what would go out."""
    kinds = [f"ask_this {seat.id} {kind}" for kind in KINDS if kind != "text"]
    keys = [*kinds, f"there {seat.id}"]
    x.tell("ask_one", *keys, labels={keys[-1]: seat.municipality}, seat=seat)


def ask_said(x: Exchange, seat: Seat) -> None:
    """In the kwartiermaker's own words to one person: to look at before it goes."""
    _preview(x, "text", f"seat {seat.id}", x.argument)


def ask_this(x: Exchange) -> None:
    """One kind to one person, as a button named both: to look at before it goes."""
    _preview(x, x.rest, f"seat {x.number}", "")


def askable(x: Exchange) -> bool:
    there = any(seat.id == x.number for seat in x.desk.seats)
    return x.desk.current is not None and there and x.rest in KINDS


def remark(x: Exchange) -> Remark | None:
    """What an adviser said in a trajectory that this person keeps."""
    return next((one for one in x.desk.remarks if one.id == x.number), None)


def answer_remark(x: Exchange, one: Remark) -> None:
    """What is typed next is a text to that adviser, to look at before it goes."""
    if x.desk.current is None or x.desk.current.id != one.trajectory:
        x.do(GoTo(one.trajectory))
    _keep_draft(x, "text", f"seat {one.seat}", "")
    x.tell("answering", "drop", key="answering", by=one.by, town=one.municipality)


def to_one(x: Exchange) -> Draft | None:
    """Something to one person, as the last button said."""
    made = draft(x)
    return made if made and made.target.startswith("seat ") else None


def answer_said(x: Exchange, made: Draft) -> None:
    _preview(x, made.kind, made.target, x.argument)


def draft(x: Exchange) -> Draft | None:
    return _written_before(x) if x.desk.current else None


def _written_before(x: Exchange) -> Draft | None:
    """What is being written; a draft may be of something else."""
    return x.desk.draft if x.desk.draft and x.desk.draft.kind in KINDS else None


def target(x: Exchange, draft: Draft) -> None:
    _preview(x, draft.kind, x.argument, draft.text)


def meant(x: Exchange, target: str) -> list[Seat]:
    """Those in the current trajectory whom a target means."""
    what, _, which = target.partition(" ")
    if what == "town":
        named = next((s.municipality for s in x.desk.seats if str(s.id) == which), None)
        return [s for s in x.desk.seats if s.municipality == named]
    if what == "seat":
        return [s for s in x.desk.seats if str(s.id) == which]
    if what == "part":
        order = ["", *(p.key for p in x.newest.canvas.parts), "done"]
        until = order.index(which) if which in order else -1
        return [s for s in x.desk.seats if order.index(s.view.part) <= until]
    if what == "quiet":
        since = x.now.date() - timedelta(x.trajectory.silence)
        return [s for s in x.desk.seats if s.view.week is None or s.view.week + WEEK <= since]
    return list(x.desk.seats) if what == "all" else []


def _preview(x: Exchange, kind: str, target: str, text: str) -> None:
    """What goes out, to how many, and when; nothing has gone yet."""
    named, text = meant(x, target), cut(clean(text), LONGEST_TEXT)
    seats = [seat for seat in named if reaches(seat, kind)]
    due = next_moment(x.now + GRACE)
    if not seats:
        x.tell("nobody_meant", snags=snags(named, kind, due))
        return
    x.do(KeepDraft(kind, target, text))  # the very text that the button's mark is of
    x.tell(
        "preview", f"send {_mark(x, kind, target, text)}", "drop", text=text, what=kind,
        target=target, count=len(seats), due=due, by=x.desk.keeper,
        names=[seat.called for seat in seats][:3], snags=snags(named, kind, due),
    )  # fmt: skip


def previewed(x: Exchange) -> Draft | None:
    """Only what the preview above this button showed."""
    made = draft(x)
    return made if made and _mark(x, made.kind, made.target, made.text) == x.argument else None


def _mark(x: Exchange, kind: str, target: str, text: str) -> str:
    """Which preview a button stood under: an old one sends nothing else than it showed."""
    shown = f"{x.trajectory.id}\n{kind}\n{target}\n{text}"
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


def send(x: Exchange, draft: Draft) -> None:
    if len(x.desk.waiting) >= MOST_SENT_OFF:
        x.tell("sent_off_full", most=MOST_SENT_OFF)
        return
    seats = [seat for seat in meant(x, draft.target) if reaches(seat, draft.kind)]
    x.do(DropDraft())
    send_off(x, seats, draft.kind, draft.text, str(draft.id))


def send_off(x: Exchange, seats: Sequence[Seat], kind: str, text: str, batch: str) -> None:
    """As soon as the rules allow, after a while in which it can be called off."""
    due = next_moment(x.now + GRACE)
    promised = {seat.id: expected(seat.outlook, due, kind) for seat in seats}
    x.do(SendPrompts(x.trajectory.id, tuple(promised), kind, text, due, batch, promised))
    x.tell("sent_off", f"call_off {batch}", "home", count=len(seats), due=due, labels={})


def drop(x: Exchange) -> None:
    x.do(DropDraft())
    x.tell("dropped")


def call_off(x: Exchange) -> None:
    """Whoever keeps its trajectory may, current or not; what has gone has gone."""
    found = next((w for w in x.desk.waiting if w.batch == x.argument), None)
    if found is None:
        x.tell("gone_already")
    else:
        x.do(CancelPrompts(found.batch))
        x.tell("called_off", count=found.count)
