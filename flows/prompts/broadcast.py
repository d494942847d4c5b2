"""Prompting: the kwartiermaker's side, from a draft to sending off and calling off."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from flows.intents.choices import cut
from flows.intents.text import clean
from flows.model.effects import CancelPrompts, DropDraft, KeepDraft, SendPrompts
from flows.model.lists import MOST_SENT_OFF
from flows.prompts.schedule import KINDS, next_moment
from flows.trajectory.overview import LONGEST_TEXT, Overseeing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.model.trajectory import Draft, Seat

GRACE = timedelta(minutes=5)
"""Between sending off and going out: time to think again."""

TOWNS_LISTED = 15


class Prompting(Overseeing):
    """What goes out, to whom, and when."""

    def ask(self) -> None:
        """Without words the kinds; `Zutphen` or `Zutphen: text` for one municipality; a text."""
        if self.desk.current is None:
            self.tell("no_trajectory")
        elif not self.argument:
            self._what()
        else:
            self._said(self.argument)

    def _what(self) -> None:
        waiting = self.desk.waiting[:MOST_SENT_OFF]
        labels = {f"call_off {w.batch}": w for w in waiting}
        kinds = [f"kind {kind}" for kind in KINDS if kind != "text"]
        self.tell("ask_what", *kinds, *labels, labels=labels, waiting=waiting)

    def _said(self, said: str) -> None:
        town, colon, text = said.partition(":")
        seat = self._seat_in(town)
        draft = self.desk.draft
        if seat and (colon or "\n" not in said):
            kind = "text" if text.strip() else (draft.kind if draft else "open")
            self._preview(kind, f"town {seat.id}", text or (draft.text if draft else ""))
        elif draft and draft.target:
            self._preview(draft.kind, draft.target, said)
        else:
            self._draft("text", "", said)
            self._whom()

    def _seat_in(self, town: str) -> Seat | None:
        found = self.town_named(town)
        return self.towns()[found][0] if found else None

    def _draft(self, kind: str, target: str, text: str) -> None:
        self.do(KeepDraft(kind, target, cut(clean(text), LONGEST_TEXT)))

    def kind(self) -> None:
        if self.desk.current is None or self.argument not in KINDS:
            self.tell("settled")
            return
        self._draft(self.argument, "", "")
        self._whom()

    def _whom(self) -> None:
        towns = list(self.towns().items())
        parts = [p.key for p in self.guide.canvas.parts if p.key not in ("pilot", "closing")]
        keys = [
            "target all", "target quiet", *(f"target part {part}" for part in parts),
            *(f"target town {seats[0].id}" for _, seats in towns[:TOWNS_LISTED]),
        ]  # fmt: skip
        labels: dict[str, str] = {f"target part {part}": part for part in parts}
        labels |= {f"target town {seats[0].id}": name for name, seats in towns}
        self.tell("ask_whom", *keys, labels=labels, more=len(towns) > TOWNS_LISTED)

    def target(self) -> None:
        draft = self.desk.draft
        if draft is None or self.desk.current is None:
            self.tell("settled")
        else:
            self._preview(draft.kind, self.argument, draft.text)

    def meant(self, target: str) -> list[Seat]:
        """Those in the current trajectory whom a target means."""
        what, _, which = target.partition(" ")
        if what == "town":
            named = next((s.municipality for s in self.desk.seats if str(s.id) == which), None)
            return [s for s in self.desk.seats if s.municipality == named]
        if what == "part":
            return [s for s in self.desk.seats if self._before_end_of(which, s)]
        if what == "quiet":
            since = self.now.date() - timedelta(self.here.silence)
            return [s for s in self.desk.seats if s.view.week is None or s.view.week < since]
        return list(self.desk.seats) if what == "all" else []

    def _before_end_of(self, part: str, seat: Seat) -> bool:
        order = ["", *(p.key for p in self.guide.canvas.parts), "done"]
        return part in order and order.index(seat.view.part) <= order.index(part)

    def _preview(self, kind: str, target: str, text: str) -> None:
        """What goes out, to how many, and when; nothing has gone yet."""
        seats = self.meant(target)
        off = [seat for seat in seats if seat.off]
        if len(off) == len(seats):
            self.tell("nobody_meant", count=len(off))
            return
        self._draft(kind, target, text)
        self.tell(
            "preview", f"send {self._mark(kind, target, cut(clean(text), LONGEST_TEXT))}", "drop",
            text=cut(clean(text), LONGEST_TEXT), what=kind, target=target,
            count=len(seats) - len(off), off=len(off), due=next_moment(self.now + GRACE),
            by=self.desk.keeper, names=[seat.called for seat in seats if not seat.off][:3],
        )  # fmt: skip

    def send(self) -> None:
        """Only what the preview above this button showed."""
        draft = self.desk.draft if self.desk.current else None
        if draft and self._mark(draft.kind, draft.target, draft.text) == self.argument:
            self._send(draft)
        else:
            self.tell("settled")

    def _mark(self, kind: str, target: str, text: str) -> str:
        """Which preview a button stood under: an old one sends nothing else than it showed."""
        shown = f"{self.here.id}\n{kind}\n{target}\n{text}"
        return hashlib.sha256(shown.encode()).hexdigest()[:16]

    def _send(self, draft: Draft) -> None:
        if len(self.desk.waiting) >= MOST_SENT_OFF:
            self.tell("sent_off_full", most=MOST_SENT_OFF)
            return
        seats = [seat for seat in self.meant(draft.target) if not seat.off]
        self.do(DropDraft())
        self.send_off(seats, draft.kind, draft.text, str(draft.id))

    def send_off(self, seats: Sequence[Seat], kind: str, text: str, batch: str) -> None:
        """As soon as the rules allow, after a while in which it can be called off."""
        due = next_moment(self.now + GRACE)
        self.do(SendPrompts(tuple(seat.id for seat in seats), kind, "", text, due, batch))
        self.tell("sent_off", f"call_off {batch}", count=len(seats), due=due, labels={})

    def drop(self) -> None:
        self.do(DropDraft())
        self.tell("dropped")

    def call_off(self) -> None:
        """Whoever keeps its trajectory may, current or not; what has gone has gone."""
        found = next((w for w in self.desk.waiting if w.batch == self.argument), None)
        if found is None:
            self.tell("gone_already")
        else:
            self.do(CancelPrompts(found.batch))
            self.tell("called_off", count=found.count)
