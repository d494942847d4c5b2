"""Overseeing: trajectories, who is how far, and what recurs. From views only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.intents.choices import cut, match
from flows.intents.text import clean
from flows.model.effects import ChangeTrajectory, GoTo, LeaveTrajectory, Looked, NewTrajectory
from flows.model.lists import MOST_TRAJECTORIES, paged
from flows.model.turn import LANGUAGES, Choice
from flows.trajectory.invitations import short
from flows.trajectory.joining import Following

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flows.model.trajectory import Meeting, Seat

LINES = 5
"""Advisers on one page: it must stay readable on a phone."""

ROWS = 15
"""Municipalities in one heat map on a phone; the spreadsheet of /portfolio has them all."""

OPEN_LISTED = 10
"""Open invitations named under the overview; /uitnodigen has them all."""

LONGEST_TEXT = 400
LONGEST_SILENCE = 90

HELP = "/?"
"""No word of anybody's: the dialogue answers what it does not know with its help."""


@dataclass(frozen=True)
class Line:
    """One adviser in the overview. `days`: since the last prompt, None for never."""

    seat: Seat
    first: bool
    meeting: Meeting | None
    days: int | None


class Overseeing(Following):
    """What a kwartiermaker keeps in view."""

    def hello(self) -> None:
        """A kwartiermaker who answers about no pilot is at the desk."""
        if self.desk.keeper is None:
            self.tell("keeper_waits")
        else:
            self.tell("hello", current=self.desk.current, name=self.desk.keeper,
                      pilot=self.session.walk is not None)  # fmt: skip

    def help(self) -> None:
        """What only these people can type, before what everybody can."""
        if self.desk.keeper is not None:
            self.hello()
        if self.desk.own:
            self.tell("help_adviser")
        self.then = HELP if self.session.walk else ""

    # ------------------------------------------------------------ trajectories

    def trajectory(self) -> None:
        """Without words the list; with a setting's word that setting; else go to, or make."""
        word, _, rest = self.argument.partition(" ")
        known = self.guide.steering["settings"].get(word.casefold().strip(":"))
        if not self.argument:
            self._trajectories()
        elif known == "new":
            self._make(rest)
        elif known and self.desk.current is None:
            self.tell("no_trajectory")
        elif known:
            self._set(known, rest)
        else:
            self._find()

    def _trajectories(self) -> None:
        if self.desk.trajectories:
            self._listed(0)
        else:
            self.tell("trajectory_none")

    def list_page(self) -> None:
        self._listed(self.number)

    def _listed(self, at: int) -> None:
        found = paged(self.desk.trajectories, at)
        labels: dict[str, Any] = {f"go {t.id}": t for t in found.items}
        labels |= found.turns("list_page")
        self.tell(
            "trajectories", *labels, labels=labels, seats=len(self.desk.seats),
            current=self.desk.current, keepers=self.desk.keepers, page=found.at + 1,
            pages=found.pages,
        )  # fmt: skip

    def _find(self) -> None:
        names = [Choice(f"{t.id}", t.name) for t in self.desk.trajectories]
        found = match(self.argument, names)
        if found:
            self._go(int(found))
        elif self.desk.trajectories:
            self.tell("trajectory_unknown", said=short(self.argument))
        else:
            self._make(self.argument)

    def _make(self, said: str) -> None:
        name = short(said)
        if not name:
            self.tell("trajectory_none")
            return
        if len(self.desk.trajectories) >= MOST_TRAJECTORIES:
            self.tell("trajectories_full", most=MOST_TRAJECTORIES)
            return
        self.do(NewTrajectory(name, self.desk.language))
        self.tell("trajectory_new", name=name)

    def go(self) -> None:
        self._go(self.number)

    def _go(self, number: int) -> None:
        found = next((t for t in self.desk.trajectories if t.id == number), None)
        if found is None:
            self.tell("settled")
        else:
            self.do(GoTo(found.id))
            self.tell("trajectory_now", trajectory=found)

    def _set(self, field: str, said: str) -> None:
        special = {"together": "t", "handover": "h"}
        if field in special:
            kind = special[field]
            secret = self.link(kind, trajectory=self.here.id)  # type: ignore[arg-type]
            self.tell_link("keep", kind, secret, kind=kind, trajectory=self.here)  # type: ignore[arg-type]
        elif field == "leave":
            self._leave_trajectory()
        else:
            self._change(field, said)

    def _leave_trajectory(self) -> None:
        """The last one stays: a trajectory without a kwartiermaker helps nobody."""
        if len(self.desk.keepers) > 1:
            self.do(LeaveTrajectory(self.here.id))
            self.tell("trajectory_left", trajectory=self.here)
        else:
            self.tell("trajectory_last", trajectory=self.here)

    def _change(self, field: str, said: str) -> None:
        value: Any = cut(clean(said), LONGEST_TEXT) if field == "welcome" else short(said)
        if field == "language":
            value = self.guide.steering["languages"].get(value.casefold(), value)
        if field == "silence":
            value = int(value) if value.isdecimal() and len(value) <= 2 else 0  # noqa: PLR2004
        bad = field == "language" and value not in LANGUAGES
        if bad or not value or (field == "silence" and value > LONGEST_SILENCE):
            self.tell("setting_unclear", trajectory=self.here)
            return
        self.do(ChangeTrajectory(self.here.id, field, value))
        self.tell("setting_kept", field=field, value=value)

    # ------------------------------------------------------------ overview

    def overview(self) -> None:
        """Who is how far; what needs a nudge comes first. No rankings."""
        if self.desk.current is None:
            self.tell("no_trajectory")
        elif not self.desk.seats:
            self.tell("overview_empty", trajectory=self.here, **self.still_open())
        else:
            self._page(0, self.argument)

    def page(self) -> None:
        if self.desk.current is None or not self.desk.seats:
            self.tell("settled")
        else:
            asked = (seat.municipality for seat in self.desk.seats if str(seat.id) == self.rest)
            self._page(self.number, next(asked, ""))

    def _page(self, number: int, town: str) -> None:
        found = paged(list(self._lines(town)), number, LINES)
        if not found.items:
            self.unknown(town)
            return
        self.do(Looked(tuple(line.seat.id for line in found.items), "overview"))
        turns = found.turns("page", f" {found.items[0].seat.id}" if town else "")
        self.tell(
            "overview", *turns, labels=turns, lines=found.items, page=found.at + 1,
            pages=found.pages, trajectory=self.here, towns=len(self.towns()),
            **self.still_open(here=found.at == found.pages - 1 and not town),
        )  # fmt: skip

    def still_open(self, *, here: bool = True) -> dict[str, Any]:
        """Where an invitation is still open, and how many more; nothing where not `here`."""
        names = self._invited() if here else []
        return {"invited": names[:OPEN_LISTED], "more": len(names[OPEN_LISTED:])}

    def _invited(self) -> list[str]:
        return list(dict.fromkeys(k.municipality for k in self.desk.links if k.kind == "s"))

    def unknown(self, town: str) -> None:
        """No municipality that takes part; perhaps one that was invited."""
        wanted = town.strip().casefold()
        invited = [name for name in self._invited() if name.casefold() == wanted]
        self.tell("town_unknown", town=town, invited="".join(invited[:1]))

    def _lines(self, town: str) -> Iterator[Line]:
        towns = self.towns()
        if town:
            found = self.town_named(town)
            towns = {found: towns[found]} if found else {}
        for name in sorted(towns, key=lambda n: min(map(self._need, towns[n]))):
            for number, seat in enumerate(sorted(towns[name], key=self._need)):
                yield Line(seat, number == 0, self.next_meeting(name), self._days(seat))

    def _need(self, seat: Seat) -> tuple[Any, ...]:
        """What lay still longest first; who is done, or asked not to be prompted, last."""
        done = seat.view.part == "done"
        week = seat.view.week
        return (done, seat.off, week is not None, week or self.now.date(), seat.id)

    def _days(self, seat: Seat) -> int | None:
        return (self.now.date() - seat.nudged.date()).days if seat.nudged else None

    def next_meeting(self, municipality: str) -> Meeting | None:
        ahead = [m for m in self.desk.meetings if m.municipality == municipality]
        return min((m for m in ahead if m.at >= self.now), key=lambda m: m.at, default=None)

    def last_meeting(self, municipality: str) -> Meeting | None:
        past = [m for m in self.desk.meetings if m.municipality == municipality]
        return max((m for m in past if m.at < self.now), key=lambda m: m.at, default=None)

    def town_named(self, said: str) -> str | None:
        """The municipality that is meant, with a typing error mended."""
        names = list(self.towns())
        exact = next((n for n in names if n.casefold() == said.strip().casefold()), None)
        found = match(said, [Choice(str(n), name) for n, name in enumerate(names)])
        return exact or (names[int(found)] if found else None)

    # ------------------------------------------------------------ patterns

    def patterns(self) -> None:
        """What recurs across municipalities, of what is shared."""
        if self.desk.current is None:
            self.tell("no_trajectory")
            return
        sharing = [s for s in self.desk.seats if s.view.ingredients or s.view.routes]
        if not sharing:
            self.tell("patterns_none")
            return
        self.do(Looked(tuple(s.id for s in sharing), "patterns"))
        rows = [row for row in self.heat_rows() if any(v is not None for v in row[1].values())]
        self.tell("heat", rows=rows[:ROWS], more=len(self.towns()) - len(rows[:ROWS]),
                  keys=self.guide.canvas.ingredients)  # fmt: skip
        self.tell("heat_picture", rows=self.heat_rows())
        self.tell(
            "patterns", weak=_weak(sharing), routes=_routes(sharing), shared=len(sharing),
            same=_same(sharing), seats=len(self.desk.seats),
        )  # fmt: skip

    def heat_rows(self) -> list[tuple[str, dict[str, str | None]]]:
        """Per municipality the weakest of what its advisers share; None is not shared."""
        return [(town, heat(seats, self.guide.canvas.ingredients))
                for town, seats in self.towns().items()]  # fmt: skip


LEVELS = ("no", "unknown", "partly", "yes", "not_applicable")


def heat(seats: Sequence[Seat], ingredients: Sequence[str]) -> dict[str, str | None]:
    """One row of the heat map: the weakest shared answer per ingredient."""
    found: dict[str, str | None] = {}
    for key in ingredients:
        given = [s.view.ingredients.get(key, "") for s in seats if s.view.ingredients is not None]
        known = [level for level in LEVELS if level in given]
        found[key] = known[0] if known else ("" if given else None)
    return found


def _weak(seats: Sequence[Seat]) -> list[tuple[str, int]]:
    """(ingredient, municipalities where it is not arranged), most first."""
    towns = {(k, s.municipality) for s in seats for k, v in (s.view.ingredients or {}).items()
             if v in ("no", "unknown")}  # fmt: skip
    return Counter(sorted(k for k, _ in towns)).most_common(3)


def _routes(seats: Sequence[Seat]) -> list[tuple[str, int]]:
    leading = {(r, s.municipality) for s in seats for r, fit in (s.view.routes or ())
               if fit in ("fits", "first")}  # fmt: skip
    return Counter(sorted(route for route, _ in leading)).most_common(3)


def _same(seats: Sequence[Seat]) -> list[tuple[str, list[str]]]:
    """(ingredient, municipalities that lack it): who could work on it together."""
    found: dict[str, set[str]] = {}
    for seat in seats:
        for key, value in (seat.view.ingredients or {}).items():
            if value in ("no", "partly"):
                found.setdefault(key, set()).add(seat.municipality)
    pairs = [(key, sorted(towns)) for key, towns in found.items() if len(towns) > 1]
    return sorted(pairs, key=lambda pair: (-len(pair[1]), pair[0]))[:3]
