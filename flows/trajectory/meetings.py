"""Meeting: one page beforehand, three lines afterwards. From views only."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from flows.intents import dates
from flows.intents.choices import Refused
from flows.intents.text import clean
from flows.model.effects import CancelMeeting, Looked, NoteAgreed, PlanMeeting, SettleAgreed, Tell
from flows.model.lists import MOST_AGREED
from flows.prompts.broadcast import TOWNS_LISTED
from flows.trajectory.agenda import on_the_table
from flows.trajectory.invitations import short
from flows.trajectory.takeaways import Taking

if TYPE_CHECKING:
    from flows.model.trajectory import Desk
    from flows.steer import Wish

CLOCK = re.compile(r"(?:om |at )?\b([01]?\d|2[0-3])(?:[:.]([0-5]\d)\b(?: uur)?| uur\b)")
LISTED = ("fresh", "said", "open_points", "seats", "agreed")
"""What grows with a municipality: a page in a chat shows the first of each."""

ALL_DAY = time(10)
"""Where no time was said: a meeting still needs a place in a calendar."""

THREE = 3
SHOWN = 8
AT_ONCE = 10
"""Agreed actions in one report."""


def town_of(desk: Desk, wish: Wish) -> str | None:
    """The municipality whose shared answers this needs."""
    if wish.verb in ("town", "paper"):
        seats = {str(s.id): s.municipality for s in desk.seats}
        return seats.get(wish.argument.strip())
    if wish.verb != "meeting" or not wish.argument.strip():
        return None
    return Meetings.named(desk, re.split(r"[,\n]", wish.argument)[0])


class Meetings(Taking):
    """Before and after a conversation at the table."""

    @staticmethod
    def named(desk: Desk, said: str) -> str | None:
        """The municipality in this desk's trajectory that is meant."""
        names = dict.fromkeys(seat.municipality for seat in desk.seats)
        wanted = said.strip().casefold()
        exact = [name for name in names if name.casefold() == wanted]
        begun = [name for name in names if wanted and name.casefold().startswith(wanted)]
        return exact[0] if exact else begun[0] if len(begun) == 1 else None

    def meeting(self) -> None:
        """`Zutphen` gives the page; `Zutphen, 3 maart 10:00, stadhuis` plans a meeting."""
        if self.desk.current is None:
            self.tell("no_trajectory")
            return
        town, _, rest = self.argument.partition(",")
        name = self.named(self.desk, town.partition("\n")[0])
        if name is None and (begun := self._begun()):
            name, rest = begun, self.argument[len(begun) :]
        if not self.argument:
            self._towns()
        elif name is None:
            self.unknown(town)
        elif rest.strip():
            self._plan(name, rest)
        else:
            self._page_of(name)

    def _begun(self) -> str:
        """The municipality that the words begin with where no comma followed it."""
        said = self.argument.casefold()
        begun = [name for name in self.towns() if said.startswith(f"{name.casefold()} ")]
        return max(begun, key=len, default="")

    def town(self) -> None:
        name = town_of(self.desk, self.wish)
        if name is None:
            self.tell("settled")
        else:
            self._page_of(name)

    def _towns(self) -> None:
        towns = list(self.towns().items())[:TOWNS_LISTED]
        if not towns:
            self.tell("overview_empty", trajectory=self.here, **self.still_open())
            return
        labels = {f"town {seats[0].id}": name for name, seats in towns}
        self.tell("meeting_whom", *labels, labels=labels)

    # ------------------------------------------------------------ planning

    def _plan(self, town: str, said: str) -> None:
        """When, then where: a date and a time as people type them."""
        day, _, place = said.partition(",")
        then, _, after = place.partition(",")
        if CLOCK.fullmatch(then.strip()):
            day, place = f"{day} {then}", after
        clock = CLOCK.search(day)
        words = CLOCK.sub(" ", day).strip()
        found = dates.understand(words, self.now, self.guide.moments)
        if isinstance(found, Refused) or not found["date"]:
            self.tell("meeting_unclear", town=town)
            return
        hour = time(int(clock[1]), int(clock[2] or 0)) if clock else ALL_DAY
        date = datetime.fromisoformat(found["date"]).date()
        at = datetime.combine(date, hour, self.now.tzinfo)
        if at < self.now:
            self.tell("meeting_unclear", town=town)
            return
        self._planned(town, at, short(place))

    def _planned(self, town: str, at: datetime, place: str) -> None:
        standing = self.next_meeting(town)
        if standing:
            self.do(CancelMeeting(standing.id))
        self.do(PlanMeeting(self.here.id, town, at, place))
        facts: dict[str, Any] = {"at": at, "place": place, "trajectory": self.here}
        self.tell("meeting_planned", moved=standing is not None, town=town, **facts)
        for seat in self.towns()[town]:
            self.do(Tell(f"seat {seat.id}", "meeting_told", {**facts, "town": town}))

    def unmeet(self) -> None:
        found = next((m for m in self.desk.meetings if m.id == self.number), None)
        if found is None or found.at < self.now:
            self.tell("settled")
            return
        self.do(CancelMeeting(found.id))
        self.tell("meeting_cancelled", meeting=found)
        for seat in self.towns().get(found.municipality, ()):
            self.do(Tell(f"seat {seat.id}", "meeting_off", {"meeting": found}))

    # ------------------------------------------------------------ the page

    def _page_of(self, town: str) -> None:
        """What is shared on one page; what is not shared is not there."""
        facts = self._facts(town)
        ahead, said = facts["ahead"], facts["said"]
        keys = [f"paper {seat.id}" for seat in self.desk.near[:1]]
        keys += [f"unmeet {ahead.id}"] if ahead else []
        few = {name: facts[name][:SHOWN] for name in LISTED}
        few["eight"] = [(side, found[:SHOWN]) for side, found in facts["eight"]]
        few["differ"] = [(key, found[:SHOWN]) for key, found in facts["differ"]]
        left = {name: len(facts[name][SHOWN:]) for name in ("seats", "agreed")}
        self.tell("page_head", **{**facts, **few}, left=left)
        self.tell("page_answers", **{**facts, **few}, more=len(said[SHOWN:]))
        self.tell("page_table", *keys, key="meeting", labels=dict.fromkeys(keys, ahead), left=left,
                  **{**facts, **few})  # fmt: skip

    def paper(self) -> None:
        """The same page to print, as it is now."""
        name = town_of(self.desk, self.wish)
        if name is None:
            self.tell("settled")
        else:
            self.tell("meeting_paper", **self._facts(name))

    def _facts(self, town: str) -> dict[str, Any]:
        """All that a page before a meeting says; somebody looked, and that is noted."""
        seats, last = self.desk.near, self.last_meeting(town)
        self.do(Looked(tuple(seat.id for seat in seats), "meeting"))
        return {
            "town": town, "trajectory": self.here, "at": self.now, "last": last,
            "ahead": self.next_meeting(town),
            **on_the_table(self.guide.canvas, seats, last.at if last else None, self.now),
        }  # fmt: skip

    # ------------------------------------------------------------ afterwards

    def report(self) -> None:
        """`/verslag Zutphen` and three lines: agreed, who, when. More threes may follow."""
        if self.desk.current is None:
            self.tell("no_trajectory")
            return
        head, _, body = self.argument.partition("\n")
        town = self.named(self.desk, head)
        lines = [short(line) for line in clean(body).split("\n") if line.strip()]
        if lines and all(line.count(",") == THREE - 1 for line in lines):
            lines = [part.strip() for line in lines for part in line.split(",")]
        if town is None or not all(lines) or not lines or len(lines) % THREE:
            self.tell("report_how", town=town or next(iter(self.towns()), "Zutphen"))
            return
        if len(lines) > THREE * AT_ONCE or not self._room_for(town, len(lines) // THREE):
            self.tell("report_full", most=AT_ONCE, open=MOST_AGREED, town=town)
            return
        for at in range(0, len(lines), THREE):
            self._note(town, *lines[at : at + THREE])

    def _room_for(self, town: str, count: int) -> bool:
        """Nobody there gets more actions that are not done than can be overseen."""
        left = [sum(not one.done for one in seat.agreed) for seat in self.towns()[town]]
        return max(left) + count <= MOST_AGREED

    def _note(self, town: str, what: str, who: str, said: str) -> None:
        """Each adviser of the municipality confirms it in the own canvas."""
        found = dates.understand(said, self.now, self.guide.moments)
        due = None if isinstance(found, Refused) else found["date"]
        seats = self.towns()[town]
        self.tell("noted_agreed", what=what, who=who, due_text=said, count=len(seats))
        for seat in seats:
            self.do(NoteAgreed(seat.id, what, who, said, due))
            facts = {"what": what, "who": who, "due_text": said, "by": self.desk.keeper}
            self.do(Tell(f"agreed {seat.id}", "confirm_agreed", facts, ("settle", "refuse_agreed"),
                         "confirm_agreed"))  # fmt: skip

    def settle(self) -> None:
        self._settled("confirmed_at", "agreed_kept")

    def refuse_agreed(self) -> None:
        self._settled("refused_at", "agreed_refused")

    def _settled(self, how: str, name: str) -> None:
        """Once; and only by the adviser of that seat."""
        own = {one.id: one for seat in self.desk.own for one in seat.agreed}
        one = own.get(self.number)
        if one is None or one.confirmed:
            self.tell("settled")
            return
        self.do(SettleAgreed(one.id, how))
        self.tell(name, one=one)
